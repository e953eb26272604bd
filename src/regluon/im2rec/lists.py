"""Lists of images: a number, labels, and a file's name, with tabs between."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from regluon.fileio import atomic_write_text
from regluon.usage import UsageError

__all__ = ["Line", "make_lists", "read_list"]

# MXNet's, so that the lists are the same.
_SEED = 100


class Line(NamedTuple):
    """An image of a list."""

    number: int
    labels: tuple[float, ...]
    file: str


def make_lists(
    prefix: Path,
    root: Path,
    *,
    recursive: bool,
    extensions: Sequence[str],
    shuffle: bool,
    chunks: int,
    train_ratio: float,
    test_ratio: float,
) -> tuple[dict[Path, int], dict[str, int]]:
    """Writes the lists of the images in a folder.

    Parameters
    ----------
    prefix : Path
        What the lists' names begin with.
    root : Path
        The folder.
    recursive : bool
        Whether the folders in it are looked through, each of which is a class.
    extensions : sequence of str
        What images' names end with, in small letters.
    shuffle : bool
        Whether the order is random, the same each time.
    chunks : int
        Into how many lists of a kind the images are split.
    train_ratio, test_ratio : float
        The share of the images to train and to test with; the rest is for validation.

    Returns
    -------
    How many images each list has, and the label of each folder.
    """
    if not root.is_dir():
        raise UsageError(f"{root} is no folder")
    if chunks < 1 or not (0 <= train_ratio <= 1 and test_ratio >= 0 and train_ratio + test_ratio <= 1 + 1e-9):
        raise UsageError("--chunks must be positive; --train-ratio and --test-ratio are shares of 1 together")
    classes: dict[str, int] = {}
    lines = list(_nested(root, extensions, classes) if recursive else _flat(root, extensions))
    if not lines:
        where = "" if recursive else "; --recursive looks into the folders inside"
        raise UsageError(f"no images ({' '.join(extensions)}) in {root}{where}")
    if shuffle:
        random.Random(_SEED).shuffle(lines)
    size = -(-len(lines) // chunks)
    found = {}
    for number in range(chunks):
        name = str(prefix) + (f"_{number}" if chunks > 1 else "")
        for ending, part in _split(lines[number * size : (number + 1) * size], size, train_ratio, test_ratio):
            path = Path(f"{name}{ending}.lst")
            _write(path, part)
            found[path] = len(part)
    return found, classes


def _nested(root: Path, extensions: Sequence[str], classes: dict[str, int]) -> Iterator[Line]:
    """The images in all folders, in the order of their names; each folder that has some is a class."""
    number = 0
    for folder, folders, files in os.walk(root, followlinks=True):
        folders.sort()
        name = os.path.relpath(folder, root)
        for file in sorted(files):
            path = os.path.join(folder, file)
            if os.path.splitext(file)[1].lower() in extensions and os.path.isfile(path):
                label = classes.setdefault(name, len(classes))
                yield Line(number, (float(label),), os.path.relpath(path, root))
                number += 1


def _flat(root: Path, extensions: Sequence[str]) -> Iterator[Line]:
    files = (path.name for path in root.iterdir() if path.is_file())
    images = sorted(file for file in files if os.path.splitext(file)[1].lower() in extensions)
    return (Line(number, (0.0,), file) for number, file in enumerate(images))


def _split(
    lines: list[Line], size: int, train_ratio: float, test_ratio: float
) -> Iterator[tuple[str, list[Line]]]:
    """The endings and the lines of the lists: first those to test with, then to train, then the rest."""
    if train_ratio == 1:
        yield "", lines
        return
    test, train = int(size * test_ratio), int(size * train_ratio)
    if test_ratio:
        yield "_test", lines[:test]
    if train_ratio + test_ratio < 1:
        yield "_val", lines[test + train :]
    yield "_train", lines[test : test + train]


def _write(path: Path, lines: Sequence[Line]) -> None:
    with atomic_write_text(path) as file:
        for number, labels, name in lines:
            file.write("\t".join([str(number), *(f"{label:f}" for label in labels), name]) + "\n")


def read_list(path: Path) -> Iterator[Line | str]:
    """The lines of a list; what is wrong with one stands in its place."""
    with path.open(encoding="utf-8") as file:
        for count, text in enumerate(file, start=1):
            number, *labels = (piece.strip() for piece in text.strip().split("\t"))
            if not number:
                continue
            try:
                *labels, name = labels
                if not labels:
                    raise ValueError("there is no label")
                yield Line(int(number), tuple(float(label) for label in labels), name)
            except ValueError as error:
                yield f"{path}, line {count}: not a number, labels and a file, with tabs between: {error}"
