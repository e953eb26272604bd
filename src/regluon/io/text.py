"""Batches of the lines of text files: comma-separated numbers, and LibSVM's sparse ones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from regluon.base import MXNetError, torch_dtype
from regluon.io.native import MXDataIter, Rows, Source
from regluon.io.parameters import read, table
from regluon.ndarray import array
from regluon.ndarray.sparse import csr_matrix

__all__ = ["CSVIter", "LibSVMIter"]

_CSV = table(
    """
str data_csv label_csv=NULL data_name=data label_name=softmax_label
shape data_shape label_shape=1
int batch_size
bool round_batch=1
dtype dtype
"""
)
_LIBSVM = table(
    """
str data_libsvm label_libsvm=NULL data_name=data label_name=softmax_label
shape data_shape label_shape=1
int batch_size num_parts=1 part_index=0
bool round_batch=1
dtype dtype
"""
)
_NUMBER = re.compile(rb"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|\s*[-+]?(inf|nan)", re.IGNORECASE)


def _lines(path: str, num_parts: int = 1, part_index: int = 0) -> Iterator[tuple[str, int, bytes]]:
    """The lines that hold something, with their file and number: of a file, or of a folder's files by name.

    Of several parts, each takes the lines that begin in its share of the bytes, and the one that begins right
    after it, unless that is the first of a file.
    """
    names = [path]
    if os.path.isdir(path):
        names = [os.path.join(path, name) for name in sorted(os.listdir(path))]
        names = [name for name in names if os.path.isfile(name)]
    try:
        share = -(-sum(os.path.getsize(name) for name in names) // num_parts)
        place = 0
        for name in names:
            first = True
            with open(name, "rb") as file:
                for number, line in enumerate(file, start=1):
                    owner = place // share if first else (place - 1) // share
                    if owner == part_index and line.strip():
                        yield name, number, line.strip()
                    place += len(line)
                    first = False
    except OSError as error:
        raise MXNetError(f"{error.filename}: {error.strerror}") from error


def _number(text: bytes) -> float:
    """The number that a text begins with, 0 if it begins with none."""
    found = _NUMBER.match(text)
    return float(found[0]) if found else 0.0


def _csv(path: str, shape: tuple[int, ...], dtype: Any) -> Rows:
    """The numbers of a file, a row of ``shape`` each line."""
    size = int(np.prod(shape))
    whole = np.issubdtype(dtype, np.integer)
    rows = []
    for name, line_number, line in _lines(path):
        cells = line.split(b",")
        if len(cells) != size:
            raise MXNetError(
                f"{name}, line {line_number}: The data size in CSV do not match size of shape: "
                f"specified shape={list(shape)}, the csv row-length={len(cells)}"
            )
        try:
            rows.append([int(c) for c in cells] if whole else [float(c) for c in cells])
        except ValueError:
            rows.append([int(_number(c)) if whole else _number(c) for c in cells])
    return np.array(rows, dtype).reshape(len(rows), *shape)


def _with_zeros(values: Rows, rows: Rows) -> Rows:
    taken = values[np.maximum(rows, 0)]
    taken[rows < 0] = 0
    return taken


def CSVIter(*args: Any, **kwargs: Any) -> MXDataIter:
    """Batches of the lines of files of comma-separated numbers. All arguments are given by name.

    Parameters
    ----------
    data_csv : str
        The file, or a folder whose files are read in the order of their names.
    data_shape : tuple of int
        The shape that the numbers of a line are brought into.
    label_csv : str
        The file or folder of labels, a line for each of ``data_csv``; labels are 0 if it is "NULL".
    label_shape : tuple of int
        The shape of a label.
    batch_size : int
    round_batch : bool
        Whether a last batch that is not full goes on with the first lines, which the next round leaves out;
        else it goes on with what the batch before had in these places.
    dtype : str
        "float32", "int32" or "int64".
    data_name, label_name : str
        The names of the arrays.

    Raises
    ------
    MXNetError
        For missing files, and lines that are too long or too short, with file and number of the line.
    """
    o = read("CSVIter", _CSV, args, kwargs, "data_csv data_shape batch_size")
    dtype = np.dtype(str(torch_dtype(o.dtype or "float32")).removeprefix("torch."))
    if dtype.name not in ("float32", "int32", "int64"):
        raise MXNetError(f"{dtype} is not supported for CSVIter; there are float32, int32 and int64")
    data = _csv(o.data_csv, o.data_shape, dtype)
    if o.label_csv == "NULL":
        labels = np.zeros((len(data), *o.label_shape), dtype)
    else:
        labels = _csv(o.label_csv, o.label_shape, dtype)
    if len(labels) < len(data):
        raise MXNetError(f"{o.label_csv} has {len(labels)} lines, {o.data_csv} has {len(data)}")
    labels = labels.reshape(len(labels)) if o.label_shape == (1,) else labels

    def take(rows: Rows) -> tuple[Any, Any]:
        return tuple(array(_with_zeros(values, rows), dtype=dtype) for values in (data, labels))  # type: ignore[return-value]

    last = "round" if o.round_batch else "keep"
    return MXDataIter(Source(len(data), take, o.batch_size, last), o.data_name, o.label_name)


class _Sparse:
    """The lines of a LibSVM file: a label and pairs of a column and a value each."""

    def __init__(self, path: str, columns: int, num_parts: int, part_index: int) -> None:
        self.labels: list[float] = []
        self.columns: list[Rows] = []
        self.values: list[Rows] = []
        self._width = columns
        for name, number, line in _lines(path, num_parts, part_index):
            content = line.partition(b"#")[0].split()
            if content:
                self._read(f"{name}, line {number}", content)

    def _read(self, where: str, content: list[bytes]) -> None:
        pairs = [piece.partition(b":") for piece in content[1:] if not piece.startswith(b"qid:")]
        try:
            self.labels.append(float(content[0]))
            columns = np.array([int(column) for column, _, _ in pairs], np.int64)
            values = np.array([float(value) if colon else 1.0 for _, colon, value in pairs], np.float32)
        except ValueError as error:
            raise MXNetError(f"{where}: no label and column:value pairs: {error}") from error
        if len(columns) and not 0 <= columns.min() <= columns.max() < self._width:
            raise MXNetError(
                f"{where}: columns go from 0 to {self._width - 1}, as the shape has it, not from "
                f"{columns.min()} to {columns.max()}"
            )
        order = np.argsort(columns, kind="stable")
        self.columns.append(columns[order])
        self.values.append(values[order])

    def matrix(self, rows: Rows) -> Any:
        """The lines with these numbers as a csr array."""
        columns, values = ([part[i] for i in rows] for part in (self.columns, self.values))
        starts = np.cumsum([0, *map(len, columns)])
        return csr_matrix(
            (np.concatenate(values), np.concatenate(columns), starts),
            shape=(len(rows), self._width),
            dtype="float32",
        )


def LibSVMIter(*args: Any, **kwargs: Any) -> MXDataIter:
    """Batches of the lines of LibSVM files, as csr arrays. All arguments are given by name.

    A line is a label followed by pairs ``column:value``, whose columns are counted from 0.

    Parameters
    ----------
    data_libsvm : str
        The file, or a folder whose files are read in the order of their names.
    data_shape : tuple of int
        How many columns there are: one number.
    label_libsvm : str
        A file of the same format whose pairs are the labels, as a csr array. If it is "NULL", they are the
        first numbers of the lines of ``data_libsvm``.
    label_shape : tuple of int
        How many columns labels have.
    num_parts, part_index : int
        Which of how many parts of the file is read.
    batch_size : int
    round_batch : bool
        Must be True: a last batch that is not full goes on with the first lines, which the next round
        leaves out.
    data_name, label_name : str
        The names of the arrays.

    Raises
    ------
    MXNetError
        For missing files, and lines of another form, with file and number of the line.
    """
    o = read("LibSVMIter", _LIBSVM, args, kwargs, "data_libsvm data_shape batch_size")
    _check(o)
    part = (o.num_parts, o.part_index)
    data = _Sparse(o.data_libsvm, o.data_shape[0], *part)
    labels: _Sparse | None = None
    if o.label_libsvm != "NULL":
        labels = _Sparse(o.label_libsvm, o.label_shape[0], *part)
        if len(labels.labels) < len(data.labels):
            counts = len(labels.labels), len(data.labels)
            raise MXNetError(f"{o.label_libsvm} has {counts[0]} lines, {o.data_libsvm} has {counts[1]}")
    numbers = np.array(data.labels, np.float32)

    def take(rows: Rows) -> tuple[Any, Any]:
        return data.matrix(rows), array(numbers[rows]) if labels is None else labels.matrix(rows)

    return MXDataIter(Source(len(data.labels), take, o.batch_size, "round"), o.data_name, o.label_name)


def _check(o: SimpleNamespace) -> None:
    for name in ("data_shape", "label_shape"):
        if len(shape := getattr(o, name)) != 1:
            raise MXNetError(f"dimension of {name} is expected to be 1, not {len(shape)}")
    if o.dtype not in (None, "float32"):
        raise MXNetError(f"LibSVMIter reads float32, not {o.dtype}")
    if not o.round_batch:
        raise MXNetError("sparse batch loader doesn't support round_batch == false yet")
