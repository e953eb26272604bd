"""Sentences as numbers, and batches of sentences of one length."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np

from regluon.io import DataBatch, DataDesc, DataIter
from regluon.ndarray import array

__all__ = ["BucketSentenceIter", "encode_sentences"]


def encode_sentences(
    sentences: Sequence[Sequence[str]],
    vocab: dict[str, int] | None = None,
    invalid_label: int = -1,
    invalid_key: str = "\n",
    start_label: int = 0,
    unknown_token: str | None = None,
) -> tuple[list[list[int]], dict[str, int]]:
    """Sentences of words as sentences of numbers

    Parameters
    ----------
    vocab
        The numbers of words; made, from ``start_label`` upwards, if None.
    invalid_label, invalid_key
        A number that no word gets, and its key in a new vocabulary.
    unknown_token
        What counts in place of a word that a given vocabulary lacks.

    Returns
    -------
    The sentences, and the vocabulary.

    Raises
    ------
    AssertionError
        If a word is not in a vocabulary that was given, and there is no ``unknown_token``.
    """
    new = vocab is None
    words: dict[str, int] = {invalid_key: invalid_label} if vocab is None else vocab
    number = start_label
    found = []
    for sentence in sentences:
        coded = []
        for word in sentence:
            if word not in words:
                if not new and not unknown_token:
                    raise AssertionError(
                        f"Unknown token {word}: it is not in the vocabulary; unknown_token says what to take"
                    )
                if number == invalid_label:
                    number += 1
                word = unknown_token or word
                words[word] = number
                number += 1
            coded.append(words[word])
        found.append(coded)
    return found, words


class BucketSentenceIter(DataIter):
    """Batches of sentences of about one length; the label of each word is the next word.

    A sentence goes to the smallest bucket that it fits into, and is filled up there. The order of batches, by
    Python's ``random``, and of the sentences in a bucket, by ``numpy.random``, is another in each epoch.

    Parameters
    ----------
    sentences
        Lists of numbers.
    batch_size
        How many sentences a batch has; those left over in a bucket are left out.
    buckets
        The lengths of the buckets; all lengths that fill a batch if None.
    invalid_label
        What fills sentences up, and is the last label of each.
    data_name, label_name, dtype
        Names and type of the arrays.
    layout
        "NT" for (batch, length), "TN" for (length, batch).
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[int]],
        batch_size: int,
        buckets: list[int] | None = None,
        invalid_label: int = -1,
        data_name: str = "data",
        label_name: str = "softmax_label",
        dtype: Any = "float32",
        layout: str = "NT",
    ) -> None:
        super().__init__()
        if not buckets:
            counts = np.bincount([len(s) for s in sentences])
            buckets = [length for length, count in enumerate(counts) if count >= batch_size]
        buckets.sort()
        self.batch_size = batch_size
        self.data_name, self.label_name, self.dtype = data_name, label_name, dtype
        self.invalid_label = invalid_label
        self.layout, self.major_axis = layout, layout.find("N")
        if self.major_axis not in (0, 1):
            raise ValueError(f"Invalid layout {layout}: Must by NT (batch major) or TN (time major)")
        self._fill(sentences, buckets)
        if not self.buckets:
            raise ValueError(
                f"BucketSentenceIter: no bucket of {buckets} has a sentence; give buckets, or a batch_size "
                f"smaller than {batch_size}"
            )
        self.default_bucket_key = max(self.buckets)
        self.provide_data = [self._description(data_name, self.default_bucket_key)]
        self.provide_label = [self._description(label_name, self.default_bucket_key)]
        self.idx = [
            (i, j)
            for i, rows in enumerate(self.data)
            for j in range(0, len(rows) - batch_size + 1, batch_size)
        ]
        self.nddata: list[Any] = []
        self.ndlabel: list[Any] = []
        self.curr_idx = 0
        self.reset()

    def _fill(self, sentences: Sequence[Sequence[int]], buckets: list[int]) -> None:
        """Puts the sentences into buckets, and leaves out buckets that stay empty."""
        rows: list[list[Any]] = [[] for _ in buckets]
        discarded = 0
        for sentence in sentences:
            place = bisect_left(buckets, len(sentence))
            if place == len(buckets):
                discarded += 1
                continue
            row = np.full((buckets[place],), self.invalid_label, dtype=self.dtype)
            row[: len(sentence)] = sentence
            rows[place].append(row)
        self.buckets = [length for length, own in zip(buckets, rows, strict=True) if own]
        self.data = [np.asarray(own, dtype=self.dtype) for own in rows if own]
        print(f"WARNING: discarded {discarded} sentences longer than the largest bucket.")  # noqa: T201 (as MXNet)

    def _description(self, name: str, length: int) -> DataDesc:
        shape = (self.batch_size, length) if self.major_axis == 0 else (length, self.batch_size)
        return DataDesc(name=name, shape=shape, layout=self.layout)

    def reset(self) -> None:
        """Begins again, in another order."""
        self.curr_idx = 0
        random.shuffle(self.idx)
        for rows in self.data:
            np.random.shuffle(rows)  # noqa: NPY002 (the stream that programs seed)
        self.nddata, self.ndlabel = [], []
        for rows in self.data:
            labels = np.empty_like(rows)
            labels[:, :-1], labels[:, -1] = rows[:, 1:], self.invalid_label
            self.nddata.append(array(rows, dtype=self.dtype))
            self.ndlabel.append(array(labels, dtype=self.dtype))

    def next(self) -> DataBatch:
        """The next batch."""
        if self.curr_idx == len(self.idx):
            raise StopIteration
        i, j = self.idx[self.curr_idx]
        self.curr_idx += 1
        data, label = (a[i][j : j + self.batch_size] for a in (self.nddata, self.ndlabel))
        if self.major_axis == 1:
            data, label = data.T, label.T
        length = self.buckets[i]
        return DataBatch(
            [data],
            [label],
            pad=0,
            bucket_key=length,
            provide_data=[self._description(self.data_name, length)],
            provide_label=[self._description(self.label_name, length)],
        )
