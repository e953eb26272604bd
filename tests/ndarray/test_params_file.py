"""Parameter files against those that MXNet 1.9.1 wrote (tests/oracle/record_params.py)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from regluon.base import MXNetError
from regluon.ndarray import params_file
from regluon.ndarray.params_file import StoredArray

DATA = Path(__file__).parents[1] / "data" / "params"
MANIFEST: dict[str, Any] = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
# MXNet writes neither of the oldest versions any more.
WRITTEN = [name for name in MANIFEST if not name.startswith("version")]
OLD = [(1, 0), (1, 0), (1, 0), (1, 0), (2, 3)]
CONTEXTS = {"contexts": [(1, 1), (5, 0)], "version0": OLD, "version1": OLD}


def tensor(values: Any, dtype: str, shape: list[int]) -> torch.Tensor:
    if dtype == "bfloat16":
        return torch.tensor(values, dtype=torch.uint16).view(torch.bfloat16).reshape(shape)
    return torch.tensor(values, dtype=getattr(torch, dtype)).reshape(shape)


def contexts(name: str) -> list[tuple[int, int]]:
    return CONTEXTS.get(name, [(1, 0)] * len(MANIFEST[name]["arrays"]))


def expected(name: str) -> list[StoredArray]:
    """The arrays of a recorded file, made from the values that MXNet showed."""
    arrays = []
    for entry, context in zip(MANIFEST[name]["arrays"], contexts(name), strict=True):
        shape, stype, dtype = entry["shape"], entry["stype"], entry["dtype"]
        if stype == "default":
            data = tensor(entry["values"], dtype, shape)
            arrays.append(StoredArray.dense(data, *context, numpy_shape=name == "numpy_shapes"))
        else:
            rows = [len(entry["data"]), *(shape[1:] if stype == "row_sparse" else [])]
            aux = tuple(torch.tensor(index, dtype=torch.int64) for index in entry["aux"])
            data = tensor(entry["data"], dtype, rows)
            arrays.append(StoredArray(data, tuple(shape), stype, aux, *context))
    return arrays


def assert_same(ours: StoredArray, theirs: StoredArray) -> None:
    assert ours.data is not None
    assert theirs.data is not None
    assert (ours.shape, ours.stype, ours.numpy_shape) == (theirs.shape, theirs.stype, theirs.numpy_shape)
    assert (ours.device_type, ours.device_id) == (theirs.device_type, theirs.device_id)
    assert len(ours.aux) == len(theirs.aux)
    for a, b in zip((ours.data, *ours.aux), (theirs.data, *theirs.aux), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("name", MANIFEST)
def test_reads_what_mxnet_wrote(name: str) -> None:
    path = DATA / f"{name}.params"
    for arrays, names in (params_file.load(path), params_file.loads(path.read_bytes())):
        assert names == MANIFEST[name]["names"]
        for ours, theirs in zip(arrays, expected(name), strict=True):
            assert_same(ours, theirs)


@pytest.mark.parametrize("name", WRITTEN)
def test_writes_the_same_bytes(name: str, tmp_path: Path) -> None:
    recorded = (DATA / f"{name}.params").read_bytes()
    assert params_file.dumps(expected(name), MANIFEST[name]["names"]) == recorded
    path = tmp_path / "file.params"
    params_file.save(path, *params_file.loads(recorded))
    assert path.read_bytes() == recorded


def test_views_are_written_as_their_values() -> None:
    base = expected("views")[0].data
    assert base is not None
    views = [base, base.T, base[1:3], base[:, 2:4], base.reshape(2, 12), base[:1].expand(3, 6)]
    assert not views[1].is_contiguous()
    recorded = (DATA / "views.params").read_bytes()
    assert params_file.dumps([StoredArray.dense(view) for view in views]) == recorded


@pytest.mark.parametrize(
    "view",
    [
        torch.zeros(3, 0, 2),
        torch.zeros(3, 1, 0).transpose(0, 2),
        torch.ones(()).expand(1),
        torch.ones(1).expand(1, 1, 1),
        torch.arange(6.0)[::6],
        torch.arange(6.0)[1::2],
        torch.arange(6.0).reshape(2, 3)[:, 1],
    ],
)
def test_odd_strides_are_written(view: torch.Tensor) -> None:
    ((stored,), _) = params_file.loads(params_file.dumps([StoredArray.dense(view)]))
    assert stored.data is not None
    torch.testing.assert_close(stored.data, view, rtol=0, atol=0)


def test_a_parameter_with_a_gradient_is_written() -> None:
    weight = torch.ones(2, requires_grad=True)
    ((stored,), _) = params_file.loads(params_file.dumps([StoredArray.dense(weight)]))
    assert stored.data is not None
    assert stored.data.tolist() == [1, 1]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_arrays_have_memory_of_their_own(kind: Any) -> None:
    data = kind((DATA / "single.params").read_bytes())
    (first,), (second,) = params_file.loads(data)[0], params_file.loads(data)[0]
    assert first.data is not None
    assert second.data is not None
    first.data.zero_()
    assert second.data.tolist() == MANIFEST["single"]["arrays"][0]["values"]


ONE = torch.ones(1)


@pytest.mark.parametrize(
    ("arrays", "names", "problem"),
    [
        ([StoredArray.dense(ONE)], ["a", "b"], "1 arrays under 2 names"),
        ([StoredArray.dense(ONE)], ["a\0b"], r"'a\\x00b': MXNet would cut it at the zero"),
        ([StoredArray.dense(ONE)], ["\udc80"], "no UTF-8 form"),
        (
            [StoredArray.dense(ONE.to(torch.complex64))],
            ["w"],
            "'w': .* no torch.complex64; cast it to",
        ),
        ([StoredArray.dense(ONE), StoredArray(None, ())], [], "array 2 of 2: it has no data"),
        ([StoredArray(ONE, (2,))], [], r"it says shape \(2,\), but its data has \(1,\)"),
        ([StoredArray.dense(ONE.reshape([1] * 65))], [], "rank 65 is above 64"),
        ([StoredArray(ONE, (3,), "row_sparse", (torch.tensor([3]),))], [], "row number 3 is not in"),
    ],
)
def test_what_the_format_cannot_hold(
    tmp_path: Path, arrays: list[StoredArray], names: list[str], problem: str
) -> None:
    path = tmp_path / "old.params"
    path.write_bytes(b"old")
    with pytest.raises(MXNetError, match=problem):
        params_file.save(path, arrays, names)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["old.params"]


def test_places_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MXNetError, match=r"nowhere.params': No such file"):
        params_file.load(tmp_path / "nowhere.params")
    with pytest.raises(MXNetError, match="is not a file"):
        params_file.load(tmp_path)
    with pytest.raises(MXNetError, match="is not a file"):
        params_file.load(os.devnull)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(MXNetError, match="is not a file"):
            params_file.load(tmp_path / "pipe")


def test_the_file_is_named_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.params"
    path.write_bytes((DATA / "dict.params").read_bytes()[:100])
    with pytest.raises(MXNetError, match=r"cut.params' as .*: array 2 of 2, byte 96: its context"):
        params_file.load(path)
