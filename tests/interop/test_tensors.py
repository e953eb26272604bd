"""Arrays as tensors, tensors as arrays: one memory, and clear words where that can't be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import mxnet as mx
from mxnet import autograd, nd
from regluon.interop import as_array, as_tensor


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8", "int8", "int32", "int64"])
def test_one_memory_both_ways(dtype: str) -> None:
    array = nd.array([[1, 2], [3, 4]], dtype=dtype)
    tensor = as_tensor(array)
    back = as_array(tensor)
    tensor[0, 0] = 7
    back[1, 1] = 9
    assert array.asnumpy().tolist() == [[7, 2], [3, 9]]
    assert back.dtype == array.dtype
    assert str(tensor.dtype) == f"torch.{dtype}"
    array += 1
    assert tensor.tolist() == [[8, 3], [4, 10]]


def test_the_tensor_of_a_recorded_array_is_a_constant() -> None:
    x = nd.ones((2,))
    x.attach_grad()
    with autograd.record():
        y = as_tensor(x * 2)
    assert not y.requires_grad
    assert not as_tensor(x).requires_grad


def test_a_tensor_that_is_not_contiguous() -> None:
    tensor = torch.arange(6.0).reshape(2, 3)
    with pytest.raises(ValueError, match=r"shape \(3, 2\) and strides \(1, 3\) is not contiguous"):
        as_array(tensor.T, copy=False)
    copied = as_array(tensor.T)
    copied[:] = 0
    assert tensor.sum() == 15
    assert as_array(tensor.T).asnumpy().tolist() == tensor.T.tolist()


def test_copy_true_leaves_the_tensor_alone() -> None:
    tensor = torch.ones(3)
    as_array(tensor, copy=True)[:] = 5
    assert tensor.tolist() == [1, 1, 1]


def test_context() -> None:
    assert as_array(torch.ones(2)).context == mx.cpu(0)
    assert as_array(torch.ones(2), ctx=mx.cpu(1)).context == mx.cpu(1)
    with pytest.raises(mx.MXNetError, match="no context stands for the torch device meta"):
        as_array(torch.ones(2, device="meta"))


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (torch.ones(2, requires_grad=True), ValueError, "detach"),
        (torch.ones(2, dtype=torch.complex64), TypeError, "no arrays of torch.complex64; there are float32"),
        (torch.ones(2, 2).to_sparse(), TypeError, "to_dense"),
        (np.ones(2), TypeError, "takes a torch.Tensor, not ndarray"),
    ],
)
def test_tensors_that_are_refused(value: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        as_array(value)  # type: ignore[arg-type]


def test_arrays_that_are_refused() -> None:
    with pytest.raises(TypeError, match="tostype"):
        as_tensor(nd.ones((2, 2)).tostype("row_sparse"))
    with pytest.raises(TypeError, match="takes an NDArray, not list"):
        as_tensor([1])  # type: ignore[arg-type]


def test_dlpack_both_ways_without_a_copy() -> None:
    array = nd.arange(6).reshape((2, 3))
    tensor = torch.from_dlpack(array)
    numpy = np.from_dlpack(array)
    tensor[0, 0] = 40
    assert numpy[0, 0] == 40
    assert array[0, 0].asscalar() == 40
    for capsule in (
        array.to_dlpack_for_write(),
        nd.to_dlpack_for_read(array),
        tensor,
        np.from_dlpack(tensor),
    ):
        found = nd.from_dlpack(capsule)
        found[1, 2] += 1
    assert tensor[1, 2] == 9


def test_dlpack_takes_compact_memory_alone_as_in_mxnet() -> None:
    with pytest.raises(mx.MXNetError, match=r"only compact memory is supported, not shape \(3, 2\)"):
        nd.from_dlpack(torch.ones(2, 3).T)


def test_numpy_without_a_copy() -> None:
    numpy = np.ones((2, 2), np.float32)
    tensor = as_tensor(nd.from_numpy(numpy))
    tensor[0, 0] = 3
    assert numpy[0, 0] == 3
