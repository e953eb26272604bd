"""Sparse arrays answer as MXNet's did (tests/oracle/record_sparse.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from ndarray.sparse import cases, graphs, training

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "sparse.json").read_text(encoding="utf-8")
)
CASES = {**cases.CASES, **training.CASES, **graphs.CASES}
# Where MXNet's own answer is an accident; what is done instead.
DEVIATES = {
    "dot csr row_sparse {'transpose_a': True, 'transpose_b': False, 'forward_stype': 'default'}": "crashes",
    "dot vector csr default": "it refuses vectors",
    "dot vector csr default {'transpose_a': True}": "it refuses vectors",
    "Embedding default csr {'input_dim': 4, 'output_dim': 3, 'sparse_grad': True}": "it refuses",
    "dense, add: default, gradient row_sparse": "it refuses grad_req='add'",
    "_sparse_adagrad_update of row_sparse with default, "
    "{'lr': 0.1, 'wd': 0.0, 'clip_gradient': 2.0, 'rescale_grad': 0.75}": "it refuses mixed storages",
    "retain method": "it forgets the array itself",
    "x / dense (csr)": "it refuses equal shapes, but only once the result is read",
    **{
        f"sparse.{name} {number} x ({stype})": "it takes the operands the other way round"
        for name in ("subtract", "divide")
        for number in ("number", "zero")
        for stype in ("csr", "row_sparse")
    },
}
# MXNet stores all elements of the result, also those that are 0.
VALUES_ALONE = [
    "dot default csr {'transpose_a': False, 'transpose_b': False}",
    "dot default csr {'transpose_a': False, 'transpose_b': False, 'forward_stype': 'csr'}",
]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.mark.parametrize("name", [n for n in CASES if n not in DEVIATES])
def test_it_answers_as_mxnet_does(name: str) -> None:
    expected = RECORDED[name]
    if expected == "error":
        with pytest.raises(Exception):  # noqa: B017, PT011 (MXNet raises all kinds)
            CASES[name](mx)
        return
    found = CASES[name](mx)
    arrays = found if isinstance(found, (list, tuple)) else [found]
    assert len(arrays) == len(expected)
    for array, wanted in zip(arrays, expected, strict=True):
        if name in VALUES_ALONE:
            wanted = _without_zeros(*wanted)
        _compare(array, *wanted)


def _without_zeros(dtype: str, stype: str, data: Any, indices: Any, indptr: Any) -> Any:
    """The parts of a csr array without what is stored in vain."""
    kept = np.array(data) != 0
    starts = np.concatenate([[0], np.cumsum(kept)])[indptr]
    return dtype, stype, np.array(data)[kept].tolist(), np.array(indices)[kept].tolist(), starts.tolist()


def _ascending(data: Any, indices: Any, indptr: Any) -> Any:
    """Columns in order within each row: MXNet's sums of csr arrays have them in another one."""
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    order = np.lexsort((indices, rows)).astype(int)
    return np.array(data)[order].tolist(), np.array(indices)[order].tolist()


def _compare(array: Any, dtype: str, *parts: Any) -> None:
    if len(parts) == 1:
        assert array.stype == "default"
        _close(array.asnumpy(), parts[0])
    else:
        stype, data, indices, *indptr = parts
        assert array.stype == stype
        array.check_format()
        if indptr:
            data, indices = _ascending(data, indices, indptr[0])
        assert array.indices.asnumpy().tolist() == indices
        assert not indptr or array.indptr.asnumpy().tolist() == indptr[0]
        _close(array.data.asnumpy(), data)
    assert array.dtype.__name__ == dtype


def _close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, np.reshape(np.array(expected, found.dtype), found.shape), 1e-5, 1e-6)
