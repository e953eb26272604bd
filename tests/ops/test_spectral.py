"""Fourier transforms and sketches, which MXNet has on GPUs alone, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.ops.registry import OPERATORS

Array = np.ndarray[Any, Any]
SHAPES = [(3, 4), (2, 1), (1, 2, 3, 5)]


def pairs(numbers: Array) -> Array:
    """Real and imaginary parts, one behind the other."""
    return np.stack([numbers.real, numbers.imag], -1).reshape(*numbers.shape[:-1], -1)


def normal(shape: tuple[int, ...]) -> Array:
    return np.random.RandomState(0).standard_normal(shape).astype("float32")


@pytest.mark.parametrize("shape", SHAPES)
def test_fft_is_numpys(shape: tuple[int, ...]) -> None:
    x = normal(shape)
    found = nd.contrib.fft(nd.array(x))
    np.testing.assert_allclose(found.asnumpy(), pairs(np.fft.fft(x)), atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_ifft_is_numpys_without_its_factor(shape: tuple[int, ...]) -> None:
    x = normal((*shape[:-1], 2 * shape[-1]))
    expected = np.fft.ifft(x[..., ::2] + 1j * x[..., 1::2]).real * shape[-1]
    np.testing.assert_allclose(nd.contrib.ifft(nd.array(x)).asnumpy(), expected, atol=1e-5)


def test_their_gradients_are_each_other() -> None:
    x, z = nd.array(normal((2, 5))), nd.array(normal((2, 10)))
    x.attach_grad()
    z.attach_grad()
    with autograd.record():
        spectrum, back = nd.contrib.fft(x), nd.contrib.ifft(z)
    spectrum.backward(z)
    back.backward(x)
    np.testing.assert_allclose(x.grad.asnumpy(), nd.contrib.ifft(z).asnumpy(), atol=1e-5)
    np.testing.assert_allclose(z.grad.asnumpy(), nd.contrib.fft(x).asnumpy(), atol=1e-5)


def test_a_sketch_adds_what_meets() -> None:
    x = nd.array([[1.2, 2.5, 3.4, 1.0], [3.2, 5.7, 6.6, 2.0]])
    x.attach_grad()
    with autograd.record():
        y = nd.contrib.count_sketch(x, nd.array([[0, 3, 4, 3]]), nd.array([[1, -1, 1, 1]]), out_dim=5)
    y.backward(nd.array([[1, 2, 3, 4, 5]] * 2))
    np.testing.assert_allclose(y.asnumpy(), [[1.2, 0, 0, -1.5, 3.4], [3.2, 0, 0, -3.7, 6.6]], atol=1e-6)
    np.testing.assert_allclose(x.grad.asnumpy(), [[1, -4, 5, 4]] * 2)


@pytest.mark.parametrize("name", ["fft", "ifft"])
@pytest.mark.parametrize("shape", [(3,), (2, 3, 4)])
def test_other_shapes_are_refused(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(MXNetError, match="2 or 4 axes"):
        getattr(nd.contrib, name)(nd.zeros(shape))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(MXNetError, match="pairs"):
        nd.contrib.ifft(nd.zeros((2, 3)))
    with pytest.raises(MXNetError, match=r"h and s must have shape \(1, 3\)"):
        nd.contrib.count_sketch(nd.zeros((2, 3)), nd.zeros((1, 2)), nd.zeros((1, 2)), out_dim=4)
    with pytest.raises(MXNetError):
        nd.contrib.count_sketch(nd.zeros((1, 1)), nd.array([[7]]), nd.ones((1, 1)), out_dim=4)


def test_shapes_come_without_numbers() -> None:
    data, row = torch.empty(2, 6, device="meta"), torch.empty(1, 6, device="meta")
    assert OPERATORS["_contrib_fft"].fn(data).shape == (2, 12)
    assert OPERATORS["_contrib_ifft"].fn(data).shape == (2, 3)
    assert OPERATORS["_contrib_count_sketch"].fn(data, row, row, out_dim=4).shape == (2, 4)
