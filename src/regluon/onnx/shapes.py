"""Operators that arrange elements anew, and constants of a shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import Call, converts

__all__: list[str] = []


@converts("Flatten", whole=True)
def _flatten(call: Call) -> str:
    return call.emit("Flatten", call.inputs[0], axis=1)


@converts("Reshape", whole=True)
def _reshape(call: Call) -> str:
    codes, turned = list(call["shape"]), call["reverse"]
    if not codes:  # the old way, in which 0 is what the others leave
        codes, turned = [extent or -1 for extent in call["target_shape"]], False
        codes[0] = 0 if call["keep_highest"] else codes[0]
    if not turned and all(code >= -1 for code in codes):
        return call.reshape(call.inputs[0], *codes)
    parts = _Parts(call, turned)
    codes = codes[::-1] if turned else codes
    while codes:
        parts.take(codes)
    return parts.reshape(call.inputs[0])


class _Parts:
    """The parts of a shape that MXNet's codes describe, computed from the input's shape, or that turned."""

    def __init__(self, call: Call, turned: bool = False, position: int = 0) -> None:
        self.call, self.turned = call, turned
        self.shape = self.in_turn(call.emit("Shape", call.inputs[position]))
        self.place = 0
        self.found: list[str] = []

    def in_turn(self, shape: str) -> str:
        """A shape from its end, if that is the order here."""
        ints = self.call.ints
        if not self.turned:
            return shape
        return self.call.emit("Slice", shape, ints(-1), ints(-(2**31) + 1), ints(0), ints(-1))

    def extents(self, begin: int, end: int) -> str:
        """Some of the extents; all that are left for the end 0."""
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
            step = 2**16  # nothing is left for others
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

    def reshape(self, x: str) -> str:
        """The values in the shape of the parts."""
        return self.call.emit("Reshape", x, self.in_turn(self.call.emit("Concat", *self.found, axis=0)))


@converts("reshape_like", whole=True)
def _reshape_like(call: Call) -> str:
    names = ("lhs_begin", "lhs_end", "rhs_begin", "rhs_end")
    begin, end, other_begin, other_end = (call[name] for name in names)
    if begin is end is other_begin is other_end is None:
        return call.emit("Reshape", call.inputs[0], call.emit("Shape", call.inputs[1]))
    first, last, _ = slice(begin, end).indices(call.rank())
    other_first, other_last, _ = slice(other_begin, other_end).indices(call.rank(1))
    kept, new = _Parts(call), _Parts(call, position=1)
    kept.found = [kept.extents(0, first)] if first else []
    kept.found += [new.extents(other_first, other_last)] if other_first < other_last else []
    kept.found += [kept.extents(last, 0)] if last < call.rank() else []
    return kept.reshape(call.inputs[0])


@converts("transpose", whole=True)
def _transpose(call: Call) -> str:
    return call.transpose(call.inputs[0], call["axes"] or range(call.rank())[::-1])


@converts("SwapAxis", whole=True)
def _swap(call: Call) -> str:
    rank = call.rank()
    axes, first, second = list(range(rank)), call["dim1"] % rank, call["dim2"] % rank
    axes[first], axes[second] = second, first
    return call.transpose(call.inputs[0], axes)


@converts("expand_dims", whole=True)
def _expand(call: Call) -> str:
    return call.emit("Unsqueeze", call.inputs[0], call.ints(call["axis"]))


@converts("squeeze", whole=True)
def _squeeze(call: Call) -> str:
    """At least one axis stays."""
    axis, extents = call["axis"], call.shapes[0]
    if axis is None:
        call.need(
            bool(extents) and 0 not in extents,
            f"axis=None leaves out what depends on the extents, of which {extents} are known; name the axes",
        )
        axis = [i for i, extent in enumerate(extents) if extent == 1]
    axes = [axis] if isinstance(axis, int) else list(axis)
    if axes and len(axes) == len(extents):
        axes = axes[1:]
    if not axes:
        return call.emit("Identity", call.inputs[0])
    return call.emit("Squeeze", call.inputs[0], call.ints(*axes))


@converts("Concat", whole=True)
def _concat(call: Call) -> str:
    return call.emit("Concat", *call.inputs, axis=call["dim"])


@converts("stack", whole=True)
def _stack(call: Call) -> str:
    axis = call.ints(call["axis"])
    return call.emit("Concat", *[call.emit("Unsqueeze", x, axis) for x in call.inputs], axis=call["axis"])


@converts("SliceChannel", whole=True)
def _split(call: Call) -> list[str]:
    return _parts(call, call["num_outputs"], None)


@converts("_split_v2", whole=True)
def _split_at(call: Call) -> list[str]:
    if call["sections"]:
        return _parts(call, call["sections"], None)
    places = list(call["indices"])[1:]  # the first is 0, as MXNet writes it
    extent = call.extents()[call.axis()]
    sizes = np.diff([0, *places, extent]).tolist()
    call.need(
        not call["squeeze_axis"] or sizes == [1] * len(sizes),
        f"squeeze_axis=True is for parts of extent 1, but indices={call['indices']} makes {sizes}",
    )
    return _parts(call, len(sizes), sizes)


def _parts(call: Call, count: int, sizes: list[int] | None) -> list[str]:
    axis = call["axis"]
    given = {} if sizes else {"num_outputs": count}
    lengths = [call.ints(*sizes)] if sizes else []
    parts = call.several("Split", count, call.inputs[0], *lengths, axis=axis, **given)
    return [call.emit("Squeeze", p, call.ints(axis)) for p in parts] if call["squeeze_axis"] else parts


@converts("tile", whole=True)
def _tile(call: Call) -> str:
    reps = list(call["reps"])
    x, rank = call.inputs[0], call.rank()
    if len(reps) > rank:
        x = call.emit("Unsqueeze", x, call.ints(*range(len(reps) - rank)))
    return call.emit("Tile", x, call.ints(*[1] * (rank - len(reps)), *reps))


@converts("repeat", whole=True)
def _repeat(call: Call) -> str:
    """Each element several times, one after the other: along a new axis behind it."""
    x, times = call.inputs[0], call["repeats"]
    if call["axis"] is None:
        rows = call.emit("Tile", call.reshape(x, -1, 1), call.ints(1, times))
        return call.reshape(rows, -1)
    axis, rank = call.axis(), call.rank()
    if not times:
        return call.emit("Slice", x, call.ints(0), call.ints(0), call.ints(axis))
    wide = call.emit("Unsqueeze", x, call.ints(axis + 1))
    tiled = call.emit("Tile", wide, call.ints(*[1] * (axis + 1), times, *[1] * (rank - axis - 1)))
    parts = _Parts(call)
    parts.found = [parts.extents(0, axis)] if axis else []
    parts.found += [call.emit("Mul", parts.extents(axis, axis + 1), call.ints(times))]
    parts.found += [parts.extents(axis + 1, 0)] if axis + 1 < rank else []
    return parts.reshape(tiled)


@converts("Pad", whole=True)
def _pad(call: Call) -> str:
    widths = call["pad_width"]
    pads = call.ints(*widths[::2], *widths[1::2])
    mode = call["mode"]
    value = [call.constant(call["constant_value"])] if mode == "constant" else []
    return call.emit("Pad", call.inputs[0], pads, *value, mode=mode)


@converts("depth_to_space", "space_to_depth", whole=True)
def _blocks(call: Call) -> str:
    """Blocks of pixels; both have the numbers of a block before the channels."""
    size = call["block_size"]
    if call.operator == "depth_to_space":
        return call.emit("DepthToSpace", call.inputs[0], blocksize=size, mode="DCR")
    return call.emit("SpaceToDepth", call.inputs[0], blocksize=size)


@converts("broadcast_to", whole=True)
def _broadcast_to(call: Call) -> str:
    return call.emit("Expand", call.inputs[0], call.ints(*[n or 1 for n in call["shape"]]))


@converts("broadcast_axis", whole=True)
def _broadcast_axis(call: Call) -> str:
    shape = [1] * call.rank()
    for axis, size in zip(call["axis"], call["size"], strict=True):
        shape[axis] = size
    return call.emit("Expand", call.inputs[0], call.ints(*shape))


@converts("broadcast_like", whole=True)
def _broadcast_like(call: Call) -> str:
    axes, others = call["lhs_axes"], call["rhs_axes"]
    if axes is None:
        return call.emit("Expand", call.inputs[0], call.emit("Shape", call.inputs[1]))
    ranks = call.rank(0), call.rank(1)
    places = {a % ranks[0]: b % ranks[1] for a, b in zip(axes, others, strict=True)}
    parts = _Parts(call, position=1)
    found = [
        parts.extents(places[a], places[a] + 1) if a in places else call.ints(1) for a in range(ranks[0])
    ]
    return call.emit("Expand", call.inputs[0], call.emit("Concat", *found, axis=0))


@converts("shape_array", whole=True)
def _shape(call: Call) -> str:
    return call.emit("Shape", call.inputs[0])


@converts("size_array", whole=True)
def _size(call: Call) -> str:
    return call.reshape(call.emit("Size", call.inputs[0]), 1)


@converts("zeros_like", "ones_like", whole=True)
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


@converts("_arange", "_linspace", "_eye")
def _range(call: Call) -> str:
    call.need(
        not call.node.attributes.get("infer_range"),
        "infer_range=True, of which the length follows from the rest, is not converted; give stop",
    )
    return call.constant(call.alone(), dtype_name(call["dtype"]))


@converts("_contrib_arange_like", whole=True)
def _range_like(call: Call) -> str:
    """start + step ⌊i / repeat⌋, in the type of the data."""
    whole = call["axis"] is None
    count = call.emit("Size", call.inputs[0]) if whole else call.extent(call.axis())
    found = call.emit("Range", call.constant(0, np.int64), count, call.constant(1, np.int64))
    if call["repeat"] != 1:
        found = call.emit("Div", found, call.constant(call["repeat"], np.int64))
    scaled = call.emit("Mul", call.cast(found, call.dtype), call.constant(call["step"]))
    numbers = call.emit("Add", scaled, call.constant(call["start"]))
    return call.emit("Reshape", numbers, call.emit("Shape", call.inputs[0])) if whole else numbers
