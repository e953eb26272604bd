"""Proposals of regions from anchors."""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

import torch

from regluon.ops.arrays import by_numpy
from regluon.ops.proposed import Settings, anchors_of, proposed
from regluon.ops.registry import Tensor, register
from regluon.ops.suppression import best_first, greedy, in_front

__all__: list[str] = []

Floats: TypeAlias = tuple[float, ...]


@register("_contrib_Proposal", visible=lambda a: 2 if a["output_score"] else 1)
def proposal(
    cls_prob: Tensor,
    bbox_pred: Tensor,
    im_info: Tensor,
    *,
    rpn_pre_nms_top_n: int = 6000,
    rpn_post_nms_top_n: int = 300,
    threshold: float = 0.7,
    rpn_min_size: int = 16,
    scales: Floats = (4.0, 8.0, 16.0, 32.0),
    ratios: Floats = (0.5, 1.0, 2.0),
    feature_stride: int = 16,
    output_score: bool = False,
    iou_loss: bool = False,
) -> tuple[Tensor, Tensor]:
    """The best of the boxes that a region proposal network predicts for one image; see MultiProposal"""
    if cls_prob.dim() and cls_prob.shape[0] != 1:
        raise ValueError(f"it takes one image, not {cls_prob.shape[0]}; MultiProposal takes several")
    settings = Settings(
        rpn_pre_nms_top_n,
        rpn_post_nms_top_n,
        threshold,
        rpn_min_size,
        scales,
        ratios,
        feature_stride,
        iou_loss,
    )
    return _proposed(cls_prob, bbox_pred, im_info, settings)


@register("_contrib_MultiProposal", visible=lambda a: 2 if a["output_score"] else 1)
def multi_proposal(
    cls_prob: Tensor,
    bbox_pred: Tensor,
    im_info: Tensor,
    *,
    rpn_pre_nms_top_n: int = 6000,
    rpn_post_nms_top_n: int = 300,
    threshold: float = 0.7,
    rpn_min_size: int = 16,
    scales: Floats = (4.0, 8.0, 16.0, 32.0),
    ratios: Floats = (0.5, 1.0, 2.0),
    feature_stride: int = 16,
    output_score: bool = False,
    iou_loss: bool = False,
) -> tuple[Tensor, Tensor]:
    """The best of the boxes that a region proposal network predicts

    After Ren and others, *Faster R-CNN* (2015). A box is an anchor, moved and stretched by the prediction,
    and cut off at the image's borders. One that is too small is made larger by half of the smallest size on
    each side, and its score is -1. No gradient passes.

    Parameters
    ----------
    rpn_pre_nms_top_n
        How many of the best boxes are looked at; all if below 1.
    rpn_post_nms_top_n
        How many boxes there are in the end; if fewer are left, they are repeated.
    threshold
        The overlap beyond which a better box suppresses another.
    rpn_min_size
        The smallest height and width, in units of the image before it was scaled.
    scales, ratios
        Of the anchors, A in all: ratios of height to width, and factors of ``feature_stride``.
    feature_stride
        Pixels of the image in one pixel of the feature map.
    output_score
        Whether the boxes' scores are an output.
    iou_loss
        Whether a prediction is four distances that are added to the anchor's corners.

    Inputs
    ------
    cls_prob : (batch, 2 A, height, width), probabilities, those of the anchors being objects last
    bbox_pred : (batch, 4 A, height, width)
    im_info : (batch, 3), the image's height, width and scale

    Outputs
    -------
    out : (batch · rpn_post_nms_top_n, 5), the image's number, left, top, right, bottom
    score : (batch · rpn_post_nms_top_n, 1)
    """
    settings = Settings(
        rpn_pre_nms_top_n,
        rpn_post_nms_top_n,
        threshold,
        rpn_min_size,
        scales,
        ratios,
        feature_stride,
        iou_loss,
    )
    return _proposed(cls_prob, bbox_pred, im_info, settings)


def _proposed(
    cls_prob: Tensor, bbox_pred: Tensor, im_info: Tensor, settings: Settings
) -> tuple[Tensor, Tensor]:
    anchors = len(settings.scales) * len(settings.ratios)
    _check(cls_prob, bbox_pred, im_info, anchors)
    batch, most = cls_prob.shape[0], settings.rpn_post_nms_top_n
    if cls_prob.is_meta:
        return cls_prob.new_empty(batch * most, 5), cls_prob.new_empty(batch * most, 1)
    inputs = cls_prob.detach(), bbox_pred.detach(), im_info.detach()
    found = by_numpy(partial(proposed, settings), *inputs) if most > 0 and cls_prob.numel() else None
    return _by_torch(*inputs, settings) if found is None else found


