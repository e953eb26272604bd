"""Seeds whose numbers have nothing to do with each other."""

from __future__ import annotations

import operator
from collections.abc import Iterable

__all__ = ["some_seeds"]

_APART = 10


def some_seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    """The seeds themselves, or for a number as many: 0, 10, 20, ...

    Not 0, 1, 2: MXNet's numbers come from up to 1024 engines, engine i of seed s being seeded with 127 s + i.
    Data drawn with neighbouring seeds are the same numbers, moved by some rows. Ten apart, no engine is met
    twice.
    """
    if isinstance(seeds, Iterable):
        found = tuple(operator.index(seed) for seed in seeds)
        if not found or len(set(found)) < len(found):
            raise ValueError(f"seeds must be different numbers, at least one, not {list(found)}")
        return found
    if operator.index(seeds) < 1:
        raise ValueError(f"seeds must be at least 1, not {seeds}")
    return tuple(range(0, _APART * seeds, _APART))
