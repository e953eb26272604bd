"""What recordings of MXNet can't show of the operators that read feature maps at points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from regluon import nd
from regluon.base import MXNetError
from regluon.ops.registry import OPERATORS

BOXES = [[0, 1.2, 0.4, 6.3, 5.1], [1, 0.3, 2.2, 3.4, 6.9], [0, 2.1, 2.6, 3.3, 9.5]]


def random(*shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
    generator = torch.Generator().manual_seed(len(shape) + shape[-1])
    numbers = torch.rand(shape, generator=generator, dtype=torch.float64) * (high - low) + low
    return numbers.requires_grad_()


def check(name: str, *inputs: Tensor, **attributes: Any) -> None:
    """First and second derivatives against differences."""
    op = OPERATORS[name]
    attributes = op.read_all(attributes)

    def call(*xs: Tensor) -> Any:
        return op.fn(*xs, **attributes)

    assert torch.autograd.gradcheck(call, inputs)
    assert torch.autograd.gradgradcheck(call, inputs)


def test_masked_deformable_convolution_is_differentiable() -> None:
    offset = random(2, 16, 3, 3, low=0.1, high=0.9)
    check(
        "_contrib_ModulatedDeformableConvolution",
        random(2, 4, 4, 4),
        offset,
        random(2, 8, 3, 3),
        random(2, 2, 2, 2),
        random(2),
        kernel=(2, 2),
        num_filter=2,
        num_group=2,
        num_deformable_group=2,
    )


def test_samplers_are_differentiable_twice() -> None:
    check("BilinearSampler", random(2, 3, 4, 5), random(2, 2, 3, 3, low=-1.3, high=1.3))


def test_turned_regions_are_differentiable() -> None:
    turned = torch.tensor([[0, 3.0, 3, 4, 5, 20], [1, 2, 4, 2, 3, -50]], dtype=torch.float64)
    check("_contrib_RROIAlign", random(2, 2, 6, 7), turned, pooled_size=(2, 2), spatial_scale=1.0)


def test_moved_regions_are_differentiable() -> None:
    rois = torch.tensor(BOXES, dtype=torch.float64)
    check(
        "_contrib_DeformablePSROIPooling",
        random(2, 8, 9, 8),
        rois,
        random(3, 4, 2, 2, low=-0.5, high=0.5),
        spatial_scale=0.9,
        output_dim=2,
        group_size=2,
        pooled_size=2,
        sample_per_part=2,
        trans_std=0.1,
    )


def test_pooling_finds_the_first_of_the_largest_pixels() -> None:
    numbers = np.random.RandomState(0)
    data = numbers.randint(-3, 4, (2, 3, 23, 37)).astype("float32")
    corners = np.sort(numbers.randint(0, 23, (40, 2, 2)), 1).reshape(40, 4)
    rois = np.concatenate([numbers.randint(0, 2, (40, 1)), corners], 1).astype("float32")
    x = torch.from_numpy(data).requires_grad_()
    out = OPERATORS["ROIPooling"].fn(x, torch.from_numpy(rois), pooled_size=(1, 1), spatial_scale=1.0)
    out.sum().backward()
    expected = np.zeros_like(data)
    for (image, left, top, right, bottom), found in zip(rois.astype(int), out.detach().numpy(), strict=True):
        for channel in range(3):
            window = data[image, channel, top : bottom + 1, left : right + 1]
            assert found[channel, 0, 0] == window.max()
            y, x_ = np.unravel_index(window.argmax(), window.shape)
            expected[image, channel, top + y, left + x_] += 1
    np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize("name", ["ROIPooling", "contrib.ROIAlign", "contrib.PSROIPooling"])
@pytest.mark.parametrize("image", [-1, 2])
def test_images_that_are_not_there_are_refused(name: str, image: int) -> None:
    data, rois = nd.ones((2, 4, 5, 5)), nd.array([[image, 0, 0, 4, 4]])
    sizes: dict[str, Any] = {"pooled_size": (2, 2)}
    if name == "contrib.PSROIPooling":
        sizes = {"pooled_size": 2, "output_dim": 1}
    place = nd.contrib if "." in name else nd
    function = getattr(place, name.removeprefix("contrib."))
    if image < 0 and name != "contrib.PSROIPooling":
        assert not function(data, rois, spatial_scale=1.0, **sizes).asnumpy().any()
        return
    with pytest.raises(MXNetError, match=r"image must be in 0\.\.\.1"):
        function(data, rois, spatial_scale=1.0, **sizes)


def test_regions_that_have_no_size_are_refused_when_aligned() -> None:
    data, rois = nd.ones((1, 1, 5, 5)), nd.array([[0, 3, 3, 2, 4]])
    with pytest.raises(MXNetError, match="second corner"):
        nd.contrib.ROIAlign(data, rois, pooled_size=(2, 2), spatial_scale=1.0, aligned=True)


def test_channels_that_are_not_there_are_refused() -> None:
    with pytest.raises(MXNetError, match="need 12 channels"):
        nd.contrib.PSROIPooling(
            nd.ones((1, 8, 5, 5)), nd.array([[0, 0, 0, 4, 4]]), spatial_scale=1.0, output_dim=3, pooled_size=2
        )


@pytest.mark.parametrize("ratio", [-1, 2])
def test_no_regions_at_all(ratio: int) -> None:
    data, none = random(1, 4, 5, 5).float(), torch.zeros(0, 5)
    sizes = {"pooled_size": (2, 2), "spatial_scale": 1.0}
    align = OPERATORS["_contrib_ROIAlign"]
    assert align.fn(data, none, **align.read_all({**sizes, "sample_ratio": ratio})).shape == (0, 4, 2, 2)
    assert OPERATORS["ROIPooling"].fn(data, none, **sizes).shape == (0, 4, 2, 2)
