"""Every operator on its samples: forward, gradient and second gradient, against MXNet 1.9.1 and torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ops.running import SAMPLES, TAKEN, Run, as_list, close, recorded, strided, torch_gradient
from ops.samples.spec import S
from regluon.ops.registry import OPERATORS
from regluon.ops.shape_mode import ShapeMode

DIFFERENTIABLE = [s for s in TAKEN if s.differentiable(s.arrays())]
BY_HAND = [s for s in DIFFERENTIABLE if not s.kink and not OPERATORS[s.op].by_torch]


def each(chosen: list[S]) -> Any:
    return pytest.mark.parametrize("sample", chosen, ids=lambda s: s.id)


@each(TAKEN)
def test_forward_is_mxnets(sample: S) -> None:
    run = Run(sample)
    before = [None if x is None else x.clone() for x in run.inputs]
    memory = [x.data_ptr() for x in run.inputs if x is not None]
    outs = run.forward()
    for n, out in enumerate(run.shown(outs)):
        close(out, recorded(sample, f"out{n}"), sample)
        assert out.is_contiguous()
        assert not out.numel() or out.data_ptr() not in memory, "it shares an input's memory"
        assert out.dim() or not recorded(sample, f"out{n}").ndim
    written = run.op.written(len(run.inputs))
    assert not sample.writes or set(sample.writes) == set(written)
    for i in sample.writes:
        close(outs[written[i]], recorded(sample, f"after{i}"), sample)
    for x, old in zip(run.inputs, before, strict=True):
        assert x is None or torch.equal(torch.nan_to_num(x), torch.nan_to_num(old)), "an input was written"


@each([s for s in TAKEN if OPERATORS[s.op].prepare is not None])
def test_prepared_by_attributes(sample: S) -> None:
    run = Run(sample)
    found = run.op.prepared(run.attributes)(*run.inputs)
    for out, same in zip(run.shown(run.forward()), run.shown(as_list(found)), strict=True):
        assert torch.equal(torch.nan_to_num(out), torch.nan_to_num(same))
        assert same.is_contiguous()
        assert all(x is None or not same.numel() or same.data_ptr() != x.data_ptr() for x in run.inputs)


@each(TAKEN)
def test_gaps_in_memory_do_not_matter(sample: S) -> None:
    run = Run(sample)
    for out, same in zip(run.forward(), run.forward([strided(x) for x in run.inputs]), strict=True):
        close(same, out, sample)


@each(list({s.form: s for s in TAKEN if s.abstract}.values()))
def test_shapes_and_types_come_without_numbers(sample: S) -> None:
    run = Run(sample)
    by_torch = run.on(torch.device("meta"))
    with ShapeMode():
        by_arithmetic = run.on(torch.device("meta"))
    for found in (by_torch, by_arithmetic):
        for out, real in zip(run.shown(found), run.shown(run.forward()), strict=True):
            assert (out.shape, out.dtype, out.device.type) == (real.shape, real.dtype, "meta")


@each(DIFFERENTIABLE)
def test_gradient_is_mxnets(sample: S) -> None:
    run = Run(sample)
    for i, grad in zip(run.wanted, run.gradients(), strict=True):
        close(grad, recorded(sample, f"grad{i}"), sample)


@each(BY_HAND)
def test_own_gradient_is_torchs(sample: S) -> None:
    run = Run(sample)
    theirs = run.own_gradients(torch_gradient)
    for spread in (False, True):
        for grad, same in zip(run.own_gradients(spread=spread), theirs, strict=True):
            close(grad, same, sample)
    for grad, same in zip(run.own_gradients(kept=True), theirs, strict=True):
        close(grad, same, sample)


# Where differences of the first sample say nothing about the gradient.
NO_DIFFERENCES = {
    "Cast": "the result is too coarse for small steps",
    "_contrib_box_nms": "boxes of equal scores change places",
    "_contrib_hawkesll": "MXNet lets no gradient through the second output",
    "_image_adjust_lighting": "the result is rounded",
}
SYMMETRIC = {"_linalg_potrf", "_linalg_syevd"}
SLOPED = {OPERATORS[s.op].name: s for s in reversed(DIFFERENTIABLE) if not s.kink}


@each([s for name, s in SLOPED.items() if name not in NO_DIFFERENCES])
def test_gradient_is_that_of_differences(sample: S) -> None:
    """Along one direction, in float64: (f(x + εd) - f(x - εd)) / 2ε = ∇f(x) · d, with f a sum of all outputs.

    What has no slope anywhere, such as an index, may have steps instead, and is not moved.
    """
    run = Run(sample, double=True)
    sloped = [(i, g) for i, g in zip(run.wanted, run.gradients(), strict=True) if g.any()]
    directions = {i: run.direction(run.inputs[i], 200 + i) for i, _ in sloped}
    if run.op.name in SYMMETRIC:
        directions = {i: d + d.mT for i, d in directions.items()}
    slope = sum([float((g * directions[i]).sum()) for i, g in sloped])

    def shifted(step: float) -> float:
        inputs = list(run.inputs)
        for i, d in directions.items():
            inputs[i] = inputs[i] + step * d
        outs = run.forward(inputs)
        return sum([float((h * o).sum()) for h, o in zip(run.directions(outs), outs, strict=True)])

    found = (shifted(1e-6) - shifted(-1e-6)) / 2e-6
    assert found == pytest.approx(slope, rel=1e-4, abs=1e-5 * max(1.0, abs(slope)))


@each([s for s in DIFFERENTIABLE if s.second and not s.kink])
def test_second_gradient_is_torchs(sample: S) -> None:
    run = Run(sample, double=True)
    for grad, same in zip(run.second(), run.torch_second(), strict=True):
        close(grad, same, sample)


def test_every_operator_has_samples() -> None:
    # Operators that draw random numbers are held against MXNet's streams in tests/random.
    expected = {op.name for op in OPERATORS.values() if op.generator is None}
    # MXNet has these on GPUs alone: tests/ops/test_spectral.py.
    expected -= {"_contrib_fft", "_contrib_ifft", "_contrib_count_sketch"}
    missing = expected - {OPERATORS[s.op].name for s in TAKEN}
    assert not missing, f"no samples for {', '.join(sorted(missing))}"


def test_every_own_gradient_has_samples() -> None:
    unknown_to_mxnet = {"_grad_add", "argmax_channel"}  # it refuses to differentiate these
    by_rows = {"_contrib_SparseEmbedding"}  # compared in tests/ndarray/sparse
    expected = {op.name for op in OPERATORS.values() if not op.by_torch} - unknown_to_mxnet - by_rows
    missing = expected - {OPERATORS[s.op].name for s in DIFFERENTIABLE}
    assert not missing, f"no samples for the gradients of {', '.join(sorted(missing))}"


def test_samples_are_told_apart() -> None:
    keys = [s.key for s in SAMPLES]
    assert len(keys) == len(set(keys))
