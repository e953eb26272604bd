"""Shapes and types of a graph, found out without computing anything.

Operators run on torch's meta device. An unknown extent is tried as two numbers: what differs between the two
results depends on it and is unknown too.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch

from regluon.base import MXNetError, numpy_dtype
from regluon.context import SHAPES
from regluon.ndarray.dispatch import KERNEL_ERRORS, supply
from regluon.ops.attributes import converter
from regluon.ops.registry import Operator
from regluon.ops.shape_mode import ShapeMode
from regluon.symbol.alike import keeps_shape, output_shape
from regluon.symbol.control.inference import SHAPES_OF, completed
from regluon.symbol.custom import CUSTOM, shapes_of_custom
from regluon.symbol.graph import Entry, Node, is_open, postorder
from regluon.symbol.reverse import REVERSE
from regluon.symbol.symbol import Symbol
from regluon.symbol.types import infer_types

__all__ = [
    "infer_shape",
    "infer_shape_partial",
    "infer_type",
    "infer_type_partial",
    "known",
    "open_shapes",
    "shapes_of",
]

Shape = tuple[int, ...]
Key = tuple[int, int]
_TRIES = (60, 84)
"""Numbers for an unknown extent: with many divisors, as nets halve and split."""

_READ_SHAPE = converter(tuple[int, ...] | None)

# Operators whose inputs and outputs have one shape, so that each tells of the others.
_ALIKE = frozenset(
    """
    elemwise_add elemwise_sub elemwise_mul elemwise_div _grad_add _power _maximum _minimum _hypot _mod _equal
    _not_equal _greater _greater_equal _lesser _lesser_equal _logical_and _logical_or _logical_xor add_n
    """.split()
)

# Operators of which that is so but for the first input, the condition.
_CHOICES = frozenset({"where"})


# Outputs' shapes and types by operator, shapes, types and attributes: an unrolled graph repeats itself.
_SEEN: dict[Any, tuple[list[Shape], list[Any]]] = {}
_LIMIT = 4096


class _Shapes:
    """What is known of the shapes in a graph; () where nothing is."""

    def __init__(self, symbol: Symbol, given: dict[str, Shape], dtypes: dict[Key, Any]) -> None:
        self.nodes = postorder(symbol._heads)
        self.dtypes = dtypes
        self.known: dict[Key, Shape] = {}
        self.errors: dict[int, str] = {}
        for node in self.nodes:
            if node.op is None:
                shape = given.get(node.name) or _declared(node)
                self.known[id(node), 0] = tuple(max(0, extent) for extent in shape)

    def run(self) -> None:
        """Goes through the graph until nothing more is found out."""
        for _ in range(len(self.nodes) + 1):
            before = dict(self.known)
            for node in self.nodes:
                if node.op is not None:
                    self._visit(node, node.op)
            if self.known == before:
                break

    def of(self, node: Node) -> list[Shape]:
        return [self.known.get((id(e.node), e.index), ()) for e in node.inputs]

    def _visit(self, node: Node, op: Operator) -> None:
        if all(known(self.known.get((id(node), i), ())) for i in range(node.shown)) and all(
            known(s) for s in self.of(node)
        ):
            return
        if node.subgraphs:
            self._look_inside(node)
            return
        if op is CUSTOM:
            self._ask(node)
            return
        if op.name == "amp_multicast":
            self._pair(node)
        if op.name in _ALIKE or op.name in _CHOICES or keeps_shape(op):
            self._share(node, node.inputs[op.name in _CHOICES :])
        elif op.infer is not None and not all(known(s) for s in self.of(node)):
            self._complete(node, op.infer)
        if op.name in REVERSE and not all(known(s) for s in self.of(node)):
            self._look_back(node, REVERSE[op.name])
        shapes = self.of(node)
        if all(shapes):
            for i, shape in enumerate(self._outputs(node, op, shapes)):
                self._learn((id(node), i), shape, node)

    def _learn(self, key: Key, shape: Shape, node: Node) -> None:
        old = self.known.get(key, ())
        if not shape:
            return
        if old and (
            len(old) != len(shape) or any(a and b and a != b for a, b in zip(old, shape, strict=True))
        ):
            raise MXNetError(
                f"Error in operator {node.name}: Incompatible shapes: expected {old}, got {shape}"
            )
        self.known[key] = tuple(a or b for a, b in zip(old, shape, strict=True)) if old else shape

    def _share(self, node: Node, inputs: Sequence[Entry]) -> None:
        keys = [(id(e.node), e.index) for e in inputs] + [(id(node), 0)]
        for _ in range(2):
            for key in keys:
                for other in keys:
                    self._learn(key, self.known.get(other, ()), node)

    def _pair(self, node: Node) -> None:
        """Each output is like the input of its number."""
        for i, entry in enumerate(node.inputs):
            keys = (id(entry.node), entry.index), (id(node), i)
            for key, other in (keys, keys[::-1]):
                self._learn(key, self.known.get(other, ()), node)

    def _look_back(self, node: Node, rule: Callable[..., list[Shape]]) -> None:
        output = self.known.get((id(node), 0), ())
        if output:
            for entry, shape in zip(node.inputs, rule(self.of(node), output, node.attributes), strict=True):
                self._learn((id(entry.node), entry.index), shape, node)

    def _look_inside(self, node: Node) -> None:
        """What the graphs of a loop or a branch tell of its inputs and outputs."""

        def infer(heads: Sequence[Entry], given: list[Shape]) -> tuple[list[Shape], list[Shape]]:
            symbol = Symbol(heads)
            shapes = {name: s for name, s in zip(symbol.list_inputs(), given, strict=True) if s}
            found, nodes = shapes_of(symbol, shapes)
            variables = [found.get((id(n), 0), ()) for n in nodes if n.op is None]
            return variables, [found.get((id(e.node), e.index), ()) for e in heads]

        inputs, outputs = completed(node, self.of(node), infer, SHAPES_OF)
        for entry, shape in zip(node.inputs, inputs, strict=True):
            self._learn((id(entry.node), entry.index), shape, node)
        for i, shape in enumerate(outputs):
            self._learn((id(node), i), shape, node)

    def _ask(self, node: Node) -> None:
        """What the class of an operator written in Python tells."""
        inputs, outputs = shapes_of_custom(node.attributes["signature"], self.of(node))
        keys = [(id(e.node), e.index) for e in node.inputs] + [(id(node), i) for i in range(len(outputs))]
        for key, shape in zip(keys, [*inputs, *outputs], strict=True):
            self._learn(key, shape, node)

    def _complete(self, node: Node, rule: Callable[..., Any]) -> None:
        """By the operator's rule for parameters whose shapes are not known."""
        shapes = self.of(node)

        def run(tried: Sequence[Any]) -> list[Any]:
            return list(rule(*tried, **node.attributes))

        for entry, shape in zip(node.inputs, self._tried(run, shapes, partly=True), strict=False):
            if shape:
                self._learn((id(entry.node), entry.index), shape, node)

    def _outputs(self, node: Node, op: Operator, shapes: list[Shape]) -> list[Shape]:
        types = [self.dtypes.get((id(e.node), e.index)) or torch.float32 for e in node.inputs]
        key = (op.name, tuple(shapes), tuple(types), tuple(sorted(node.attrs.items())))
        if key not in _SEEN:
            if len(_SEEN) >= _LIMIT:
                _SEEN.clear()
            _SEEN[key] = self._by_running(node, op, shapes, types)
        found, dtypes = _SEEN[key]
        for i, dtype in enumerate(dtypes):
            self.dtypes.setdefault((id(node), i), dtype)
        return found

    def _by_running(
        self, node: Node, op: Operator, shapes: list[Shape], types: Sequence[Any]
    ) -> tuple[list[Shape], list[Any]]:
        """The shapes and types of the outputs, from running the operator without data."""
        attributes = supply(op, node.attributes, SHAPES) if op.supplied else node.attributes
        if op.mode is not None:
            attributes = {**attributes, op.mode: False}
        if all(map(known, shapes)) and (shape := output_shape(op, shapes, types, node.attributes)):
            return [shape], [types[0]]
        dtypes: list[Any] = []

        def run(tried: Sequence[Any]) -> list[Any]:
            inputs = [
                torch.empty(shape, dtype=dtype, device="meta")
                for shape, dtype in zip(tried, types, strict=True)
            ]
            result = op.compute(*inputs, **attributes)
            results = [result] if isinstance(result, torch.Tensor) else list(result)
            dtypes[:] = [r.dtype for r in results[: node.shown]]
            return [tuple(r.shape) for r in results[: node.shown]]

        try:
            with ShapeMode():
                return self._tried(run, shapes), dtypes
        except KERNEL_ERRORS as error:
            if all(map(known, shapes)):
                raise MXNetError(f"Error in operator {node.name}: {op.name}: {error}") from None
            return [], dtypes

    @staticmethod
    def _tried(
        run: Callable[[Sequence[Any]], list[Any]], shapes: list[Shape], partly: bool = False
    ) -> list[Shape]:
        """The shapes that ``run`` gives, 0 where they depend on unknown extents."""
        found = []
        for number in _TRIES if any(0 in shape for shape in shapes) else (0,):
            tried = [tuple(extent or number for extent in s) or None for s in shapes]
            try:
                found.append(run(tried))
            except KERNEL_ERRORS:
                if not partly:
                    raise
                return []
        pairs = zip(found[0], found[-1], strict=True)
        return [
            tuple(a if a == b else 0 for a, b in zip(x or (), y or (), strict=True)) if x and y else ()
            for x, y in pairs
        ]


