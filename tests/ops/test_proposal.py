"""Proposals of more boxes than the recorded samples have: by NumPy as by torch, and without them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from regluon import nd
from regluon.base import MXNetError
from regluon.ops import proposal
from regluon.ops.registry import OPERATORS

CASES: list[dict[str, Any]] = [
    {},
    {"threshold": 0.3, "rpn_post_nms_top_n": 500},
    {"threshold": 0.1, "rpn_pre_nms_top_n": 90},
    {"threshold": 0.0, "rpn_min_size": 60},
    {"threshold": -0.5, "rpn_min_size": 0, "iou_loss": True},
    {"iou_loss": True, "rpn_pre_nms_top_n": 0, "rpn_post_nms_top_n": 1},
]
INFO = [[200.0, 320.0, 1.0], [150.0, 100.0, 1.5]]


def inputs(spread: float = 0.2) -> list[Tensor]:
    """Scores of whole tenths, so that many are equal."""
    torch.manual_seed(3)
    scores = torch.randint(0, 10, (2, 24, 13, 20)) / 10
    return [scores, torch.randn(2, 48, 13, 20) * spread, torch.tensor(INFO)]


@pytest.mark.parametrize("attributes", CASES)
def test_numpy_proposes_what_torch_does(attributes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    op, given = OPERATORS["_contrib_MultiProposal"], inputs()
    boxes, scores = op.fn(*given, **attributes)
    monkeypatch.setattr(proposal, "by_numpy", lambda *given, **more: None)
    expected, expected_scores = op.fn(*given, **attributes)
    torch.testing.assert_close(boxes, expected, rtol=1e-5, atol=1e-4)
    assert torch.equal(scores, expected_scores)


def test_inputs_are_left_as_they_are() -> None:
    given = inputs()
    before = [x.clone() for x in given]
    OPERATORS["_contrib_MultiProposal"].fn(*given, rpn_min_size=60)
    assert all(torch.equal(x, y) for x, y in zip(given, before, strict=True))


def test_predictions_beyond_all_numbers_warn_of_nothing() -> None:
    given = [nd.array(x.numpy()) for x in inputs(1000.0)]
    assert nd.contrib.MultiProposal(*given).shape == (600, 5)


def test_as_many_boxes_are_made_as_asked_for() -> None:
    given = [nd.array(x.numpy()) for x in inputs()]
    boxes = nd.contrib.MultiProposal(*given, threshold=0.0, rpn_post_nms_top_n=700).asnumpy()
    for image, found in enumerate(boxes.reshape(2, 700, 5)):
        assert (found[:, 0] == image).all()
        count = next(n for n in range(1, 700) if (found[n:] == found[: 700 - n]).all())
        assert 1 < count < 350  # the same ones again


def test_maps_that_the_image_does_not_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, moves, info = [nd.array(x.numpy()) for x in inputs()]
    for _ in range(2):
        with pytest.raises(MXNetError, match="too small for the image"):
            nd.contrib.MultiProposal(scores, moves, info * 2)
        monkeypatch.setattr(proposal, "by_numpy", lambda *given, **more: None)
