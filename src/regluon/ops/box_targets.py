"""Targets of anchors on a CPU, by NumPy: see ``_contrib_MultiBoxTarget``."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from regluon.ops.arrays import Array

__all__ = ["LEAST_OVERLAP", "NOT_EMPTY", "TOO_FEW", "Rules", "box_targets"]

Floats: TypeAlias = tuple[float, ...]
LEAST_OVERLAP = 1e-6
NOT_EMPTY = "a row of the label behind the last box must be -1 as a whole"
TOO_FEW = "there are fewer anchors to mine than the parameters ask for"


class Rules(NamedTuple):
    """The operator's attributes that have an effect."""

    overlap_threshold: float
    ignore_label: float
    negative_mining_ratio: float
    negative_mining_thresh: float
    variances: Floats


def box_targets(rules: Rules, anchors: Array, label: Array, scores: Array) -> tuple[Array, Array, Array]:
    """loc_target, loc_mask, cls_target; the anchors are (anchors, 4)"""
    there = np.logical_and.accumulate(label[:, :, 0] != -1, axis=1)
    boxes = label[:, :, 1:5]
    if ((boxes != -1).any(2) & ~there).any():
        raise ValueError(NOT_EMPTY)
    overlap = _overlap(anchors, boxes)
    np.copyto(overlap, -1, where=~there[:, None])
    number, most = overlap.argmax(2), overlap.max(2)
    positive = (most > rules.overlap_threshold) & (rules.overlap_threshold > 0)
    counts = there.sum(1)
    for image, count in enumerate(counts.tolist()):
        for row, column in _best_pairs(overlap[image], count):
            number[image, row], positive[image, row] = column, True
    background = ~positive
    if rules.negative_mining_ratio > 0:
        background = _mined(
            background, most < rules.negative_mining_thresh, scores, rules.negative_mining_ratio
        )
    background &= (counts > 0)[:, None]
    batch, rows = np.nonzero(positive)
    found = label[batch, number[batch, rows]]
    classes = np.where(background, np.float32(0), np.float32(rules.ignore_label))
    classes[batch, rows] = found[:, 0] + 1
    targets, mask = np.zeros((2, *positive.shape, 4), np.float32)
    targets[batch, rows] = _encoded(found[:, 1:5], anchors[rows], rules.variances)
    mask[batch, rows] = 1
    return targets.reshape(len(label), -1), mask.reshape(len(label), -1), classes


def _overlap(anchors: Array, boxes: Array) -> Array:
    """Intersections over unions, (batch, anchors, boxes); 0 where they don't meet."""
    one, other = anchors[:, None], boxes[:, None]
    extent = np.minimum(one[..., 2:], other[..., 2:])
    extent -= np.maximum(one[..., :2], other[..., :2])
    np.maximum(extent, 0, out=extent)
    overlap: Array = extent[..., 0] * extent[..., 1]
    overlap /= _area(one) + _area(other) - overlap
    np.copyto(overlap, 0, where=np.isnan(overlap))  # 0 / 0
    return overlap


def _area(boxes: Array) -> Array:
    extent = boxes[..., 2:] - boxes[..., :2]
    area: Array = extent[..., 0] * extent[..., 1]
    return area


def _best_pairs(overlap: Array, count: int) -> list[tuple[int, int]]:
    """An anchor for each of the ``count`` boxes, the best pair first; writes in ``overlap``."""
    pairs: list[tuple[int, int]] = []
    for _ in range(min(len(overlap), count)):
        row, column = divmod(int(overlap.argmax()), overlap.shape[1])
        if not overlap[row, column] > LEAST_OVERLAP:
            break
        pairs.append((row, column))
        overlap[row] = -1
        overlap[:, column] = -1
    return pairs


def _mined(background: Array, apart: Array, scores: Array, ratio: float) -> Array:
    """Of the background those ``apart`` from boxes that are taken least for it; so many per positive one."""
    negative = background.sum(1)
    asked = ((background.shape[1] - negative).astype(np.float32) * np.float32(ratio)).astype(np.int64)
    count = np.minimum(asked, negative)
    candidates = background & apart
    if (candidates.sum(1) < count).any():
        raise ValueError(TOO_FEW)
    powers = np.exp(scores - scores.max(1, keepdims=True))
    likely = np.where(candidates, powers[:, 0] / powers.sum(1), np.float32(np.inf))
    mined = np.zeros_like(background)
    for image, number in enumerate(count.tolist()):
        if number:
            mined[image, np.argsort(likely[image], kind="stable")[:number]] = True
    return mined & candidates


def _encoded(boxes: Array, anchors: Array, variances: Floats) -> Array:
    extent, extent_a = boxes[:, 2:] - boxes[:, :2], anchors[:, 2:] - anchors[:, :2]
    place, place_a = (boxes[:, :2] + boxes[:, 2:]) * 0.5, (anchors[:, :2] + anchors[:, 2:]) * 0.5
    targets = np.concatenate([(place - place_a) / extent_a, np.log(extent / extent_a)], 1)
    targets /= np.array(variances, np.float32)
    return targets
