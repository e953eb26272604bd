"""Boxes."""

from __future__ import annotations

from regluon.onnx.call import Call, converts

__all__: list[str] = []


@converts("_contrib_box_decode")
def _decoded(call: Call) -> str:
    """Boxes from what a net predicts for anchors: their centers moved, their sizes times exponentials."""
    data, anchors = _parts(call, call.inputs[0]), _parts(call, call.inputs[1])
    half = call.constant(0.5)
    if call["format"] == "corner":
        sizes = [call.emit("Sub", anchors[i + 2], anchors[i]) for i in range(2)]
        centers = [call.emit("Add", anchors[i], call.emit("Mul", sizes[i], half)) for i in range(2)]
    else:
        centers, sizes = anchors[:2], anchors[2:]
    corners = [_edges(call, i, data[i], data[i + 2], centers[i], sizes[i]) for i in range(2)]
    return call.emit("Concat", *[edge for edges in zip(*corners, strict=True) for edge in edges], axis=-1)


def _parts(call: Call, boxes: str) -> list[str]:
    return call.several("Split", 4, boxes, axis=-1, num_outputs=4)


def _edges(call: Call, axis: int, moved: str, grown: str, center: str, size: str) -> tuple[str, str]:
    """The two edges along an axis."""
    step = call.emit("Mul", call.emit("Mul", moved, call.constant(call[f"std{axis}"])), size)
    middle = call.emit("Add", step, center)
    power = call.emit("Mul", grown, call.constant(call[f"std{axis + 2}"]))
    if call["clip"] > 0:
        power = call.emit("Min", power, call.constant(call["clip"]))
    whole = call.emit("Mul", call.emit("Exp", power), size)
    half = call.emit("Mul", whole, call.constant(0.5))
    return call.emit("Sub", middle, half), call.emit("Add", middle, half)
