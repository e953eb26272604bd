"""Layers' operators: the shapes of parameters that follow from the data, and what errors say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regluon import nd
from regluon.base import MXNetError
from regluon.ops.registry import OPERATORS

# Shapes that MXNet's symbols infer from the data's.
INFERRED = [
    ("FullyConnected", (2, 3, 5), {"num_hidden": 4}, [(4, 15), (4,)]),
    ("FullyConnected", (2, 3, 5), {"num_hidden": 4, "flatten": False}, [(4, 5), (4,)]),
    ("Embedding", (7,), {"input_dim": 9, "output_dim": 2}, [(9, 2)]),
    ("LayerNorm", (2, 3, 4), {}, [(4,), (4,)]),
    ("LayerNorm", (2, 3, 4), {"axis": 1}, [(3,), (3,)]),
    ("GroupNorm", (2, 4, 3), {"num_groups": 2}, [(2,), (2,)]),
    ("InstanceNorm", (2, 4, 3), {}, [(4,), (4,)]),
    ("LeakyReLU", (2, 3, 4), {"act_type": "prelu"}, [(3,)]),
    ("SoftmaxOutput", (2, 3), {}, [(2,)]),
    ("SoftmaxOutput", (2, 3, 4, 5), {"multi_output": True}, [(2, 20)]),
    ("SoftmaxOutput", (2, 3, 4, 5), {"preserve_shape": True}, [(2, 3, 4)]),
    ("LinearRegressionOutput", (3, 4), {}, [(3, 4)]),
    ("LinearRegressionOutput", (2, 1), {}, [(2,)]),
    ("MAERegressionOutput", (2, 1, 1), {}, [(2, 1, 1)]),
    ("SVMOutput", (2, 3, 4), {}, [(2, 3)]),
    ("IdentityAttachKLSparseReg", (2, 3), {}, [(3,)]),
    ("SequenceMask", (4, 2, 3), {"use_sequence_length": True}, [(2,)]),
    ("SequenceLast", (4, 2, 3), {"use_sequence_length": True, "axis": 1}, [(4,)]),
]


@pytest.mark.parametrize(("name", "data", "attributes", "expected"), INFERRED)
def test_shapes_follow_from_the_data(
    name: str, data: tuple[int, ...], attributes: dict[str, Any], expected: list[tuple[int, ...]]
) -> None:
    op = OPERATORS[name]
    unknown = [None] * (len(op.inputs) - 1)
    found = op.infer(data, *unknown, **op.read_all(attributes))  # type: ignore[misc]
    assert [tuple(s) for s in found] == [data, *expected]


REFUSED = [
    (
        lambda: nd.FullyConnected(nd.ones((2, 5)), nd.ones((4, 3)), nd.ones(4), num_hidden=4),
        r"FullyConnected\(\(2, 5\) float32.*rows of 5 numbers need .* \(4, 5\), but it has \(4, 3\)",
    ),
    (
        lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 3)), nd.ones(3), num_hidden=4),
        r"the bias must have shape \(4,\), but it has \(3,\)",
    ),
    (
        lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 3)), num_hidden=4),
        "without no_bias=True it needs a bias",
    ),
    (
        lambda: nd.FullyConnected(
            nd.ones((2, 3)), nd.ones((4, 3), dtype="float64"), nd.ones(4), num_hidden=4
        ),
        r"\(4, 3\) float64.*dtype",
    ),
    (
        lambda: nd.Embedding(nd.ones(2), nd.ones((4, 3)), input_dim=5, output_dim=3),
        r"need a weight of shape \(5, 3\), but it has \(4, 3\)",
    ),
    (
        lambda: nd.LayerNorm(nd.ones((2, 3)), nd.ones(2), nd.ones(3)),
        r"gamma and beta must have shape \(3,\)",
    ),
    (lambda: nd.softmax(nd.ones((2, 3), dtype="int32")), "floating-point types only"),
    (
        lambda: nd.softmax(nd.ones((2, 3)), nd.ones(2, dtype="int32")),
        "length and use_length=True go together",
    ),
    (lambda: nd.Activation(nd.ones(2), act_type="gelu"), "none of relu, sigmoid, softrelu, softsign, tanh"),
    (lambda: nd.dot(nd.ones((2, 3)), nd.ones((2, 3))), r"dot\(\(2, 3\) float32, \(2, 3\) float32"),
    (lambda: nd.dot(nd.ones(3), nd.ones(3, dtype="float64")), "float64"),
    (
        lambda: nd.batch_dot(nd.ones((2, 3, 4)), nd.ones((1, 4, 5))),
        "all but the last two of the same extents",
    ),
]


@pytest.mark.parametrize(("call", "said"), REFUSED)
def test_errors_name_the_call_and_what_was_expected(call: Any, said: str) -> None:
    with pytest.raises(MXNetError, match=said):
        call()


def test_empty_batches_pass() -> None:
    nothing = nd.array(np.empty((0, 3)))
    assert nd.FullyConnected(nothing, nd.ones((4, 3)), nd.ones(4), num_hidden=4).shape == (0, 4)
    assert nd.dot(nothing, nd.ones((3, 2))).shape == (0, 2)
    assert nd.dot(nd.ones((2, 3)), nd.array(np.empty((3, 0)))).shape == (2, 0)
    assert nd.softmax(nothing).shape == (0, 3)
    assert nd.Embedding(nothing, nd.ones((4, 2)), input_dim=4, output_dim=2).shape == (0, 3, 2)
