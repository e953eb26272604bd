"""Targets of more anchors than the recorded samples have: by NumPy as by torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from regluon import nd
from regluon.base import MXNetError
from regluon.ops import multibox
from regluon.ops.registry import OPERATORS

CASES: list[dict[str, Any]] = [
    {},
    {"overlap_threshold": 0.2, "ignore_label": -3.5},
    {"overlap_threshold": 0.0},
    {"negative_mining_ratio": 1.5, "negative_mining_thresh": 0.3},
    {"negative_mining_ratio": 3.0, "variances": (1.0, 0.5, 0.25, 2.0)},
]


def inputs(anchors: int, seed: int) -> list[Tensor]:
    """Images with up to six boxes, or none; corners are whole eighths, so that many overlaps are equal."""
    torch.manual_seed(seed)

    def boxes(*shape: int) -> Tensor:
        low = torch.randint(0, 7, (*shape, 2)) / 8
        return torch.cat([low, low + torch.randint(0, 4, (*shape, 2)) / 8], -1)

    label = torch.cat([torch.randint(0, 3, (4, 6, 1)).float(), boxes(4, 6), torch.rand(4, 6, 1)], 2)
    for image, count in enumerate(torch.randint(0, 7, (4,)).tolist()):
        label[image, count:] = -1
    return [boxes(1, anchors), label, torch.randn(4, 4, anchors)]


@pytest.mark.parametrize("attributes", CASES)
@pytest.mark.parametrize("anchors", [1, 5, 150])
def test_numpy_finds_the_targets_that_torch_does(
    anchors: int, attributes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    op = OPERATORS["_contrib_MultiBoxTarget"]
    for seed in range(5):
        given = inputs(anchors, seed)
        if "negative_mining_ratio" in attributes and anchors < 150:
            attributes = {**attributes, "negative_mining_thresh": 2.0}  # so that there are enough to mine
        with monkeypatch.context() as patch:
            found = op.fn(*given, **attributes)
            patch.setattr(multibox, "by_numpy", lambda *given, **more: None)
            expected = op.fn(*given, **attributes)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_inputs_are_left_as_they_are() -> None:
    given = inputs(20, 1)
    before = [x.clone() for x in given]
    OPERATORS["_contrib_MultiBoxTarget"].fn(*given, negative_mining_ratio=2.0, negative_mining_thresh=2.0)
    assert all(torch.equal(x, y) for x, y in zip(given, before, strict=True))


@pytest.mark.parametrize("by_numpy", [True, False])
def test_both_ways_refuse_the_same(by_numpy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not by_numpy:
        monkeypatch.setattr(multibox, "by_numpy", lambda *given, **more: None)
    anchors, label, scores = [nd.array(x.numpy()) for x in inputs(20, 1)]
    label[0, 1:] = -1
    with pytest.raises(MXNetError, match="fewer anchors to mine"):
        nd.contrib.MultiBoxTarget(
            anchors, label, scores, negative_mining_ratio=9, negative_mining_thresh=-1, overlap_threshold=0.01
        )
    label[0, 2, 3] = 0.5
    with pytest.raises(MXNetError, match="behind the last box"):
        nd.contrib.MultiBoxTarget(anchors, label, scores)
