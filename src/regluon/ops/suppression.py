"""Suppression of boxes by better ones that overlap them."""

from __future__ import annotations

from typing import TypeAlias

import torch

from regluon.ops.registry import Tensor

__all__ = ["Coordinates", "best_first", "greedy", "in_front", "intersection_over_union", "pairs"]

Coordinates: TypeAlias = tuple[Tensor, ...]
_HEAD = 256
_PAIRS = 2**17
"""How many pairs are looked at in one go: as many as stay in the cache."""


def pairs(boxes: Coordinates, others: Coordinates) -> tuple[Coordinates, Coordinates]:
    """Two lists of boxes, set so that each of the one meets each of the other."""
    return tuple([x.unsqueeze(-1) for x in boxes]), tuple([x.unsqueeze(-2) for x in others])


def intersection_over_union(boxes: Coordinates, others: Coordinates) -> Tensor:
    """|a ∩ b| / |a ∪ b| for boxes by their corners; 0 where they don't meet"""
    left, top, right, bottom = boxes
    left2, top2, right2, bottom2 = others
    width = (torch.minimum(right, right2) - torch.maximum(left, left2)).clamp_(min=0)
    width *= (torch.minimum(bottom, bottom2) - torch.maximum(top, top2)).clamp_(min=0)
    union = (right - left) * (bottom - top) + (right2 - left2) * (bottom2 - top2)
    union -= width
    width /= union
    return width.nan_to_num_(0.0, torch.inf, -torch.inf)  # 0 / 0: a twelfth of the time of a condition


def in_front(chosen: Tensor) -> Tensor:
    """Numbers of columns, those chosen first, otherwise in order."""
    upto = torch.cumsum(chosen, 1)  # a third of the time of a sort
    every = torch.arange(chosen.size(1), device=chosen.device)
    place = torch.where(chosen, upto - 1, upto[:, -1:] - upto + every)
    return torch.empty_like(place).scatter_(1, place, every.expand_as(place))


def best_first(score: Tensor, count: int) -> Tensor:
    """Numbers of the ``count`` highest scores of each row, (rows, count); the first of equal ones first."""
    rows, n = score.shape
    if not 0 < count < n:
        return torch.argsort(score, dim=1, descending=True, stable=True)[:, :count]
    # Sorting just these takes a sixth of the time if they are few, and finding them gives them in order.
    least = torch.topk(score, count, 1, sorted=False)[0].amin(1, keepdim=True)
    some = score >= least
    if int(some.sum()) > rows * count:
        equal = score == least
        more = score > least
        some = more | (equal & (equal.cumsum(1) <= count - more.sum(1, keepdim=True)))
    places = some.nonzero()[:, 1]
    if len(places) != rows * count:  # there are NaN
        return torch.argsort(score, dim=1, descending=True, stable=True)[:, :count]
    places = places.view(rows, count)
    order = torch.argsort(score.gather(1, places), dim=1, descending=True, stable=True)
    return places.gather(1, order)


def greedy(
    alive: Tensor,
    boxes: Coordinates,
    threshold: float,
    classes: Tensor | None = None,
    touching: bool = False,
    most: int | None = None,
) -> Tensor:
    """Which of each row's boxes are kept, when the first is kept and suppresses others, and so on.

    Parameters
    ----------
    alive : (rows, n), the candidates, best first
    boxes
        Their left, top, right and bottom, each (rows, n).
    threshold
        The overlap above which a box suppresses another; with ``touching`` it is enough.
    classes : (rows, n)
        If given, a box suppresses those of its own class only.
    most
        A row need not be finished when so many are kept.
    """
    rows, n = alive.shape
    if not alive.numel():
        return alive.clone()
    left, top, right, bottom = boxes
    area = (right - left) * (bottom - top)
    values = torch.stack([*boxes, area] if classes is None else [*boxes, area, classes.to(area.dtype)])
    meeting = _Meeting(values, threshold, touching)
    if rows * n * n <= _PAIRS:
        return _settled(alive, meeting.over(values, values))
    kept = torch.zeros_like(alive)
    for row in range(rows):
        meeting.values = values[:, row]
        kept[row, _kept_of(alive[row].nonzero()[:, 0], meeting, most)] = True
    return kept


