"""Means of points in regions: of few by NumPy as of many by torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.ops import aligned_means, regions
from regluon.ops.registry import OPERATORS


def align(data: Tensor, rois: Tensor, **attributes: Any) -> Tensor:
    found: Tensor = OPERATORS["_contrib_ROIAlign"].fn(data, rois, **attributes)
    return found


def small(data: Tensor, rois: Tensor, **attributes: Any) -> Any:
    """What NumPy makes of it, or None."""
    numbers = attributes["pooled_size"], attributes["spatial_scale"], attributes.get("sample_ratio", -1)
    with np.errstate(all="ignore"):
        return regions._aligned(data.numpy(), rois.numpy(), *numbers, attributes.get("aligned", False))


@pytest.mark.parametrize("seed", range(40))
def test_numpy_finds_what_torch_does(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.RandomState(seed)
    batch, channels, height, width, count = numbers.randint(1, (4, 5, 15, 15, 12)).tolist()
    data = torch.from_numpy(numbers.standard_normal((batch, channels, height, width)).astype("float32"))
    corners = np.round(numbers.uniform(-4, 16, (count, 4)) * 2) / 2
    attributes = {
        "pooled_size": tuple(numbers.randint(1, 8, 2).tolist()),
        "spatial_scale": (1.0, 0.5, 0.3)[seed % 3],
        "sample_ratio": (-1, 0, 1, 2, 3)[seed % 5],
        "aligned": bool(seed % 2),
    }
    if attributes["aligned"]:
        corners[:, 2:] = corners[:, :2] + numbers.uniform(0.1, 9, (count, 2))
    images = numbers.randint(-1, batch, (count, 1))
    rois = torch.from_numpy(np.concatenate([images, corners], 1).astype("float32"))
    assert small(data, rois, **attributes) is not None
    found = align(data, rois, **attributes)
    monkeypatch.setattr(regions, "by_numpy", lambda *given, **more: None)
    torch.testing.assert_close(found, align(data, rois, **attributes), rtol=1e-5, atol=2e-6)


def test_what_is_not_finite_stays_where_it_is() -> None:
    data, rois = torch.ones(1, 1, 8, 8), torch.tensor([[0.0, 0, 0, 3, 3]])
    data[..., 6, 6] = torch.inf
    attributes = {"pooled_size": (2, 2), "spatial_scale": 1.0}
    assert small(data, rois, **attributes) is None
    assert (align(data, rois, **attributes) == 1).all()


def test_many_go_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    data, rois = torch.arange(64.0).reshape(1, 1, 8, 8), torch.tensor([[0.0, 1, 1, 6, 5]])
    attributes = {"pooled_size": (2, 2), "spatial_scale": 1.0}
    found = align(data, rois, **attributes)
    for limit in ("_WEIGHTS", "_PRODUCTS"):
        with monkeypatch.context() as patch:
            patch.setattr(aligned_means, limit, 8)
            assert small(data, rois, **attributes) is None
            torch.testing.assert_close(align(data, rois, **attributes), found)


def test_turned_regions_are_refused_as_ever() -> None:
    data, rois = torch.ones(1, 1, 8, 8), torch.tensor([[0.0, 3, 3, 2, 4], [-1, 3, 3, 2, 4]])
    attributes = {"pooled_size": (2, 2), "spatial_scale": 1.0, "aligned": True}
    with pytest.raises((ValueError, MXNetError), match="second corner"):
        align(data, rois, **attributes)
    assert not align(data, rois[1:], **attributes).any()  # one that is skipped may be anything
