"""nd.save, nd.load and nd.load_frombuffer."""

from __future__ import annotations

import json
import os
import pathlib
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from regluon.base import MXNetError
from regluon.context import Context, cpu, cpu_shared, gpu, num_gpus
from regluon.ndarray import params_file
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.params_file import StoredArray
from regluon.ndarray.saveload import load, load_frombuffer, save

DATA = Path(__file__).parents[1] / "data" / "params"
MANIFEST: dict[str, Any] = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
DENSE = [name for name in MANIFEST if name != "sparse"]


def array(*values: float, ctx: Context = cpu()) -> NDArray:  # noqa: B008
    return NDArray(torch.tensor(values), ctx)


def values(found: Any) -> Any:
    items = found.items() if isinstance(found, dict) else enumerate(found)
    return [(key, item.asnumpy().tolist()) for key, item in items]


@pytest.mark.parametrize("name", DENSE)
def test_loads_what_mxnet_saved(name: str) -> None:
    path = DATA / f"{name}.params"
    recorded = MANIFEST[name]
    for found in (load(str(path)), load(path), load(f"file://{path}"), load_frombuffer(path.read_bytes())):
        assert type(found) is (dict if recorded["names"] else list)
        arrays = list(found.values()) if isinstance(found, dict) else found
        assert (list(found) if isinstance(found, dict) else []) == recorded["names"]
        for ours, theirs in zip(arrays, recorded["arrays"], strict=True):
            assert ours.shape == tuple(theirs["shape"])
            assert ours.context is cpu(0)
            values = ours.asnumpy()
            if theirs["dtype"] == "bfloat16":
                values = values.view(np.uint16)
            else:
                assert np.dtype(ours.dtype) == np.dtype(theirs["dtype"])
            np.testing.assert_array_equal(values, np.array(theirs["values"]).reshape(theirs["shape"]))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (array(1, 2), [(0, [1, 2])]),
        ([array(1), array(2, 3)], [(0, [1]), (1, [2, 3])]),
        ({"a": array(1), "": array(2)}, [("a", [1]), ("", [2])]),
        (OrderedDict(b=array(1), a=array(2)), [("b", [1]), ("a", [2])]),
        ([], []),
        ({}, []),
        (NDArray(torch.tensor(3.5), cpu()), [(0, 3.5)]),
    ],
)
def test_forms_of_data(tmp_path: Path, data: Any, expected: Any) -> None:
    path = tmp_path / "file"
    save(str(path), data)
    assert values(load(str(path))) == expected
    save(path, data)
    save(f"file://{path}", data)
    assert values(load(path)) == expected
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["single", "list", "dict", "names", "empty", "dtypes", "shapes", "net"])
def test_saves_to_the_same_bytes(tmp_path: Path, name: str) -> None:
    save(tmp_path / "file", load(DATA / f"{name}.params"))
    assert (tmp_path / "file").read_bytes() == (DATA / f"{name}.params").read_bytes()


def test_contexts_are_saved_and_loaded_as_by_mxnet(tmp_path: Path) -> None:
    path = tmp_path / "file"
    save(path, [NDArray(torch.tensor([1.0]), cpu(1)), NDArray(torch.tensor([2.0]), cpu_shared())])
    assert path.read_bytes() == (DATA / "contexts.params").read_bytes()
    loaded = load(path)
    assert isinstance(loaded, list)
    assert [a.context for a in loaded] == [cpu(0), cpu(0)]


def test_a_scalar_makes_a_file_that_mxnet_reads_under_np_shape(tmp_path: Path) -> None:
    save(tmp_path / "file", {"w": array(1, 2), "s": NDArray(torch.tensor(3.0), cpu())})
    arrays, _ = params_file.load(tmp_path / "file")
    assert [stored.numpy_shape for stored in arrays] == [True, True]


def test_an_array_of_a_gpu_that_is_not_there_comes_to_the_cpu() -> None:
    stored = StoredArray.dense(torch.ones(2), device_type=2, device_id=num_gpus())
    loaded = load_frombuffer(params_file.dumps([stored]))
    assert isinstance(loaded, list)
    assert loaded[0].context is cpu(0)


