"""Parts of arrays, by bounds and by arrays of numbers; orders."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import VARY_NOT, Call, converts

__all__: list[str] = []

_LAST = 2**31 - 1


@converts("slice", whole=True)
def _slice(call: Call) -> str:
    begin, end, step = (list(call[name]) for name in ("begin", "end", "step"))
    step = [s or 1 for s in (step or [1] * len(begin))]
    first = [b if b is not None else 0 if s > 0 else _LAST for b, s in zip(begin, step, strict=True)]
    last = [e if e is not None else _LAST if s > 0 else -_LAST for e, s in zip(end, step, strict=True)]
    for i, extent in enumerate(call.shapes[0][: len(begin)]):
        call.need(
            bool(extent) or step[i] > 0 or begin[i] is None or begin[i] >= -1,
            f"begin={call['begin']} with step={call['step']} may be before the first element: {VARY_NOT}",
        )
        if extent and not range(extent)[slice(begin[i], end[i], step[i])]:
            first[i], last[i], step[i] = 0, 0, 1  # nothing, where ONNX would begin at the nearest element
    axes = call.ints(*range(len(begin)))
    return call.emit("Slice", call.inputs[0], call.ints(*first), call.ints(*last), axes, call.ints(*step))


@converts("slice_axis", whole=True)
def _slice_axis(call: Call) -> str:
    end = _LAST if call["end"] is None else call["end"]
    return call.emit("Slice", call.inputs[0], *[call.ints(n) for n in (call["begin"], end, call["axis"])])


@converts("slice_like", whole=True)
def _slice_like(call: Call) -> str:
    rank = call.rank()
    axes = [axis % rank for axis in call["axes"] or range(rank)]  # of both inputs
    places = call.ints(*axes)
    ends = call.emit("Gather", call.emit("Shape", call.inputs[1]), places, axis=0)
    return call.emit("Slice", call.inputs[0], call.ints(*[0] * len(axes)), ends, places)


@converts("reverse", whole=True)
def _reverse(call: Call) -> str:
    axes = [call["axis"]] if isinstance(call["axis"], int) else list(call["axis"])
    bounds = [-1] * len(axes), [-_LAST] * len(axes), axes, [-1] * len(axes)
    return call.emit("Slice", call.inputs[0], *[call.ints(*b) for b in bounds])


@converts("Crop", whole=True)
def _crop(call: Call) -> str:
    axes, x = call.ints(2, 3), call.inputs[0]
    if len(call.inputs) == 2:
        size = call.emit("Gather", call.emit("Shape", call.inputs[1]), axes, axis=0)
    else:
        call.need(
            any(call["h_w"]), "h_w=(0, 0) is not converted; give the size, or a second input that has it"
        )
        size = call.ints(*call["h_w"])
    if call["center_crop"]:
        room = call.emit("Sub", call.emit("Gather", call.emit("Shape", x), axes, axis=0), size)
        begin = call.emit("Div", room, call.ints(2, 2))
    else:
        begin = call.ints(*call["offset"])
    return call.emit("Slice", x, begin, call.emit("Add", size, begin), axes)


@converts("Embedding", whole=True)
def _embedding(call: Call) -> str:
    return _gathered(call, 1, 0, 0, "clip")


@converts("take", whole=True)
def _take(call: Call) -> str:
    """The mode "raise" leaves it to the runtime, which counts those below 0 from the end."""
    return _gathered(call, 0, 1, call.axis(), call["mode"])


def _gathered(call: Call, data: int, places: int, axis: int, mode: str) -> str:
    """The elements of an input at the places that another one has."""
    indices = _inside(call, places, call.extent(axis, data), mode)
    return call.emit("Gather", call.inputs[data], indices, axis=axis)


def _inside(call: Call, places: int, extent: str, mode: str) -> str:
    """The numbers of an input as places, those outside brought in as ``mode`` says."""
    indices = call.cast(call.inputs[places], np.int64)
    if mode == "wrap":
        return call.emit("Mod", indices, extent)
    if mode == "raise":
        return indices
    last = call.emit("Sub", extent, call.constant(1, np.int64))
    return call.emit("Clip", indices, call.constant(0, np.int64), last)


@converts("pick", whole=True)
def _pick(call: Call) -> str:
    axis, rank = call.axis(), call.rank(0)
    indices = _inside(call, 1, call.extent(axis), call["mode"])
    if call.rank(1) < rank:
        indices = call.emit("Unsqueeze", indices, call.ints(axis))
    found = call.emit("GatherElements", call.inputs[0], indices, axis=axis)
    return found if call["keepdims"] or rank == 1 else call.emit("Squeeze", found, call.ints(axis))


@converts("gather_nd", whole=True)
def _gather_nd(call: Call) -> str:
    """MXNet has the numbers of a place along the first axis, ONNX along the last."""
    indices = call.cast(call.inputs[1], np.int64)
    rank = call.rank(1)
    return call.emit("GatherND", call.inputs[0], call.transpose(indices, (*range(1, rank), 0)))


@converts("one_hot", whole=True)
def _one_hot(call: Call) -> str:
    """Compared with 0, 1, ...: ONNX's OneHot counts numbers below 0 from the end."""
    dtype = np.dtype(dtype_name(call["dtype"]))
    kind = dtype if dtype.kind == "f" else np.dtype(np.int64)  # of which the runtime has a choice
    numbers = call.emit("Unsqueeze", call.cast(call.inputs[0], np.int64), call.ints(-1))
    hot = call.emit("Equal", numbers, call.constant(np.arange(call["depth"]), np.int64))
    found = call.emit(
        "Where", hot, call.constant(call["on_value"], kind), call.constant(call["off_value"], kind)
    )
    return found if kind == dtype else call.cast(found, dtype)


