"""Random numbers, other ones in every run."""

from __future__ import annotations

import math

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import VARY_NOT, Call, converts

__all__: list[str] = []

_KINDS = {"uniform": ("RandomUniform", ("low", "high")), "normal": ("RandomNormal", ("loc", "scale"))}
_NAMES = {"loc": "mean"}


@converts(*[f"_random_{name}" for name in _KINDS], *[f"_random_{name}_like" for name in _KINDS])
def _drawn(call: Call) -> str:
    kind, names = _KINDS[call.operator.split("_")[2]]
    given = {_NAMES.get(name, name): call[name] for name in names}
    if call.inputs:
        return call.emit(f"{kind}Like", call.inputs[0], **given)
    shape = call.made
    call.need(bool(shape) and 0 not in shape, f"its shape {call['shape']} varies: {VARY_NOT}")
    dtype = "float32" if call["dtype"] is None else dtype_name(call["dtype"])
    return call.emit(kind, shape=list(shape), dtype=np.dtype(dtype), **given)


@converts("_sample_multinomial")
def _outcomes(call: Call) -> str | list[str]:
    """For each row of probabilities; ONNX takes their logarithms."""
    shape = list(call["shape"] or ())
    rows = call.reshape(call.inputs[0], -1, call.extents()[-1])
    logs = call.emit("Log", rows)
    found = call.emit("Multinomial", logs, sample_size=math.prod(shape), dtype=np.dtype(np.int64))
    before = [] if call.rank() == 1 else [*call.shapes[0][:-1]]
    result = [*before, *shape] or [1]
    drawn = call.reshape(call.cast(found, dtype_name(call["dtype"])), *result)
    if not call["get_prob"]:
        return drawn
    return [drawn, call.reshape(call.emit("GatherElements", logs, found, axis=1), *result)]
