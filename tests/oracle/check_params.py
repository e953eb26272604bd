"""Checks that MXNet 1.9.1 opens the parameter files that regluon writes. Needs both; pytest does not run it.

python tests/oracle/check_params.py write FOLDER    # the Python that has regluon
python tests/oracle/check_params.py check FOLDER    # a Python 3.8 environment that holds mxnet==1.9.1
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

DTYPES = ["float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool"]
SHAPES = [(1,), (5,), (2, 3), (1, 1, 1, 1), (0,), (0, 4), (3, 0, 2), (64, 3, 7, 7)]


def dense():
    rng = np.random.RandomState(7)
    found = {}
    for dtype in DTYPES:
        for shape in SHAPES:
            found["%s %s" % (dtype, shape)] = (rng.normal(size=shape) * 40).astype(dtype)
    return found


def sparse():
    """Dense forms of the sparse arrays to write: half of the rows empty, few elements in the others."""
    rng = np.random.RandomState(8)
    mask = (rng.uniform(size=(6, 5)) < 0.3) * (np.arange(6) % 2)[:, None]
    return {
        dtype: np.where(mask, rng.normal(size=(6, 5)), 0).astype(dtype) for dtype in ("float32", "float64")
    }


def csr(stored, torch, array):
    rows, columns = np.nonzero(array)
    starts = np.searchsorted(rows, np.arange(len(array) + 1))
    aux = (torch.tensor(starts, dtype=torch.int64), torch.tensor(columns, dtype=torch.int64))
    return stored(torch.tensor(array[rows, columns]), array.shape, "csr", aux)


def row_sparse(stored, torch, array):
    rows = np.flatnonzero(array.any(axis=1))
    return stored(torch.tensor(array[rows]), array.shape, "row_sparse", (torch.tensor(rows),))


def write(folder):
    import torch

    from regluon.ndarray.params_file import StoredArray, save

    arrays = dense()
    tensors = [StoredArray.dense(torch.tensor(array)) for array in arrays.values()]
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / "named.params", tensors, list(arrays))
    save(folder / "list.params", tensors)
    save(folder / "empty.params", [])
    scalars = [StoredArray.dense(torch.tensor(a), numpy_shape=True) for a in (np.float32(2.5), np.ones(2))]
    save(folder / "numpy.params", scalars, ["scalar", "vector"])
    gpu = StoredArray.dense(torch.ones(2, dtype=torch.bfloat16), device_type=2, device_id=1)
    save(folder / "gpu bfloat16.params", [gpu])
    both = [make(StoredArray, torch, a) for a in sparse().values() for make in (csr, row_sparse)]
    save(folder / "sparse.params", both)


def assert_equal(array, expected, what):
    found = array.asnumpy()
    assert found.dtype == expected.dtype, (what, found.dtype, expected.dtype)
    assert array.shape == expected.shape, (what, array.shape, expected.shape)
    assert found.tobytes() == expected.tobytes(), (what, found, expected)


def check(folder):
    import mxnet as mx

    expected = dense()
    named, unnamed = mx.nd.load(str(folder / "named.params")), mx.nd.load(str(folder / "list.params"))
    assert list(named) == list(expected)
    for i, (name, array) in enumerate(expected.items()):
        assert_equal(named[name], array, name)
        assert_equal(unnamed[i], array, name)
    assert mx.nd.load(str(folder / "empty.params")) == []
    with mx.util.np_shape(True):
        loaded = mx.nd.load(str(folder / "numpy.params"))
        assert_equal(loaded["scalar"], np.array(2.5, dtype="float32"), "scalar")
        assert_equal(loaded["vector"], np.ones(2), "vector")
    (half,) = mx.nd.load(str(folder / "gpu bfloat16.params"))
    assert half.asnumpy().view("uint16").tolist() == [0x3F80, 0x3F80]
    arrays = mx.nd.load(str(folder / "sparse.params"))
    dense_forms = [array for array in sparse().values() for _ in (0, 1)]
    assert [array.stype for array in arrays] == ["csr", "row_sparse"] * 2
    for i, form in enumerate(dense_forms):
        arrays[i].check_format()
        assert_equal(arrays[i], form, arrays[i].stype)
    files = sorted(path.name for path in folder.glob("*.params"))
    print("MXNet %s opened them all: %s" % (mx.__version__, json.dumps(files)))


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](Path(sys.argv[2]))
