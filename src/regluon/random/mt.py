"""Random 32-bit words: mt19937 engines, and how MXNet shares its 1024 of them out over a call.

A call for N numbers uses T = min(ceil(N / 64), 1024) engines, its lanes: lane t fills the elements
[t S, (t + 1) S) with S = ceil(N / T). Lanes live on from call to call, so each goes at its own pace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.random import MT19937, RandomState
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

from regluon.random.beginnings import MANY, first_words

__all__ = ["Block", "Lanes", "Stream", "Words", "blocks"]

Words = NDArray[np.uint32]
T = TypeVar("T", bound=np.generic)

_LANES = 1024
_PER_LANE = 64
_TURN = 624  # words that an engine makes in one go
_FIRST = _TURN // 3  # words that a lane begins with, enough for 64 normal numbers
_SEEDS = 1 << 32
_TOGETHER = 4096  # lanes that begin at once; their first words take 3.4 MB, which stay in a cache


class _NoSeed(ISeedSequence):
    """Spares MT19937 the seeding of its own, which takes 30 times as long as the one that follows it."""

    state = (0,) * _TURN

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        return self.state


_NO_SEED: Any = _NoSeed()


class Stream:
    """The words of one mt19937, as C++'s ``std::mt19937(seed)`` gives them."""

    __slots__ = ("_engine", "_seeder")

    def __init__(self, seed: int = 0) -> None:
        self._engine = MT19937(_NO_SEED)
        self._seeder = RandomState(self._engine)
        self.seed(seed)

    def seed(self, seed: int) -> None:
        """Begin anew."""
        self._seeder.seed(seed % _SEEDS)

    def take(self, count: int) -> NDArray[np.uint64]:
        """Draw the next words."""
        return self._engine.random_raw(count)

    @property
    def state(self) -> Any:
        """Where it stands; to be set again."""
        return self._engine.state

    @state.setter
    def state(self, state: Any) -> None:
        self._engine.state = state


class Block(NamedTuple):
    """Part of a call of ``lanes``: the same columns of what [first, last) fill, ``share`` elements each."""

    first: int
    last: int
    start: int
    share: int
    begin: int
    end: int
    lanes: int = 0

    @property
    def width(self) -> int:
        return self.end - self.begin

    def of(self, out: NDArray[T]) -> NDArray[T]:
        """What this block fills of the call's result, a row for each lane."""
        size = (self.last - self.first) * self.share
        return out[self.start : self.start + size].reshape(-1, self.share)[:, self.begin : self.end]


