"""What an NDArray is and how it leaves; the operators' methods have tests of their own."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

import regluon as mx
from regluon import nd
from regluon.base import MXNetError


def test_properties():
    x = nd.array([[1, 2, 3], [4, 5, 6]])
    assert (x.shape, x.size, x.ndim, len(x)) == ((2, 3), 6, 2, 2)
    assert x.dtype is np.float32
    assert x.stype == "default"
    assert x.context is x.ctx is mx.cpu()
    assert x.writable
    for name in ("shape", "dtype", "context"):
        with pytest.raises(AttributeError):
            setattr(x, name, None)


def test_printed_form():
    assert repr(nd.array([[1, 2], [3, 4]])) == "\n[[1. 2.]\n [3. 4.]]\n<NDArray 2x2 @cpu(0)>"
    assert str(nd.zeros((2,), ctx=mx.cpu(1))) == "\n[0. 0.]\n<NDArray 2 @cpu(1)>"


@pytest.mark.parametrize("shape", [(2,), (1, 3), (0,)])
def test_asscalar_takes_one_element(shape):
    with pytest.raises(
        ValueError, match=r"not a scalar.*" + str(shape).replace("(", r"\(").replace(")", r"\)")
    ):
        nd.zeros(shape).asscalar()


def test_asscalar():
    value = nd.array([1.5]).asscalar()
    assert type(value) is np.float32
    assert value == 1.5
    assert nd.array([[7]], dtype="int32").asscalar() == 7


def test_truth():
    assert nd.array([2])
    assert not nd.array([0])
    with pytest.raises(ValueError, match="ambiguous"):
        bool(nd.array([1, 0]))


def test_comparison_with_other_things_is_refused():
    x = nd.array([1])
    for other in (None, "a", [1]):
        with pytest.raises(TypeError, match="not supported"):
            x == other  # noqa: B015


def test_arrays_are_keys_by_identity():
    x, y = nd.array([1]), nd.array([1])
    assert {x: 1, y: 2}[y] == 2


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "uint8", "int8", "int32", "int64", "bool"]
)
def test_to_numpy_and_through_pickle(dtype):
    x = nd.array([[0, 1, 2], [3, 4, 5]], dtype=dtype)
    out = x.asnumpy()
    assert out.dtype == np.dtype(dtype)
    out[:] = 0
    assert x.asnumpy().any()
    again = pickle.loads(pickle.dumps(x))
    np.testing.assert_array_equal(again.asnumpy(), x.asnumpy())
    assert (again.dtype, again.context) == (x.dtype, x.context)


def test_bfloat16_leaves_as_bits():
    x = nd.NDArray(torch.tensor([1.0, 2.0], dtype=torch.bfloat16), mx.cpu())
    assert x.asnumpy().dtype.names == ("bfloat16",)
    again = pickle.loads(pickle.dumps(x))
    assert again._data.dtype is torch.bfloat16
    assert again._data.tolist() == [1.0, 2.0]


def test_empty_arrays_through_pickle():
    assert pickle.loads(pickle.dumps(nd.zeros((0, 3)))).shape == (0, 3)


def test_as_an_array_of_other_libraries():
    x = nd.array([1, 2])
    assert np.asarray(x, dtype="int64").tolist() == [1, 2]
    np.testing.assert_allclose(np.exp(x), np.exp([1, 2]), rtol=1e-6)
    shared = torch.from_dlpack(x)
    shared[0] = 9
    assert x.asnumpy().tolist() == [9, 2]


def test_copies():
    x = nd.array([1, 2])
    other = x.copyto(mx.cpu(1))
    assert other.context == mx.cpu(1)
    target = nd.zeros((2,))
    assert x.copyto(target) is target
    x[:] = 0
    assert other.asnumpy().tolist() == target.asnumpy().tolist() == [1, 2]
    assert x.as_in_context(mx.cpu()) is x
    with pytest.raises(MXNetError, match=r"\(2,\).*\(3,\)"):
        x.copyto(nd.zeros((3,)))
    with pytest.raises(TypeError, match="NDArray or a Context"):
        x.copyto("cpu")
    with pytest.warns(RuntimeWarning, match="itself"):
        x.copyto(x)


def test_contexts_do_not_mix():
    with pytest.raises(MXNetError, match=r"cpu\(0\), cpu\(1\).*as_in_context"):
        nd.concat(nd.zeros((1,)), nd.zeros((1,), ctx=mx.cpu(1)), dim=0)


def test_what_is_no_array_is_named():
    with pytest.raises(TypeError, match=r"(?s)'data' must be an NDArray.*nd\.array\(\)"):
        nd.sum(np.ones((2, 3)))
    with pytest.raises(MXNetError, match="no argument 'foo'; it takes"):
        nd.sum(nd.ones((2,)), foo=1)
    with pytest.raises(MXNetError, match="'num_hidden' is required"):
        nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 3)), nd.ones((4,)))


def test_waiting():
    nd.ones((2,)).wait_to_read()
    nd.waitall()
