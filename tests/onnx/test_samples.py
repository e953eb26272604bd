"""Every conversion, over many calls of its operator: those of ``tests/ops`` and odd ones of its own.

Each is exported as a graph of that operator alone, with extents that are fixed and that vary, and run by ONNX
Runtime, or by ONNX's own evaluator where that has no kernel for the type. What comes out is what the operator
gives here; else the call is refused, by a message that names the operator and a way out, as is listed below.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import RuntimeImplementationError

import mxnet as mx
from onnx_runs import session
from ops.running import TAKEN, TOLERANCE, Run
from ops.samples.spec import S
from regluon.onnx.call import CONVERTERS, WHOLE
from regluon.ops.registry import OPERATORS
from symbol.test_operators import symbol_of

FAMILIES = "elementwise indexing layers pooling products reductions resizing shapes".split()

MEAN = "output_mean_var=True is not converted; sym.moments gives"
NORMALIZED = "BatchNorm BatchNorm_v1 _contrib_SyncBatchNorm _contrib_BatchNormWithReLU GroupNorm LayerNorm"
# What each operator refuses, besides whole numbers: all of it is met below, and nothing else.
REFUSED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(NORMALIZED.split(), (MEAN,)),
    "RNN": ("projection_size=1 has no like", "projection_size=3 has", "lstm_state_clip_min=-1.0 has no like"),
    "Dropout": ("mode='always', which drops in prediction too, is not converted; mode='training' drops",),
    "ROIPooling": ("spatial_scale=0.0 is not converted; there are scales above 0",),
    "_contrib_ROIAlign": ("position_sensitive=True has no like in ONNX; the net",),
    "_arange": ("infer_range=True, of which the length follows from the rest, is not converted; give stop",),
    "_split_v2": ("squeeze_axis=True is for parts of extent 1, but indices=(0, 0, 1) makes [0, 1, 1]",),
    "SliceChannel": ("no axes are known, or it has none: give the shapes of all inputs, or reshape it",),
}
VARYING = ("give the inputs' shapes without extents that vary there", "name the axes")

# Where ONNX says nothing, and its runtime does otherwise.
PASSED_OVER = "max min argmax argmin sign ROIPooling".split()  # what is not a number
REGIONS = ("ROIPooling", "_contrib_ROIAlign")


def unsaid(sample: S) -> bool:
    """Whether it is about what is not a number, a product beyond int64, or a region of no image.

    Or about norms of windows that leave the data in float64, which ONNX's evaluator alone has, otherwise.
    """
    arrays = [x for x in sample.arrays() if x is not None]
    if sample.attributes.get("pool_type") == "lp" and sample.attributes.get("pooling_convention") == "full":
        return bool(arrays[0].dtype == np.float64)
    if sample.op in PASSED_OVER and any(bool(np.isnan(x).any()) for x in arrays):
        return True
    if sample.op in REGIONS:
        return bool((arrays[1][:, 0] < 0).any())
    return sample.op == "prod" and float(np.prod(arrays[0], dtype=np.float64)) > 2**63


@cache
def calls() -> dict[str, list[S]]:
    """The calls of every operator, as they are in prediction."""
    odd = [s for name in FAMILIES for s in importlib.import_module(f"onnx_samples.{name}").SAMPLES]
    found: dict[str, list[S]] = {}
    for given in [*TAKEN, *odd]:
        sample = copy.copy(given)
        sample.train = False
        found.setdefault(OPERATORS[sample.op].name, []).append(sample)
    return found


def results(path: str, arrays: dict[str, Any]) -> list[Any] | None:
    """What comes out of a model; None where neither ONNX Runtime nor ONNX has a kernel for the type."""
    try:
        found = session(path)
        return list(found.run(None, {i.name: arrays[i.name].asnumpy() for i in found.get_inputs()}))
    except Exception as error:  # of several classes
        if not any(text in str(error) for text in ("NOT_IMPLEMENTED", "does not support double")):
            raise
    try:
        evaluator = ReferenceEvaluator(path)
        return list(evaluator.run(None, {name: arrays[name].asnumpy() for name in evaluator.input_names}))
    except (NotImplementedError, RuntimeImplementationError, RuntimeError, ValueError):
        return None


def difference(found: Any, ours: Any, sample: S) -> str:
    """What is not the same; nothing if all is."""
    if (found.dtype, found.shape) != (ours.dtype, ours.shape):
        return f"{found.dtype}{found.shape} instead of {ours.dtype}{ours.shape}"
    finite = np.abs(ours[np.isfinite(ours)], dtype="float64") if ours.dtype.kind == "f" else np.empty(0)
    scale = max(float(finite.max()), 1e-3) if finite.size else 1.0
    tolerance = (sample.tol or TOLERANCE[ours.dtype.name]) * scale if ours.dtype.kind == "f" else 0.0
    if np.allclose(found, ours, rtol=0, atol=tolerance, equal_nan=True):
        return ""
    return f"{found.reshape(-1)[:6]} instead of {ours.reshape(-1)[:6]}"


def outcome(sample: S, path: str, free: tuple[Any, ...] | None = None) -> str:
    """ "equal", "refused: " and the message, "no kernel", or what is wrong

    Parameters
    ----------
    free
        The first input's shape, with None for extents that vary. It is then run with twice as many samples,
        if the operator takes them.
    """
    call = Run(sample)
    symbol, arrays = symbol_of(sample, call)
    params = {"x1": arrays["x1"]} if sample.op == "RNN" else {}
    names = [name for name in symbol.list_inputs() if name not in params]
    shapes, types = ([getattr(arrays[n], a) for n in names] for a in ("shape", "dtype"))
    shown = None if free is None else [free, *shapes[1:]]
    try:
        mx.onnx.export_model(
            symbol, params, shapes, types, path, dynamic=free is not None, dynamic_input_shapes=shown
        )
    except mx.MXNetError as error:
        return f"refused: {error}"
    made = call.forward()
    if free is not None:
        with contextlib.suppress(Exception):  # of several classes: the other inputs are for fewer samples
            twice = torch.cat([call.inputs[0]] * 2)
            made = call.forward([twice, *call.inputs[1:]])
            arrays["x0"] = mx.nd.array(twice.numpy(), dtype=arrays["x0"].dtype)
    found = results(path, arrays)
    if found is None:
        return "no kernel"
    expected = [out.numpy() for out in call.shown(made)][: len(symbol.list_outputs())]
    wrong = [difference(f, e, sample) for f, e in zip(found, expected, strict=True)]
    return next(filter(None, wrong), "equal")


def agreed(sample: S, found: str, *allowed: str) -> bool:
    """Whether an outcome is one that is fine."""
    name = OPERATORS[sample.op].name
    if found == "equal":
        return True
    if found == "no kernel":
        return name in ("Deconvolution", "ROIPooling", "RNN") and "float64" in repr(sample)
    fragments = (*REFUSED.get(name, ()), *allowed)
    first = sample.arrays()[0].dtype if sample.inputs else np.dtype("float32")
    if name not in WHOLE and first.kind in "iub":
        fragments = (f'its input is of type {first}, which is not converted; sym.cast(x, dtype="float32")',)
    named = found.startswith((f"refused: onnx: {name} ", "refused: onnx: of the output "))
    return named and any(text in found for text in fragments)


NAMES = sorted(n for n in CONVERTERS if not n.startswith(("_random_", "_sample_")))  # those: test_random.py


@pytest.mark.parametrize("name", NAMES)
def test_all_calls(name: str, tmp_path: Path) -> None:
    chosen = [sample for sample in calls().get(name, []) if not unsaid(sample)]
    path = str(tmp_path / "call.onnx")
    outcomes = [outcome(sample, path) for sample in chosen]
    assert not [(s, o) for s, o in zip(chosen, outcomes, strict=True) if not agreed(s, o)]
    assert "equal" in outcomes, "it has no call that is converted"
    assert all(any(text in o for o in outcomes) for text in REFUSED.get(name, ()))


@pytest.mark.parametrize("name", NAMES)
def test_extents_that_vary(name: str, tmp_path: Path) -> None:
    """All of the first input's; where that is refused, the first one alone. Once a set of attributes."""
    path, seen = str(tmp_path / "call.onnx"), set()
    for sample in calls().get(name, []):
        arrays = sample.arrays()
        if unsaid(sample) or not arrays or arrays[0].dtype != np.float32:
            continue
        shape, form = arrays[0].shape, repr((sample.attributes, [x is None or x.ndim for x in arrays]))
        fits_samples = sample.op == "LeakyReLU" and arrays[1:] and arrays[1].shape not in ((1,), shape[1:2])
        if form in seen or fits_samples:
            continue
        seen.add(form)
        found = outcome(sample, path, (None,) * len(shape))
        if found != "equal":
            assert agreed(sample, found, *VARYING), (sample, found)
            found = outcome(sample, path, (None, *shape[1:]))
            assert agreed(sample, found, *VARYING), (sample, found)
