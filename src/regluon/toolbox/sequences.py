"""Texts as sequences of characters, batches of them, and gradients that do not explode."""

from __future__ import annotations

import os
import random
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from regluon import ndarray as nd
from regluon.toolbox.files import fetch, missing

__all__ = [
    "data_iter_consecutive",
    "data_iter_random",
    "grad_clipping",
    "load_data_jay_lyrics",
    "load_data_time_machine",
    "to_onehot",
]

LYRICS = "../data/jaychou_lyrics.txt.zip"
LYRICS_SOURCE = "the folder data of the book's repository, https://github.com/d2l-ai/d2l-zh"
TIME_MACHINE = "../data/timemachine.txt"
TIME_MACHINE_URL = "http://d2l-data.s3-accelerate.amazonaws.com/timemachine.txt"
TIME_MACHINE_SHA1 = "090b5e7e70c295757f55df93cb0a180b9691891a"

CORPUS_CHARACTERS = 10000

Corpus = tuple[list[int], dict[str, int], list[str], int]


def load_data_jay_lyrics() -> Corpus:
    """The first 10000 characters of Jay Chou's lyrics, from ``../data/jaychou_lyrics.txt.zip``.

    Outputs
    -------
    tuple
        The characters' numbers, the number of each character, the character of each number, and how many
        there are. Numbers are in the order of the characters, where the book's change from run to run.

    Errors
    ------
    FileNotFoundError
        If the file is not there.
    """
    if not os.path.exists(LYRICS):
        raise missing(LYRICS, LYRICS_SOURCE)
    with zipfile.ZipFile(LYRICS) as archive:
        return _numbered(archive.read("jaychou_lyrics.txt").decode("utf-8"))


def load_data_time_machine() -> Corpus:
    """The first 10000 characters of ``../data/timemachine.txt``, Wells's novel, in small letters.

    The file is downloaded if it is not there.

    Outputs
    -------
    tuple
        As of `load_data_jay_lyrics`.

    Errors
    ------
    FileNotFoundError
        If there is neither the file nor a network.
    """
    path = fetch(TIME_MACHINE, TIME_MACHINE_URL, TIME_MACHINE_SHA1, keep=True)
    with open(path, encoding="utf-8") as file:
        return _numbered(file.read().lower())


def _numbered(text: str) -> Corpus:
    text = text.replace("\n", " ").replace("\r", " ")[:CORPUS_CHARACTERS]
    idx_to_char = sorted(set(text))
    char_to_idx = {char: i for i, char in enumerate(idx_to_char)}
    return [char_to_idx[char] for char in text], char_to_idx, idx_to_char, len(idx_to_char)


def data_iter_random(
    corpus_indices: Sequence[int], batch_size: int, num_steps: int, ctx: Any = None
) -> Iterator[tuple[Any, Any]]:
    """Batches of pieces of a sequence, in an order that Python's ``random`` draws.

    Parameters
    ----------
    corpus_indices : list of int
    batch_size, num_steps : int
        How many pieces in a batch, how many numbers in a piece. What fills none of these is left out.
    ctx : Context, optional
        Where the batches go.

    Outputs
    -------
    iterator
        Pairs of (batch_size, num_steps): the pieces, and the pieces one number further on.
    """
    num_examples = (len(corpus_indices) - 1) // num_steps
    starts = [i * num_steps for i in range(num_examples)]
    random.shuffle(starts)
    for i in range(0, num_examples // batch_size * batch_size, batch_size):
        chosen = starts[i : i + batch_size]
        X, Y = ([corpus_indices[j + d : j + d + num_steps] for j in chosen] for d in (0, 1))
        yield nd.array(X, ctx=ctx), nd.array(Y, ctx=ctx)


def data_iter_consecutive(
    corpus_indices: Sequence[int], batch_size: int, num_steps: int, ctx: Any = None
) -> Iterator[tuple[Any, Any]]:
    """Batches of pieces of a sequence, each row of which goes on in the next batch.

    Parameters
    ----------
    corpus_indices : list of int
    batch_size, num_steps : int
        How many pieces in a batch, how many numbers in a piece. What fills none of these is left out.
    ctx : Context, optional
        Where the batches go.

    Outputs
    -------
    iterator
        Pairs of (batch_size, num_steps): the pieces, and the pieces one number further on.
    """
    corpus = nd.array(corpus_indices, ctx=ctx)
    length = len(corpus) // batch_size
    rows = corpus[: batch_size * length].reshape((batch_size, length))
    for i in range(0, (length - 1) // num_steps * num_steps, num_steps):
        yield rows[:, i : i + num_steps], rows[:, i + 1 : i + num_steps + 1]


def to_onehot(X: Any, size: int) -> list[Any]:
    """(batch, steps) numbers to a list over the steps of (batch, size) rows with a 1 at each number."""
    return [nd.one_hot(x, size) for x in X.T]


def grad_clipping(params: Iterable[Any], theta: float | None, ctx: Any) -> None:
    """g ← g · min(θ / ‖g‖, 1), in place, where g is the gradients of all arrays together.

    Parameters
    ----------
    params : list of NDArray
        Arrays with gradients.
    theta : float or None
        The greatest norm; None leaves the gradients as they are.
    ctx : Context
        Where the norm is computed.
    """
    if theta is None:
        return
    params = list(params)
    squares = [(param.grad**2).sum().as_in_context(ctx) for param in params]
    norm = float(nd.add_n(*squares).sqrt().asscalar())
    if norm > theta:
        for param in params:
            param.grad[:] = param.grad * (theta / norm)
