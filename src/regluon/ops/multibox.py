"""Anchor boxes: their making, matching with targets, and detections.

Boxes are corners: left, top, right, bottom, in units of the image.
"""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

import torch

from regluon.ops.arrays import by_numpy
from regluon.ops.box_targets import LEAST_OVERLAP, NOT_EMPTY, TOO_FEW, Rules, box_targets
from regluon.ops.boxes import center_size
from regluon.ops.comparison import no_gradient
from regluon.ops.constants import constant
from regluon.ops.registry import Tensor, gradient, register
from regluon.ops.suppression import best_first, greedy, in_front, intersection_over_union, pairs

__all__: list[str] = []

Floats: TypeAlias = tuple[float, ...]
_VARIANCES = (0.1, 0.1, 0.2, 0.2)
_PAIRS = 2**15
"""Up to so many pairs of an anchor and a box NumPy is faster."""


def _require_float32(*tensors: Tensor) -> None:
    if any(x.dtype is not torch.float32 for x in tensors):
        raise ValueError("all inputs must be of type float32")


def _check_variances(variances: Floats) -> None:
    if len(variances) != 4:
        raise ValueError(f"there must be 4 variances, not {len(variances)}")


@register("_contrib_MultiBoxPrior")
def multi_box_prior(
    data: Tensor,
    *,
    sizes: Floats = (1.0,),
    ratios: Floats = (1.0,),
    clip: bool = False,
    steps: Floats = (-1.0, -1.0),
    offsets: Floats = (0.5, 0.5),
) -> Tensor:
    """Anchor boxes around each pixel of a feature map

    A box of size s and ratio r is s √r (map's height / width) wide and s / √r high. Each pixel has one of
    each size with the first ratio, then one of each further ratio with the first size.

    Parameters
    ----------
    clip
        Whether to keep the boxes within the image.
    steps
        The distances (down, right) of neighbouring centres; by default they fill the image.
    offsets
        Where in a pixel its centre is, (down, right), from 0 to 1.

    Inputs
    ------
    data : (batch, channels, height, width), of which only the extents matter

    Outputs
    -------
    out : (1, height width (sizes + ratios - 1), 4)

    References
    ----------
    Liu et al., SSD: Single Shot MultiBox Detector, arXiv:1512.02325
    """
    _require_float32(data)
    _check_prior(data, sizes, ratios, steps, offsets)
    height, width = data.shape[2:4]
    down, right = steps if steps[0] > 0 and steps[1] > 0 else (1.0 / height, 1.0 / width)
    size = data.new_tensor([*sizes, *[sizes[0]] * (len(ratios) - 1)])
    root = data.new_tensor([ratios[0]] * len(sizes) + list(ratios[1:])).sqrt()
    half_width, half_height = size * height / width * root / 2, size / root / 2
    x = _centres(data, width, offsets[1], right).reshape(1, -1, 1).expand(height, width, len(size))
    y = _centres(data, height, offsets[0], down).reshape(-1, 1, 1).expand(height, width, len(size))
    out = torch.stack([x - half_width, y - half_height, x + half_width, y + half_height], -1).reshape(
        1, -1, 4
    )
    return out.clamp(0, 1) if clip else out


def _centres(like: Tensor, count: int, offset: float, step: float) -> Tensor:
    return (torch.arange(count, dtype=like.dtype, device=like.device) + offset) * step


def _check_prior(data: Tensor, sizes: Floats, ratios: Floats, steps: Floats, offsets: Floats) -> None:
    if data.dim() < 4:
        raise ValueError("data needs 4 axes: batch, channels, height, width")
    if not data.size(2) or not data.size(3):
        raise ValueError("the feature map is empty")
    if not sizes or not ratios:
        raise ValueError("there must be a size and a ratio at least")
    if len(steps) != 2 or steps[0] * steps[1] < 0:
        raise ValueError("steps are two numbers, down and right, both of them given or neither")
    if len(offsets) != 2 or not all(0 <= x <= 1 for x in offsets):
        raise ValueError("offsets are two numbers from 0 to 1, down and right")


