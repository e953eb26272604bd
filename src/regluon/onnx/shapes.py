"""Operators that arrange elements anew, and constants of a shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import Call, converts

__all__: list[str] = []


@converts("Flatten")
def _flatten(call: Call) -> str:
    return call.emit("Flatten", call.inputs[0], axis=1)


@converts("Reshape")
def _reshape(call: Call) -> str:
    codes = list(call["shape"])
    call.need(bool(codes), "target_shape is not converted; shape is")
    if call["reverse"]:
        call.need(all(code >= -1 for code in codes), "reverse=True with codes below -1 is not converted")
        return _reshape_from_the_end(call, codes)
    if all(code >= -1 for code in codes):
        return call.reshape(call.inputs[0], *codes)
    parts = _Parts(call)
    while codes:
        parts.take(codes)
    return call.emit("Reshape", call.inputs[0], call.emit("Concat", *parts.found, axis=0))


def _reshape_from_the_end(call: Call, codes: list[int]) -> str:
    """Zeros stand for the extents counted from the last one."""
    parts = _Parts(call)
    found = [
        parts.extents(i - len(codes), i - len(codes) + 1) if code == 0 else call.ints(code)
        for i, code in enumerate(codes)
    ]
    return call.emit("Reshape", call.inputs[0], call.emit("Concat", *found, axis=0))


class _Parts:
    """The parts of a shape that MXNet's codes describe, computed from the input's shape."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.shape = call.emit("Shape", call.inputs[0])
        self.place = 0
        self.found: list[str] = []

    def extents(self, begin: int, end: int) -> str:
        stop = self.call.ints(end if end else 2**31 - 1)
        return self.call.emit("Slice", self.shape, self.call.ints(begin), stop)

    def take(self, codes: list[int]) -> None:
        """Takes the next code, and those that belong to it."""
        code, call = codes.pop(0), self.call
        step = 1
        if code == 0:
            self.found.append(self.extents(self.place, self.place + 1))
        elif code == -2:  # all that are left
            self.found.append(self.extents(self.place, 0))
        elif code == -3:  # the product of two
            pair = self.extents(self.place, self.place + 2)
            self.found.append(call.emit("ReduceProd", pair, call.ints(0), keepdims=1))
            step = 2
        elif code == -4:  # one as two
            first, second = codes.pop(0), codes.pop(0)
            whole = self.extents(self.place, self.place + 1)
            known = call.ints(second if first == -1 else first)
            other = call.emit("Div", whole, known) if -1 in (first, second) else call.ints(second)
            self.found += [other, known] if first == -1 else [known, other]
        else:
            self.found.append(call.ints(code))
        self.place += step


@converts("reshape_like")
def _reshape_like(call: Call) -> str:
    given = [call[name] for name in ("lhs_begin", "lhs_end", "rhs_begin", "rhs_end")]
    call.need(given == [None] * 4, "parts of shapes are not converted")
    return call.emit("Reshape", call.inputs[0], call.emit("Shape", call.inputs[1]))


@converts("transpose")
def _transpose(call: Call) -> str:
    return call.transpose(call.inputs[0], call["axes"] or range(call.rank())[::-1])


@converts("SwapAxis")
def _swap(call: Call) -> str:
    rank = call.rank()
    axes, first, second = list(range(rank)), call["dim1"] % rank, call["dim2"] % rank
    axes[first], axes[second] = second, first
    return call.transpose(call.inputs[0], axes)


@converts("expand_dims")
def _expand(call: Call) -> str:
    return call.emit("Unsqueeze", call.inputs[0], call.ints(call["axis"]))


@converts("squeeze")
def _squeeze(call: Call) -> str:
    axis = call["axis"]
    if axis is None:
        extents = call.shapes[0]
        call.need(bool(extents), "it needs the shape of its input, or an axis")
        axis = [i for i, extent in enumerate(extents) if extent == 1]
        if len(axis) == len(extents):
            axis = axis[1:]
    axes = [axis] if isinstance(axis, int) else list(axis)
    return call.emit("Squeeze", call.inputs[0], call.ints(*axes))


@converts("Concat")
def _concat(call: Call) -> str:
    return call.emit("Concat", *call.inputs, axis=call["dim"])


@converts("stack")
def _stack(call: Call) -> str:
    axis = call.ints(call["axis"])
    return call.emit("Concat", *[call.emit("Unsqueeze", x, axis) for x in call.inputs], axis=call["axis"])


@converts("SliceChannel")
def _split(call: Call) -> list[str]:
    return _parts(call, call["num_outputs"], None)


@converts("_split_v2")
def _split_at(call: Call) -> list[str]:
    if call["sections"]:
        return _parts(call, call["sections"], None)
    places = list(call["indices"])[1:]  # the first is 0, as MXNet writes it
    extent = call.extents()[call.axis()]
    sizes = np.diff([0, *places, extent]).tolist()
    return _parts(call, len(sizes), sizes)


