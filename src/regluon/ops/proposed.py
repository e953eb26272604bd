"""Proposals of regions on a CPU, by NumPy.

Boxes are (batch, anchors, 2, 2, height, width): the lower corner and the upper one, x and y of each.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import torch

from regluon.ops.arrays import Array
from regluon.ops.suppression import best_first

__all__ = ["Settings", "anchors_of", "proposed"]

Floats: TypeAlias = tuple[float, ...]
_FEW = 2**12
_BLOCK = 64
"""How many boxes are looked at in one go: the bits of a number tell which of them one suppresses."""


class Settings(NamedTuple):
    """The attributes that both operators have."""

    rpn_pre_nms_top_n: int
    rpn_post_nms_top_n: int
    threshold: float
    rpn_min_size: int
    scales: Floats
    ratios: Floats
    feature_stride: int
    iou_loss: bool


@lru_cache(64)
def anchors_of(stride: int, scales: Floats, ratios: Floats) -> list[Floats]:
    """The corners of a pixel's anchors, whole ones before they are scaled."""
    center = (stride - 1) / 2
    anchors: list[Floats] = []
    for ratio in ratios:
        width = math.floor(math.sqrt(math.floor(stride * stride / ratio)) + 0.5)
        height = math.floor(width * ratio + 0.5)
        for scale in scales:
            x, y = (width * scale - 1) / 2, (height * scale - 1) / 2
            anchors.append((center - x, center - y, center + x, center + y))
    return anchors


@lru_cache(16)
def _grid(stride: int, scales: Floats, ratios: Floats, height: int, width: int) -> tuple[Array, Array, Array]:
    """The anchors' corners at each pixel; and their sizes and centers, (anchors, 2, height, width)."""
    at = np.zeros((2, height, width), np.float32)
    at[0] += np.arange(width) * stride
    at[1] += np.arange(height).reshape(-1, 1) * stride
    corners = at + np.array(anchors_of(stride, scales, ratios), np.float32).reshape(-1, 2, 2, 1, 1)
    size = corners[:, 1] - corners[:, 0] + 1
    center = corners[:, 0] + (size - 1) * 0.5
    return corners, size, center


