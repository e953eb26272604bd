"""What a converter is given: the call of an MXNet operator, to be written as nodes of ONNX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, NamedTuple, TypeVar

import numpy as np

from regluon.base import MXNetError
from regluon.symbol.graph import Node

__all__ = ["CONVERTERS", "VARY_NOT", "WHOLE", "Call", "Graph", "Record", "converts", "number"]

Converter = Callable[["Call"], "str | list[str]"]
F = TypeVar("F", bound=Converter)

VARY_NOT = "give the inputs' shapes without extents that vary there"

CONVERTERS: dict[str, Converter] = {}
"""By MXNet's name of the operator."""

WHOLE: set[str] = set()
"""Those that take whole numbers, and bool, as they take others. The rest would round otherwise."""


def converts(*operators: str, whole: bool = False) -> Callable[[F], F]:
    """Makes a function the converter of operators; ``whole`` ones take whole numbers, too."""

    def decorate(converter: F) -> F:
        CONVERTERS.update(dict.fromkeys(operators, converter))
        if whole:
            WHOLE.update(operators)
        return converter

    return decorate


def number(value: Any, dtype: Any) -> Any:
    """Numbers in a type, as MXNet casts them: without fractions, and around where the type ends."""
    kind, numbers = np.dtype(dtype), np.asarray(value)
    with np.errstate(over="ignore"):
        if kind.kind not in "iu" or not np.isfinite(numbers).all():
            return numbers.astype(kind)
        return np.trunc(numbers).astype(np.int64).astype(kind)


class Record(NamedTuple):
    """A node of ONNX, made for an operator."""

    kind: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]
    maker: str = ""


@dataclass(slots=True)
class Graph:
    """The nodes and constants made so far."""

    records: list[Record] = field(default_factory=list)
    constants: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    unknown: dict[str, MXNetError] = field(default_factory=dict)
    """What can't be said, which matters only if something uses it."""
    taken: set[str] = field(default_factory=set)
    """All names."""

    def fresh(self, name: str) -> str:
        """A name that nothing has: nodes may share theirs, as those of a layer that is used twice do."""
        found, place = name, 0
        while found in self.taken:
            place += 1
            found = f"{name}_{place}"
        self.taken.add(found)
        return found

    def constant(self, name: str, value: np.ndarray[Any, Any]) -> str:
        """The name of a constant: that of an equal one, if it is small and there already."""
        if value.size <= 16:
            name = f"{value.dtype}{list(value.shape)}{value.reshape(-1).tolist()}".replace(" ", "")
        else:
            name = self.fresh(name)
        self.constants[name] = value
        return name


@dataclass(slots=True)
class Call:
    """A node of a symbol, with the names of its inputs in ONNX; ``call["axis"]`` is an attribute."""

    graph: Graph
    node: Node
    inputs: list[str]
    shapes: list[tuple[int, ...]]
    """The inputs' shapes: () where nothing is known, 0 for an extent that is not."""
    dtypes: list[Any]
    made: tuple[int, ...]
    """The shape of the first output."""
    folded: Callable[[int], Any]
    """The value of an input that depends on parameters alone."""
    alone: Callable[[], Any]
    """The value of the first output, of an operator without inputs."""
    counter: Iterator[int] = field(default_factory=lambda: count(1))

    def __getitem__(self, name: str) -> Any:
        return self.node.attributes[name]

    @property
    def operator(self) -> str:
        """MXNet's name of the operator."""
        assert self.node.op is not None
        return self.node.op.name

    @property
    def called(self) -> str:
        """The operator and the node's name, as errors name them."""
        return f"{self.operator} {self.node.name}"

    @property
    def dtype(self) -> Any:
        """The NumPy type of the first input."""
        return self.dtypes[0]

    def of(self, dtype: Any) -> Call:
        """The same call of its inputs in another type."""
        inputs = [self.cast(x, dtype) for x in self.inputs]
        return replace(self, inputs=inputs, dtypes=[np.dtype(dtype)] * len(inputs))

    def emit(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Adds a node; returns the name of its output."""
        return self.several(kind, 1, *inputs, **attributes)[0]

    def several(self, kind: str, outputs: int, *inputs: str, **attributes: Any) -> list[str]:
        """Adds a node; returns the names of its outputs."""
        place = next(self.counter)
        names = [self.graph.fresh(f"{self.node.name}.{place}.{i}") for i in range(outputs)]
        self.graph.records.append(Record(kind, list(inputs), names, attributes, self.called))
        return names

    def constant(self, value: Any, dtype: Any = None) -> str:
        """A constant, of the first input's type if none is given."""
        array = number(value, self.dtype if dtype is None else dtype)
        return self.graph.constant(f"{self.node.name}.{next(self.counter)}", array)

    def ints(self, *values: int) -> str:
        """A constant list of integers, as ONNX wants shapes and axes."""
        return self.constant(values, np.int64)

    def cast(self, x: str, dtype: Any) -> str:
        """The values in a NumPy type."""
        return self.emit("Cast", x, to=np.dtype(dtype))

    def reshape(self, x: str, *shape: int) -> str:
        """The values in another shape: 0 keeps an extent, -1 stands for the rest."""
        return self.emit("Reshape", x, self.ints(*shape))

    def transpose(self, x: str, axes: Sequence[int]) -> str:
        """The values with their axes in another order."""
        return self.emit("Transpose", x, perm=list(axes))

    def rank(self, position: int = 0) -> int:
        """The number of an input's axes."""
        if not self.shapes[position]:
            raise self.refusal("the number of its input's axes is not known: give the inputs' shapes")
        return len(self.shapes[position])

    def axis(self, name: str = "axis", position: int = 0) -> int:
        """The attribute as an axis counted from the front, if that is known."""
        axis = int(self[name])
        return axis + self.rank(position) if axis < 0 and self.shapes[position] else axis

    def extent(self, axis: int, position: int = 0) -> str:
        """The number of elements along an axis: a constant of shape () if it is known."""
        shape = self.shapes[position]
        if shape and shape[axis]:
            return self.constant(shape[axis], np.int64)
        places = {"start": axis, "end": axis + 1} if axis != -1 else {"start": -1}
        return self.emit("Squeeze", self.emit("Shape", self.inputs[position], **places))

    def extents(self, position: int = 0) -> tuple[int, ...]:
        """An input's shape, which has to be known as a whole."""
        shape = self.shapes[position]
        if not shape or 0 in shape:
            raise self.refusal(
                f"it needs the whole shape of its input {position}, of which {shape} is known: {VARY_NOT}"
            )
        return shape

    def need(self, condition: bool, what: str) -> None:
        """Complains of what ONNX can't say, or is not written here."""
        if not condition:
            raise self.refusal(what)

    def refusal(self, what: str) -> MXNetError:
        """The error of a call that can't be converted."""
        return MXNetError(f"onnx: {self.called}: {what}")