def _parts(call: Call, count: int, sizes: list[int] | None) -> list[str]:
    axis = call["axis"]
    given = {} if sizes else {"num_outputs": count}
    lengths = [call.ints(*sizes)] if sizes else []
    parts = call.several("Split", count, call.inputs[0], *lengths, axis=axis, **given)
    return [call.emit("Squeeze", p, call.ints(axis)) for p in parts] if call["squeeze_axis"] else parts


@converts("tile")
def _tile(call: Call) -> str:
    reps = list(call["reps"])
    x, rank = call.inputs[0], call.rank()
    if len(reps) > rank:
        x = call.emit("Unsqueeze", x, call.ints(*range(len(reps) - rank)))
    return call.emit("Tile", x, call.ints(*[1] * (rank - len(reps)), *reps))


@converts("repeat")
def _repeat(call: Call) -> str:
    """Each element several times, one after the other: along a new axis behind it."""
    x, times = call.inputs[0], call["repeats"]
    if call["axis"] is None:
        rows = call.emit("Tile", call.reshape(x, -1, 1), call.ints(1, times))
        return call.reshape(rows, -1)
    axis, rank = call.axis(), call.rank()
    wide = call.emit("Unsqueeze", x, call.ints(axis + 1))
    tiled = call.emit("Tile", wide, call.ints(*[1] * (axis + 1), times, *[1] * (rank - axis - 1)))
    parts = _Parts(call)
    before = [parts.extents(0, axis)] if axis else []
    after = [parts.extents(axis + 1, 0)] if axis + 1 < rank else []
    return call.emit("Reshape", tiled, call.emit("Concat", *before, call.ints(-1), *after, axis=0))


@converts("Pad")
def _pad(call: Call) -> str:
    widths = call["pad_width"]
    pads = call.ints(*widths[::2], *widths[1::2])
    mode = call["mode"]
    value = [call.constant(call["constant_value"])] if mode == "constant" else []
    return call.emit("Pad", call.inputs[0], pads, *value, mode=mode)


@converts("depth_to_space", "space_to_depth")
def _blocks(call: Call) -> str:
    """Blocks of pixels; both have the numbers of a block before the channels."""
    size = call["block_size"]
    if call.operator == "depth_to_space":
        return call.emit("DepthToSpace", call.inputs[0], blocksize=size, mode="DCR")
    return call.emit("SpaceToDepth", call.inputs[0], blocksize=size)


@converts("broadcast_to")
def _broadcast_to(call: Call) -> str:
    return call.emit("Expand", call.inputs[0], call.ints(*[n or 1 for n in call["shape"]]))


@converts("broadcast_axis")
def _broadcast_axis(call: Call) -> str:
    shape = [1] * call.rank()
    for axis, size in zip(call["axis"], call["size"], strict=True):
        shape[axis] = size
    return call.emit("Expand", call.inputs[0], call.ints(*shape))


@converts("broadcast_like")
def _broadcast_like(call: Call) -> str:
    call.need(call["lhs_axes"] is None, "single axes are not converted")
    return call.emit("Expand", call.inputs[0], call.emit("Shape", call.inputs[1]))


@converts("shape_array")
def _shape(call: Call) -> str:
    return call.emit("Shape", call.inputs[0])


@converts("size_array")
def _size(call: Call) -> str:
    return call.reshape(call.emit("Size", call.inputs[0]), 1)


@converts("zeros_like", "ones_like")
def _filled_like(call: Call) -> str:
    value = call.constant(float(call.operator == "ones_like"))
    return call.emit("Expand", value, call.emit("Shape", call.inputs[0]))


@converts("_zeros", "_ones", "_full")
def _filled(call: Call) -> str:
    shape = call.made if 0 in call["shape"] else call["shape"]
    if not shape or 0 in shape:
        call.graph.unknown[call.node.name] = call.refusal(f"its shape {call['shape']} varies")
        return call.node.name
    value: Any = {"_zeros": 0, "_ones": 1}.get(call.operator)
    value = call["value"] if value is None else value
    return call.constant(np.full(shape, value), dtype_name(call["dtype"]))


@converts("_arange")
def _range(call: Call) -> str:
    call.need(call["stop"] is not None or not call["infer_range"], "a range without its end is not converted")
    start, stop = (0, call["start"]) if call["stop"] is None else (call["start"], call["stop"])
    return call.constant(
        np.repeat(np.arange(start, stop, call["step"]), call["repeat"]), dtype_name(call["dtype"])
    )


@converts("_contrib_arange_like")
def _range_like(call: Call) -> str:
    call.need(call["axis"] is not None and call["repeat"] == 1, "an axis is needed, and repeat=1")
    axis = call.axis()
    shape = call.emit("Shape", call.inputs[0], start=axis, end=axis + 1)
    steps = call.emit(
        "Range", call.constant(0, "int64"), call.emit("Squeeze", shape), call.constant(1, "int64")
    )
    scaled = call.emit("Mul", call.cast(steps, call.dtype), call.constant(call["step"]))
    return call.emit("Add", scaled, call.constant(call["start"]))