@register("_contrib_MultiBoxTarget")
def multi_box_target(
    anchor: Tensor,
    label: Tensor,
    cls_pred: Tensor,
    *,
    overlap_threshold: float = 0.5,
    ignore_label: float = -1.0,
    negative_mining_ratio: float = -1.0,
    negative_mining_thresh: float = 0.5,
    minimum_negative_samples: int = 0,
    variances: Floats = _VARIANCES,
) -> tuple[Tensor, Tensor, Tensor]:
    """What a net that predicts boxes and classes of anchors should predict; without a gradient

    Each box is given the anchor that overlaps it most, the best pair first. An anchor that is left is given
    to the box that overlaps it most, if by more than ``overlap_threshold``. All others are background. An
    image without boxes has no targets.

    Parameters
    ----------
    overlap_threshold
        The intersection over union above which an anchor is positive; if not positive, only the first step.
    ignore_label
        The class of anchors that are not to be trained.
    negative_mining_ratio
        If positive, only that many times the number of positive anchors are background, those that the net
        takes least for it; the others are ignored.
    negative_mining_thresh
        Anchors may be mined that overlap no box by that or more.
    minimum_negative_samples
        Without effect, as in MXNet.
    variances
        By which the four numbers of a box are divided.

    Inputs
    ------
    anchor : (1, anchors, 4)
    label : (batch, boxes, 5 or more), rows of class and corners, and rows of -1 behind them
    cls_pred : (batch, classes + 1, anchors), scores of the classes, background first

    Outputs
    -------
    loc_target : (batch, anchors 4), as ``_contrib_box_encode`` makes them; 0 where an anchor is not positive
    loc_mask : (batch, anchors 4), 1 where it is, else 0
    cls_target : (batch, anchors), class + 1, 0 for background, or ``ignore_label``
    """
    _require_float32(anchor, label, cls_pred)
    _check_target(anchor, label, cls_pred)
    _check_variances(variances)
    rules = Rules(overlap_threshold, ignore_label, negative_mining_ratio, negative_mining_thresh, variances)
    inputs = anchor.detach()[0], label.detach(), cls_pred.detach()
    count = anchor.size(1) * label[:, :, 0].numel()
    few = 0 < count <= _PAIRS and cls_pred.numel()
    found = by_numpy(partial(box_targets, rules), *inputs) if few else None
    return _targets(rules, *inputs) if found is None else found