def proposed(settings: Settings, cls_prob: Array, bbox_pred: Array, im_info: Array) -> tuple[Array, Array]:
    """The outputs of ``_contrib_MultiProposal``."""
    boxes = _boxes(bbox_pred, im_info, settings)
    scores = _scores(cls_prob, boxes, im_info, settings)
    batch, count = scores.shape
    first, most = settings.rpn_pre_nms_top_n, settings.rpn_post_nms_top_n
    order = _best_first(scores, min(first, count) if first > 0 else count)
    anchors, pixels = boxes.shape[1], boxes.shape[4] * boxes.shape[5]
    places = order % anchors * (4 * pixels) + order // anchors
    corners = np.arange(0, 4 * pixels, pixels).reshape(4, 1)
    out, score = np.empty((batch, most, 5), np.float32), np.empty((batch, most), np.float32)
    for image in range(batch):
        flat = boxes[image].reshape(-1)
        kept = _unsuppressed(flat, places[image], corners, settings.threshold, most)
        kept = (kept * -(-most // len(kept)))[:most]
        out[image, :, 0] = image
        out[image, :, 1:] = flat.take(places[image].take(kept) + corners).T
        score[image] = scores[image].take(order[image].take(kept))
    return out.reshape(-1, 5), score.reshape(-1, 1)


def _boxes(bbox_pred: Array, im_info: Array, settings: Settings) -> Array:
    """The predicted boxes within the images."""
    batch, _, height, width = bbox_pred.shape
    stride, scales, ratios = settings.feature_stride, settings.scales, settings.ratios
    corners, size, center = _grid(stride, scales, ratios, height, width)
    moves = bbox_pred.reshape(batch, -1, 2, 2, height, width)
    if settings.iou_loss:
        boxes = moves + corners
    else:
        middle = moves[:, :, 0] * size
        middle += center
        half = np.exp(moves[:, :, 1])
        half *= size
        half -= 1
        half *= 0.5
        boxes = np.empty_like(moves)
        np.subtract(middle, half, out=boxes[:, :, 0])
        np.add(middle, half, out=boxes[:, :, 1])
    last = (im_info[:, 1::-1] - 1).reshape(batch, 1, 1, 2, 1, 1)
    np.minimum(boxes, last, out=boxes)
    np.maximum(boxes, 0, out=boxes)
    return boxes


def _scores(cls_prob: Array, boxes: Array, im_info: Array, settings: Settings) -> Array:
    """The boxes' scores, (batch, height width anchors).

    They are -1 for boxes from outside of the image, and for small ones, which it enlarges.
    """
    batch, anchors, _, _, height, width = boxes.shape
    scores = cls_prob[:, anchors:]
    extents = np.floor(im_info[:, :2] / np.float32(settings.feature_stride)).tolist()
    for image, (rows, columns) in enumerate(extents):
        if rows > height or columns > width:
            raise ValueError("the feature map is too small for the image and feature_stride")
        if rows < height or columns < width:
            scores = scores.copy() if scores.base is cls_prob else scores
            outside = (np.arange(height).reshape(-1, 1) >= rows) | (np.arange(width) >= columns)
            np.copyto(scores[image], -1, where=outside)
    least = (settings.rpn_min_size * im_info[:, 2]).reshape(batch, 1, 1, 1, 1)
    short = (boxes[:, :, 1] - boxes[:, :, 0] + 1) < least
    small = short[:, :, 0] | short[:, :, 1]
    if small.any():
        more = np.where(small, least[:, 0] / 2, 0).astype(np.float32)[:, :, None]
        boxes[:, :, 0] -= more
        boxes[:, :, 1] += more
        scores = np.where(small, np.float32(-1), scores)
    return scores.transpose(0, 2, 3, 1).reshape(batch, -1)


def _best_first(scores: Array, count: int) -> Array:
    """Like :func:`best_first`, which is quicker where there are many."""
    if scores.size > _FEW:
        return best_first(torch.from_numpy(scores), count).numpy()
    # Backwards and back again: the first of equal ones comes first.
    order: Array = scores.shape[1] - 1 - np.argsort(scores[:, ::-1], kind="stable")[:, ::-1]
    return order[:, :count]


def _unsuppressed(flat: Array, places: Array, corners: Array, threshold: float, most: int) -> list[int]:
    """The first of the boxes that no better one suppresses, best first, as many as ``most``.

    Their last pixels belong to them.
    """
    kept: list[int] = []
    better = np.empty((5, most), np.float32)
    for begin in range(0, len(places), _BLOCK):
        block = _with_area(flat.take(places[begin : begin + _BLOCK] + corners))
        gone = 0
        if count := len(kept):
            struck = _over(better[:, :count], block, threshold).any(0)
            gone = int.from_bytes(np.packbits(struck, bitorder="little").tobytes(), "little")
        strikes = np.packbits(_over(block, block, threshold), axis=1, bitorder="little")
        for number, row in enumerate(strikes):
            if not gone >> number & 1:
                kept.append(begin + number)
                if len(kept) == most:
                    return kept
                gone |= int.from_bytes(row.tobytes(), "little")
        new = np.array(kept[count:], np.int64) - begin
        better[:, count : len(kept)] = block[:, new]
    return kept


def _with_area(corners: Array) -> Array:
    """left, top, right, bottom, area of boxes whose last pixels belong to them, (5, boxes)"""
    values = np.empty((5, corners.shape[1]), np.float32)
    values[:4] = corners
    values[2:4] += 1
    extent = values[2:4] - values[:2]
    np.multiply(extent[0], extent[1], out=values[4])
    return values


def _over(boxes: Array, others: Array, threshold: float) -> Array:
    """Where one of the boxes overlaps one of the others by more than the threshold, (boxes, others)."""
    boxes, others = boxes[:, :, None], others[:, None]
    extent = np.minimum(boxes[2:4], others[2:4])
    extent -= np.maximum(boxes[:2], others[:2])
    np.maximum(extent, 0, out=extent)
    overlap = extent[0]
    overlap *= extent[1]
    union = boxes[4] + others[4]
    union -= overlap
    overlap /= union
    if threshold < 0:
        overlap = np.nan_to_num(overlap)  # 0 / 0 is 0
    over: Array = overlap > np.float32(threshold)
    return over
