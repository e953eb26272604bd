"""Operators as functions of arrays: all the ways to give arguments, in turn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from regluon import ndarray as nd
from regluon.base import MXNetError
from regluon.context import cpu
from regluon.ndarray.dispatch import Unknown, invoke
from regluon.ops.registry import OPERATORS

X = np.arange(6, dtype="float32").reshape(2, 3)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: nd.sum(x, axis=1),
        lambda x: nd.sum(x, 1),
        lambda x: nd.sum(x, axis=[1]),
        lambda x: nd.sum(x, axis=np.array([1])),
        lambda x: nd.sum(x, axis="(1,)"),
        lambda x: nd.sum(data=x, axis=1),
        lambda x: nd.sum(x, axis=1, name="total"),
        lambda x: nd.sum(x, axis=1, out=nd.zeros((2,))),
        lambda x: x.sum(axis=1),
        lambda x: x.sum(1),
    ],
)
def test_one_call_in_many_forms(call: Any) -> None:
    x = nd.array(X)
    for _ in range(3):  # the first call prepares, the others find what it has prepared
        assert call(x).asnumpy().tolist() == [3.0, 12.0]
        assert nd.sum(x, axis=0).asnumpy().tolist() == [3.0, 5.0, 7.0]


def test_calls_with_other_numbers_of_arrays() -> None:
    x, w, b = nd.array(X), nd.ones((2, 3)), nd.ones((2,))
    for _ in range(2):
        with_bias = nd.FullyConnected(x, w, b, num_hidden=2)
        assert (with_bias - nd.FullyConnected(x, w, num_hidden=2, no_bias=True)).asnumpy().tolist() == [
            [1, 1],
            [1, 1],
        ]
        assert nd.FullyConnected(x, w, None, num_hidden=2, no_bias=True).shape == (2, 2)
        assert nd.concat(x, x, dim=0).shape == (4, 3)
        assert nd.concat(x, x, x, dim=0).shape == nd.concat(*[x] * 3, dim=0, num_args=3).shape == (6, 3)
        assert nd.concat([x, x], dim=0).shape == (4, 3)


def test_errors_of_a_call_come_once_and_as_they_are() -> None:
    x = nd.array(X)
    for _ in range(2):
        with pytest.raises(MXNetError, match="FullyConnected"):
            nd.FullyConnected(x, nd.ones((2, 5)), num_hidden=2, no_bias=True)
        with pytest.raises(TypeError, match="'weight' is required"):
            nd.FullyConnected(x, num_hidden=2)
        with pytest.raises(MXNetError, match="no argument 'axes'"):
            nd.sum(x, axes=1)
        with pytest.raises(TypeError, match="must be an NDArray"):
            nd.dot(x, X)
        with pytest.raises(TypeError, match="got 2 by position"):
            nd.sum(x, 1, axis=1)


@pytest.mark.parametrize("name", ["concat", "stack", "add_n", "khatri_rao", "multi_all_finite", "Crop"])
def test_no_arrays_at_all(name: str) -> None:
    function = getattr(nd, name)
    for give in (function, lambda: function([])):
        for _ in range(2):
            with pytest.raises(TypeError, match=rf"{function.operator.name} takes arrays .* none was given"):
                give()


@pytest.mark.parametrize(
    ("op", "attributes", "wording"),
    [
        ("BatchNorm", {"axis": 2}, r"BatchNorm: data of shape \(2, 3\) has too few axes, axis=2"),
        ("LayerNorm", {"axis": -3}, r"LayerNorm: data of shape \(2, 3\) has too few axes, axis=-3"),
    ],
)
def test_shapes_that_do_not_follow(op: str, attributes: dict[str, Any], wording: str) -> None:
    operator = OPERATORS[op]
    unknown = [Unknown(None, torch.float32, cpu()) for _ in operator.inputs[1:]]
    with pytest.raises(MXNetError, match=wording):
        invoke(operator, (nd.array(X), *unknown), operator.read_all(attributes))


def test_whole_numbers_as_python_2_wrote_them() -> None:
    x = nd.array(X)
    assert nd.slice(x, begin="(0L, 1L)", end="[2L, 3L]").shape == (2, 2)
    for text in ("1L", "(1, 2M)", "(1LL,)", "(L,)"):
        with pytest.raises(MXNetError, match="can't be read"):
            nd.sum(x, axis=text)


def test_arrays_are_no_attributes() -> None:
    x, one = nd.array(X), nd.array([1])
    for name in ("axis", "keepdims"):
        with pytest.raises(MXNetError, match=f"sum: argument {name}="):
            nd.sum(x, **{name: one})
    assert nd.sum(x, axis=0, keepdims=np.bool_(True)).shape == (1, 3)


@pytest.mark.parametrize(
    ("call", "error", "wording"),
    [
        (lambda x: nd.relu(x, out=3), TypeError, "relu: out must be an NDArray"),
        (lambda x: nd.relu(x, out=[x, x]), MXNetError, "relu: it has 1 result, but 2 arrays"),
        (lambda x: nd.split(x, num_outputs=3, out=[x]), MXNetError, "it has 3 results, but 1 arrays"),
    ],
)
def test_bad_places_for_results_are_refused(call: Any, error: type[Exception], wording: str) -> None:
    with pytest.raises(error, match=wording):
        call(nd.array(X))


def test_num_args_is_checked_where_it_is_an_attribute() -> None:
    x, ends = nd.array([[1, 2]], dtype="int8"), [nd.array([-1.0]), nd.array([1.0])]
    for _ in range(2):  # read, then kept
        found, *_ = nd.contrib.quantized_concat(x, x, *ends, *ends, num_args=2)
        assert found.shape == (1, 4)
    with pytest.raises(MXNetError, match="num_args arrays"):
        nd.contrib.quantized_concat(x, x, *ends, *ends, num_args=3)


def test_attributes_that_equal_their_defaults() -> None:
    x = nd.array([[3.0, 1.0], [2.0, 4.0]])
    for given in ({}, {"axis": -1}, {"axis": np.int64(-1)}, {"axis": "-1"}, {"axis": 0}):
        expected = x.asnumpy().argsort(int(given.get("axis", -1)))
        np.testing.assert_array_equal(nd.argsort(x, **given).asnumpy(), expected)
