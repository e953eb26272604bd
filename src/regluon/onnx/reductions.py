"""Reductions along axes, and the places of extremes."""

from __future__ import annotations

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import Call, converts

__all__: list[str] = []

_REDUCED = {"sum": "ReduceSum", "mean": "ReduceMean", "prod": "ReduceProd"}
_EXTREMES = {"max": "ReduceMax", "min": "ReduceMin"}


@converts(*_EXTREMES, whole=True)
def _extreme(call: Call) -> str:
    if call.dtype.kind != "b":
        return _along(call, _EXTREMES[call.operator], call.inputs[0])
    return call.cast(_along(call, _EXTREMES[call.operator], call.cast(call.inputs[0], np.int32)), np.bool_)


@converts(*_REDUCED, whole=True)
def _reduced(call: Call) -> str:
    """Of whole numbers in int64, and around where their type ends; means are cut off to whole ones."""
    kind, x, dtype = _REDUCED[call.operator], call.inputs[0], call.dtype
    if dtype.kind == "f":
        return _along(call, kind, x)
    mean = call.operator == "mean"
    total = call.cast(_along(call, "ReduceSum" if mean else kind, call.cast(x, np.int64)), dtype)
    if not mean or dtype.kind == "b":
        return total
    whole = call.cast(total, np.int64)
    many = call.emit("Div", call.emit("Size", x), call.emit("Size", total))
    many = call.cast(call.cast(many, dtype), np.int64)  # around, as MXNet counts in the type of the data
    return call.cast(call.emit("Div", whole, many), dtype)


@converts("moments")
def _moments(call: Call) -> list[str]:
    """The mean and the variance."""
    x, rank = call.inputs[0], call.rank()
    axes = sorted({axis % rank for axis in call["axes"]})
    mean = call.emit("ReduceMean", x, call.ints(*axes), keepdims=1)
    rest = call.emit("Sub", x, mean)
    variance = call.emit("ReduceMean", call.emit("Mul", rest, rest), call.ints(*axes), keepdims=1)
    if call["keepdims"]:
        return [mean, variance]
    gone = call.ints(*(axes if len(axes) < rank else axes[1:]))
    return [call.emit("Squeeze", found, gone) for found in (mean, variance)]


@converts("norm", whole=True)
def _norm(call: Call) -> str:
    kind, given = f"ReduceL{call['ord']}", call["out_dtype"]
    dtype = call.dtype if given is None else np.dtype(dtype_name(given))
    call.need(call["ord"] in (1, 2), f"ord={call['ord']} is not converted; there are 1 and 2")
    whole = call.dtype.kind != "f"
    found = _along(call, kind, call.cast(call.inputs[0], np.float64) if whole else call.inputs[0])
    return call.cast(found, dtype) if whole or dtype != call.dtype else found


def _along(call: Call, kind: str, x: str) -> str:
    """Along the axes; of all of them, the result has shape (1,), as in MXNet."""
    axes, keep = _axes(call), call["keepdims"]
    if axes == []:
        return call.emit("Identity", x)
    if axes is None and not keep:
        return call.emit(kind, call.reshape(x, -1), call.ints(0), keepdims=1)
    given = [] if axes is None else [call.ints(*axes)]
    return call.emit(kind, x, *given, keepdims=int(keep))


def _axes(call: Call) -> list[int] | None:
    """The axes that are reduced; None for all."""
    axis = call["axis"]
    axes = [axis] if isinstance(axis, int) else list(axis or ())
    if not axes:
        return None
    exclude = bool(call.node.attributes.get("exclude"))
    if not call.shapes[0] and not exclude:
        return axes
    rank = call.rank()
    named = {a % rank for a in axes}
    found = [a for a in range(rank) if (a in named) is not exclude]
    return None if len(found) == rank else found


@converts("argmax", "argmin", "argmax_channel", whole=True)
def _arg(call: Call) -> str:
    """The first place, in the type of the data."""
    kind = "ArgMin" if call.operator == "argmin" else "ArgMax"
    axis = 1 if call.operator == "argmax_channel" else call["axis"]
    keep = bool(call.node.attributes.get("keepdims"))
    x = call.cast(call.inputs[0], np.int32) if call.dtype.kind == "b" else call.inputs[0]
    if axis is not None:
        keep = keep or (bool(call.shapes[0]) and call.rank() == 1)
        return call.cast(call.emit(kind, x, axis=int(axis), keepdims=int(keep)), call.dtype)
    found = call.cast(call.emit(kind, call.reshape(x, -1), axis=0, keepdims=1), call.dtype)
    return call.reshape(found, *[1] * call.rank()) if keep else found