def _declared(node: Node) -> Shape:
    """The shape that a variable was made with."""
    text = node.attrs.get("__shape__", "None")
    try:
        return _READ_SHAPE(text) or ()
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise MXNetError(f"{node.name}: the shape {text!r} can't be read") from None


def known(shape: Shape) -> bool:
    """Whether every extent is known."""
    return bool(shape) and 0 not in shape


def shapes_of(
    symbol: Symbol, given: dict[str, Shape], types: dict[str, Any] | None = None
) -> tuple[dict[Key, Shape], list[Node]]:
    """What is known of all shapes, by node and output, and the nodes."""
    dtypes = infer_types(symbol, types or {})
    shapes = _Shapes(symbol, given, dtypes)
    shapes.run()
    return shapes.known, shapes.nodes


def open_shapes(symbol: Symbol, given: dict[str, Shape]) -> dict[Node, Shape]:
    """The shapes of what is made without inputs, such as first states, as far as they follow."""
    if not any(map(is_open, postorder(symbol._heads))):
        return {}
    found, nodes = shapes_of(symbol, given)
    shapes = {node: found.get((id(node), 0), ()) for node in nodes if is_open(node)}
    return {node: shape for node, shape in shapes.items() if known(shape)}


def _given(symbol: Symbol, args: tuple[Any, ...], kwargs: dict[str, Any], what: str) -> dict[str, Any]:
    """What is given of the arguments, by their names."""
    if args and kwargs:
        raise ValueError(f"Can only specify known argument {what} either by positional or kwargs way.")
    names = symbol.list_inputs()
    for key in kwargs:
        if key not in names:
            raise MXNetError(f"infer_{what}: Keyword argument name {key} not found. There are {names}")
    listed = symbol.list_arguments()
    if len(args) > len(listed):
        raise MXNetError(f"{len(args)} {what} were given, but there are {len(listed)} arguments")
    given = {**{k: v for k, v in zip(listed, args, strict=False) if v is not None}, **kwargs}
    return given


