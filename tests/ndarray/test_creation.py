"""nd.array, nd.zeros and the others: types, shapes, contexts, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.context import cpu, gpu, num_gpus

NO_GPU = pytest.mark.skipif(num_gpus() > 0, reason="there is a GPU")


@pytest.mark.parametrize(
    ("source", "dtype", "expected"),
    [
        ([1, 2, 3], None, "float32"),
        ([[1.5, 2], [3, 4]], None, "float32"),
        ((1, 2), "int32", "int32"),
        (range(3), None, "float32"),
        (True, None, "float32"),
        (np.arange(3), None, "float32"),
        (np.arange(3.0), None, "float32"),
        (np.arange(3.0), np.float64, "float64"),
        (np.array([1.5, -2.5]), "int32", "int32"),
        (np.arange(6).reshape(2, 3).T, "int64", "int64"),
        (np.array([1, 2], ">f4"), None, "float32"),
        (np.array([True, False]), None, "float32"),
        (np.float64(2.5), None, "float32"),
        (np.zeros((2, 0)), None, "float32"),
        ([], None, "float32"),
    ],
)
def test_array_is_float32_unless_asked(source: Any, dtype: Any, expected: str) -> None:
    x = nd.array(source, dtype=dtype)
    assert x.dtype == np.dtype(expected)
    assert x.shape == np.shape(source)
    assert x.asnumpy().tolist() == np.array(source).astype(expected).tolist()
    assert x._data.is_contiguous()


def test_an_ndarray_keeps_its_type() -> None:
    x = nd.array([1, 2], dtype="int32")
    y = nd.array(x)
    y[:] = 5
    assert (y.dtype, x.asnumpy().tolist()) == (np.int32, [1, 2])
    assert nd.array(x, dtype="float64").dtype == np.float64
    assert nd.array(x, ctx=cpu(1)).context == cpu(1)


def test_a_copy_of_an_ndarray_is_recorded() -> None:
    x = nd.array([1, 2])
    x.attach_grad()
    with autograd.record():
        y = nd.array(x * 2) * nd.array(x, dtype="float64").astype("float32")
    y.backward()
    assert x.grad.asnumpy().tolist() == [4, 8]


def test_array_owns_its_memory() -> None:
    source = np.zeros(3, "float32")
    x = nd.array(source)
    source[:] = 1
    assert x.asnumpy().tolist() == [0, 0, 0]


def test_integers_wrap_around() -> None:
    assert nd.array([-1, 300], dtype="uint8").asnumpy().tolist() == [255, 44]
    assert nd.array(np.array([-1, 300]), dtype="uint8").asnumpy().tolist() == [255, 44]
    assert nd.array([2**40 + 1], dtype="int64").asnumpy().tolist() == [2**40 + 1]


def test_bfloat16() -> None:
    x = nd.array([1.5, -2], dtype="bfloat16")
    assert x._data.dtype is torch.bfloat16
    assert x.astype("float32").asnumpy().tolist() == [1.5, -2]


@pytest.mark.parametrize("source", ["abc", {1, 2}, [[1, 2], [3]], iter([1]), [1 + 2j], ["a"], object()])
def test_what_is_no_array(source: Any) -> None:
    with pytest.raises(TypeError, match="source_array must be array like object"):
        nd.array(source)


@pytest.mark.parametrize(
    ("x", "expected", "dtype"),
    [
        (lambda: nd.zeros((2, 3)), [[0] * 3] * 2, "float32"),
        (lambda: nd.zeros(2, dtype="int32"), [0, 0], "int32"),
        (lambda: nd.zeros([2, 1], None, bool), [[False], [False]], "bool"),
        (lambda: nd.zeros(np.int64(2), stype="default"), [0, 0], "float32"),
        (lambda: nd.ones((np.int64(2), 1), dtype="float16"), [[1], [1]], "float16"),
        (lambda: nd.full((2, 2), 7), [[7, 7], [7, 7]], "float32"),
        (lambda: nd.full(2, 7.7, dtype="int32"), [7, 7], "int32"),
        (lambda: nd.full(2, 300, dtype="uint8"), [44, 44], "uint8"),
        (lambda: nd.full((2, 2), nd.array([1, 2])), [[1, 2], [1, 2]], "float32"),
        (lambda: nd.full((2, 2), 3, out=nd.zeros((2, 2), dtype="int32")), [[3, 3], [3, 3]], "int32"),
        (lambda: nd.zeros((0, 3)), [], "float32"),
        (lambda: nd.arange(3), [0, 1, 2], "float32"),
        (lambda: nd.arange(2, 6, step=1.5, repeat=2), [2, 2, 3.5, 3.5, 5, 5], "float32"),
        (lambda: nd.arange(5, 0, -2, dtype="int32"), [5, 3, 1], "int32"),
        (lambda: nd.arange(0.5, 5, 1.5, dtype="int32"), [0, 1, 2], "int32"),
        (lambda: nd.linspace(2, 3, 5), [2, 2.25, 2.5, 2.75, 3], "float32"),
        (lambda: nd.linspace(0, 4, 4, endpoint=False), [0, 1, 2, 3], "float32"),
        (lambda: nd.linspace(0, 10, 4, dtype="int32"), [0, 3, 6, 10], "int32"),
        (lambda: nd.eye(2), [[1, 0], [0, 1]], "float32"),
        (lambda: nd.eye(2, 3, 1, dtype="int32"), [[0, 1, 0], [0, 0, 1]], "int32"),
        (lambda: nd.eye(N=2, M=1, k=-1), [[0], [1]], "float32"),
        (lambda: nd.zeros_like(nd.ones((1, 2), dtype="int32")), [[0, 0]], "int32"),
        (lambda: nd.ones_like(nd.zeros((1, 2), dtype="int32")), [[1, 1]], "int32"),
    ],
)
def test_made_arrays(x: Callable[[], nd.NDArray], expected: Any, dtype: str) -> None:
    found = x()
    assert (found.asnumpy().tolist(), found.dtype) == (expected, np.dtype(dtype))


def test_out_is_written() -> None:
    x = nd.full((2,), 5)
    assert nd.zeros((2,), out=x) is x
    assert x.asnumpy().tolist() == [0, 0]
    nd.ones((2,), out=x)
    assert x.asnumpy().tolist() == [1, 1]


def test_contexts() -> None:
    assert nd.zeros(2, ctx=cpu(1)).context is nd.array([1], cpu(1)).context is cpu(1)
    with cpu(2):
        made = [nd.zeros(1), nd.ones(1), nd.empty(1), nd.full(1, 2), nd.array([1]), nd.arange(2), nd.eye(2)]
    assert {x.context for x in made} == {cpu(2)}


@NO_GPU
@pytest.mark.parametrize(
    "make", [nd.zeros, nd.ones, nd.empty, nd.array, nd.arange, lambda shape, ctx: nd.full(shape, 1, ctx)]
)
def test_a_gpu_that_is_not_there(make: Callable[..., Any]) -> None:
    with pytest.raises(MXNetError, match=r"gpu\(0\)"):
        make(3, ctx=gpu())


@pytest.mark.parametrize(
    ("call", "error", "wording"),
    [
        (lambda: nd.zeros((2, -1)), MXNetError, "(2, -1)"),
        (lambda: nd.zeros((2, 3), dtype="foo"), TypeError, "foo"),
        (lambda: nd.zeros((2, 3), shape_like=1), MXNetError, "shape_like"),
        (lambda: nd.zeros([2.0, 3]), TypeError, "float"),
        (lambda: nd.zeros(2, 3), MXNetError, "3"),
        (lambda: nd.arange(5, 0), MXNetError, "5.0 to 0.0"),
        (lambda: nd.arange(0, 1, 0), MXNetError, "step"),
        (lambda: nd.linspace(2, 3, -1), MXNetError, "negative"),
    ],
)
def test_errors_say_what_is_wrong(call: Callable[[], Any], error: Any, wording: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert wording in str(caught.value)


def test_infer_range_is_deprecated() -> None:
    with pytest.warns(DeprecationWarning, match="infer_range"):
        nd.arange(3, infer_range=False)


def test_from_numpy_shares_memory() -> None:
    source = np.arange(3.0)
    x = nd.from_numpy(source)
    assert (x.dtype, source.flags.writeable) == (np.float64, False)
    x[:] = 7
    assert source.tolist() == [7, 7, 7]
    assert nd.from_numpy(source).asnumpy().tolist() == [7, 7, 7]
    copy = nd.from_numpy(source, zero_copy=False)
    x[:] = 8
    assert copy.asnumpy().tolist() == [7, 7, 7]
    with pytest.raises(ValueError, match="c-contiguous"):
        nd.from_numpy(np.zeros((2, 3)).T)
    with pytest.raises(ValueError, match="int8"):
        nd.from_numpy(np.zeros(3, "int8"))


def test_dlpack_shares_memory() -> None:
    x = nd.arange(3)
    y = nd.from_dlpack(nd.to_dlpack_for_write(x))
    y += 1
    assert x.asnumpy().tolist() == [1, 2, 3]
    assert nd.from_dlpack(x.to_dlpack_for_read()).context == cpu()
    t = torch.arange(4.0)
    nd.from_dlpack(t)[0] = 9
    assert torch.from_dlpack(x).tolist() == [1, 2, 3]
    assert t.tolist() == [9, 1, 2, 3]
