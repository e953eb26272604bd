"""Parts of arrays, by bounds and by arrays of numbers; orders; images in other sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import Call, converts

__all__: list[str] = []

_LAST = 2**31 - 1


@converts("slice")
def _slice(call: Call) -> str:
    begin, end, step = (list(call[name]) for name in ("begin", "end", "step"))
    step = [s or 1 for s in (step or [1] * len(begin))]
    first = [b if b is not None else 0 if s > 0 else _LAST for b, s in zip(begin, step, strict=True)]
    last = [e if e is not None else _LAST if s > 0 else -_LAST for e, s in zip(end, step, strict=True)]
    axes = call.ints(*range(len(begin)))
    return call.emit("Slice", call.inputs[0], call.ints(*first), call.ints(*last), axes, call.ints(*step))


@converts("slice_axis")
def _slice_axis(call: Call) -> str:
    end = _LAST if call["end"] is None else call["end"]
    return call.emit("Slice", call.inputs[0], *[call.ints(n) for n in (call["begin"], end, call["axis"])])


@converts("slice_like")
def _slice_like(call: Call) -> str:
    axes = list(call["axes"]) or list(range(call.rank(1)))
    places = call.ints(*axes)
    ends = call.emit("Gather", call.emit("Shape", call.inputs[1]), places, axis=0)
    return call.emit("Slice", call.inputs[0], call.ints(*[0] * len(axes)), ends, places)


@converts("reverse")
def _reverse(call: Call) -> str:
    axes = [call["axis"]] if isinstance(call["axis"], int) else list(call["axis"])
    bounds = [-1] * len(axes), [-_LAST] * len(axes), axes, [-1] * len(axes)
    return call.emit("Slice", call.inputs[0], *[call.ints(*b) for b in bounds])


@converts("Crop")
def _crop(call: Call) -> str:
    call.need(not call["center_crop"], "center_crop=True is not converted")
    call.need(bool(any(call["h_w"])) or len(call.inputs) == 2, "its size is not given")
    axes, begin = call.ints(2, 3), call.ints(*call["offset"])
    if len(call.inputs) == 2:
        size = call.emit("Gather", call.emit("Shape", call.inputs[1]), axes, axis=0)
        return call.emit("Slice", call.inputs[0], begin, call.emit("Add", size, begin), axes)
    end = call.ints(*[o + n for o, n in zip(call["offset"], call["h_w"], strict=True)])
    return call.emit("Slice", call.inputs[0], begin, end, axes)


@converts("Embedding")
def _embedding(call: Call) -> str:
    return _gathered(call, call.inputs[1], call.inputs[0], 0, call["input_dim"], "clip")


@converts("take")
def _take(call: Call) -> str:
    axis = call.axis()
    extent = call.shapes[0][axis] if call.shapes[0] else 0
    return _gathered(call, call.inputs[0], call.inputs[1], axis, extent, call["mode"])


def _gathered(call: Call, x: str, places: str, axis: int, extent: int, mode: str) -> str:
    """The elements at places, those outside brought in as ``mode`` says, if the extent is known."""
    indices = call.cast(places, np.int64)
    if mode == "clip":
        indices = _clipped(call, indices, extent)
    elif mode == "wrap":
        call.need(extent > 0, 'mode="wrap" needs the extent of the axis')
        indices = call.emit("Mod", indices, call.constant(extent, "int64"))
    return call.emit("Gather", x, indices, axis=axis)


def _clipped(call: Call, indices: str, extent: int) -> str:
    """Those outside as the first and the last; as they are if the extent is not known."""
    if not extent:
        return indices
    return call.emit("Clip", indices, call.constant(0, "int64"), call.constant(extent - 1, "int64"))


@converts("pick")
def _pick(call: Call) -> str:
    call.need(call["mode"] == "clip" and call["axis"] is not None, "an axis is needed, and mode='clip'")
    axis = call.axis()
    extent = call.shapes[0][axis] if call.shapes[0] else 0
    indices = _clipped(call, call.cast(call.inputs[1], np.int64), extent)
    if call.rank(1) < call.rank(0):
        indices = call.emit("Unsqueeze", indices, call.ints(axis))
    found = call.emit("GatherElements", call.inputs[0], indices, axis=axis)
    return found if call["keepdims"] else call.emit("Squeeze", found, call.ints(axis))


@converts("gather_nd")
def _gather_nd(call: Call) -> str:
    """MXNet has the numbers of a place along the first axis, ONNX along the last."""
    indices = call.cast(call.inputs[1], np.int64)
    rank = call.rank(1)
    return call.emit("GatherND", call.inputs[0], call.transpose(indices, (*range(1, rank), 0)))


@converts("one_hot")
def _one_hot(call: Call) -> str:
    dtype = dtype_name(call["dtype"])
    depth, values = call.constant(call["depth"], "int64"), [call["off_value"], call["on_value"]]
    indices = call.cast(call.inputs[0], np.int64)
    # Those below 0 are outside, which ONNX counts from the end.
    indices = call.emit("Where", call.emit("Less", indices, call.constant(0, "int64")), depth, indices)
    found = call.emit("OneHot", indices, depth, call.constant(values, np.float32))
    return found if dtype == "float32" else call.cast(found, dtype)


@converts("topk")
def _topk(call: Call) -> list[str]:
    kind = call["ret_typ"]
    call.need(kind != "mask" and call["axis"] is not None, 'an axis is needed, and ret_typ other than "mask"')
    count = call["k"] if call["k"] > 0 else call.extents()[call.axis()]
    values, places = _ordered(call, call.ints(count), call["is_ascend"])
    indices = call.cast(places, dtype_name(call["dtype"]))
    return {"value": [values], "indices": [indices], "both": [values, indices]}[kind]


@converts("sort", "argsort")
def _sorted(call: Call) -> str:
    call.need(call["axis"] is not None, "an axis is needed")
    axis = call.axis()
    count = call.emit("Shape", call.inputs[0], start=axis, end=axis + 1)
    values, places = _ordered(call, count, call["is_ascend"])
    if call.operator == "sort":
        return values
    return call.cast(places, dtype_name(call["dtype"]))


def _ordered(call: Call, count: str, ascending: bool) -> tuple[str, str]:
    given: dict[str, Any] = {"axis": call["axis"], "largest": int(not ascending), "sorted": 1}
    values, places = call.several("TopK", 2, call.inputs[0], count, **given)
    return values, places


# Images in other sizes


@converts("UpSampling")
def _upsampling(call: Call) -> str:
    scale = call["scale"]
    if call["sample_type"] == "bilinear":
        size, pad = 2 * scale - scale % 2, scale // 2
        return call.emit(
            "ConvTranspose",
            *call.inputs,
            kernel_shape=[size, size],
            strides=[scale, scale],
            pads=[pad] * 4,
            group=call["num_filter"],
        )
    call.need(len(call.inputs) == 1, "several inputs are not converted")
    scales = call.constant([1, 1, scale, scale], np.float32)
    return _resized(call, "nearest", "asymmetric", scales, nearest_mode="floor")


@converts("_contrib_BilinearResize2D")
def _bilinear(call: Call) -> str:
    way, mode = "align_corners" if call["align_corners"] else "half_pixel", call["mode"]
    call.need(mode in ("size", "odd_scale", "like"), f"mode={mode!r} is not converted")
    before = call.emit("Shape", call.inputs[0], end=2)
    if mode == "like":
        size = call.emit("Shape", call.inputs[1], start=2)
    elif call["scale_height"]:
        # MXNet rounds the extents and goes by them; ONNX would go by the scales.
        call.need(bool(call.made) and 0 not in call.made[2:], "it needs the height and width of its input")
        size = call.ints(*call.made[2:])
    else:
        size = call.ints(call["height"], call["width"])
    return _resized(call, "linear", way, "", call.emit("Concat", before, size, axis=0))


def _resized(call: Call, mode: str, way: str, *size: str, **given: Any) -> str:
    """In another size: the scales of all axes, or nothing and their extents."""
    given |= {"mode": mode, "coordinate_transformation_mode": way}
    return call.emit("Resize", call.inputs[0], "", *size, **given)


@converts("_contrib_AdaptiveAvgPooling2D")
def _adaptive(call: Call) -> str:
    """The mean over a grid: of all, or of equal fields."""
    grid = (list(call["output_size"]) or [1]) * (2 if len(call["output_size"]) < 2 else 1)
    if grid == [1, 1]:
        return call.emit("GlobalAveragePool", call.inputs[0])
    extents = call.shapes[0][2:]
    known = bool(extents) and 0 not in extents
    call.need(known, "it needs the height and width of its input")
    fits = all(n % m == 0 for n, m in zip(extents, grid, strict=True))
    call.need(fits, f"a grid {grid} that does not divide {extents} is not converted")
    field = [n // m for n, m in zip(extents, grid, strict=True)]
    return call.emit("AveragePool", call.inputs[0], kernel_shape=field, strides=field)


@converts("ROIPooling")
def _roi_pooling(call: Call) -> str:
    given = {"pooled_shape": list(call["pooled_size"]), "spatial_scale": call["spatial_scale"]}
    return call.emit("MaxRoiPool", *call.inputs, **given)


@converts("_contrib_ROIAlign")
def _roi_align(call: Call) -> str:
    call.need(not call["position_sensitive"], "position_sensitive=True is not converted")
    data, rois = call.inputs
    number = call.emit("Slice", rois, call.ints(0), call.ints(1), call.ints(1))
    image = call.emit("Squeeze", call.cast(number, np.int64), call.ints(1))
    boxes = call.emit("Slice", rois, call.ints(1), call.ints(5), call.ints(1))
    height, width = call["pooled_size"]
    return call.emit(
        "RoiAlign",
        data,
        boxes,
        image,
        coordinate_transformation_mode="half_pixel" if call["aligned"] else "output_half_pixel",
        output_height=height,
        output_width=width,
        sampling_ratio=max(0, call["sample_ratio"]),
        spatial_scale=call["spatial_scale"],
    )
