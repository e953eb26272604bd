"""Where the records of a part are, and in which order a round has them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import BinaryIO, NamedTuple, Protocol, TypeAlias

from regluon import recordio
from regluon.base import MXNetError
from regluon.io.images.draws import Draws

__all__ = ["Found", "Shard", "opened"]

# MXNet reads a file in pieces of this size and mixes the records of a piece.
_PIECE = 8 << 20
_SEARCHED = 1 << 16
# The magic number, and the word of a length whose upper bits say that a record begins here.
_HEAD = re.compile(rb"\x0a\x23\xd7\xce...[\x00-\x3f]", re.DOTALL)


# What is told of damaged records; the error itself is raised if it raises.
Report: TypeAlias = Callable[[MXNetError], None]


class Found(NamedTuple):
    """A record, where it is, its number among those that were read together, and whether these are mixed."""

    content: bytes
    path: str
    place: int
    number: int
    mixed: bool = False

    @property
    def where(self) -> str:
        """What tells it from others, for errors."""
        return f"{self.path}, record at byte {self.place}"


class Shard(Protocol):
    """The records of a part."""

    def round(self, mixed: Draws | None) -> Iterator[Found]:
        """All records; in random order if ``mixed`` is given."""


def opened(o: SimpleNamespace, report: Report) -> Shard:
    """The part of the records that an iterator's parameters ask for.

    Parameters
    ----------
    report : callable
        Is called for a damaged record, with its error, and raises that if the record is not to be skipped.
    """
    part = (o.part_index, o.num_parts)
    if o.path_imgidx:
        return _Indexed(o.path_imgrec, o.path_imgidx, part, o.batch_size, report)
    return _Sequential(_files(o.path_imgrec), part, report, o.shuffle_chunk_size, o.shuffle_chunk_seed)


def _files(path: str) -> list[str]:
    """A file, files with ; between, or those of a folder."""
    found = []
    for name in filter(None, path.split(";")):
        if os.path.isdir(name):
            inside = (os.path.join(name, one) for one in sorted(os.listdir(name)))
            found += [one for one in inside if os.path.isfile(one)]
        elif os.path.isfile(name):
            found.append(name)
    if not found:
        raise MXNetError(f"Cannot find any files that matches the URI pattern {path!r} of path_imgrec")
    return found


class _Sequential:
    """Records one after the other. Each part takes those that begin in its share of the bytes."""

    def __init__(
        self, paths: list[str], part: tuple[int, int], report: Report, piece_size: int, piece_seed: int
    ) -> None:
        self._sizes = [(path, os.path.getsize(path)) for path in paths]
        self._total = sum(size for _, size in self._sizes)
        self._part, self._report = part, report
        self._pieces = max(1, -(-self._total // part[1] // (piece_size << 20))) if piece_size else 1
        self._piece_order = Draws(piece_seed)

    def round(self, mixed: Draws | None) -> Iterator[Found]:
        """All records; in random order, piece by piece, if ``mixed`` is given."""
        if mixed is None:
            yield from self._records(*self._part)
            return
        number, count = self._part
        for i in self._piece_order.order(self._pieces):
            yield from _mixed(self._records(number * self._pieces + i, count * self._pieces), mixed)

    def _records(self, number: int, count: int) -> Iterator[Found]:
        share = -(-self._total // count)
        share += -share % 4
        begin, end = share * number, min(share * (number + 1), self._total)
        first = 0
        for path, size in self._sizes:
            if begin < first + size and end > first:
                yield from _between(path, max(0, begin - first), min(size, end - first), self._report)
            first += size


def _between(path: str, begin: int, end: int, report: Report) -> Iterator[Found]:
    """The records of a file whose heads are in [begin, end), numbered from 0 in each piece."""
    with closing(recordio.MXRecordIO(path, "r")) as reader:
        file = reader.handle
        assert file is not None
        place = _next_head(file, begin) if begin else 0
        file.seek(place)
        piece, number = place, 0
        while place < end:
            try:
                content = reader.read()
            except MXNetError as error:
                report(error)
                place = _next_head(file, place + 4)
                file.seek(place)
                continue
            if content is None:
                return
            after = file.tell()
            if after - piece > _PIECE:
                piece, number = place, 0
            yield Found(content, path, place, number)
            place = after
            number += 1


def _next_head(file: BinaryIO, place: int) -> int:
    """Where the first record begins at or behind a place."""
    file.seek(place)
    while block := file.read(_SEARCHED + 8):
        for found in _HEAD.finditer(block):
            if found.start() % 4 == 0:
                return place + found.start()
        place += _SEARCHED
        file.seek(place)
    return place


def _mixed(records: Iterator[Found], draws: Draws) -> Iterator[Found]:
    """The records of each piece in random order."""
    waiting: list[Found] = []
    for record in records:
        record = record._replace(mixed=True)
        if record.number == 0 and waiting:
            yield from (waiting[i] for i in draws.order(len(waiting)))
            waiting = []
        waiting.append(record)
    yield from (waiting[i] for i in draws.order(len(waiting)))


class _Indexed:
    """Records whose places are known: parts of equal numbers, any order. They are read batch by batch."""

    def __init__(self, path: str, index: str, part: tuple[int, int], batch_size: int, report: Report) -> None:
        if not os.path.isfile(path):
            raise MXNetError(f"path_imgidx is for one file of records; path_imgrec={path!r} is none")
        if not os.path.isfile(index):
            raise MXNetError(f"there is no file path_imgidx={index!r}")
        self._path, self._batch_size, self._report = path, batch_size, report
        with closing(recordio.MXIndexedRecordIO(index, path, "r")) as reader:
            places = sorted(reader.idx.values())
        share = -(-len(places) // part[1])
        self._places = places[share * part[0] : share * (part[0] + 1)]

    def round(self, mixed: Draws | None) -> Iterator[Found]:
        """All records; in random order if ``mixed`` is given."""
        order = range(len(self._places)) if mixed is None else mixed.order(len(self._places))
        with closing(recordio.MXRecordIO(self._path, "r")) as reader:
            for count, i in enumerate(order):
                place = self._places[i]
                assert reader.handle is not None
                reader.handle.seek(place)
                try:
                    content = reader.read()
                    if content is None:
                        raise MXNetError(
                            f"{self._path} ends before byte {place}, where its index has a record"
                        )
                except MXNetError as error:
                    self._report(error)
                    continue
                yield Found(content, self._path, place, count % self._batch_size)
