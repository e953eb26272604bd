"""Arrays, shapes and matrices of mx.test_utils: with equal seeds, MXNet's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from regluon import nd, test_utils
from test_utils.cases import RANDOM, made

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "test_utils.json").read_text(encoding="utf-8"))[
    "made"
]


def assert_same(found: Any, expected: Any) -> None:
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)
    else:
        assert found == expected


@pytest.mark.parametrize("i", range(len(RANDOM)))
def test_made(i: int) -> None:
    assert_same(json.loads(json.dumps(made(mx, RANDOM[i]))), RECORDED[i])


def test_columns_in_random_order() -> None:
    np.random.seed(1)  # noqa: NPY002
    x = test_utils.rand_ndarray((2, 9), "csr", density=0.9, shuffle_csr_indices=True)
    columns = x.indices.asnumpy()[: int(x.indptr.asnumpy()[1])]
    assert sorted(columns) != columns.tolist()

    class Matrix:
        indptr, indices = np.array([0, 5, 5, 7]), np.arange(7)

    test_utils.shuffle_csr_column_indices(Matrix)
    assert sorted(Matrix.indices[:5]) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (((2, 3, 4), "csr"), AssertionError),
        (((2, 3), "csr", 2), ValueError),
        (((0, 3), "csr", 0.5), ValueError),
        (((4, 4), "csr", 0.1, None, "powerlaw"), ValueError),
        (((2, 3), "csr", 0.5, None, "other"), AssertionError),
        (((2, 3), "row_sparse", 0.5, None, "powerlaw"), AssertionError),
        (((2, 3), "row_sparse", 0.5, None, None, None, [0, 1, 2]), AssertionError),
        (((2, 3), "other"), AssertionError),
    ],
)
def test_refused_sparse_arrays(arguments: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        test_utils.rand_sparse_ndarray(*arguments)


def test_refused() -> None:
    with pytest.raises(TypeError, match="unexpected argument/s : other"):
        test_utils.random_uniform_arrays((1,), other=1)
    with pytest.raises(AssertionError):
        test_utils.random_sample([1, 2], 3)
    with pytest.raises(AssertionError, match="Unknown storage type"):
        test_utils.create_sparse_array((2, 2), "default")
    with pytest.raises(AssertionError):
        test_utils.create_sparse_array_zd((2, 2), "row_sparse", 0.1, rsp_indices=[0, 1, 2])
    with pytest.raises(AssertionError):
        test_utils.assign_each2(np.ones(2), np.ones(3), max)
    with pytest.raises(AssertionError):
        test_utils.collapse_sum_like(np.ones((2, 3)), (2, 2))
    with pytest.raises(AssertionError):
        test_utils.collapse_sum_like(np.ones(2), (1, 2))


def test_element_by_element() -> None:
    a, b = np.array([[1, 2], [3, 4]]), np.array([[5, 0], [1, 9]])
    assert test_utils.assign_each(a, lambda x: x * 2).tolist() == [[2, 4], [6, 8]]
    assert test_utils.assign_each2(a, b, max).tolist() == [[5, 2], [3, 9]]
    assert test_utils.assign_each(a, None) is not a
    assert test_utils.assign_each2(a, b, None).tolist() == a.tolist()
    changed = test_utils.rand_sparse_ndarray((3, 2), "row_sparse", density=1, modifier_func=lambda x: -1)[0]
    assert changed.asnumpy().tolist() == [[-1, -1]] * 3


def test_reductions() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    for axis in (None, 1, (0, 2), [1]):
        for keepdims in (False, True):
            expected = np.sum(x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims)
            found = test_utils.np_reduce(x, axis, keepdims, np.sum)
            np.testing.assert_array_equal(found, expected)
    assert test_utils.collapse_sum_like(x, (3, 1)).tolist() == x.sum((0, 2)).reshape(3, 1).tolist()
    assert test_utils.collapse_sum_like(x, (1,)).tolist() == [x.sum()]
    assert test_utils.collapse_sum_like(np.ones((2, 0)), (1, 0)).shape == (1, 0)


def test_matrices() -> None:
    np.random.seed(3)  # noqa: NPY002
    symmetric = test_utils.new_sym_matrix_with_real_eigvals_2d(4)
    np.testing.assert_allclose(symmetric, symmetric.T, atol=1e-12)
    assert np.isreal(np.linalg.eigvals(test_utils.new_matrix_with_real_eigvals_2d(4))).all()
    q = test_utils.new_orthonormal_matrix_2d(3)
    np.testing.assert_allclose(q.T @ q, np.eye(3), atol=1e-12)


def test_contexts_and_types() -> None:
    for stype in ("default", "csr", "row_sparse"):
        x = test_utils.rand_ndarray((3, 2), stype, density=0.5, dtype="float64", ctx=mx.cpu(1))
        assert (x.context, x.dtype, x.stype) == (mx.cpu(1), np.float64, stype)
    assert isinstance(test_utils.create_vector(3), nd.NDArray)
