"""Files of vectors: a line is a token and its numbers."""

from __future__ import annotations

import os
import warnings
from array import array
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Vectors", "read_vectors"]


class Vectors(NamedTuple):
    """What a file holds; ``unknown`` is the vector of the unknown token, if there is one."""

    tokens: list[str]
    values: npt.NDArray[np.float32]
    unknown: list[float] | None


def read_vectors(path: str, delimiter: str, encoding: str, unknown_token: object) -> Vectors:
    """Reads a file of vectors. Of several for one token the first counts; a header is passed over.

    Raises
    ------
    AssertionError
        If a line has no numbers, or another number of them than those before.
    ValueError
        If there is no such file, no vector in it, or something that is no number.
    """
    path = os.path.expanduser(path)
    if not os.path.isfile(path):
        raise ValueError(
            f"`pretrained_file_path` must be a valid path to the pre-trained token embedding file: there is "
            f"no {path!r}"
        )
    tokens: dict[object, None] = {}
    values = array("f")
    unknown, length = None, 0
    for number, token, vector in _lines(path, delimiter, encoding):
        place = f"At line {number} of the pre-trained token embedding file"
        if token == unknown_token and unknown is None:
            unknown = vector
        elif token in tokens or token == unknown_token:
            warnings.warn(
                f"{place}: the embedding vector for token {token} has been loaded and a duplicate embedding "
                "for the  same token is seen and skipped.",
                stacklevel=4,
            )
        elif len(vector) == 1:
            warnings.warn(
                f"{place}: token {token} with 1-dimensional vector {vector} is likely a header and is "
                "skipped.",
                stacklevel=4,
            )
        else:
            length = length or len(vector)
            if len(vector) != length:
                raise AssertionError(
                    f"{place}: the dimension of token {token} is {len(vector)} but the dimension of previous "
                    f"tokens is {length}. Dimensions of all the tokens must be the same."
                )
            tokens[token] = None
            values.extend(vector)
    if not tokens:
        raise ValueError(f"the file {path!r} has no vectors")
    if unknown is not None and len(unknown) != length:
        raise ValueError(f"{path!r}: the vector of {unknown_token} has {len(unknown)} numbers, not {length}")
    return Vectors(list(tokens), np.array(values, np.float32).reshape(-1, length), unknown)  # type: ignore[arg-type]


def _lines(path: str, delimiter: str, encoding: str) -> Iterator[tuple[int, str, list[float]]]:
    with open(path, encoding=encoding) as file:
        for number, line in enumerate(file, 1):
            token, *numbers = line.rstrip().split(delimiter)
            if not numbers:
                raise AssertionError(
                    f"At line {number} of the pre-trained text embedding file: the data format of the "
                    f"pre-trained token embedding file {path} is unexpected."
                )
            try:
                yield number, token, [float(n) for n in numbers]
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}") from None
