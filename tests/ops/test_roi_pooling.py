"""The largest pixels of regions: few of them by NumPy as many by torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from regluon.ops import pooled_windows, roi_pooling
from regluon.ops.registry import OPERATORS


def pooled(data: Tensor, rois: Tensor, size: tuple[int, int], scale: float) -> Tensor:
    found: Tensor = OPERATORS["ROIPooling"].fn(data, rois, pooled_size=size, spatial_scale=scale)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_numpy_finds_what_torch_does(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.RandomState(seed)
    batch, channels, height, width, regions = numbers.randint(1, (4, 5, 15, 15, 12)).tolist()
    data = numbers.randint(-4, 5, (batch, channels, height, width)).astype("float32")
    if seed % 3 == 0:
        for number in (np.nan, -np.inf):
            data[numbers.uniform(size=data.shape) < 0.3] = number
    images = numbers.randint(-1, batch, (regions, 1))
    corners = np.round(numbers.uniform(-6, 24, (regions, 4)) * 2) / 2
    rois = torch.from_numpy(np.concatenate([images, corners], 1).astype("float32"))
    x, size = torch.from_numpy(data), tuple(numbers.randint(1, 8, 2).tolist())
    found = pooled(x, rois, size, 0.5)
    monkeypatch.setattr(roi_pooling, "by_numpy", lambda *given, **more: None)
    assert torch.equal(found, pooled(x, rois, size, 0.5))
    assert found.is_contiguous()


def test_many_pixels_go_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    data, rois = torch.arange(512.0).reshape(2, 4, 8, 8), torch.tensor([[1.0, 1, 1, 6, 6], [0, 0, 0, 7, 2]])
    calls: list[bool] = []

    def watched(*args: object) -> object:
        calls.append((found := pooled_windows.pooled_windows(*args)) is not None)  # type: ignore[arg-type]
        return found

    monkeypatch.setattr(roi_pooling, "pooled_windows", watched)
    few = pooled(data, rois, (2, 2), 1.0)
    monkeypatch.setattr(pooled_windows, "_PIXELS", 4)
    assert torch.equal(few, pooled(data, rois, (2, 2), 1.0))
    assert calls == [True, False]