@converts("topk", whole=True)
def _topk(call: Call) -> list[str]:
    x, axis = _along(call)
    count = call.ints(call["k"]) if call["k"] > 0 else _all(call, x, axis)
    values, places = _ordered(call, x, axis, count, call["is_ascend"])
    kind, dtype = call["ret_typ"], dtype_name(call["dtype"])
    if kind == "mask":
        zeros = call.emit("Expand", call.constant(0), call.emit("Shape", x))
        ones = call.emit("Expand", call.constant(1), call.emit("Shape", places))
        mask = call.emit("ScatterElements", zeros, places, ones, axis=axis)
        return [call.emit("Reshape", mask, call.emit("Shape", call.inputs[0]))]
    if kind == "value":
        return [values]
    indices = call.cast(places, dtype)
    return [indices] if kind == "indices" else [values, indices]


@converts("sort", "argsort", whole=True)
def _sorted(call: Call) -> str:
    x, axis = _along(call)
    values, places = _ordered(call, x, axis, _all(call, x, axis), call["is_ascend"])
    return values if call.operator == "sort" else call.cast(places, dtype_name(call["dtype"]))


def _along(call: Call) -> tuple[str, int]:
    """The data and the axis along which they are put in order: flat without one."""
    if call["axis"] is None:
        return call.reshape(call.inputs[0], -1), 0
    return call.inputs[0], call.axis()


def _all(call: Call, x: str, axis: int) -> str:
    """How many there are along an axis."""
    return call.emit("Shape", x, start=axis, end=axis + 1)


_UNORDERED = {"int8": np.int32, "uint8": np.int32, "bool": np.int32}
"""Types in which runtimes do not put numbers in order."""


def _ordered(call: Call, x: str, axis: int, count: str, ascending: bool) -> tuple[str, str]:
    given: dict[str, Any] = {"axis": axis, "largest": int(not ascending), "sorted": 1}
    wider = _UNORDERED.get(call.dtype.name)
    if wider is None:
        values, places = call.several("TopK", 2, x, count, **given)
        return values, places
    values, places = call.several("TopK", 2, call.cast(x, wider), count, **given)
    return call.cast(values, call.dtype), places
