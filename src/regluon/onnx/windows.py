"""Where kernels and windows are laid, and where channels are."""

from __future__ import annotations

from collections.abc import Sequence

from regluon.onnx.call import Call

__all__ = ["channels_first", "each_axis", "moved_back", "places"]


def each_axis(given: Sequence[int], count: int, default: int) -> list[int]:
    """A number for each axis of space."""
    return list(given) or [default] * count


def places(call: Call) -> dict[str, list[int]]:
    """Where the kernel is laid, as ONNX has it."""
    kernel = list(call["kernel"])
    count = len(kernel)
    return {
        "kernel_shape": kernel,
        "strides": each_axis(call["stride"], count, 1),
        "pads": each_axis(call["pad"], count, 0) * 2,
    }


def channels_first(call: Call, layout: str | None) -> tuple[str, bool]:
    """The data with channels on axis 1, and whether they have been at the end."""
    x = call.inputs[0]
    if layout is None or layout[1] == "C":
        return x, False
    call.need(layout[-1] == "C", f"the layout {layout} is not converted")
    rank = len(layout)
    return call.transpose(x, (0, rank - 1, *range(1, rank - 1))), True


def moved_back(call: Call, x: str, rank: int, moved: bool) -> str:
    """The result with its channels where those of the data have been."""
    return call.transpose(x, (0, *range(2, rank), 1)) if moved else x