@pytest.mark.gpu
@pytest.mark.skipif(num_gpus() == 0, reason="no GPU")
def test_an_array_of_a_gpu_comes_back_to_it(tmp_path: Path) -> None:
    save(tmp_path / "file", NDArray(torch.ones(2, device="cuda:0"), gpu(0)))
    loaded = load(tmp_path / "file")
    assert isinstance(loaded, list)
    assert (loaded[0].context, loaded[0]._data.device.type) == (gpu(0), "cuda")


@pytest.mark.parametrize(
    ("data", "error", "problem"),
    [
        ((array(1),), ValueError, "not tuple"),
        (None, ValueError, "not NoneType"),
        (np.zeros(3), ValueError, "not ndarray"),
        ({"a": array(1)}.items(), ValueError, "not dict_items"),
        ([array(1), 2], TypeError, "entry 1 of the list is int"),
        ([[array(1)]], TypeError, "entry 0 of the list is list"),
        ({"a": None}, TypeError, "entry 0 of the dict is 'a': NoneType"),
        ({1: array(1)}, TypeError, "entry 0 of the dict is 1: NDArray"),
        ({b"k": array(1)}, TypeError, "entry 0 of the dict is b'k': NDArray"),
    ],
)
def test_what_cannot_be_saved(tmp_path: Path, data: Any, error: type[Exception], problem: str) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    with pytest.raises(error, match=problem):
        save(path, data)
    assert path.read_bytes() == b"old"


def test_bad_file_names(tmp_path: Path) -> None:
    for bad in (3, None):
        with pytest.raises(TypeError, match="a file name is a string or a path"):
            load(bad)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="a file name is a string or a path"):
            save(bad, [])  # type: ignore[arg-type]
    with pytest.raises(MXNetError, match="no access to s3 here"):
        load("s3://bucket/net.params")
    with pytest.raises(MXNetError, match="no access to hdfs here"):
        save("hdfs://host/net.params", [])
    with pytest.raises(MXNetError, match=r"nowhere\.params': No such file"):
        load(tmp_path / "nowhere.params")
    with pytest.raises(MXNetError, match=r"net\.params.*nowhere': there is no such folder"):
        save(tmp_path / "nowhere" / "net.params", [])
    with pytest.raises(MXNetError, match="this is a folder"):
        save(tmp_path, [])


def test_bad_buffers() -> None:
    with pytest.raises(TypeError, match="not str"):
        load_frombuffer("text")  # type: ignore[arg-type]
    with pytest.raises(MXNetError, match=r"a buffer of 50 bytes .* array 1 of 1, byte 44"):
        load_frombuffer((DATA / "single.params").read_bytes()[:50])


def test_sparse_arrays_are_read_and_written_to_the_byte(tmp_path: Path) -> None:
    arrays = load(DATA / "sparse.params")
    assert isinstance(arrays, dict)
    assert {a.stype for a in arrays.values()} == {"default", "csr", "row_sparse"}
    save(tmp_path / "again.params", arrays)
    assert (tmp_path / "again.params").read_bytes() == (DATA / "sparse.params").read_bytes()


def test_an_array_never_filled_is_named() -> None:
    data = bytearray((DATA / "dict.params").read_bytes())
    first = data.index(b"\xc9\xfa\x93\xf9")
    second = data.index(b"\xc9\xfa\x93\xf9", first + 4)
    data[first + 8 : second] = bytes(4)
    with pytest.raises(MXNetError, match="array 'a' was saved before it was given a value"):
        load_frombuffer(data)


def test_a_loaded_array_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "file"
    save(path, array(1, 2))
    (first,) = load(path)
    path.unlink()
    assert isinstance(first, NDArray)
    first._data.add_(1)
    assert first.asnumpy().tolist() == [2, 3]


def test_path_types(tmp_path: Path) -> None:
    save(pathlib.PurePath(tmp_path, "ü"), array(1))
    assert values(load(os.fspath(tmp_path / "ü"))) == [(0, [1])]
