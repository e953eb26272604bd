"""Pickles of arrays: MXNet's are read, our own keep the context."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx  # noqa: F401 (what MXNet's pickles name)
from regluon import MXNetError, cpu, nd

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "pickles.json").read_text(encoding="utf-8"))


def described(found: Any) -> Any:
    if isinstance(found, list):
        return [described(one) for one in found]
    if isinstance(found, dict):
        return {name: described(one) for name, one in found.items()}
    assert type(found) in (nd.NDArray, nd.sparse.CSRNDArray, nd.sparse.RowSparseNDArray)
    return [found.stype, found.dtype.__name__, found.asnumpy().tolist(), str(found.context)]


@pytest.mark.parametrize(("name", "protocol", "content", "expected"), RECORDED)
def test_of_mxnet(name: str, protocol: int, content: str, expected: Any) -> None:
    assert described(pickle.loads(base64.b64decode(content))) == expected


def test_damaged() -> None:
    for handle in (b"", b"\xc9\xfa\x93\xf9\0\0\0\0\x02", b"12345678"):
        with pytest.raises(MXNetError, match="cannot read"):
            nd.NDArray(None).__setstate__({"handle": bytearray(handle)})


@pytest.mark.parametrize("stype", ["default", "csr", "row_sparse"])
def test_of_our_own(stype: str) -> None:
    x = nd.array([[0, 1], [0, 0]], dtype="float64", ctx=cpu(1)).tostype(stype)
    x.attach_grad()
    y = pickle.loads(pickle.dumps(x))
    assert (y.stype, y.dtype, y.context, y.grad) == (stype, np.float64, cpu(1), None)
    assert y.asnumpy().tolist() == [[0, 1], [0, 0]]