def _by_torch(
    cls_prob: Tensor, bbox_pred: Tensor, im_info: Tensor, settings: Settings
) -> tuple[Tensor, Tensor]:
    """The same on any device."""
    anchors = anchors_of(settings.feature_stride, settings.scales, settings.ratios)
    batch, most = cls_prob.shape[0], settings.rpn_post_nms_top_n
    scores = cls_prob[:, len(anchors) :].permute(0, 2, 3, 1).clone()
    boxes = _boxes(bbox_pred, im_info, anchors, settings)
    _discard(scores, boxes, im_info, settings)
    scores = scores.flatten(1)
    count = scores.shape[1]
    first = min(settings.rpn_pre_nms_top_n, count) if settings.rpn_pre_nms_top_n > 0 else count
    order = best_first(scores, first)
    scores = scores.gather(1, order)
    boxes = boxes.flatten(1, 3).gather(1, order.unsqueeze(-1).expand(-1, -1, 4))
    kept = _unsuppressed(boxes, settings.threshold, max(most, 1))
    left = kept.sum(1, keepdim=True).clamp(max=max(most, 1))
    places = in_front(kept).gather(1, torch.arange(most, device=boxes.device) % left)
    image = torch.arange(batch, device=boxes.device).to(boxes.dtype).reshape(-1, 1, 1).expand(-1, most, 1)
    chosen = boxes.gather(1, places.unsqueeze(-1).expand(-1, -1, 4))
    return torch.cat([image, chosen], 2).flatten(0, 1), scores.gather(1, places).reshape(-1, 1)


def _check(cls_prob: Tensor, bbox_pred: Tensor, im_info: Tensor, anchors: int) -> None:
    if any(t.dtype is not torch.float32 for t in (cls_prob, bbox_pred, im_info)):
        raise ValueError("it takes float32 only")
    if cls_prob.dim() != 4:
        raise ValueError(f"cls_prob must have 4 axes, not shape {tuple(cls_prob.shape)}")
    batch, _, height, width = cls_prob.shape
    wanted = [(batch, 2 * anchors, height, width), (batch, 4 * anchors, height, width), (batch, 3)]
    for name, tensor, shape in zip(
        ("cls_prob", "bbox_pred", "im_info"), (cls_prob, bbox_pred, im_info), wanted, strict=True
    ):
        if tensor.shape != shape:
            raise ValueError(
                f"for {anchors} anchors {name} must have shape {shape}, not {tuple(tensor.shape)}"
            )


def _boxes(bbox_pred: Tensor, im_info: Tensor, anchors: list[Floats], settings: Settings) -> Tensor:
    """The predicted boxes within the images, (batch, height, width, anchors, 4)."""
    batch, _, height, width = bbox_pred.shape
    rows, columns = (
        torch.arange(n, device=bbox_pred.device) * settings.feature_stride for n in (height, width)
    )
    x, y = torch.meshgrid(columns, rows, indexing="xy")
    at = torch.stack([x, y, x, y], -1).unsqueeze(2) + bbox_pred.new_tensor(anchors)
    moves = bbox_pred.reshape(batch, -1, 4, height, width).permute(0, 3, 4, 1, 2)
    if settings.iou_loss:
        boxes = at + moves
    else:
        size = at[..., 2:] - at[..., :2] + 1
        center = at[..., :2] + 0.5 * (size - 1) + moves[..., :2] * size
        half = 0.5 * (torch.exp(moves[..., 2:]) * size - 1)
        boxes = torch.cat([center - half, center + half], -1)
    last = (im_info[:, [1, 0, 1, 0]] - 1).reshape(batch, 1, 1, 1, 4)
    return torch.minimum(boxes, last).clamp(min=0)


def _discard(scores: Tensor, boxes: Tensor, im_info: Tensor, settings: Settings) -> None:
    """Gives score -1 to boxes from outside of the image, and to small ones, which it enlarges."""
    extents = torch.floor(im_info[:, :2] / settings.feature_stride).reshape(-1, 2, 1, 1, 1)
    if bool((extents.amax(0).flatten() > torch.tensor(scores.shape[1:3]).to(extents)).any()):
        raise ValueError("the feature map is too small for the image and feature_stride")
    rows, columns = (torch.arange(n, device=scores.device) for n in scores.shape[1:3])
    scores.masked_fill_(
        (rows.reshape(-1, 1, 1) >= extents[:, 0]) | (columns.reshape(-1, 1) >= extents[:, 1]), -1
    )
    least = (settings.rpn_min_size * im_info[:, 2]).reshape(-1, 1, 1, 1, 1)
    small = ((boxes[..., 2:] - boxes[..., :2] + 1) < least).any(-1, keepdim=True)
    more = torch.where(small, least / 2, 0.0)
    boxes += torch.cat([-more, -more, more, more], -1)
    scores.masked_fill_(small.squeeze(-1), -1)


def _unsuppressed(boxes: Tensor, threshold: float, most: int) -> Tensor:
    """Which boxes are kept of those given, best first. Their last pixels belong to them."""
    left, top, right, bottom = boxes.movedim(-1, 0).contiguous()
    every = torch.ones_like(left, dtype=torch.bool)
    return greedy(every, (left, top, right + 1, bottom + 1), threshold, most=most)
