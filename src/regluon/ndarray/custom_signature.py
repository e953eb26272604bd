"""What an operator written in Python takes and returns, asked of its class of properties and held to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from regluon.base import MXNetError, dtype_name, numpy_dtype, torch_dtype
from regluon.ndarray.ndarray import NDArray

__all__ = ["Signature", "told"]


@contextmanager
def told(op_type: str, method: str) -> Iterator[None]:
    """An error within is told as that of a method of the operator."""
    try:
        yield
    except Exception as error:
        raise MXNetError(
            f"Custom, op_type={op_type!r}: {method} failed with {type(error).__name__}: {error}"
        ) from error


class Signature:
    """The names of arguments, outputs and auxiliary states, and what follows from the arguments."""

    def __init__(self, op_type: str, properties: Any) -> None:
        self.op_type = op_type
        self.properties = properties
        self.arguments = list(self._ask("list_arguments"))
        self.outputs = list(self._ask("list_outputs"))
        self.states = list(self._ask("list_auxiliary_states"))

    def _ask(self, method: str, *arguments: Any) -> Any:
        with told(self.op_type, method):
            return getattr(self.properties, method)(*arguments)

    def placed(self, data: Sequence[Any], by_name: Mapping[str, NDArray]) -> list[Any]:
        """The arrays in the order of arguments and auxiliary states."""
        names = [*self.arguments, *self.states]
        for array in data:
            if not isinstance(array, NDArray):
                raise TypeError(
                    f"Custom, op_type={self.op_type!r}: its inputs are NDArrays, not {type(array).__name__} "
                    f"{array!r}"
                )
        given = {**dict(zip(names, data, strict=False)), **by_name}
        if len(data) + len(by_name) != len(names) or given.keys() != set(names):
            named = f" and {', '.join(by_name)} by name" if by_name else ""
            raise MXNetError(
                f"Custom, op_type={self.op_type!r}: it takes {len(names)} arrays ({', '.join(names)}), "
                f"but {len(data)} were given{named}"
            )
        return [given[name] for name in names]

    def shapes(self, known: Sequence[Sequence[int]]) -> tuple[list[Any], list[Any], list[Any]]:
        """The shapes of arguments, outputs and auxiliary states; those of arguments as far as known."""
        count = len(self.arguments)
        found = self._ask("infer_shape", [list(shape) for shape in known[:count]])
        arguments, outputs, states = self._parts("infer_shape", found, (count, len(self.outputs)))
        with told(self.op_type, "infer_shape"):
            completed = [tuple(map(_extent, s)) for s in arguments]
            others = [tuple(map(_extent, s)) for s in outputs], [tuple(map(_extent, s)) for s in states]
        self._agree("shape", known, [*completed, *others[1]])
        return completed, *others

    def types(self, known: Sequence[torch.dtype]) -> list[torch.dtype]:
        """The types of the outputs."""
        found = self._ask("infer_type", [numpy_dtype(t) for t in known])
        arguments, outputs, _ = self._parts("infer_type", found, (len(known), len(self.outputs)))
        with told(self.op_type, "infer_type"):
            inferred = [torch_dtype(t) for t in arguments]
            kinds = [torch_dtype(t) for t in outputs]
        self._agree("type", known, inferred)
        return kinds

    def storages(self, known: Sequence[str]) -> list[str]:
        """The storages of the outputs."""
        found = self._ask("infer_storage_type", list(known))
        _, outputs, _ = self._parts("infer_storage_type", found, (len(known), len(self.outputs)))
        return list(outputs)

    def gradient_storages(self, inputs: int, *known: list[str]) -> list[str]:
        """The storages of the arguments' gradients, from those of head gradients, inputs, outputs, states."""
        heads, arguments, outputs, states = known
        found = self._ask(
            "infer_storage_type_backward", heads, arguments, outputs, ["undefined"] * inputs, states
        )
        if len(found) not in (4, 5) or len(found[3]) != inputs:
            raise MXNetError(
                f"Custom, op_type={self.op_type!r}: infer_storage_type_backward must return 4 or 5 lists, "
                f"the fourth for the {inputs} arguments; it returned {found!r}"
            )
        return ["default" if stype == "undefined" else stype for stype in found[3]]

    def needed(self) -> set[int]:
        """What backward reads, numbered: the head gradients, the arguments, the outputs."""
        n, m = len(self.outputs), len(self.arguments)
        numbers = list(range(2 * n + m))
        parts = numbers[:n], numbers[n : n + m], numbers[n + m :]
        return set(self._ask("declare_backward_dependency", *parts))

    def _parts(self, method: str, found: Any, counts: tuple[int, int]) -> tuple[Any, Any, Any]:
        """Three lists, of which the last may be left out, of the right lengths."""
        with told(self.op_type, method):
            parts = [*found, []] if len(found) == 2 else [*found]
            lengths = [len(part) for part in parts]
        wanted = [*counts, len(self.states)]
        if lengths != wanted and not (method != "infer_shape" and lengths[:-1] == wanted[:-1]):
            raise MXNetError(
                f"Custom, op_type={self.op_type!r}: {method} must return lists for the {wanted[0]} arguments "
                f"({', '.join(self.arguments)}), the {wanted[1]} outputs ({', '.join(self.outputs)}) and the "
                f"{wanted[2]} auxiliary states; it returned {found!r}"
            )
        return parts[0], parts[1], parts[2]

    def _agree(self, what: str, given: Sequence[Any], inferred: Sequence[Any]) -> None:
        for name, a, b in zip((*self.arguments, *self.states), given, inferred, strict=False):
            if what == "type":
                a, b = dtype_name(a), dtype_name(b)
            if not (_fits(a, b) if what == "shape" else a == b):
                raise MXNetError(
                    f"Custom, op_type={self.op_type!r}: {what} inconsistent, {name} has {what} {a}, but "
                    f"infer_{what} tells {b}"
                )


def _extent(value: Any) -> int:
    extent = int(value)
    if extent != value or extent < 0:
        raise ValueError(f"{value!r} is no extent of an axis")
    return extent


def _fits(known: Sequence[int], completed: Sequence[int]) -> bool:
    """Whether a completed shape has all that was known; a 0 was not, and nothing of an empty one."""
    same = len(known) == len(completed) and all(a in (0, b) for a, b in zip(known, completed, strict=True))
    return not known or same
