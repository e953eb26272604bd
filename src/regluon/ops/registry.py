"""The operators' registry: each operator is one decorated plain function over torch tensors.

::

    @register("FullyConnected", aliases=("fully_connected",), same_type=True)
    def fully_connected(
        data: Tensor, weight: Tensor, bias: Tensor | None = None, *, num_hidden: int, no_bias: bool = False
    ) -> Tensor:
        \"\"\"y = x Wᵀ + b ...\"\"\"

    @gradient(fully_connected)
    def _(g, need, out, data, weight, bias=None, *, num_hidden, no_bias):
        return (g @ weight if need[0] else None, ...)

The function's signature is the operator's schema. Parameters annotated ``Tensor`` are inputs, ``*name:
Tensor`` any number of them, ``Tensor | None`` optional ones; ``Mode`` asks for the training flag,
``Device`` for the torch device of the context and ``Generator`` for its random streams, which the
caller's namespace supplies. All other
parameters are attributes; their annotation says how to read them from Python values and from the
strings of symbol JSON: ``int float bool str Shape DType Literal[...]``, tuples, and ``... | None``.
The order of parameters, inputs first, is that of the generated ``nd.X``.

An operator without ``@gradient`` is differentiated by ``torch.autograd``, on that operator alone.
A gradient gets the head gradient ``g`` (a tuple for several outputs, unless all but the first are hidden),
``need`` (per input, whether its gradient is wanted), the output(s), the inputs and all the attributes,
defaults filled in; it returns one tensor or None per input. It is itself made of differentiable torch calls,
for the second derivative.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol, TypeAlias, TypeVar

import torch
from torch import Tensor
from torch.autograd.graph import _engine_run_backward as _run_backward

from regluon.base import MXNetError
from regluon.ops.attributes import converter
from regluon.ops.binding import owning, with_defaults

__all__ = [
    "OPERATORS",
    "Attribute",
    "DType",
    "Device",
    "Generator",
    "Mode",
    "Operator",
    "Shape",
    "Tensor",
    "composition",
    "gradient",
    "gradient_of_one_shape",
    "infer_shape",
    "prepare",
    "register",
    "same",
]

Shape: TypeAlias = tuple[int, ...]
DType: TypeAlias = torch.dtype
Mode: TypeAlias = Annotated[bool, "whether the operator runs for training"]
Device: TypeAlias = Annotated[torch.device, "where the operator makes its result"]
Visible: TypeAlias = int | Callable[[dict[str, Any]], int] | None
Writes: TypeAlias = dict[int, int] | Callable[[int], dict[int, int]]
Uses: TypeAlias = Literal["all", "inputs", "out"]
F = TypeVar("F", bound=Callable[..., Any])


class Generator(Protocol):
    """A context's random streams; see :mod:`regluon.random`, which implements it.

    Parameters of a distribution are numbers, or tensors: then ``shape`` is drawn for each of their elements.
    """

    def uniform(self, low: Any, high: Any, shape: Shape, dtype: DType) -> Tensor: ...
    def normal(self, loc: Any, scale: Any, shape: Shape, dtype: DType) -> Tensor: ...
    def exponential(self, rate: Any, shape: Shape, dtype: DType) -> Tensor: ...
    def gamma(self, alpha: Any, beta: Any, shape: Shape, dtype: DType) -> Tensor: ...
    def poisson(self, mean: Any, shape: Shape, dtype: DType) -> Tensor: ...
    def negative_binomial(self, k: Any, p: Any, shape: Shape, dtype: DType) -> Tensor: ...
    def generalized_negative_binomial(
        self, mean: Any, dispersion: Any, shape: Shape, dtype: DType
    ) -> Tensor: ...
    def randint(self, low: int, high: int, shape: Shape, dtype: DType) -> Tensor: ...
    def multinomial(self, probabilities: Tensor, count: int) -> Tensor: ...
    def shuffle(self, data: Tensor) -> Tensor: ...
    def unique_zipfian(self, limit: int, rows: int, count: int) -> tuple[Tensor, Tensor]: ...
    def dropout(self, shape: Shape, p: float, dtype: DType, axes: Shape = ()) -> Tensor: ...
    def order(self, count: int) -> list[int]: ...
    def factor(self, low: float, high: float) -> float: ...
    def coin(self) -> bool: ...
    def deviates(self, count: int, scale: float) -> list[float]: ...


@dataclass(slots=True)
class Attribute:
    """One attribute of an operator: how it is read, and its default."""

    name: str
    annotation: Any
    default: Any
    convert: Callable[[Any], Any]

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty


@dataclass(slots=True, eq=False)
class Operator:
    """What is known of one operator; everything else is derived from it."""

    name: str
    fn: Callable[..., Any]
    aliases: tuple[str, ...]
    inputs: tuple[str, ...]
    optional: int
    variadic: bool
    attributes: dict[str, Attribute]
    mode: str | None
    generator: str | None
    device: str | None
    same_type: bool
    view: bool
    visible: Visible
    writes: Writes
    single: bool
    outputs: int | None
    compute: Callable[..., Any] = field(init=False)
    gradient: Callable[..., Sequence[Tensor | None]] = field(init=False)
    supplied: bool = field(init=False)
    defaults: dict[str, Any] = field(init=False)
    by_torch: bool = True
    uses: Uses | Callable[..., Uses] = "all"
    one_shape: Callable[..., Any] | None = None
    infer: Callable[..., Any] | None = None
    composed: Callable[..., Any] | None = None
    prepare: Callable[..., Callable[..., Any]] | None = None

    def __post_init__(self) -> None:
        self.compute = owning(self.fn) if self.view else self.fn
        self.gradient = torch_gradient
        self.supplied = bool(self.mode or self.generator or self.device)
        self.defaults = {a.name: a.default for a in self.attributes.values() if not a.required}

    def prepared(self, attributes: dict[str, Any]) -> Callable[..., Any]:
        """The computation with these attributes, all of them, as a function of the inputs alone."""
        if self.prepare is not None:
            return self.prepare(**attributes)
        return self.bound(attributes)

    def bound(self, attributes: dict[str, Any]) -> Callable[..., Any]:
        """The operator's function with these attributes, and what else it asks for, as one of the inputs."""
        # Those that it has by itself stay as they are: most calls need no other function.
        others = {k: v for k, v in attributes.items() if k not in self.defaults or v is not self.defaults[k]}
        if not others:
            return self.compute
        fn = with_defaults(self.fn, others)
        return owning(fn) if self.view else fn

    def needs(self, attributes: dict[str, Any]) -> Uses:
        """What of a call with these attributes the gradient needs."""
        return self.uses(**attributes) if callable(self.uses) else self.uses

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.fn) or ""

    def shows(self, attributes: dict[str, Any]) -> int | None:
        """How many outputs the caller sees; None for all of several."""
        visible = self.visible(attributes) if callable(self.visible) else self.visible
        return 1 if self.single else visible

    def shown(self, outs: Sequence[Tensor], attributes: dict[str, Any]) -> Sequence[Tensor]:
        """Those of several outputs that the caller sees."""
        visible = self.shows(attributes)
        return outs if visible is None else outs[:visible]

    def written(self, count: int) -> dict[int, int]:
        """Which of ``count`` inputs are updated: position -> that of the output with the new value."""
        return self.writes(count) if callable(self.writes) else self.writes

    def read(self, name: str, value: Any) -> Any:
        """The value of attribute ``name`` in its declared type."""
        attribute = self.attributes.get(name)
        if attribute is None:
            known = ", ".join((*self.inputs, *self.attributes))
            raise MXNetError(f"{self.name} has no argument {name!r}; it takes {known}")
        try:
            return attribute.convert(value)
        except (ValueError, TypeError, SyntaxError) as error:
            raise MXNetError(f"{self.name}: argument {name}={value!r} can't be read: {error}") from None

    def read_all(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """All attributes, in their declared types; complains of unknown and missing ones."""
        found = {name: self.read(name, value) for name, value in attributes.items()}
        for name, attribute in self.attributes.items():
            if attribute.required and name not in found:
                raise MXNetError(f"{self.name}: the argument {name!r} is required")
        return {**self.defaults, **found}


OPERATORS: dict[str, Operator] = {}
_BY_FUNCTION: dict[Callable[..., Any], Operator] = {}


def register(
    name: str,
    *,
    aliases: Sequence[str] = (),
    same_type: bool = False,
    view: bool = False,
    visible: Visible = None,
    writes: dict[str, int] | Callable[[int], dict[int, int]] | None = None,
) -> Callable[[F], F]:
    """Makes an operator of a function; see the module's docstring.

    Parameters
    ----------
    name, aliases
        MXNet's names. ``_contrib_x``, ``_linalg_x``, ``_image_x``, ``_random_x`` appear as ``nd.contrib.x``
        and so on, other names with a leading underscore in ``nd._internal`` only.
    same_type
        The inputs must be of one type: MXNet mixes none.
    view
        The function may return a view of an input. Imperative results own their memory and are copied
        then; a graph runs the function as it is.
    visible
        How many of the outputs the caller sees, if not all: a number, or a function of the attributes. The
        hidden ones come last; they keep what the gradient needs.
    writes
        Which inputs are updated by the operator: input name -> position of the output with its new value. An
        operator of any number of inputs has a function of their number: position -> position.
    """

    def decorate(fn: F) -> F:
        op = _describe(fn, name, tuple(aliases), same_type, view, visible, writes or {})
        for key in (name, *op.aliases):
            if key in OPERATORS:
                raise ValueError(f"two operators are called {key}")
            OPERATORS[key] = op
        _BY_FUNCTION[fn] = op
        return fn

    return decorate


def gradient(fn: Callable[..., Any], uses: Uses | Callable[..., Uses] = "all") -> Callable[[F], F]:
    """Gives the operator made of ``fn`` a gradient of its own.

    Parameters
    ----------
    uses
        What it needs of the call and what is therefore kept until then: ``"all"``, ``"inputs"`` without the
        output, or, for an operator of one array, ``"out"``, the output alone: it stands in the input's
        place as well. Or a function of the attributes that says so.
    """

    def decorate(pullback: F) -> F:
        op = _BY_FUNCTION[fn]
        op.gradient, op.by_torch, op.uses = pullback, False, uses
        return pullback

    return decorate


def same(out: Tensor, **attributes: Any) -> Tensor:
    """Stands for an operator whose gradient uses its output alone: the output, of itself."""
    return out


def gradient_of_one_shape(fn: Callable[..., Any]) -> Callable[[F], F]:
    """Gives the operator of two arrays made of ``fn`` a gradient for those of one shape.

    It hands on what arrives, be it a tensor or recorded, and needs neither the arrays nor the output.
    """

    def decorate(pullback: F) -> F:
        pullback.recorded = lambda gs, node: pullback(gs[0], None, None)  # type: ignore[attr-defined]
        _BY_FUNCTION[fn].one_shape = pullback
        return pullback

    return decorate


def prepare(fn: Callable[..., Any]) -> Callable[[F], F]:
    """Gives the operator made of ``fn`` a faster way for calls with the same attributes.

    What is decorated gets the attributes, and returns the computation as a function of the inputs alone.
    """

    def decorate(prepared: F) -> F:
        _BY_FUNCTION[fn].prepare = prepared
        return prepared

    return decorate


def infer_shape(fn: Callable[..., Any]) -> Callable[[F], F]:
    """Gives the operator made of ``fn`` a rule that fills in unknown input shapes.

    The rule gets the shapes of the inputs (None or with zeros where unknown) and the attributes, and
    returns them completed.
    """

    def decorate(rule: F) -> F:
        _BY_FUNCTION[fn].infer = rule
        return rule

    return decorate


def composition(fn: Callable[..., Any]) -> Callable[[F], F]:
    """Gives the operator made of ``fn``, which MXNet does not have, its like out of operators that it has.

    The composition gets a namespace of operators, the inputs and the attributes. It is what a symbol file
    holds instead of the operator.
    """

    def decorate(composed: F) -> F:
        _BY_FUNCTION[fn].composed = composed
        return composed

    return decorate


def torch_gradient(
    g: Any, need: Sequence[Any], out: Any, *inputs: Any, create_graph: bool = False, **attributes: Any
) -> list[Tensor | None]:
    """The gradient by ``torch.autograd``, of an output that carries torch's graph back to ``inputs``."""
    outs, gs = [out] if isinstance(out, Tensor) else out, [g] if isinstance(g, Tensor) else g
    pairs = [(o, h) for o, h in zip(outs, gs, strict=False) if o.requires_grad]
    wanted = [i for i, x in enumerate(inputs) if need[i] and isinstance(x, Tensor) and x.requires_grad]
    grads: list[Tensor | None] = [None] * len(inputs)
    if pairs and wanted:
        heads, head_grads = zip(*pairs, strict=True)
        variables = [inputs[i] for i in wanted]
        # What torch.autograd.grad ends in. Before, it loads libraries for shapes of unknown extent, 0.3 s of
        # the first call, and checks what is known here, 12 of 23 µs.
        found = _run_backward(
            heads, head_grads, True, create_graph, tuple(variables), True, accumulate_grad=False
        )
        for i, grad in zip(wanted, found, strict=True):
            grads[i] = grad
    return grads


def _describe(
    fn: Callable[..., Any],
    name: str,
    aliases: tuple[str, ...],
    same_type: bool,
    view: bool,
    visible: Visible,
    writes: dict[str, int] | Callable[[int], dict[int, int]],
) -> Operator:
    hints = typing.get_type_hints(fn, include_extras=True)
    inputs: list[str] = []
    attributes: dict[str, Attribute] = {}
    special: dict[Any, str] = {}
    optional, variadic = 0, False
    for parameter in inspect.signature(fn).parameters.values():
        hint = hints[parameter.name]
        if hint in (Mode, Generator, Device):
            special[hint] = parameter.name
        elif hint is Tensor or hint == (Tensor | None):
            inputs.append(parameter.name)
            optional += hint is not Tensor
            variadic |= parameter.kind is parameter.VAR_POSITIONAL
        else:
            given = parameter.default
            attributes[parameter.name] = Attribute(parameter.name, hint, given, converter(hint, given))
    return Operator(
        name=name,
        fn=fn,
        aliases=aliases,
        inputs=tuple(inputs),
        optional=optional,
        variadic=variadic,
        attributes=attributes,
        mode=special.get(Mode),
        generator=special.get(Generator),
        device=special.get(Device),
        same_type=same_type,
        view=view,
        visible=visible,
        writes=writes if callable(writes) else {inputs.index(key): n for key, n in writes.items()},
        single=hints.get("return") is Tensor,
        outputs=_outputs(hints.get("return")),
    )


def _outputs(returned: Any) -> int | None:
    """How many outputs there are, None if their number varies."""
    parts = typing.get_args(returned) if typing.get_origin(returned) is tuple else (returned,)
    return len(parts) if set(parts) == {Tensor} else None
