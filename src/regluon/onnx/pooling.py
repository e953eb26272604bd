"""Pooling. Windows that ONNX would not lay as MXNet does are laid on data with padding of their own."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from regluon.onnx.call import VARY_NOT, Call, converts
from regluon.onnx.windows import channels_first, each_axis, moved_back
from regluon.onnx.windows import places as laid

__all__: list[str] = []


class _Axis(NamedTuple):
    """How windows lie along an axis of space: its extent (0 if not known), theirs, their step, padding."""

    extent: int
    kernel: int
    step: int
    pad: int
    convention: str

    @property
    def places(self) -> int:
        """How many windows there are."""
        n, k, s, p, convention = self
        if convention == "same":
            return -(-n // s)
        return ((n + 2 * p - k) // s if convention == "valid" else -(-(n + 2 * p - k) // s)) + 1

    @property
    def beyond(self) -> int:
        """How far the last window leaves the data; less than 0 if it does not."""
        return (self.places - 1) * self.step + self.kernel - self.extent - self.pad

    @property
    def alike(self) -> bool:
        """Whether ONNX lays the windows alike: it has no padding of a whole kernel, and none behind data."""
        n, k, s, p, convention = self
        if convention == "valid":
            return p < k
        if convention == "same" or p >= k:
            return False
        return p + s <= k or (n > 0 and (self.places - 1) * s < n + p)

    def numbers(self, counted: bool) -> Any:
        """How many numbers of each window count, 1 at least: those of the data, or with the padding."""
        before, end = (-self.pad, self.extent + self.pad) if counted else (0, self.extent)
        begin = np.arange(self.places) * self.step - self.pad
        return np.maximum(np.minimum(begin + self.kernel, end) - np.maximum(begin, before), 1)


@converts("Pooling")
def _pooling(call: Call) -> str:
    kind, layout, x = call["pool_type"], call["layout"], call.inputs[0]
    x, moved = channels_first(call, layout)
    power = call["p_value"] if kind == "lp" else 1
    if power == 3:
        x = call.emit("Mul", call.emit("Mul", x, x), x)
    if call["global_pool"]:
        found = _everywhere(call, x, kind, power)
    else:
        found = _by_windows(call, x, _axes(call, moved), kind, power)
    if power == 3:  # of the numbers themselves, not of their absolute values
        size = call.emit("Pow", call.emit("Abs", found), call.constant(1 / 3))
        found = call.emit("Mul", call.emit("Sign", found), size)
    return moved_back(call, found, len(layout or ""), moved)


def _everywhere(call: Call, x: str, kind: str, power: int) -> str:
    if power == 2:
        return call.emit("GlobalLpPool", x, p=2)
    if kind in ("max", "avg"):
        return call.emit("GlobalMaxPool" if kind == "max" else "GlobalAveragePool", x)
    return call.emit("ReduceSum", x, call.ints(*range(2, call.rank())), keepdims=1)


def _axes(call: Call, moved: bool) -> list[_Axis]:
    kernel = call["kernel"]
    space = (call.shapes[0][1:-1] if moved else call.shapes[0][2:]) or (0,) * len(kernel)
    steps, pads = each_axis(call["stride"], len(kernel), 1), each_axis(call["pad"], len(kernel), 0)
    convention = call["pooling_convention"]
    if convention == "same":
        pads = [0] * len(kernel)
    return [_Axis(*each, convention) for each in zip(space, kernel, steps, pads, strict=True)]


def _by_windows(call: Call, x: str, axes: list[_Axis], kind: str, power: int) -> str:
    counted = call["count_include_pad"] is not False
    summed = kind == "sum" or (kind == "lp" and power != 2)
    full = call["pooling_convention"] != "valid"
    if not all(axis.alike for axis in axes) or (full and summed):
        return _on_padding(call, x, axes, kind, power, counted)
    given: dict[str, Any] = {**laid(call), "ceil_mode": int(full)}
    if kind == "max":
        return call.emit("MaxPool", x, **given)
    if power == 2:
        return call.emit("LpPool", x, p=2, **given)
    found = call.emit("AveragePool", x, count_include_pad=int(counted or summed), **given)
    return _times(call, found, axes) if summed else found


def _times(call: Call, means: str, axes: list[_Axis], among: Any = 1.0) -> str:
    """Means over whole kernels as sums, or as means of other numbers of elements."""
    return call.emit("Mul", means, call.constant(np.prod([axis.kernel for axis in axes]) / among))


def _on_padding(call: Call, x: str, axes: list[_Axis], kind: str, power: int, counted: bool) -> str:
    _need_space(call, axes)
    lowest = float(np.finfo(call.dtype).min) if kind == "max" else 0.0
    widths = [axis.pad for axis in axes], [max(axis.beyond, 0) for axis in axes]
    x = _padded(call, x, *widths, lowest)
    given = {"kernel_shape": [axis.kernel for axis in axes], "strides": [axis.step for axis in axes]}
    if kind == "max":
        return call.emit("MaxPool", x, **given)
    if power == 2:
        return call.emit("LpPool", x, p=2, **given)
    found = call.emit("AveragePool", x, **given)
    if kind != "avg":
        return _times(call, found, axes)
    among = np.ones((1, 1))
    for axis in axes:
        among = among[..., None] * axis.numbers(counted)
    return _times(call, found, axes, among)


def _padded(call: Call, x: str, before: list[int], behind: list[int], value: float) -> str:
    """The data with more around them in space."""
    widths = call.ints(0, 0, *before, 0, 0, *behind)
    return call.emit("Pad", x, widths, call.constant(value), mode="constant")


def _need_space(call: Call, axes: list[_Axis]) -> None:
    convention, pad = call["pooling_convention"], call["pad"]
    call.need(
        all(axis.extent for axis in axes),
        f"pooling_convention={convention!r} and pad={pad} with this kernel and stride need the space of its "
        f"input: {VARY_NOT}",
    )


@converts("Pooling_v1")
def _pooling_v1(call: Call) -> str:
    """What is around data is 0 for maxima, too, and means divide by the kernel's size everywhere."""
    kind, x = call["pool_type"], call.inputs[0]
    if call["global_pool"]:
        return _everywhere(call, x, kind, 1)
    axes = _axes(call, moved=False)
    full = call["pooling_convention"] == "full"
    behind = [axis.pad for axis in axes]
    if any(behind):
        x = _padded(call, x, behind, behind, 0.0)
    lowest = float(np.finfo(call.dtype).min)
    if full:
        _need_space(call, axes)
        width = [max(axis.beyond - axis.pad, 0) for axis in axes]
        x = _padded(call, x, [0] * len(axes), width, lowest if kind == "max" else 0.0)
    given = {"kernel_shape": [axis.kernel for axis in axes], "strides": [axis.step for axis in axes]}
    if kind != "max":
        found = call.emit("AveragePool", x, **given)
        return _times(call, found, axes) if kind == "sum" else found
    found = call.emit("MaxPool", x, **given)
    if not full:
        return found
    empty = call.emit("Equal", found, call.constant(lowest))
    return call.emit("Where", empty, call.constant(-np.inf), found)
