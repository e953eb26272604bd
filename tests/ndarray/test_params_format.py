"""Sparse arrays that contradict themselves."""

from __future__ import annotations

import pytest
import torch
from torch import tensor

from regluon.ndarray.params_format import StoredArray, sparse_fault

VALUES = torch.tensor([1.0, 2.0, 3.0])
ROWS = torch.arange(4.0).reshape(2, 2)


def csr(
    starts: torch.Tensor, columns: torch.Tensor, data: torch.Tensor = VALUES, shape: tuple[int, ...] = (3, 4)
) -> StoredArray:
    return StoredArray(data, shape, "csr", (starts, columns))


def row_sparse(rows: torch.Tensor, data: torch.Tensor = ROWS, shape: tuple[int, ...] = (6, 2)) -> StoredArray:
    return StoredArray(data, shape, "row_sparse", (rows,))


STARTS, COLUMNS = tensor([0, 2, 2, 3]), tensor([0, 3, 1])
NONE = torch.empty(0, dtype=torch.int64)


@pytest.mark.parametrize(
    "array",
    [
        csr(STARTS, COLUMNS),
        csr(STARTS, tensor([3, 0, 1])),
        csr(STARTS.int(), COLUMNS.int()),
        csr(tensor([0, 0, 0, 0]), NONE, torch.empty(0)),
        csr(NONE, NONE, torch.empty(0)),
        csr(tensor([0]), NONE, torch.empty(0), (0, 4)),
        row_sparse(tensor([0, 5])),
        row_sparse(tensor([5, 0])),
        row_sparse(NONE, torch.empty(0, 2)),
        row_sparse(tensor([0, 5]), VALUES[:2], (6,)),
    ],
)
def test_sound_arrays(array: StoredArray) -> None:
    assert sparse_fault(array) is None


@pytest.mark.parametrize(
    ("array", "fault"),
    [
        (csr(STARTS.float(), COLUMNS), "not of type int64 or int32"),
        (csr(STARTS, COLUMNS.float()), "not of type int64 or int32"),
        (csr(STARTS.reshape(2, 2), COLUMNS), "not of rank 1"),
        (csr(STARTS, tensor(1)), "not of rank 1"),
        (csr(STARTS, tensor([0, 3])), "2 column numbers and data of shape (3,) do not make shape (3, 4)"),
        (csr(STARTS, COLUMNS, shape=(3, 4, 1)), "do not make shape (3, 4, 1)"),
        (csr(STARTS, COLUMNS, shape=()), "do not make shape ()"),
        (csr(STARTS, COLUMNS, shape=(4, 4)), "4 row starts, but 4 rows need 5"),
        (csr(NONE, COLUMNS), "0 row starts, but 3 rows need 4"),
        (csr(tensor([1, 2, 2, 3]), COLUMNS), "do not rise from 0 to the 3 elements"),
        (csr(tensor([0, 2, 2, 4]), COLUMNS), "do not rise from 0 to the 3 elements"),
        (csr(tensor([0, 3, 2, 3]), COLUMNS), "do not rise from 0 to the 3 elements"),
        (csr(STARTS, tensor([0, 4, 1])), "column number 4 is not in 0...3"),
        (csr(STARTS, tensor([0, -1, 1])), "column number -1 is not in 0...3"),
        (row_sparse(tensor([0, 6])), "row number 6 is not in 0...5"),
        (row_sparse(tensor([-1, 5])), "row number -1 is not in 0...5"),
        (row_sparse(tensor([0, 1, 2])), "3 row numbers and data of shape (2, 2) do not make shape (6, 2)"),
        (row_sparse(tensor([0, 1]), shape=(6, 3)), "do not make shape (6, 3)"),
        (row_sparse(tensor([0, 1]), shape=()), "do not make shape ()"),
        (row_sparse(tensor([0, 1]), tensor(1.0)), "do not make shape (6, 2)"),
    ],
)
def test_faults(array: StoredArray, fault: str) -> None:
    found = sparse_fault(array)
    assert found is not None
    assert fault in found
