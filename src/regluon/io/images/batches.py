"""Batches of images: records are taken, decoded and augmented by threads, and written to arrays."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch

from regluon import recordio
from regluon.base import MXNetError
from regluon.context import cpu
from regluon.io.damaged import leave_out
from regluon.io.images.draws import Draws
from regluon.io.images.shards import Found, Shard
from regluon.io.native import Batch
from regluon.ndarray.ndarray import wrap
from regluon.ops.opencv import call

__all__ = ["Batches", "Example", "Kind", "Made", "Reader", "Skipped", "labels_of"]

Array = np.ndarray[Any, Any]

_READ_FLAGS = {1: 0, 3: 1, 4: -1}


class Example(NamedTuple):
    """An image as its file has it, blue, green and red, with its label, and the record it is of.

    Its random numbers depend on ``number``: what is read together is numbered from the place in the batch on
    where it begins, records that are mixed from the size of the batch on.
    """

    image: Array
    label: Array
    id: int
    record: Found
    number: int

    @property
    def where(self) -> str:
        """What tells it from others, for errors."""
        return f"{self.record.where} with id {self.id}"


class Kind(Protocol):
    """What an iterator makes of examples."""

    def plan(self, example: Example) -> Any:
        """Draws an example's random numbers; returns what is to be done to it."""

    def write(self, example: Example, plan: Any, data: Array, label: Array) -> None:
        """Writes it to its place in the batch."""

    def empty(self, count: int) -> tuple[Array, Array]:
        """The arrays of a batch, for as many examples."""

    # Where its random numbers stand.
    state: Any


class Made(NamedTuple):
    """A batch, where the random numbers stand behind it, and whether it is surely the last of its round."""

    batch: Batch
    state: Any
    last: bool


class Skipped:
    """Counts damaged records and images, and tells of each; or raises, if they are not to be skipped."""

    def __init__(self, skip: bool) -> None:
        self._skip = skip
        self.places: list[str] = []

    def __call__(self, error: MXNetError) -> None:
        """Tells of one."""
        if not self._skip:
            raise MXNetError(f"{error}. With skip_damaged=True such records are left out") from error
        leave_out(error, self.places)


def labels_of(path: str, width: int) -> Callable[[Any], Array]:
    """What finds the label of a record's header: in the record itself, or in a list, if there is one.

    Parameters
    ----------
    path : str
        The list: lines of a number, labels, and a file's name, with tabs between; or "".
    width : int
        How many numbers a label has; -1 for any.
    """
    if path:
        listed = _listed(path, width)

        def find(header: Any) -> Array:
            if header.id not in listed:
                raise MXNetError(f"fail to find imagelabel for id {header.id} in {path}")
            return listed[header.id]

        return find

    def read(header: Any) -> Array:
        found = np.atleast_1d(np.asarray(header.label, np.float32))
        if width > 0 and len(found) != width:
            raise MXNetError(
                f"rec file provide {len(found)}-dimensional label but label_width is set to {width}"
            )
        return found

    return read


