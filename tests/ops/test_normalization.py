"""Batch normalization through nd: what is written when; the ways for larger arrays; what errors say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.ops.batch_norm import _normalize, batch_norm
from regluon.ops.registry import OPERATORS

NAMES = ["BatchNorm", "BatchNorm_v1"]


def arrays(count: int = 3) -> list[Any]:
    """Data of shape (4, count, 2); gamma, beta, moving mean, moving variance."""
    rng = np.random.RandomState(1)
    shapes = [(4, count, 2), *[(count,)] * 4]
    return [nd.array(rng.uniform(0.5, 2, shape)) for shape in shapes]


def values(arrays: list[Any]) -> list[Any]:
    return [a.asnumpy().copy() for a in arrays]


@pytest.mark.parametrize("name", NAMES)
def test_statistics_move_for_training_alone(name: str) -> None:
    inputs = arrays()
    data, _, _, mean, var = before = values(inputs)
    norm = getattr(nd, name)
    with autograd.record(train_mode=False):
        norm(*inputs, fix_gamma=False)
    norm(*inputs, fix_gamma=False)
    for old, new in zip(before, values(inputs), strict=True):
        np.testing.assert_array_equal(new, old)
    inputs[0].attach_grad()
    with autograd.record():
        out = norm(*inputs, fix_gamma=False, momentum=0.75)
    out.backward()
    after = values(inputs)
    np.testing.assert_allclose(after[3], 0.75 * mean + 0.25 * data.mean((0, 2)), rtol=1e-6)
    np.testing.assert_allclose(after[4], 0.75 * var + 0.25 * data.var((0, 2)), rtol=1e-5)
    np.testing.assert_array_equal(after[1], before[1])


def test_a_fixed_gamma_becomes_one_and_has_no_gradient() -> None:
    inputs = arrays()
    for a in inputs[:3]:
        a.attach_grad()
    with autograd.record():
        out = nd.BatchNorm(*inputs)
    out.backward()
    assert inputs[1].asnumpy().tolist() == [1, 1, 1]
    assert inputs[1].grad.asnumpy().tolist() == [0, 0, 0]
    assert inputs[2].grad.asnumpy().tolist() == [8, 8, 8]


def test_moving_statistics_that_are_outputs_stay_what_they_were() -> None:
    inputs = arrays()
    _, mean, scale = nd.BatchNorm(*inputs, output_mean_var=True)
    old = mean.asnumpy().copy()
    inputs[3][:] = 7
    inputs[4][:] = 7
    np.testing.assert_array_equal(mean.asnumpy(), old)
    assert scale.asnumpy().max() > 0.5


# Large enough for the ways around what is slow in torch: short runs, long runs, channels behind.
LARGE = [((64, 32, 2, 2), 1), ((16, 8, 12, 12), 1), ((8, 16, 16, 8), -1), ((4, 16, 16, 16), 2)]


@pytest.mark.parametrize(("shape", "axis"), LARGE)
@pytest.mark.parametrize("training", [True, False])
def test_large_arrays_give_the_same(shape: tuple[int, ...], axis: int, training: bool) -> None:
    torch.manual_seed(0)
    count = shape[axis]
    data, g = torch.randn(shape) * 3 + 20, torch.randn(shape)
    gamma, beta, mean = torch.randn(3, count)
    inputs = [data, gamma, beta, mean, torch.rand(count) + 0.5]
    given = OPERATORS["BatchNorm"].read_all({"fix_gamma": False, "axis": axis})
    out = batch_norm(*inputs, **given, training=training)
    grads = OPERATORS["BatchNorm"].gradient(
        g, [True] * 3 + [None] * 2, out, *inputs, **given, training=training
    )
    doubles = [x.double().requires_grad_() for x in inputs]
    x = doubles[0].movedim(axis, 1)
    moving = [None, None] if training else [x.detach() for x in doubles[3:]]
    plain, real_mean, _ = _normalize(x, *doubles[1:3], *moving, training, 0.0, 1e-3)
    plain = plain.movedim(1, axis)
    expected = torch.autograd.grad(plain, doubles[:3], g.double())
    assert out[0].is_contiguous()
    assert grads[0].is_contiguous()  # type: ignore[union-attr]
    torch.testing.assert_close(out[0].double(), plain, rtol=1e-4, atol=1e-4)
    for found, same in zip(grads, expected, strict=False):
        torch.testing.assert_close(found.double(), same, rtol=1e-3, atol=1e-3)  # type: ignore[union-attr]
    if training:
        torch.testing.assert_close(out[1].double(), real_mean, rtol=1e-5, atol=1e-5)
        variance = x.var([i for i in range(x.dim()) if i != 1], correction=0)
        torch.testing.assert_close((out[5].double() - 0.9 * inputs[4]) * 10, variance, rtol=1e-3, atol=1e-3)


REFUSED = [
    (lambda a: nd.BatchNorm(*a[:4], nd.ones(2)), r"moving_var must have shape \(3,\), .* axis 1, .* \(2,\)"),
    (lambda a: nd.BatchNorm(*a, axis=3), "axis=3 is out of range for 3 axes"),
    (lambda a: nd.BatchNorm(a[0].astype("float64"), *a[1:]), "gamma must be of .*float64"),
    (lambda a: nd.contrib.SyncBatchNorm(*a, key="a", ndev=2), "ndev=2"),
    (lambda a: nd.contrib.SyncBatchNorm(*a), "'key' is required"),
]


@pytest.mark.parametrize(("call", "said"), REFUSED)
def test_errors_name_what_was_expected(call: Any, said: str) -> None:
    with pytest.raises(MXNetError, match=said):
        call(arrays())


INFERRED = [
    ("BatchNorm", (2, 3, 4), {}, 3),
    ("BatchNorm", (2, 3, 4), {"axis": -1}, 4),
    ("_contrib_BatchNormWithReLU", (2, 3, 4, 5), {}, 3),
    ("BatchNorm_v1", (2, 3, 4), {}, 3),
    ("_contrib_SyncBatchNorm", (2, 3, 4), {"key": "a"}, 3),
]


@pytest.mark.parametrize(("name", "data", "attributes", "count"), INFERRED)
def test_shapes_follow_from_the_data(name: str, data: Any, attributes: dict[str, Any], count: int) -> None:
    op = OPERATORS[name]
    found = op.infer(data, *[None] * 4, **op.read_all(attributes))  # type: ignore[misc]
    assert [tuple(s) for s in found] == [data, *[(count,)] * 4]
