"""Convolutions where MXNet's CPU can't be asked: channels at the end, other types, shape rules."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from regluon import autograd, nd
from regluon.ops import convolution
from regluon.ops.registry import OPERATORS

# Shapes that MXNet's symbols infer from the data's.
INFERRED = [
    ("Convolution", (2, 4, 9), {"kernel": (3,), "num_filter": 6, "num_group": 2}, [(6, 2, 3), (6,)]),
    ("Convolution", (2, 3, 9, 9), {"kernel": (3, 2), "num_filter": 4}, [(4, 3, 3, 2), (4,)]),
    (
        "Convolution",
        (2, 9, 8, 4),
        {"kernel": (3, 2), "num_filter": 6, "num_group": 2, "layout": "NHWC"},
        [(6, 3, 2, 2), (6,)],
    ),
    ("Convolution", (2, 3, 9, 9, 9), {"kernel": (3, 2, 1), "num_filter": 4}, [(4, 3, 3, 2, 1), (4,)]),
    ("Convolution_v1", (2, 3, 9, 9), {"kernel": (3, 2), "num_filter": 4}, [(4, 3, 3, 2), (4,)]),
    (
        "Deconvolution",
        (2, 4, 9, 9),
        {"kernel": (3, 2), "num_filter": 6, "num_group": 2},
        [(4, 3, 3, 2), (6,)],
    ),
    (
        "Deconvolution",
        (2, 9, 8, 4),
        {"kernel": (3, 2), "num_filter": 6, "layout": "NHWC"},
        [(4, 3, 2, 6), (6,)],
    ),
    ("UpSampling", (2, 3, 9, 9), {"scale": 3, "sample_type": "bilinear", "num_filter": 3}, [(3, 1, 5, 5)]),
]


@pytest.mark.parametrize(("name", "data", "attributes", "expected"), INFERRED)
def test_shapes_follow_from_the_data(
    name: str, data: tuple[int, ...], attributes: dict[str, Any], expected: list[tuple[int, ...]]
) -> None:
    op = OPERATORS[name]
    unknown = [None] * len(expected)
    found = op.infer(data, *unknown, **op.read_all(attributes))  # type: ignore[misc]
    assert [tuple(s) for s in found] == [data, *expected]


def outcome(function: Any, arrays: list[Any], **attributes: Any) -> list[Any]:
    """The result and the gradients of its cube."""
    for a in arrays:
        a.attach_grad()
    with autograd.record():
        out = function(*arrays, **attributes)
        cube = out * out * out
    cube.backward()
    return [out, *[a.grad for a in arrays]]


def backward(x: Any) -> Any:
    """(batch, channels, ...) -> (batch, ..., channels)"""
    return nd.moveaxis(x, 1, -1)


@pytest.mark.parametrize("function", [nd.Convolution, nd.Deconvolution])
@pytest.mark.parametrize(("layout", "axes"), [("NHWC", 2), ("NDHWC", 3)])
def test_channels_at_the_end_give_the_same(function: Any, layout: str, axes: int) -> None:
    attributes = {
        "kernel": (2, 3, 1)[:axes],
        "stride": (2, 1, 1)[:axes],
        "pad": (1, 0, 1)[:axes],
        "num_filter": 4,
        "num_group": 2,
        "no_bias": False,
    }
    data = nd.random.normal(shape=(2, 4, 5, 4, 3)[: axes + 2])
    weight = nd.random.normal(shape=(4, 2, *attributes["kernel"]))  # type: ignore[misc]
    bias = nd.random.normal(shape=(4,))
    plain = outcome(function, [data, weight, bias], **attributes)
    last = outcome(function, [backward(data), backward(weight), bias.copy()], layout=layout, **attributes)
    for a, b in zip([*map(backward, plain[:3]), plain[3]], last, strict=True):
        assert a.shape == b.shape
        assert b._data.is_contiguous()
        assert abs(a - b).max().asscalar() < 1e-4 * abs(a).max().asscalar()


def test_float16_is_taken() -> None:
    data, weight = nd.ones((1, 2, 3, 3), dtype="float16"), nd.ones((1, 2, 3, 3), dtype="float16")
    out, *_ = outcome(nd.Convolution, [data, weight], kernel=(3, 3), num_filter=1, no_bias=True)
    assert out.dtype == data.dtype
    assert out.asscalar() == 18
    assert nd.Deconvolution(out, weight[:, :1], kernel=(3, 3), num_filter=1).sum().asscalar() == 18 * 9


def test_an_empty_batch_is_taken() -> None:
    data, weight = nd.ones((0, 2, 3, 3)), nd.ones((4, 2, 3, 3))
    out, _, of_weight = outcome(nd.Convolution, [data, weight], kernel=(3, 3), num_filter=4, no_bias=True)
    assert out.shape == (0, 4, 1, 1)
    assert of_weight.shape == weight.shape
    assert of_weight.sum().asscalar() == 0


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("space", [(1, 1), (2, 3)])
def test_kernels_of_one_place_as_products(space: tuple[int, int], with_bias: bool) -> None:
    """With the channels last and few places, the same as torch's convolution, and twice differentiable."""
    torch.manual_seed(1)
    data = torch.randn(2, 20, *space, dtype=torch.float64).contiguous(memory_format=torch.channels_last)
    weight, bias = torch.randn(24, 20, 1, 1, dtype=torch.float64), torch.randn(24, dtype=torch.float64)
    plan = convolution.geometry(4, (1, 1), (1, 1), (1, 1), (0, 0), 24, 1, None)
    inputs = [x.requires_grad_() for x in ([data, weight, bias] if with_bias else [data, weight])]
    assert convolution.is_product(plan, False, data, weight)
    out = convolution.run(plan, False, data, weight, bias if with_bias else None, 1)
    expected = torch.nn.functional.conv2d(data, weight, bias if with_bias else None)
    torch.testing.assert_close(out, expected)
    assert out.is_contiguous(memory_format=torch.channels_last)
    g = torch.randn_like(out).requires_grad_()
    pulled = convolution.pull(plan, False, g, inputs, data, weight, bias if with_bias else None, 1)
    wanted = torch.autograd.grad(expected, inputs, g, create_graph=True)
    for a, b in zip(pulled, wanted, strict=True):
        torch.testing.assert_close(a, b)
    sums = [sum((d**2).sum() for d in ds) for ds in (pulled, wanted)]
    second = [torch.autograd.grad(s, [g, *inputs[:2]], retain_graph=True) for s in sums]
    torch.testing.assert_close(second[0], second[1])


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(
    ("space", "kernel", "stride", "pad", "dilate"),
    [
        ((2, 2), (3, 3), (1, 1), (1, 1), (1, 1)),
        ((3, 1), (3, 5), (1, 1), (1, 2), (1, 1)),
        ((4, 5), (3, 3), (2, 3), (2, 2), (1, 2)),
        ((2, 3), (3, 3), (3, 1), (4, 4), (2, 1)),
    ],
)
def test_gradients_of_weights_tap_by_tap(
    space: Any, kernel: Any, stride: Any, pad: Any, dilate: Any, last: bool
) -> None:
    torch.manual_seed(2)
    data, weight = torch.randn(3, 4, *space), torch.randn(6, 4, *kernel).requires_grad_()
    if last:
        data = data.contiguous(memory_format=torch.channels_last)
    out = torch.nn.functional.conv2d(data, weight, None, stride, pad, dilate)
    g = torch.randn_like(out)
    (expected,) = torch.autograd.grad(out, weight, g)
    plan = convolution.geometry(4, kernel, stride, dilate, pad, 6, 1, None)
    found = convolution.gradient_by_taps(plan, g, data, weight.shape)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    assert found.is_contiguous()


def test_a_large_kernel_on_few_places_goes_tap_by_tap(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    by_taps = convolution.gradient_by_taps
    monkeypatch.setattr(convolution, "gradient_by_taps", lambda *a: (calls.append(1), by_taps(*a))[1])
    for extent in (2, 8):
        x, w = nd.random.normal(shape=(2, 192, extent, extent)), nd.random.normal(shape=(192, 192, 3, 3))
        w.attach_grad()
        with autograd.record():
            out = nd.Convolution(x, w, kernel=(3, 3), pad=(1, 1), num_filter=192, no_bias=True)
        out.backward()
        expected = torch.nn.grad.conv2d_weight(x._data, w.shape, torch.ones(out.shape), padding=1)
        torch.testing.assert_close(w.grad._data, expected, rtol=1e-4, atol=1e-4)
    assert len(calls) == 1
