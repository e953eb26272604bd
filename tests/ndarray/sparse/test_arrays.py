"""Sparse arrays as objects: what they say of themselves, copies, errors, and the warning of a fall back."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import regluon as mx
from ndarray.sparse.cases import A, B
from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.ndarray.sparse import BaseSparseNDArray, CSRNDArray, RowSparseNDArray

KINDS = {"csr": CSRNDArray, "row_sparse": RowSparseNDArray}


def made(stype: str, values: Any = A) -> Any:
    return nd.array(values).tostype(stype)


@pytest.mark.parametrize("stype", KINDS)
def test_what_it_is(stype: str) -> None:
    x = made(stype)
    assert type(x) is KINDS[stype]
    assert isinstance(x, BaseSparseNDArray)
    assert isinstance(x, nd.NDArray)
    assert (x.shape, x.ndim, len(x), x.stype, x.context) == ((4, 3), 2, 4, stype, mx.cpu())
    assert x.dtype is np.float32
    assert x.writable
    assert hash(x) == hash(x)
    assert repr(x) == f"\n<{type(x).__name__} 4x3 @cpu(0)>"
    assert x.as_in_context(mx.cpu()) is x
    assert x.as_nd_ndarray() is x
    moved = x.as_in_context(mx.cpu(1))
    assert moved.context == mx.cpu(1)
    assert np.array_equal(moved.asnumpy(), A)
    assert np.array_equal(np.asarray(x.asnumpy()), A)
    x.wait_to_read()
    x.check_format()


@pytest.mark.parametrize("stype", KINDS)
def test_pickles_and_copies_are_its_equals(stype: str) -> None:
    x = made(stype)
    for other in (pickle.loads(pickle.dumps(x)), x.copy(), x.copyto(mx.cpu()), x.detach()):
        assert type(other) is type(x)
        assert np.array_equal(other.asnumpy(), A)
    y = x.copy()
    y[:] = nd.array(B)
    assert np.array_equal(x.asnumpy(), A)
    assert np.array_equal(y.asnumpy(), B)
    x.data[:] = 5
    assert np.array_equal(x.asnumpy(), A)


@pytest.mark.parametrize("stype", KINDS)
@pytest.mark.parametrize(
    ("call", "error", "wording"),
    [
        (lambda x: x.size, NotImplementedError, "two things"),
        (lambda x: x.asscalar(), NotImplementedError, "dense"),
        (bool, ValueError, "ambiguous"),
        (lambda x: x.reshape((3, 4)), MXNetError, "reshape"),
        (lambda x: x.handle, AttributeError, "no attribute 'handle'"),
        (lambda x: setattr(x, "data", 1), AttributeError, "data"),
        (lambda x: x[0, 1], ValueError, "Multi-dimension"),
        (lambda x: x.tostype("coo"), MXNetError, "'coo'"),
        (lambda x: x.copyto("file"), TypeError, "str"),
        (lambda x: nd.elemwise_add(x, made(x.stype, A[:2])), MXNetError, "(2, 3)"),
        (lambda x: nd.dot(x, A), TypeError, "dot: the argument 'rhs' must be an NDArray"),
        (lambda x: nd.clip(x, 1, 2), MXNetError, "clip: 0 is not between"),
        (lambda x: nd.elemwise_add(x, x.as_in_context(mx.cpu(1))), MXNetError, "different contexts"),
        (lambda x: x.attach_grad(stype="coo"), ValueError, "coo"),
    ],
)
def test_errors_say_what_is_wrong(stype: str, call: Callable[[Any], Any], error: Any, wording: str) -> None:
    with pytest.raises(error) as caught:
        call(made(stype))
    assert wording in str(caught.value)


@pytest.mark.parametrize(
    ("array", "wording"),
    [
        (lambda: nd.sparse.csr_matrix(([1, 2], [0, 5], [0, 1, 2]), shape=(2, 3)), "column number 5"),
        (lambda: nd.sparse.csr_matrix(([1, 2], [1, 0], [0, 2, 2]), shape=(2, 3)), "do not ascend"),
        (lambda: nd.sparse.csr_matrix(([1, 2], [1, 0], [0, 2, 1]), shape=(2, 3)), "do not rise"),
        (lambda: nd.sparse.row_sparse_array(([[1, 2], [3, 4]], [2, 1]), shape=(3, 2)), "do not ascend"),
        (lambda: nd.sparse.row_sparse_array(([[1, 2]], [7]), shape=(3, 2)), "row number 7"),
    ],
)
def test_bad_indices_are_found(array: Callable[[], Any], wording: str) -> None:
    with pytest.raises(MXNetError, match=wording):
        array().check_format()


def test_parts_of_wrong_lengths_are_refused() -> None:
    with pytest.raises(MXNetError, match="don't make shape"):
        nd.sparse.csr_matrix(([1, 2], [0], [0, 1, 2]), shape=(2, 3))
    with pytest.raises(MXNetError, match="don't make shape"):
        nd.sparse.row_sparse_array(([[1, 2]], [0, 1]), shape=(3, 2))


def test_a_fall_back_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.warns(RuntimeWarning, match="exp has no form for arrays stored as csr"):
        assert made("csr").exp().stype == "default"
    monkeypatch.setenv("MXNET_STORAGE_FALLBACK_LOG_VERBOSE", "0")
    assert made("csr").exp().stype == "default"


def test_scipy() -> None:
    scipy = pytest.importorskip("scipy.sparse")
    matrix = made("csr").asscipy()
    assert np.array_equal(matrix.toarray(), A)
    assert np.array_equal(nd.sparse.csr_matrix(matrix).asnumpy(), A)
    unsorted = scipy.csr_matrix(([1.0, 2, 3], [2, 0, 0], [0, 3]), shape=(1, 3))
    assert nd.sparse.array(unsorted).asnumpy().tolist() == [[5, 0, 1]]


def test_asscipy_without_scipy_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("scipy", "scipy.sparse"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match="pip install scipy"):
        made("csr").asscipy()


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32"])
@pytest.mark.parametrize("transpose", [False, True])
def test_products_of_large_matrices(dtype: str, transpose: bool) -> None:
    rng = np.random.RandomState(0)
    left = ((rng.rand(40, 30) < 0.1) * rng.randint(-4, 5, (40, 30))).astype(dtype)
    right = rng.randint(-4, 5, (40 if transpose else 30, 7)).astype(dtype)
    expected = (left.T if transpose else left) @ right
    found = nd.dot(nd.array(left, dtype=dtype).tostype("csr"), nd.array(right, dtype=dtype), transpose)
    assert found.stype == ("row_sparse" if transpose else "default")
    assert np.array_equal(found.asnumpy(), expected)


def test_gradients_of_gradients_go_by_dense_arrays() -> None:
    x, w = made("csr"), nd.array([[1.0], [2], [3]])
    w.attach_grad(stype="row_sparse")
    with autograd.record():
        y = nd.dot(x, w)
        (first,) = autograd.grad((y * y).sum(), [w], create_graph=True)
        z = (first * first).sum()
    z.backward()
    gram = A.T @ A
    assert w.grad.stype == "row_sparse"
    assert np.allclose(w.grad.asnumpy(), 8 * gram @ gram @ w.asnumpy())


def test_arrays_that_share_no_memory_with_their_gradient() -> None:
    w = nd.ones((4, 2))
    w.attach_grad(stype="row_sparse")
    with autograd.record():
        y = nd.Embedding(nd.array([1]), w, input_dim=4, output_dim=2, sparse_grad=True)
    head = nd.ones((1, 2))
    y.backward(head)
    head[:] = 7
    assert w.grad.asnumpy().tolist() == [[0, 0], [1, 1], [0, 0], [0, 0]]


@pytest.mark.parametrize("stype", KINDS)
def test_writing_into_the_graph_while_recording(stype: str) -> None:
    x, dense = made(stype), nd.ones(A.shape)
    x.attach_grad()
    dense.attach_grad()
    with mx.autograd.record():
        y, z = x * 2, dense * 2
        with pytest.raises(MXNetError, match="not supported while recording"):
            y += x
        with pytest.raises(MXNetError, match="not supported while recording"):
            y[:] = x
        with pytest.raises(MXNetError, match=r"elemwise_add: .* not supported while recording"):
            nd.elemwise_add(x, x, out=y)
        with pytest.raises(MXNetError, match="not supported while recording"):
            nd.elemwise_add(x, dense, out=z)
        with mx.autograd.pause():
            y += x
    with pytest.raises(TypeError, match="out must be an NDArray"):
        nd.elemwise_add(x, x, out=3)
