"""Boxes: overlap, suppression, matching, coding.

A box is four numbers: ``corner`` is (left, top, right, bottom), ``center`` is (x, y, width, height).
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import torch

from regluon.ops.activation import require_floating
from regluon.ops.comparison import no_gradient
from regluon.ops.constants import constant
from regluon.ops.registry import Tensor, gradient, register
from regluon.ops.suppression import Coordinates, greedy, in_front, intersection_over_union, pairs

__all__ = ["Format", "center_size", "corners"]

Format: TypeAlias = Literal["center", "corner"]


def corners(boxes: Tensor, form: str) -> Coordinates:
    """left, top, right, bottom"""
    a, b, c, d = boxes.unbind(-1)
    if form == "corner":
        return a, b, c, d
    half_width, half_height = c * 0.5, d * 0.5
    return a - half_width, b - half_height, a + half_width, b + half_height


def center_size(boxes: Tensor) -> Coordinates:
    """x, y, width, height of boxes given by their corners"""
    left, top, right, bottom = boxes.unbind(-1)
    return (left + right) * 0.5, (top + bottom) * 0.5, right - left, bottom - top


@register("_contrib_box_iou", same_type=True)
def box_iou(lhs: Tensor, rhs: Tensor, *, format: Format = "corner") -> Tensor:
    """|a ∩ b| / |a ∪ b| of each box a of lhs and each b of rhs; without a gradient

    Inputs
    ------
    lhs : (..., 4)
    rhs : (..., 4)

    Outputs
    -------
    out : lhs' shape without the last axis, then rhs' without its last
    """
    require_floating(lhs)
    for boxes in (lhs, rhs):
        if boxes.dim() < 2 or boxes.size(-1) != 4:
            raise ValueError("both need two axes or more, of which the last has extent 4")
    one, other = pairs(corners(lhs.reshape(-1, 4), format), corners(rhs.reshape(-1, 4), format))
    return intersection_over_union(one, other).reshape(lhs.shape[:-1] + rhs.shape[:-1])


gradient(box_iou)(no_gradient)


@register("_contrib_box_nms", aliases=("_contrib_box_non_maximum_suppression",), visible=1)
def box_nms(
    data: Tensor,
    *,
    overlap_thresh: float = 0.5,
    valid_thresh: float = 0.0,
    topk: int = -1,
    coord_start: int = 2,
    score_index: int = 1,
    id_index: int = -1,
    background_id: int = -1,
    force_suppress: bool = False,
    in_format: Format = "corner",
    out_format: Format = "corner",
) -> tuple[Tensor, Tensor]:
    """The boxes that no better one overlaps, best first, and rows of -1 behind them

    The gradient goes back to the rows that were kept, whatever the two formats.

    Parameters
    ----------
    overlap_thresh
        A box is left out if its intersection over union with a kept one is above this.
    valid_thresh
        Boxes count whose score is above this.
    topk
        How many of the best boxes count; all if negative. 0 returns data as it is.
    coord_start, score_index, id_index
        Where in a row the four coordinates begin, and the score and the class are; no classes if negative.
    background_id
        A class whose boxes are left out.
    force_suppress
        Whether boxes suppress those of other classes, too.
    in_format, out_format
        How the coordinates are given, and how they are returned.

    Inputs
    ------
    data : (..., boxes, numbers of a box)

    Outputs
    -------
    out : like data
    places : (..., boxes), hidden: the row of data that each row is, or -1
    """
    require_floating(data)
    _check_row(data, coord_start, score_index, id_index)
    rows = data.reshape(-1, *data.shape[-2:])
    places = torch.arange(rows.size(1), device=data.device).expand(rows.shape[:2])
    if topk == 0 or data.is_meta or not data.numel():
        return data.clone(), places.reshape(data.shape[:-1]).clone()
    score, classes = rows[..., score_index], rows[..., id_index]
    alive = score > valid_thresh
    if id_index >= 0:
        alive &= classes != background_id
    order = torch.argsort(score.masked_fill(~alive, -torch.inf), dim=1, descending=True, stable=True)
    alive = alive.gather(1, order)
    alive[:, topk if topk > 0 else alive.size(1) :] = False
    ordered = tuple(
        [x.gather(1, order) for x in corners(_coordinates(rows.detach(), coord_start), in_format)]
    )
    by_class = None if force_suppress or id_index < 0 else classes.gather(1, order).to(torch.int64)
    kept = greedy(alive, ordered, overlap_thresh, by_class)
    front = in_front(kept)
    places = order.gather(1, front).masked_fill(~kept.gather(1, front), -1)
    found = _taken(rows, places)
    if in_format != out_format:
        boxes = _coordinates(found, coord_start)
        changed = corners(boxes, "center") if out_format == "corner" else center_size(boxes)
        boxes.copy_(torch.stack(changed, -1))
    found.masked_fill_((places < 0).unsqueeze(-1), -1.0)
    return found.reshape(data.shape), places.reshape(data.shape[:-1])


@gradient(box_nms)
def _(g: Tensor, need: Any, out: tuple[Tensor, Tensor], data: Tensor, **attributes: Any) -> Any:
    places = out[1].reshape(-1, data.size(-2), 1)
    heads = g.reshape(-1, *data.shape[-2:]).masked_fill(places < 0, 0.0)
    numbers = places.clamp(min=0).expand_as(heads)
    return (torch.zeros_like(heads).scatter_add(1, numbers, heads).reshape(data.shape),)


def _check_row(data: Tensor, coord_start: int, score_index: int, id_index: int) -> None:
    if data.dim() < 2:
        raise ValueError("data needs two axes or more: boxes, and the numbers of a box")
    width, inside = data.size(-1), range(coord_start, coord_start + 4)
    if width < 5 + (id_index >= 0):
        raise ValueError(f"a box needs 5 numbers, or 6 with a class, but has {width}")
    if coord_start < 0 or coord_start + 4 > width:
        raise ValueError(
            f"coord_start={coord_start}: the coordinates are not within the {width} numbers of a box"
        )
    if not 0 <= score_index < width or score_index in inside:
        raise ValueError(f"score_index={score_index} is outside of a box's numbers, or among its coordinates")
    if id_index >= 0 and (id_index >= width or id_index in inside or id_index == score_index):
        raise ValueError(f"id_index={id_index} is outside of a box's numbers, or taken by other ones")


def _coordinates(rows: Tensor, start: int) -> Tensor:
    return rows[..., start : start + 4]


def _taken(rows: Tensor, places: Tensor) -> Tensor:
    """The rows at ``places``; any row where that is -1."""
    return rows.gather(1, places.clamp(min=0).unsqueeze(-1).expand_as(rows))


@register("_contrib_bipartite_matching")
def bipartite_matching(
    data: Tensor, *, is_ascend: bool = False, threshold: float, topk: int = -1
) -> tuple[Tensor, Tensor]:
    """Pairs of a row and a column, the best score first; each is in one pair at most

    Parameters
    ----------
    is_ascend
        Whether small scores are good.
    threshold
        Pairs count whose score is better than this.
    topk
        If positive, only the best ``topk`` + 1 pairs are made.

    Inputs
    ------
    data : (..., rows, columns), the scores

    Outputs
    -------
    rows : (..., rows), the column of each row, or -1
    columns : (..., columns), the row of each column, or -1
    """
    require_floating(data)
    if data.dim() < 2:
        raise ValueError("data needs two axes or more: rows and columns")
    height, width = data.shape[-2:]
    rows = data.new_full((data.shape[:-2].numel(), height), -1.0)
    columns = data.new_full((len(rows), width), -1.0)
    left = (torch.neg(data) if is_ascend else data).detach().reshape(len(rows), height, width).clone()
    bound, every = -threshold if is_ascend else threshold, torch.arange(len(rows), device=data.device)
    count = min(height, width) if left.numel() and not data.is_meta else 0
    for _ in range(min(count, topk + 1) if topk > 0 else count):
        best, place = left.flatten(1).max(1)
        row, column = place // width, place % width
        good = best > bound
        if not good.any():
            break
        rows[every, row] = torch.where(good, column.to(data.dtype), rows[every, row])
        columns[every, column] = torch.where(good, row.to(data.dtype), columns[every, column])
        left[every, row] = -torch.inf
        left[every, :, column] = -torch.inf
    return rows.reshape(data.shape[:-1]), columns.reshape((*data.shape[:-2], width))


gradient(bipartite_matching)(no_gradient)


@register("_contrib_box_encode", same_type=True)
def box_encode(
    samples: Tensor, matches: Tensor, anchors: Tensor, refs: Tensor, means: Tensor, stds: Tensor
) -> tuple[Tensor, Tensor]:
    """Regression targets: where the boxes are, seen from the anchors that they were matched with

    With the centres (x, y), widths w and heights h of a box b and an anchor a:
    ((x_b - x_a) / w_a, (y_b - y_a) / h_a, log(w_b / w_a), log(h_b / h_a)), less means, divided by stds.

    Inputs
    ------
    samples : (batch, anchors), above 0.5 where an anchor is positive
    matches : (batch, anchors), the numbers of the boxes
    anchors : (batch, anchors, 4), corners
    refs : (batch, boxes, 4), corners
    means : (4,)
    stds : (4,)

    Outputs
    -------
    targets : (batch, anchors, 4), 0 where the anchor is not positive
    masks : (batch, anchors, 4), 1 where it is, else 0
    """
    require_floating(samples)
    batch = (*samples.shape, 4)
    if samples.dim() != 2 or matches.shape != samples.shape or anchors.shape != batch:
        raise ValueError(
            "samples and matches must have shape (batch, anchors), the anchors (batch, anchors, 4)"
        )
    if refs.dim() != 3 or (refs.size(0), refs.size(2)) != (batch[0], 4):
        raise ValueError("refs must have shape (batch, boxes, 4)")
    if means.shape != (4,) or stds.shape != (4,):
        raise ValueError("means and stds must have shape (4,)")
    numbers = matches.to(torch.int64).clamp(0, max(refs.size(1) - 1, 0)).unsqueeze(-1).expand(batch)
    (place, extent), (place_a, extent_a) = _both_axes(refs.gather(1, numbers)), _both_axes(anchors)
    targets = torch.cat([(place - place_a) / extent_a, torch.log(extent / extent_a)], -1)
    positive = torch.gt(samples, constant(0.5, samples.dtype)).unsqueeze(-1).expand(batch)
    found = torch.where(positive, (targets - means) / stds, constant(0.0, targets.dtype))
    return found, positive.to(samples.dtype)


def _both_axes(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """(x, y) and (width, height) of boxes given by their corners: :func:`center_size` in half the steps"""
    low, high = boxes.chunk(2, -1)
    return (low + high) * constant(0.5, boxes.dtype), high - low


gradient(box_encode)(no_gradient)


@register("_contrib_box_decode", same_type=True)
def box_decode(
    data: Tensor,
    anchors: Tensor,
    *,
    std0: float = 1.0,
    std1: float = 1.0,
    std2: float = 1.0,
    std3: float = 1.0,
    clip: float = -1.0,
    format: Format = "center",
) -> Tensor:
    """The boxes of predicted regression targets, the way back from box_encode, as corners

    x = data₀ std0 w_a + x_a, width = exp(data₂ std2) w_a, and likewise y and height.

    Parameters
    ----------
    clip
        If positive, the largest data₂ std2 and data₃ std3.
    format
        How the anchors are given.

    Inputs
    ------
    data : (batch, anchors, 4)
    anchors : (1, anchors, 4)

    Outputs
    -------
    out : like data
    """
    require_floating(data)
    if data.dim() != 3 or data.size(2) != 4 or anchors.shape != (1, *data.shape[1:]):
        raise ValueError("data must have shape (batch, anchors, 4), the anchors (1, anchors, 4)")
    x_a, y_a, width_a, height_a = anchors.unbind(-1) if format == "center" else center_size(anchors)
    x, y, width, height = data.unbind(-1)
    x, y, width, height = x * std0 * width_a + x_a, y * std1 * height_a + y_a, width * std2, height * std3
    if clip > 0:
        width, height = width.clamp(max=clip), height.clamp(max=clip)
    half_width, half_height = torch.exp(width) * width_a * 0.5, torch.exp(height) * height_a * 0.5
    return torch.stack([x - half_width, y - half_height, x + half_width, y + half_height], -1)


gradient(box_decode)(no_gradient)