def _lists(symbol: Symbol, found: dict[Key, Any], default: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """What was found of arguments, outputs and auxiliary states."""
    variables, states = symbol._variables()
    arguments = [found.get((id(v), 0), default) for v in variables if id(v) not in states]
    auxiliary = [found.get((id(v), 0), default) for v in variables if id(v) in states]
    outputs = [found.get((id(head.node), head.index), default) for head in symbol._heads]
    return arguments, outputs, auxiliary


def infer_shape_partial(self: Symbol, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
    """What is known of the shapes of arguments, outputs and auxiliary states: () or 0 where unknown"""
    given = _given(self, args, kwargs, "shapes")
    for key, shape in given.items():
        if not isinstance(shape, tuple):
            raise TypeError(f"Arguments need to be shapes (tuple), but '{key}' is {type(shape)}.")
    found, _ = shapes_of(self, given)
    return _lists(self, found, ())


def infer_shape(self: Symbol, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
    """The shapes of arguments, outputs and auxiliary states, from those of some arguments

    Three times None, with a warning that names them, if some do not follow.
    """
    arguments, outputs, auxiliary = infer_shape_partial(self, *args, **kwargs)
    if all(map(known, (*arguments, *outputs, *auxiliary))):
        return arguments, outputs, auxiliary
    unknown = [f"{n}: {s}" for n, s in zip(self.list_arguments(), arguments, strict=True) if not known(s)]
    _warn("shape", "(0s in shape means unknown dimensions). ", unknown)
    return None, None, None


def _warn(what: str, more: str, unknown: list[str]) -> None:
    shown = unknown[:10] + ["..."] * (len(unknown) > 10)
    warnings.warn(
        f"Cannot decide {what} for the following arguments {more}Consider providing them as input:\n\t"
        + "\n\t".join(shown),
        stacklevel=3,
    )


def infer_type_partial(self: Symbol, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
    """What is known of the types of arguments, outputs and auxiliary states: None where unknown"""
    found = infer_types(self, _given(self, args, kwargs, "types"))
    types = {key: numpy_dtype(dtype) for key, dtype in found.items()}
    return _lists(self, types, None)


def infer_type(self: Symbol, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
    """The types of arguments, outputs and auxiliary states, from those of some arguments

    Three times None, with a warning that names them, if some do not follow.
    """
    found = infer_type_partial(self, *args, **kwargs)
    if all(t is not None for part in found for t in part):
        return found
    unknown = [f"{n}: {t}" for n, t in zip(self.list_arguments(), found[0], strict=True) if t is None]
    _warn("type", "", unknown)
    return None, None, None
