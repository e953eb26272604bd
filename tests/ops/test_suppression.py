"""Suppression of more boxes than the recorded samples have, against a plain loop."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from regluon.ops.suppression import best_first, greedy, intersection_over_union, pairs


def plain(
    alive: Tensor, boxes: tuple[Tensor, ...], threshold: float, classes: Tensor | None, touching: bool
) -> Tensor:
    kept = alive.clone()
    overlap = intersection_over_union(*pairs(boxes, boxes))
    over = overlap >= threshold if touching else overlap > threshold
    if classes is not None:
        over &= classes.unsqueeze(-1) == classes.unsqueeze(-2)
    for row in range(len(kept)):
        for i in range(kept.size(1)):
            if kept[row, i]:
                kept[row, i + 1 :] &= ~over[row, i, i + 1 :]
    return kept


def boxes_of(rows: int, n: int) -> tuple[Tensor, ...]:
    """Some are empty, some turned inside out, some equal; coordinates are such that overlaps are exact."""
    corners = torch.randint(0, 24, (rows, n, 2)).float()
    size = torch.randint(-1, 9, (rows, n, 2)).float()
    return (*corners.unbind(-1), *(corners + size).unbind(-1))


@pytest.mark.parametrize("shape", [(1, 0), (3, 40), (2, 400), (1, 600)])
@pytest.mark.parametrize("threshold", [-0.1, 0.0, 0.25])
@pytest.mark.parametrize("touching", [False, True])
def test_kept_as_one_after_the_other(shape: tuple[int, int], threshold: float, touching: bool) -> None:
    torch.manual_seed(7)
    boxes, alive = boxes_of(*shape), torch.rand(shape) < 0.8
    for classes in (None, torch.randint(0, 3, shape)):
        expected = plain(alive, boxes, threshold, classes, touching)
        assert torch.equal(greedy(alive, boxes, threshold, classes, touching), expected)
        some = greedy(alive, boxes, threshold, classes, touching, most=20)
        for found, wanted in zip(some, expected, strict=True):
            places, all_places = found.nonzero()[:, 0], wanted.nonzero()[:, 0]
            assert len(places) >= min(20, len(all_places))
            assert torch.equal(places[:20], all_places[:20])


def test_boxes_without_numbers_suppress_nothing() -> None:
    boxes = tuple(torch.full((1, 500), torch.nan) for _ in range(4))
    assert greedy(torch.ones(1, 500, dtype=torch.bool), boxes, 0.5).all()


@pytest.mark.parametrize("count", [0, 1, 7, 50, 200])
def test_the_first_of_equal_scores_comes_first(count: int) -> None:
    torch.manual_seed(7)
    score = torch.randint(0, 6, (3, 200)).float()
    score[1] = torch.rand(200)
    score[2, 20:] = -torch.inf
    expected = score.argsort(dim=1, descending=True, stable=True)[:, :count]
    assert torch.equal(best_first(score, count), expected)
    score[0, 5] = torch.nan
    expected = score.argsort(dim=1, descending=True, stable=True)[:, :count]
    assert torch.equal(best_first(score, count), expected)
