"""Images in other sizes, and fields of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.onnx.call import VARY_NOT, Call, converts

__all__: list[str] = []


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
    if len(call.inputs) == 1:
        return _repeated(call, call.inputs[0], scale)
    heights = [call.extents(i)[2] for i in range(len(call.inputs))]
    factors = [heights[0] * scale // height for height in heights]
    parts = [_repeated(call, x, factor) for x, factor in zip(call.inputs, factors, strict=True)]
    if call["multi_input_mode"] == "concat":
        return call.emit("Concat", *parts, axis=1)
    return call.emit("Sum", *parts)


def _repeated(call: Call, x: str, scale: int) -> str:
    scales = call.constant([1, 1, scale, scale], np.float32)
    return _resized(call, x, "nearest", "asymmetric", scales, nearest_mode="floor")


@converts("_contrib_BilinearResize2D")
def _bilinear(call: Call) -> str:
    """MXNet rounds the extents and goes by them; ONNX would go by the scales."""
    x, way = call.inputs[0], "align_corners" if call["align_corners"] else "half_pixel"
    plain = call["mode"] == "size" and call["scale_height"] is None
    size = (call["height"], call["width"]) if plain else call.made[2:]
    known = bool(size) and 0 not in size
    before = call.emit("Shape", x, end=2)
    if not known:
        call.need(
            call["mode"] == "like" and way == "align_corners",
            f"mode={call['mode']!r} with align_corners={call['align_corners']} needs the height and width of "
            f"its result: {VARY_NOT}",
        )
        new = call.emit("Shape", call.inputs[1], start=2)
        return _resized(call, x, "linear", way, "", call.emit("Concat", before, new, axis=0))
    if not call["align_corners"]:  # MXNet takes the first row or column where one is left, ONNX the middle
        for axis, extent in enumerate(size, 2):
            if extent == 1:
                x = call.emit("Slice", x, call.ints(0), call.ints(1), call.ints(axis))
    return _resized(call, x, "linear", way, "", call.emit("Concat", before, call.ints(*size), axis=0))


def _resized(call: Call, x: str, mode: str, way: str, *size: str, **given: Any) -> str:
    """In another size: the scales of all axes, or nothing and their extents."""
    given |= {"mode": mode, "coordinate_transformation_mode": way}
    return call.emit("Resize", x, "", *size, **given)


@converts("_contrib_AdaptiveAvgPooling2D")
def _adaptive(call: Call) -> str:
    """The mean over a grid: of all, of equal fields, or by a matrix of shares for each axis."""
    x = call.inputs[0]
    grid = (list(call["output_size"]) or [1]) * (2 if len(call["output_size"]) < 2 else 1)
    if grid == [1, 1]:
        return call.emit("GlobalAveragePool", x)
    extents = call.shapes[0][2:]
    call.need(
        bool(extents) and 0 not in extents,
        f"output_size={tuple(grid)} needs the height and width of its input: {VARY_NOT}",
    )
    if all(n % m == 0 for n, m in zip(extents, grid, strict=True)):
        field = [n // m for n, m in zip(extents, grid, strict=True)]
        return call.emit("AveragePool", x, kernel_shape=field, strides=field)
    rows, columns = (_shares(n, m) for n, m in zip(extents, grid, strict=True))
    return call.emit("MatMul", call.constant(rows), call.emit("MatMul", x, call.constant(columns.T)))


def _shares(extent: int, fields: int) -> np.ndarray[Any, Any]:
    """What each element has of the mean of each field: (fields, extent)."""
    found = np.zeros((fields, extent))
    for i in range(fields):
        begin, end = i * extent // fields, -(-(i + 1) * extent // fields)
        found[i, begin:end] = 1 / (end - begin)
    return found


@converts("ROIPooling")
def _roi_pooling(call: Call) -> str:
    scale = call["spatial_scale"]
    call.need(scale > 0, f"spatial_scale={scale} is not converted; there are scales above 0")
    given = {"pooled_shape": list(call["pooled_size"]), "spatial_scale": call["spatial_scale"]}
    return call.emit("MaxRoiPool", *call.inputs, **given)


@converts("_contrib_ROIAlign")
def _roi_align(call: Call) -> str:
    call.need(
        not call["position_sensitive"],
        "position_sensitive=True has no like in ONNX; the net has to be cut before it, and go on outside",
    )
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
