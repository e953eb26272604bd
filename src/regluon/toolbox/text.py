"""Reviews of films from IMDB: read, cut into tokens, numbered, and judged."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Any

from regluon import ndarray as nd
from regluon.contrib.text.vocab import Vocabulary
from regluon.toolbox.contexts import try_gpu
from regluon.toolbox.files import fetch_unpacked, place

__all__ = [
    "count_tokens",
    "download_imdb",
    "get_tokenized_imdb",
    "get_vocab_imdb",
    "predict_sentiment",
    "preprocess_imdb",
    "read_imdb",
]

IMDB_URL = "http://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
IMDB_SHA1 = "01ada507287d82875905620988597833ad4e0903"
IMDB_FOLDER = "../data/aclImdb"

REVIEW_TOKENS = 500
MIN_FREQUENCY = 5


def count_tokens(samples: Iterable[Iterable[Any]]) -> Counter[Any]:
    """How often each token occurs in lists of tokens."""
    return Counter(chain.from_iterable(samples))


def download_imdb(data_dir: str = "../data") -> None:
    """Download and unpack the reviews into the folder ``aclImdb`` of `data_dir`, unless that is there.

    Errors
    ------
    FileNotFoundError
        If there is neither the folder, nor its archive in `data_dir`, nor a network.
    """
    fetch_unpacked(data_dir, "aclImdb", IMDB_URL, IMDB_SHA1)


def read_imdb(folder: str = "train") -> list[list[Any]]:
    """The reviews of ``../data/aclImdb``, in small letters, in an order that Python's ``random`` draws.

    Parameters
    ----------
    folder : str
        ``train`` or ``test``.

    Outputs
    -------
    list of [str, int]
        Reviews and 1 for those in favour, 0 for those against.

    Errors
    ------
    FileNotFoundError
        If the folder is not there: `download_imdb` brings it.
    """
    data: list[list[Any]] = []
    for label, name in ((1, "pos"), (0, "neg")):
        reviews = os.path.join(IMDB_FOLDER, folder, name)
        if not os.path.isdir(reviews):
            raise FileNotFoundError(f"{place(reviews)} is not there: download_imdb() first")
        for file_name in sorted(os.listdir(reviews)):
            with open(os.path.join(reviews, file_name), "rb") as file:
                data.append([file.read().decode("utf-8").replace("\n", "").lower(), label])
    random.shuffle(data)
    return data


def get_tokenized_imdb(data: Iterable[Any]) -> list[list[str]]:
    """The words of each review, in small letters, cut at blanks."""
    return [review.lower().split(" ") for review, _ in data]


def get_vocab_imdb(data: Iterable[Any]) -> Vocabulary:
    """The vocabulary of the words that occur at least 5 times in reviews."""
    return Vocabulary(count_tokens(get_tokenized_imdb(data)), min_freq=MIN_FREQUENCY)


def preprocess_imdb(data: Any, vocab: Vocabulary) -> tuple[Any, Any]:
    """Reviews as numbers, cut or filled up with 0 to 500 words.

    Outputs
    -------
    tuple of NDArray
        (reviews, 500) numbers of words, and (reviews,) labels.
    """
    rows = [vocab.to_indices(words[:REVIEW_TOKENS]) for words in get_tokenized_imdb(data)]
    features = nd.array([row + [0] * (REVIEW_TOKENS - len(row)) for row in rows])
    return features, nd.array([label for _, label in data])


def predict_sentiment(net: Any, vocab: Vocabulary, sentence: list[str]) -> str:
    """``positive`` or ``negative``: how a net on `try_gpu`'s context judges a list of words."""
    indices = nd.array(vocab.to_indices(sentence), ctx=try_gpu())
    scores = net(indices.reshape((1, -1)))
    return "positive" if scores.argmax(axis=1).asscalar() == 1 else "negative"
