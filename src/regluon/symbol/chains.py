"""Convolutions for prediction that follow one another: of many images, some at a time.

What one makes is still in the caches when the next reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise
from math import prod
from typing import NamedTuple

import torch
from torch import Tensor

from regluon.symbol.ways import Ways

__all__ = ["Chain"]

_BLOCK = 2**20
"""How many numbers of a value go together for each thread."""
_ROWS = 2**9
"""For fewer places at once it takes longer to read the weights again."""
_LITTLE = 32
"""Of more products than these a number takes longer to make than to read and to write."""
_SHAPES = 256
"""For how many shapes of data the plan is remembered."""


class Plan(NamedTuple):
    """How data of a shape goes through a chain."""

    images: int
    """So many at a time; 0 for all."""
    through: int
    """Through so many convolutions; through the others all at once."""
    result: Sequence[int]
    """The shape behind those."""


class Chain:
    """Convolutions, each of what the one before it makes.

    Parameters
    ----------
    ways
        The convolutions.
    adding
        Which of them add another value. Those values are given in that order.
    """

    def __init__(self, ways: Sequence[Ways], adding: Sequence[bool]) -> None:
        self._ways, self._adding = list(ways), list(adding)
        self._nothing: list[Tensor | None] = [None] * len(ways)
        self._plans: dict[Sequence[int], Plan] = {}

    def __call__(self, x: Tensor, *others: Tensor) -> Tensor:
        images, count, result = self._plans.get(x.shape) or self._plan(x.shape)
        if others:
            given = iter(others)
            added = [next(given) if adding else None for adding in self._adding]
        else:
            added = self._nothing
        links = zip(self._ways, added, strict=True)
        if images:
            x = _in_blocks(x, list(islice(links, count)), images, result)
        for way, other in links:
            x = way(x, other)
        return x

    def plan(self, shape: Sequence[int]) -> Plan:
        """What is the quickest for data of that shape."""
        shapes, block = [shape], _BLOCK * torch.get_num_threads()
        for way in self._ways:
            shapes.append(way.result(shapes[-1]))
        sizes = [prod(s[1:]) for s in shapes]
        largest = [max(pair) for pair in pairwise(sizes)]
        count = max((i + 1 for i, size in enumerate(largest) if size * shape[0] >= block), default=0)
        images = max(1, block // max(largest[:count], default=1))
        if images >= shape[0]:
            return Plan(0, 0, shape)
        few = (i for i in range(count) if images * prod(shapes[i + 1][2:]) < _ROWS)
        count = next(few, count)
        while 0 < count < len(self._ways) and sizes[count] >= sizes[count - 1]:
            count -= 1
        works = [way.work(before) for way, before in zip(self._ways, shapes[:count], strict=False)]
        if count < 2 or min(works) > _LITTLE:
            return Plan(0, 0, shape)
        parts = -(-shape[0] // images)
        return Plan(-(-shape[0] // parts), count, shapes[count])

    def _plan(self, shape: Sequence[int]) -> Plan:
        if len(self._plans) >= _SHAPES:
            self._plans.clear()
        found = self._plans[shape] = self.plan(shape)
        return found


def _in_blocks(
    x: Tensor, links: list[tuple[Ways, Tensor | None]], images: int, result: Sequence[int]
) -> Tensor:
    """What the convolutions make, of so many images at a time."""
    n, filters, *extent = result
    if any(other is not None and other.size(0) != n for _, other in links):
        raise ValueError("the shapes differ")
    out = x.new_empty((n, *extent, filters)).permute(0, 3, 1, 2)
    for i in range(0, n, images):
        block = x[i : i + images]
        for way, other in links:
            block = way(block, None if other is None else other[i : i + images])
        out[i : i + images] = block
    return out