def blocks(size: int, width: int, at_once: int) -> Iterator[Block]:
    """A call for ``size`` numbers in blocks at most ``width`` wide, of about ``at_once`` numbers."""
    if size <= 0:
        return
    share = -(-size // min(-(-size // _PER_LANE), _LANES))
    full, rest = divmod(size, share)
    lanes = full + (rest > 0)
    group = max(at_once // min(share, width), 1)
    for first in range(0, full, group):
        for begin in range(0, share, width):
            yield Block(
                first, min(first + group, full), first * share, share, begin, min(begin + width, share), lanes
            )
    for begin in range(0, rest, width):
        yield Block(full, full + 1, full * share, rest, begin, min(begin + width, rest), lanes)


class Lanes:
    """The engines of MXNet's parallel sampler: lane i begins at ``seed + i``.

    Words that are made but not drawn yet wait in a row for each lane, from ``_at`` to ``_end``. A lane's
    first ones come from an engine that all lanes take turns with, as it stays in the processor's cache; a
    lane has an engine of its own as soon as it needs more.
    """

    def __init__(self, seed: int) -> None:
        self._beginner = Stream()
        self._streams: dict[int, Stream] = {}
        self._behind = np.zeros(_LANES, np.bool_)  # whose own engine is not where the lane is
        self._rows = np.empty((_LANES, 4 * _TURN), np.uint32)
        self._at = np.zeros(_LANES, np.int64)
        self._end = np.zeros(_LANES, np.int64)
        self.expect(())
        self.seed(seed)

    def seed(self, seed: int) -> None:
        """Begin anew."""
        self._seed, self._seeded = seed, 0
        self._at[:] = self._end[:] = 0
        self._behind[:] = True

    def expect(self, seeds: Sequence[int]) -> None:
        """Says that these seeds will be given, in this order: their lanes begin together then.

        It is a matter of time alone, and nothing has to come of it.
        """
        self._expected = list(seeds)
        self._ready: dict[tuple[int, int], Words] = {}  # by seed and first lane

    def peek(self, block: Block, count: int) -> Words:
        """The next ``count`` words of each lane of a block, a row each, which remain the next ones."""
        first, last = block.first, block.last
        if self._seeded < last:
            self._begin(max(last, block.lanes), count)
        at = self._at[first:last]
        short = np.flatnonzero(self._end[first:last] - at < count)
        if short.size:
            self._supply((first + short).tolist(), count)
        begin = int(at[0])
        if last - first == 1 or (at == begin).all():
            return self._rows[first:last, begin : begin + count]
        scattered: Words = self._rows[np.arange(first, last)[:, None], at[:, None] + np.arange(count)]
        return scattered

    def skip(self, block: Block, count: int | NDArray[np.int64]) -> None:
        """Draw words that have been peeked at: as many of each lane, or a number for each."""
        self._at[block.first : block.last] += count

    def take(self, block: Block, count: int) -> Words:
        """Draw ``count`` words of each lane, a row each, which hold until the next are asked for."""
        words = self.peek(block, count)
        self.skip(block, count)
        return words

    def _begin(self, last: int, count: int) -> None:
        """Make the first words of the lanes up to this one, unless more are wanted at once."""
        first, self._seeded = self._seeded, last
        if count > _FIRST:
            return
        words = self._ready.pop((self._seed, first), None)
        if words is None or len(words) < last - first:
            words = self._begin_together(first, last)
        self._rows[first:last, :_FIRST] = words[: last - first]
        self._end[first:last] = _FIRST

    def _begin_together(self, first: int, last: int) -> Words:
        """The first words of these lanes; those of the expected seeds are made ready for them, too."""
        lanes, seeds = last - first, [self._seed]
        if self._seed in self._expected:
            at = self._expected.index(self._seed)
            seeds = self._expected[at : at + max(1, _TOGETHER // lanes)]
        numbers = np.array(seeds, np.int64)[:, None] + np.arange(first, last)
        if numbers.size < MANY:
            return self._one_by_one(numbers[0])
        words = first_words((numbers % _SEEDS).astype(np.uint32).ravel(), _FIRST)
        mine, *others = np.split(words, len(seeds))
        self._ready.update(((seed, first), rows) for seed, rows in zip(seeds[1:], others, strict=True))
        return mine

    def _one_by_one(self, numbers: NDArray[np.int64]) -> Words:
        words, beginner = [], self._beginner
        seed, take = beginner._seeder.seed, beginner._engine.random_raw  # not by Stream's, which take longer
        for number in (numbers % _SEEDS).tolist():
            seed(number)
            words.append(take(_FIRST))
        return np.array(words, np.uint32)

    def _own(self, lane: int) -> Stream:
        """The engine of a lane, at the first word that is not in its row."""
        stream = self._streams.get(lane)
        if not self._behind[lane]:
            assert stream is not None
            return stream
        if stream is None:
            stream = self._streams[lane] = Stream(self._seed + lane)
        else:
            stream.seed(self._seed + lane)
        stream.take(int(self._end[lane]))
        self._behind[lane] = False
        return stream

    def _supply(self, lanes: list[int], count: int) -> None:
        if count + _TURN > self._rows.shape[1]:
            rows = np.empty((_LANES, count + _TURN), np.uint32)
            rows[:, : self._rows.shape[1]] = self._rows
            self._rows = rows
        for lane in lanes:
            row, at, end = self._rows[lane], int(self._at[lane]), int(self._end[lane])
            ready = end - at
            stream = self._own(lane)
            row[:ready] = row[at:end]
            made = -(-(count - ready) // _TURN) * _TURN
            row[ready : ready + made] = stream.take(made)
            self._at[lane], self._end[lane] = 0, ready + made