def _targets(rules: Rules, anchors: Tensor, label: Tensor, scores: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The same on any device."""
    boxes = label[:, :, 1:5]
    there = (label[:, :, 0] != -1).cumprod(1).to(torch.bool)
    if not label.is_meta and bool(((boxes != -1).any(2) & ~there).any()):
        raise ValueError(NOT_EMPTY)
    one, other = pairs(anchors.unbind(-1), boxes.unbind(-1))
    overlap = intersection_over_union(one, other).masked_fill_(~there.unsqueeze(1), -1.0)
    number, positive = _matched(overlap, rules.overlap_threshold)
    most = overlap.amax(2) if overlap.size(2) else overlap.new_full(positive.shape, -1.0)
    background = ~positive
    if rules.negative_mining_ratio > 0:
        count = (positive.sum(1) * rules.negative_mining_ratio).to(torch.int64)
        count = count.minimum(background.sum(1))
        background = _mined(background & (most < rules.negative_mining_thresh), scores, count)
    background &= there.any(1, keepdim=True)
    classes = label[:, :, 0].gather(1, number) + 1
    classes = torch.where(
        positive, classes, torch.where(background, 0.0, rules.ignore_label).to(classes.dtype)
    )
    targets = _encoded(boxes.gather(1, number.unsqueeze(-1).expand(-1, -1, 4)), anchors, rules.variances)
    targets = torch.where(positive.unsqueeze(-1), targets, constant(0.0, targets.dtype))
    return targets.flatten(1), positive.to(targets.dtype).repeat_interleave(4, dim=1), classes


gradient(multi_box_target)(no_gradient)


def _check_target(anchor: Tensor, label: Tensor, cls_pred: Tensor) -> None:
    if anchor.dim() != 3 or anchor.size(0) != 1 or anchor.size(2) != 4:
        raise ValueError("the anchors must have shape (1, anchors, 4)")
    if label.dim() != 3 or label.size(2) < 5 or not label.size(1):
        raise ValueError("the label must have shape (batch, boxes, 5): class, left, top, right, bottom")
    if cls_pred.dim() != 3 or cls_pred.size(2) != anchor.size(1) or len(cls_pred) != len(label):
        raise ValueError("cls_pred must have shape (batch, classes + 1, anchors)")


def _matched(overlap: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
    """The number of each anchor's box, and whether the anchor is positive: (batch, anchors)"""
    batch, anchors, boxes = overlap.shape
    number = overlap.argmax(2)
    positive = (overlap.amax(2) > threshold) & (threshold > 0)
    left, every = overlap.clone(), torch.arange(batch, device=overlap.device)
    for _ in range(0 if overlap.is_meta or not overlap.numel() else min(anchors, boxes)):
        best, place = left.flatten(1).max(1)
        good, row, column = best > LEAST_OVERLAP, place // boxes, place % boxes
        if not good.any():
            break
        number[every, row] = torch.where(good, column, number[every, row])
        positive[every, row] |= good
        left[every, row] = -1.0
        left[every, :, column] = -1.0
    return number, positive


def _mined(candidates: Tensor, scores: Tensor, count: Tensor) -> Tensor:
    """The ``count`` candidates of each row that are taken least for background."""
    if not scores.is_meta and bool((candidates.sum(1) < count).any()):
        raise ValueError(TOO_FEW)
    likely = torch.softmax(scores, 1)[:, 0].masked_fill(~candidates, torch.inf)
    rank = likely.argsort(dim=1, stable=True).argsort(dim=1)
    return candidates & (rank < count.unsqueeze(1))


def _encoded(boxes: Tensor, anchors: Tensor, variances: Floats) -> Tensor:
    x, y, width, height = center_size(boxes)
    x_a, y_a, width_a, height_a = center_size(anchors)
    x, y = (x - x_a) / width_a, (y - y_a) / height_a
    targets = torch.stack([x, y, torch.log(width / width_a), torch.log(height / height_a)], -1)
    return targets / targets.new_tensor(variances)


@register("_contrib_MultiBoxDetection")
def multi_box_detection(
    cls_prob: Tensor,
    loc_pred: Tensor,
    anchor: Tensor,
    *,
    clip: bool = True,
    threshold: float = 0.01,
    background_id: int = 0,
    nms_threshold: float = 0.5,
    force_suppress: bool = False,
    variances: Floats = _VARIANCES,
    nms_topk: int = -1,
) -> Tensor:
    """The boxes that a net has found, best first; without a gradient

    Parameters
    ----------
    clip
        Whether to keep the boxes within the image.
    threshold
        The least probability of a box.
    background_id
        Without effect, as in MXNet: the background is class 0.
    nms_threshold
        Boxes whose intersection over union with a better one of their class is that or more get class -1;
        they keep the rest of their row. Unless within (0, 1], nothing is suppressed or sorted.
    force_suppress
        Whether boxes suppress those of other classes, too.
    variances
        By which the four numbers of a prediction are multiplied.
    nms_topk
        If positive, how many of the best boxes count. Behind them are rows of class -1: those that would be
        there without sorting, as in MXNet.

    Inputs
    ------
    cls_prob : (batch, classes + 1, anchors), probabilities, background first
    loc_pred : (batch, anchors 4), as ``_contrib_MultiBoxTarget`` makes them
    anchor : (1, anchors, 4)

    Outputs
    -------
    out : (batch, anchors, 6), class, probability and corners; rows of -1 behind the last box
    """
    _require_float32(cls_prob, loc_pred, anchor)
    _check_detection(cls_prob, loc_pred, anchor)
    _check_variances(variances)
    shape = (len(cls_prob), cls_prob.size(2), 6)
    if cls_prob.is_meta or cls_prob.size(1) < 2 or not cls_prob.numel():
        return cls_prob.new_full(shape, -1.0)
    score, number = cls_prob[:, 1:].max(1)
    found = score >= threshold
    boxes = _decoded(loc_pred.reshape((*shape[:2], 4)), anchor, variances, clip)
    suppress = 0 < nms_threshold <= 1
    first = min(nms_topk, shape[1]) if nms_topk > 0 else shape[1]
    order = in_front(found)
    if suppress:
        best = best_first(score.masked_fill(~found, -torch.inf), first)
        order = torch.cat([best, order[:, first:]], 1)
    # Each of a box's numbers in memory of its own, until the end: kernels are faster so.
    rows = torch.stack([number.to(score.dtype), score, *boxes], 1)
    rows = rows.gather(2, order.unsqueeze(1).expand_as(rows))
    found = found.gather(1, order)
    rows.masked_fill_(~found.unsqueeze(1), -1.0)
    if suppress:
        number, _, *corners = rows[:, :, :first].unbind(1)
        by_class = None if force_suppress else number
        kept = greedy(found[:, :first], tuple(corners), nms_threshold, by_class, True)
        number.masked_fill_(~kept, -1.0)
        rows[:, 0, first:] = -1.0
    return rows.movedim(1, -1).contiguous()


gradient(multi_box_prior)(no_gradient)
gradient(multi_box_detection)(no_gradient)


def _check_detection(cls_prob: Tensor, loc_pred: Tensor, anchor: Tensor) -> None:
    if cls_prob.dim() != 3:
        raise ValueError("cls_prob must have shape (batch, classes + 1, anchors)")
    batch, _, anchors = cls_prob.shape
    if loc_pred.shape != (batch, anchors * 4):
        raise ValueError(f"loc_pred must have shape {(batch, anchors * 4)}: batch, and 4 numbers an anchor")
    if anchor.shape != (1, anchors, 4):
        raise ValueError(f"the anchors must have shape {(1, anchors, 4)}")


def _decoded(targets: Tensor, anchors: Tensor, variances: Floats, clip: bool) -> list[Tensor]:
    """left, top, right, bottom"""
    x_a, y_a, width_a, height_a = center_size(anchors)
    x, y, width, height = [t * v for t, v in zip(targets.unbind(-1), variances, strict=True)]
    x, y = x * width_a + x_a, y * height_a + y_a
    half_width, half_height = torch.exp(width) * width_a / 2, torch.exp(height) * height_a / 2
    corners = [x - half_width, y - half_height, x + half_width, y + half_height]
    return [c.clamp_(0, 1) for c in corners] if clip else corners
