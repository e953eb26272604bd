"""Reviews in the folders that IMDB's archive has."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

import d2lzh
import mxnet as mx

REVIEWS = {"pos": ["A great film\n great", "Great great GREAT"], "neg": ["a poor film", "a bad film a a"]}


@pytest.fixture
def imdb(data: Path) -> Path:
    for label, texts in REVIEWS.items():
        folder = data / "aclImdb" / "train" / label
        folder.mkdir(parents=True)
        for i, text in enumerate(texts):
            (folder / f"{i}_7.txt").write_text(text, encoding="utf-8", newline="")
    return data


@pytest.mark.usefixtures("imdb")
def test_read_imdb() -> None:
    wanted = [["a great film great", 1], ["great great great", 1], ["a poor film", 0], ["a bad film a a", 0]]
    random.seed(3)
    random.shuffle(wanted)
    random.seed(3)
    assert d2lzh.read_imdb() == wanted


@pytest.mark.usefixtures("data")
def test_without_imdb() -> None:
    with pytest.raises(
        FileNotFoundError, match=r"aclImdb/test/pos \(/.*\) is not there: download_imdb\(\) first"
    ):
        d2lzh.read_imdb("test")


@pytest.mark.usefixtures("imdb")
def test_from_reviews_to_numbers() -> None:
    data = d2lzh.read_imdb()
    words = d2lzh.get_tokenized_imdb(data)
    assert sorted(words, key=len)[-1] == ["a", "bad", "film", "a", "a"]
    assert d2lzh.count_tokens(words) == {"a": 5, "great": 5, "film": 3, "poor": 1, "bad": 1}
    vocab = d2lzh.get_vocab_imdb(data)
    assert vocab.idx_to_token == ["<unk>", "a", "great"]
    features, labels = d2lzh.preprocess_imdb(data, vocab)
    assert features.shape == (4, 500)
    assert labels.asnumpy().tolist() == [label for _, label in data]
    row = data.index(["a bad film a a", 0])
    assert features[row, :6].asnumpy().tolist() == [1, 0, 0, 1, 1, 0]
    assert not features[:, 6:].asnumpy().any()


def test_long_reviews_are_cut() -> None:
    data = [["b " * 300 + "a " * 300, 1]]
    vocab = d2lzh.get_vocab_imdb(data)
    features, _ = d2lzh.preprocess_imdb(data, vocab)
    wanted = [vocab.token_to_idx["b"]] * 300 + [vocab.token_to_idx["a"]] * 200
    np.testing.assert_array_equal(features.asnumpy(), [wanted])


def test_predict_sentiment() -> None:
    vocab = d2lzh.get_vocab_imdb([["good " * 5 + "bad " * 5, 1]])
    ctx = d2lzh.try_gpu()
    good = vocab.token_to_idx["good"]

    def net(x: mx.nd.NDArray) -> mx.nd.NDArray:
        assert x.context == ctx
        praise = (x == good).sum(axis=1, keepdims=True)
        return mx.nd.concat(x.shape[1] - praise, praise, dim=1)

    assert d2lzh.predict_sentiment(net, vocab, ["good", "good", "bad"]) == "positive"
    assert d2lzh.predict_sentiment(net, vocab, ["good", "so", "bad"]) == "negative"
