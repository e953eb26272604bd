"""Texts from files of the books' formats, batches of them, and clipped gradients."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])


def check(loaded: Any, text: str) -> None:
    corpus_indices, char_to_idx, idx_to_char, vocab_size = loaded
    assert "".join(idx_to_char[i] for i in corpus_indices) == text
    assert vocab_size == len(idx_to_char) == len(set(text))
    assert [char_to_idx[c] for c in idx_to_char] == list(range(vocab_size))


def test_lyrics(data: Path) -> None:
    with zipfile.ZipFile(data / "jaychou_lyrics.txt.zip", "w") as archive:
        archive.writestr("jaychou_lyrics.txt", ("想要有直升机\n想要和你飞到宇宙去\r" * 1000).encode())
    check(d2lzh.load_data_jay_lyrics(), ("想要有直升机 想要和你飞到宇宙去 " * 1000)[:10000])


def test_without_the_lyrics(data: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"^\.\./data/jaychou_lyrics\.txt\.zip \(.*\) is not there"
    ) as error:
        d2lzh.load_data_jay_lyrics()
    assert str(data / "jaychou_lyrics.txt.zip") in str(error.value)


def test_time_machine(data: Path) -> None:
    (data / "timemachine.txt").write_text("The Time Machine, by H. G. Wells\n\n" * 10, encoding="utf-8")
    check(d2lzh.load_data_time_machine(), "the time machine, by h. g. wells  " * 10)


@BOOKS
def test_data_iter_random(book: Any) -> None:
    sequence = list(range(30))
    random.seed(2)
    starts = list(range(4))
    random.shuffle(starts)
    random.seed(2)
    batches = list(book.data_iter_random(sequence, batch_size=2, num_steps=6))
    assert [X.asnumpy()[:, 0].tolist() for X, _ in batches] == [
        [6 * starts[0], 6 * starts[1]],
        [6 * starts[2], 6 * starts[3]],
    ]
    for X, Y in batches:
        assert X.shape == Y.shape == (2, 6)
        assert (Y - X == 1).asnumpy().all()
        assert (X[:, 1:] == Y[:, :-1]).asnumpy().all()


@BOOKS
def test_data_iter_random_leaves_out_what_fills_no_batch(book: Any) -> None:
    assert len(list(book.data_iter_random(list(range(31)), batch_size=2, num_steps=6))) == 2  # of 5 pieces
    assert (
        list(book.data_iter_random(list(range(6)), batch_size=1, num_steps=6)) == []
    )  # no label for the last


@BOOKS
def test_data_iter_consecutive(book: Any) -> None:
    batches = list(book.data_iter_consecutive(list(range(30)), 2, 6, mx.cpu(1)))
    assert [X.asnumpy()[:, 0].tolist() for X, _ in batches] == [[0, 15], [6, 21]]
    for X, Y in batches:
        assert X.context == Y.context == mx.cpu(1)
        assert X.shape == (2, 6)
        assert (Y - X == 1).asnumpy().all()


@BOOKS
def test_to_onehot(book: Any) -> None:
    inputs = book.to_onehot(mx.nd.arange(10).reshape((2, 5)), 11)
    assert len(inputs) == 5
    assert inputs[1].asnumpy().argmax(1).tolist() == [1, 6]
    assert inputs[0].shape == (2, 11)
    assert (np.array([x.asnumpy().sum(1) for x in inputs]) == 1).all()


@BOOKS
@pytest.mark.parametrize(("theta", "scale"), [(None, 1), (10, 1), (5, 1), (1, 0.2)])
def test_grad_clipping(book: Any, theta: float | None, scale: float) -> None:
    params = [mx.nd.zeros(1), mx.nd.zeros((2, 1))]
    for param, gradient in zip(params, ([3], [[0], [4]]), strict=True):
        param.attach_grad()
        param.grad[:] = mx.nd.array(gradient)
    book.grad_clipping(params, theta, mx.cpu())
    clipped = [g for param in params for g in param.grad.asnumpy().ravel().tolist()]
    assert clipped == pytest.approx([3 * scale, 0, 4 * scale])
