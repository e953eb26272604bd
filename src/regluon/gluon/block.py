"""Block: what nets are made of."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection
from typing import Any

from regluon.base import DTypeLike, MXNetError, torch_dtype
from regluon.context import SHAPES, Context, entered
from regluon.gluon.architecture import read_names, write_names
from regluon.gluon.hooks import HookHandle, Hooks
from regluon.gluon.parameter import Parameter, ParameterDict
from regluon.gluon.parameter.loading import check_places, take_over
from regluon.gluon.scope import BlockScope
from regluon.gluon.summary import summarize
from regluon.lazy import resolve
from regluon.ndarray.saveload import load, save

__all__ = ["Block", "HybridBlock", "SymbolBlock"]  # noqa: F822 (see __getattr__)


class Block:
    """A piece of a net: children and parameters, and a :meth:`forward` in plain Python.

    Blocks and Parameters assigned to attributes are registered.

    Parameters
    ----------
    prefix
        Begins the names of its parameters; counted from the class's name if None.
    params
        The parameters of another block, to be shared.
    """

    _is_container = False

    _asks_parameters = False
    """Whether one of its parameters gives its array in its own way: a subclass that overrides ``data``."""

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None) -> None:
        self._empty_prefix = prefix == ""
        self._prefix, self._params = BlockScope.create(prefix, params, self._alias())
        self._name = self._prefix.removesuffix("_")
        self._scope = BlockScope(self)
        self._children: dict[str, Block] = {}
        self._reg_params: dict[str, Parameter] = {}
        self._forward_hooks = Hooks()
        self._forward_pre_hooks = Hooks()

    def __repr__(self) -> str:
        blocks = [(name, child) for name, child in self.__dict__.items() if isinstance(child, Block)]
        return describe(self, blocks)

    def __setattr__(self, name: str, value: Any) -> None:
        before = self.__dict__.get(name)
        if isinstance(before, (Parameter, Block)) and not isinstance(value, type(before)):
            raise TypeError(
                f"Changing attribute type for {name} from {type(before)} to {type(value)} is not allowed."
            )
        if isinstance(value, Block):
            self.register_child(value, name)
        elif isinstance(value, Parameter):
            if name in self._reg_params:
                raise AssertionError(
                    f"Overriding Parameter attribute {name} is not allowed. If you want to share parameters "
                    "between blocks, please set 'params' at Block construction instead."
                )
            self._reg_params[name] = value
            if type(value).data is not Parameter.data:
                self._asks_parameters = True
        super().__setattr__(name, value)

    def _alias(self) -> str:
        return type(self).__name__.lower()

    @property
    def prefix(self) -> str:
        """What the names of its parameters begin with."""
        return self._prefix

    @property
    def name(self) -> str:
        """Its name: the prefix without the final underscore."""
        return self._name

    @property
    def params(self) -> ParameterDict:
        """Its own parameters, without those of its children."""
        return self._params

    def name_scope(self) -> BlockScope:
        """A ``with`` block in which new blocks and parameters get this block's prefix."""
        return self._scope

    # Children and parameters

    def register_child(self, block: Block, name: str | None = None) -> None:
        """Makes a block a child, as assigning it to an attribute does."""
        self._children[str(len(self._children)) if name is None else name] = block

    def apply(self, fn: Callable[[Block], Any]) -> Block:
        """Calls ``fn`` with every block below it and with itself, children first."""
        for child in self._children.values():
            child.apply(fn)
        fn(self)
        return self

    def collect_params(self, select: str | None = None) -> ParameterDict:
        """The parameters of itself and of all children, those whose names ``select`` matches.

        Parameters
        ----------
        select
            A regular expression: ``".*weight"``, ``"conv1_weight|fc_bias"``.
        """
        self._check_container_with_block()
        pattern = re.compile(select or "")
        found = ParameterDict(self._params.prefix)
        found._params.update({name: p for name, p in self.params.items() if pattern.match(name)})
        for child in self._children.values():
            found.update(child.collect_params(select=select))
        return found

    def _check_container_with_block(self) -> None:
        """Warns of blocks in lists or dictionaries: they are not registered."""
        known = self._children.values()
        for name, value in self.__dict__.items():
            if name != "_children" and _holds_block(value, known) and not isinstance(value, Block):
                warnings.warn(
                    f'"{type(self).__name__}.{name}" is an unregistered container with Blocks. Blocks in a '
                    "list, tuple or dict are not registered automatically: call register_child(), or use "
                    "nn.Sequential or nn.HybridSequential.",
                    stacklevel=3,
                )

    def _collect_params_with_prefix(self, prefix: str = "") -> dict[str, Parameter]:
        """All parameters by their place in the structure: ``features.0.weight``."""
        prefix = f"{prefix}." if prefix else ""
        found = {prefix + name: p for name, p in self._reg_params.items()}
        for name, child in self._children.items():
            found.update(child._collect_params_with_prefix(prefix + name))
        return found

    def initialize(
        self,
        init: Any = None,
        ctx: Context | list[Context] | None = None,
        verbose: bool = False,
        force_reinit: bool = False,
    ) -> None:
        """Initializes its parameters and those of its children.

        Parameters
        ----------
        init
            The initializer of those that have none of their own; uniform in ±0.07 if None.
        ctx
            Where: a context or several, the current one if None.
        force_reinit
            Whether to start anew what has been initialized.
        """
        self.collect_params().initialize(init, ctx, verbose, force_reinit)

    def cast(self, dtype: DTypeLike) -> None:
        """Turns its parameters, and those of its children, into another type."""
        torch_dtype(dtype)
        for child in self._children.values():
            child.cast(dtype)
        for parameter in self.params.values():
            parameter.cast(dtype)

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        """Has the hybrid blocks below it compiled."""
        for child in self._children.values():
            child.hybridize(active, **kwargs)

    # Files

    def save_parameters(self, filename: str, deduplicate: bool = False) -> None:
        """Writes all parameters to a file, by their place in the structure.

        Parameters
        ----------
        deduplicate
            Whether a parameter that stands at several places is written once.
        """
        params = self._collect_params_with_prefix()
        if deduplicate:
            places = {parameter: place for place, parameter in params.items()}
            params = {place: parameter for parameter, place in places.items()}
        save(filename, {name: p._reduce() for name, p in params.items()})

    def load_parameters(
        self,
        filename: str,
        ctx: Context | list[Context] | None = None,
        allow_missing: bool = False,
        ignore_extra: bool = False,
        cast_dtype: bool = False,
        dtype_source: str = "current",
    ) -> None:
        """Reads parameters from a file of :meth:`save_parameters`, or from one with full names.

        Parameters
        ----------
        ctx
            Where to put parameters that were not initialized.
        allow_missing
            Whether the file may lack parameters of this block.
        ignore_extra
            Whether it may hold others.
        cast_dtype, dtype_source
            Whether types may differ, and which then counts: ``"current"`` or ``"saved"``.

        Raises
        ------
        AssertionError, ValueError
            If parameters are missing or unknown, or of another shape or type. None is changed then.
        """
        loaded: Any = load(filename) or {}
        if not isinstance(loaded, dict):
            raise ValueError(
                f"{filename} holds arrays without names; save_parameters() writes what is needed"
            )
        params = self._collect_params_with_prefix()
        if not any("." in name for name in loaded) and not loaded.keys() <= params.keys():
            self.collect_params().load_dict(
                loaded, ctx, allow_missing, ignore_extra, self.prefix, filename, cast_dtype, dtype_source
            )
            return
        check_places(params, loaded, filename, allow_missing, ignore_extra)
        known = [(params[place], value) for place, value in loaded.items() if place in params]
        take_over(known, ctx, cast_dtype, dtype_source)

    def save(self, prefix: str) -> None:
        """Writes the blocks' names to ``prefix-model.json`` and the parameters to ``prefix-model.params``."""
        write_names(self, f"{prefix}-model.json")
        self.save_parameters(f"{prefix}-model.params")

    def load(self, prefix: str) -> None:
        """Takes over names and parameters of a net of the same architecture from what :meth:`save` wrote."""
        read_names(self, f"{prefix}-model.json")
        self.load_parameters(f"{prefix}-model.params")

    def save_params(self, filename: str) -> None:
        """The old name of writing parameters, by their full names."""
        warnings.warn("save_params is deprecated. Please use save_parameters.", stacklevel=2)
        self.collect_params().save(filename, strip_prefix=self.prefix)

    def load_params(
        self, filename: str, ctx: Any = None, allow_missing: bool = False, ignore_extra: bool = False
    ) -> None:
        """The old name of :meth:`load_parameters`."""
        warnings.warn("load_params is deprecated. Please use load_parameters.", stacklevel=2)
        self.load_parameters(filename, ctx, allow_missing, ignore_extra)

    # Calls

    def register_forward_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Has ``hook(block, inputs, output)`` called after each forward."""
        handle = HookHandle()
        handle.attach(self._forward_hooks, hook)
        return handle

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Has ``hook(block, inputs)`` called before each forward."""
        handle = HookHandle()
        handle.attach(self._forward_pre_hooks, hook)
        return handle

    def register_op_hook(self, callback: Callable[..., Any], monitor_all: bool = False) -> None:
        """Watches single operators."""
        raise MXNetError("register_op_hook is a declared gap; register_forward_hook watches whole blocks")

    def __call__(self, *args: Any) -> Any:
        if self._forward_pre_hooks and entered.current is not SHAPES:
            for hook in list(self._forward_pre_hooks.values()):
                hook(self, args)
        try:
            out = self.forward(*args)
        except MXNetError as error:
            _name_layer(error, self.name)
            raise
        if self._forward_hooks and entered.current is not SHAPES:
            for hook in list(self._forward_hooks.values()):
                hook(self, args, out)
        return out

    def forward(self, *args: Any) -> Any:
        """What the block computes; subclasses define it."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward")

    def summary(self, *inputs: Any) -> None:
        """Prints the layers that ``inputs`` pass through, their output shapes and their parameters."""
        print(summarize(self, inputs))  # noqa: T201 (what it is for)


def _name_layer(error: MXNetError, name: str) -> None:
    """Puts the layer's name before an operator's complaint; the innermost one's; graphs' own stay."""
    if type(error) is MXNetError and not str(error).startswith("Error in "):
        error.args = (f"Error in layer {name}: {error}",)


def __getattr__(name: str) -> Any:
    """MXNet has these in this module, too; here they are made of what it has."""
    if name in _MADE_OF_THESE:
        return resolve(f"{_MADE_OF_THESE[name]}:{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_MADE_OF_THESE = {
    "HybridBlock": "regluon.gluon.hybrid_block",
    "SymbolBlock": "regluon.gluon.symbol_block",
}


def _holds_block(value: Any, known: Collection[Block]) -> bool:
    """Whether a block that is not ``known`` is in nested lists, tuples and dicts."""
    if isinstance(value, Block):
        return not any(value is block for block in known)
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return False
    return any(_holds_block(item, known) for item in value)


def describe(block: Block, children: list[tuple[str, Block]]) -> str:
    """A block's printed form: its class, and its children indented."""
    lines = []
    for name, child in children:
        first, *rest = repr(child).split("\n")
        lines.append("\n".join([f"  ({name}): {first}", *[f"  {line}" for line in rest]]))
    return f"{type(block).__name__}(\n" + "\n".join(lines) + "\n)"