def _listed(path: str, width: int) -> dict[int, Array]:
    found = {}
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise MXNetError(f"path_imglist={path!r}: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            key, *texts, _ = line.strip().split("\t")
            labels = np.array([float(text) for text in texts], np.float32)
            if len(labels) < max(1, width):
                raise ValueError(f"{len(labels)} labels, where label_width={width}")
            found[int(key)] = labels[:width] if width > 0 else labels
        except ValueError as error:
            text = f"{path}, line {number}: not a number, labels and a file's name, with tabs between"
            raise MXNetError(f"{text}: {error}") from error
    return found


class Reader:
    """Makes examples of records.

    Parameters
    ----------
    channels : int
        1 for gray images, 3 for colours, 4 for colours with transparency.
    label_of : callable
        Returns the label of a record's header.
    """

    def __init__(self, channels: int, label_of: Callable[[Any], Array]) -> None:
        self._flag, self._channels = _READ_FLAGS[channels], channels
        self._label_of = label_of

    def __call__(self, record: Found) -> Example | MXNetError:
        """The example, or its error."""
        where = record.where
        try:
            header, content = recordio.unpack(record.content)
            where += f" with id {header.id}"
            image = call("imdecode", np.frombuffer(content, np.uint8), self._flag) if content else None
            if image is None:
                return MXNetError(f"{where}: this is no image, or is damaged")
            if self._channels == 4 and image.shape[2:] != (4,):
                found = image.shape[2] if image.ndim == 3 else 1
                return MXNetError(f"{where}: Expected 4 channels, got {found}")
            return Example(image, self._label_of(header), header.id, record, 0)
        except (MXNetError, ValueError, struct.error) as error:
            return MXNetError(f"{where}: {error}")


class Batches:
    """The batches of rounds.

    Parameters
    ----------
    o : SimpleNamespace
        The iterator's parameters.
    shard : Shard
        The records.
    reader : Reader
    kind : Kind
    seed : int
        The number that ``seed`` is added to for the order of the records.
    skipped : Skipped
    old : bool
        Whether batches tell the ids of their records, and a last one that is not full keeps what the one
        before had in these places; else both are zeros.
    """

    def __init__(
        self,
        o: SimpleNamespace,
        shard: Shard,
        reader: Reader,
        kind: Kind,
        seed: int,
        skipped: Skipped,
        old: bool,
    ) -> None:
        self._shard, self._reader, self.kind = shard, reader, kind
        self._batch_size, self._round_batch = o.batch_size, o.round_batch
        self._mixed = Draws(seed + o.seed) if o.shuffle else None
        self.skipped = skipped
        self._old = old
        threads = min(o.preprocess_threads, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(threads, "images") if threads > 1 else None
        self._records: Iterator[Found] | None = None
        self._first = 0
        self._last: tuple[Array, Array, Array] | None = None

    @property
    def state(self) -> Any:
        """Where the random numbers stand."""
        return self.kind.state, None if self._mixed is None else self._mixed.state

    def restore(self, state: Any) -> None:
        """Sets the random numbers to where they stood, and goes to the first record."""
        self.kind.state, order = state
        if self._mixed is not None:
            self._mixed.state = order
        self._records = None

    def round(self) -> Iterator[Made]:
        """The batches of a round."""
        short = 0
        while not short:
            examples = self._take(self._batch_size)
            short = self._batch_size - len(examples)
            if short:
                self._records = None
            if not examples:
                return
            if short and self._round_batch:
                examples += self._take(short, len(examples))
                if len(examples) < self._batch_size:
                    raise MXNetError(
                        f"number of input images must be bigger than the batch size: there are "
                        f"{self._batch_size - short} for a batch of {self._batch_size}"
                    )
            yield Made(self._made(examples, short), self.state, short > 0)

    def _take(self, count: int, begin: int = 0) -> list[Example]:
        """The next examples, for the places from ``begin`` on; fewer at the end of a round."""
        if self._records is None:
            self._records = self._shard.round(self._mixed)
        found: list[Example] = []
        while len(found) < count:
            records = list(islice(self._records, count - len(found)))
            if not records:
                break
            for example in self._mapped(self._reader, records):
                if isinstance(example, MXNetError):
                    self.skipped(example)
                else:
                    if example.record.number == 0:
                        self._first = begin + len(found)
                    first = self._batch_size if example.record.mixed else self._first
                    found.append(example._replace(number=first + example.record.number))
        return found

    def _mapped(self, function: Callable[..., Any], *lists: Any) -> Iterator[Any]:
        return map(function, *lists) if self._pool is None else self._pool.map(function, *lists)

    def _made(self, examples: list[Example], pad: int) -> Batch:
        data, label = self.kind.empty(self._batch_size)
        index = np.zeros(self._batch_size, np.uint64)
        if self._old and self._last is not None and len(examples) < self._batch_size:
            for new, old in zip((data, label, index), self._last, strict=True):
                new[len(examples) :] = old[len(examples) :]
        plans = [self.kind.plan(example) for example in examples]
        for _ in self._mapped(self.kind.write, examples, plans, data, label.reshape(len(label), -1)):
            pass
        if self._old:
            index[: len(examples)] = [example.id for example in examples]
            self._last = (data, label, index)
        return Batch(_array(data), _array(label), pad, index)


def _array(values: Array) -> Any:
    return wrap(torch.from_numpy(values), cpu(), None)