def _kept_of(candidates: Tensor, meeting: _Meeting, most: int | None) -> Tensor:
    """The numbers of those that are kept of one row's candidates.

    In blocks: those of a block that are kept are found first, then they strike what is behind it. If only
    some are asked for, it is just what is likely to be looked at; what is behind that, when its turn comes.
    """
    step = len(candidates) if most is None else max(2 * most, _HEAD)
    kept = candidates[:0]
    for some in torch.split(candidates, max(step, 1)):
        left = meeting.spared(some, kept) if len(kept) else some
        while len(left) and (most is None or len(kept) < most):
            head, left = left[:_HEAD], left[_HEAD:]
            block = meeting.values[:, head]
            head = head[_settled(torch.ones_like(head), meeting.over(block, block))]
            kept, left = torch.cat([kept, head]), meeting.spared(left, head)
    return kept


class _Meeting:
    """Boxes that meet others, in memory that is used again and again.

    ``values`` are left, top, right, bottom, area and maybe class: (5 or 6, ..., n).
    """

    def __init__(self, values: Tensor, threshold: float, touching: bool) -> None:
        self.values = values
        self._threshold, self._touching = threshold, touching
        self._rooms = [values.new_empty(_PAIRS) for _ in range(3)]

    def spared(self, places: Tensor, by: Tensor) -> Tensor:
        """Those of the places that no box at ``by`` suppresses."""
        one = self.values[:, by]
        blocks = torch.split(self.values[:, places], max(1, _PAIRS // len(by)), 1)
        return places[torch.cat([self.over(one, other).amax(0) for other in blocks]) == 0]

    def over(self, values: Tensor, others: Tensor) -> Tensor:
        """1 where one of the values suppresses one of the others, else 0: (..., values, others)

        Numbers, as a comparison whose result is of its operands' type takes an eighth of one's to bool.
        """
        one, other = values.unsqueeze(-1).unbind(), others.unsqueeze(-2).unbind()
        if self._threshold <= 0:
            over = intersection_over_union(one[:4], other[:4])
        else:
            over = self._quotients(one, other)
        over = over.ge_(self._threshold) if self._touching else over.gt_(self._threshold)
        if len(one) > 5:
            over *= torch.eq(one[5], other[5], out=self._rooms[1][: over.numel()].view(over.shape))
        return over

    def _quotients(self, one: Coordinates, other: Coordinates) -> Tensor:
        """Like :func:`intersection_over_union`, but NaN for empty boxes, above no threshold either."""
        left, top, right, bottom, area = one[:5]
        left2, top2, right2, bottom2, area2 = other[:5]
        shape = torch.Size((*left.shape[:-1], left2.size(-1)))
        width, height, room = [x[: shape.numel()].view(shape) for x in self._rooms]
        torch.sub(
            torch.minimum(right, right2, out=width), torch.maximum(left, left2, out=room), out=width
        ).clamp_(min=0)
        torch.sub(
            torch.minimum(bottom, bottom2, out=height), torch.maximum(top, top2, out=room), out=height
        ).clamp_(min=0)
        width *= height
        union = torch.add(area, area2, out=room)
        union -= width
        width /= union
        return width


def _settled(alive: Tensor, over: Tensor) -> Tensor:
    """What is kept of one block: the only set whose members are exactly those that none of it suppresses."""
    over.triu_(1)
    alive = kept = alive.to(over.dtype).unsqueeze(-2)
    while True:
        found = torch.matmul(kept, over).eq_(0).mul_(alive)
        if torch.equal(found, kept):
            return kept.squeeze(-2).to(torch.bool)
        kept = found
