"""Calls that are written out for a number of arrays."""

from __future__ import annotations

from types import CodeType

import numpy as np
import pytest

from regluon import autograd, cpu, nd
from regluon.base import MXNetError
from regluon.ndarray.calls import prepare, prepare_together
from regluon.ndarray.unrolled import MOST, unrolled
from regluon.ops.registry import OPERATORS


def arrays(count: int, dtype: str = "float32") -> list[nd.NDArray]:
    return [nd.array(np.arange(3) + i, dtype=dtype) for i in range(count)]


@pytest.mark.parametrize("count", [1, 2, 3, MOST, MOST + 1, 2 * MOST])
def test_any_number_of_arrays(count):
    xs = arrays(count)
    for x in xs:
        x.attach_grad()
    with autograd.record():
        out = nd.add_n(*xs)
    out.backward(nd.array([1, 2, 3]))
    assert out.asnumpy().tolist() == sum([x.asnumpy() for x in xs]).tolist()
    assert all(x.grad.asnumpy().tolist() == [1, 2, 3] for x in xs)
    op = OPERATORS["add_n"]
    for found in (prepare(op, count, {})(*xs), prepare_together(op, count, {})(tuple(xs))):
        assert found.asnumpy().tolist() == out.asnumpy().tolist()


def test_a_part_of_the_arrays_is_in_the_graph():
    data, weight, bias = nd.ones((1, 3)), nd.ones((2, 3)), nd.zeros(2)
    weight.attach_grad()
    with autograd.record():
        out = nd.FullyConnected(data, weight, bias, num_hidden=2)
    assert data._ag is None
    out.backward()
    assert weight.grad.asnumpy().tolist() == [[1, 1, 1]] * 2
    with autograd.record():
        assert nd.FullyConnected(data, nd.ones((2, 3)), bias, num_hidden=2)._ag is None


def test_operators_with_the_same_steps_share_their_source():
    def code(name: str, **given: object) -> CodeType:
        op = OPERATORS[name]
        return unrolled(op, {**op.defaults, **given}, 3, 1, together=True).__code__

    assert code("_linalg_gemm") is code("_contrib_DeformableConvolution", kernel=(1, 1), num_filter=1)
    assert code("FullyConnected", num_hidden=2) is not code("_linalg_gemm")  # which takes arrays of one type


def test_inputs_get_their_new_values():
    weight, grad, mom = nd.ones(2), nd.ones(2), nd.zeros(2)
    out = nd.sgd_mom_update(weight, grad, mom, lr=0.5, momentum=0.9)
    assert out.asnumpy().tolist() == [0.5, 0.5]
    assert weight.asnumpy().tolist() == [1, 1]
    assert mom.asnumpy().tolist() == [-0.5, -0.5]


def test_hidden_outputs_stay_hidden():
    data = nd.array([[1, 3], [2, 4]])
    each = [nd.ones(2), nd.zeros(2), nd.zeros(2), nd.ones(2)]
    shown = nd.BatchNorm(data, *each)
    assert shown.shape == (2, 2)
    found = nd.BatchNorm(data, *each, output_mean_var=True)
    assert [x.shape for x in found] == [(2, 2), (2,), (2,)]


def test_the_mode_counts_at_each_call():
    def dropped() -> int:
        return int((nd.Dropout(nd.ones(1000), p=0.5) == 0).sum().asscalar())

    assert dropped() == 0
    with autograd.train_mode():
        assert dropped() > 300
    assert dropped() == 0


def test_errors_name_the_call():
    data, weight, bias = nd.ones((1, 3)), nd.ones((2, 3)), nd.zeros(2)
    with pytest.raises(MXNetError, match=r"gemm: its arrays are of different types.*float64.*astype"):
        nd.linalg.gemm(weight, weight.T, nd.ones((2, 2), dtype="float64"))
    with pytest.raises(MXNetError, match=r"FullyConnected.*different contexts.*cpu\(1\).*as_in_context"):
        nd.FullyConnected(data, weight, bias.as_in_context(cpu(1)), num_hidden=2)
    with pytest.raises(TypeError, match="FullyConnected: the argument 'bias' must be an NDArray"):
        nd.FullyConnected(data, weight, [0, 0], num_hidden=2)
    with pytest.raises(MXNetError, match=r"FullyConnected\(.*num_hidden=2"):
        nd.FullyConnected(data, nd.ones((2, 4)), bias, num_hidden=2)
