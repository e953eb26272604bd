"""Ways back through compiled graphs to variables, whose buffers are written by the kernels themselves.

To make a gradient first and then to copy it takes a small net a quarter of its way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from regluon.ndarray import NDArray
from regluon.symbol.lines import Straight
from regluon.tape import Leaf

__all__ = ["direct", "passing"]


def passing(straight: Straight, parents: Sequence[Any], count: int) -> tuple[int | None, Any]:
    """:attr:`Way.through` and :attr:`Way.passing`, if the only input reached is one of the ``count`` data."""
    reached = [i for i, (there, p) in enumerate(zip(straight.reached, parents, strict=True)) if there and p]
    if not straight.ones or len(reached) != 1 or reached[0] >= count:
        return None, None
    (through,), backward = reached, straight.backward

    def call(way: Any, g: Tensor | None) -> Tensor | None:
        saved = [way.saved]
        way.saved = None
        return backward(saved, g)[through]  # type: ignore[misc, no-any-return]

    return through, staticmethod(call)


def direct(
    straight: Straight, parents: Sequence[Any], parameters: Sequence[NDArray], count: int
) -> Callable[..., bool] | None:
    """``direct(way, inputs, g)``: :attr:`Way.direct` of calls with these parameters; None where it can't be.

    Parameters
    ----------
    parents
        Entries of the ``count`` data and of the parameters.
    """
    if straight.into is None or any(parents[:count]):
        return None
    own = [(i, parents[i], parameters[i - count]) for i, there in enumerate(straight.reached) if there]
    if not all(_takes(leaf) and _alike(leaf.grad._data, p._data) for _, leaf, p in own):
        return None
    buffers = [leaf.grad._data for _, leaf, _ in own]
    places = [_place(x) for x in [*buffers, *[p._data for p in parameters]]]
    if len(set(places)) < len(places):
        return None
    names: dict[str, Any] = {"into": straight.into, "taken": frozenset(places[: len(buffers)])}
    for (i, leaf, _), buffer in zip(own, buffers, strict=True):
        names.update({f"e{i}": leaf, f"b{i}": buffer})
    checks = [f"e{i}.grad._data is not b{i}" for i, _, _ in own]
    checks += [f"inputs[{i}].untyped_storage().data_ptr() in taken" for i in range(count)]
    text = [
        "def direct(way, inputs, g):",
        f"    if {' or '.join(checks)}:",
        "        return False",
        "    saved = [way.saved]",
        "    way.saved = None",
        f"    into(saved, g, {', '.join(f'b{i}' for i, _, _ in own)})",
        f"    {' = '.join(f'e{i}.fresh' for i, _, _ in own)} = True",
        "    return True",
    ]
    exec(compile("\n".join(text), "<direct>", "exec"), names)  # noqa: S102 (text of our own names alone)
    return names["direct"]  # type: ignore[no-any-return]


def _takes(leaf: Any) -> bool:
    """Whether a variable's buffer is dense and to be overwritten."""
    return type(leaf) is Leaf and leaf.req == "write" and type(getattr(leaf.grad, "_data", None)) is Tensor


def _alike(buffer: Tensor, parameter: Tensor) -> bool:
    """Whether the buffer can hold what kernels give for the parameter, and has its memory for itself."""
    return (
        buffer.shape == parameter.shape
        and buffer.dtype is parameter.dtype
        and buffer.device == parameter.device
        and buffer.layout is torch.strided
        and buffer.is_contiguous()
        and buffer.untyped_storage().nbytes() == buffer.nbytes
    )


def _place(x: Tensor) -> int:
    """Where its memory begins."""
    return x.untyped_storage().data_ptr()
