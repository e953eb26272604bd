"""Arrays from one format to another and back; what would be lost is said."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

import mxnet as mx
from regluon.files import npz_format
from regluon.files.conversion import convert
from regluon.ndarray import params_file
from regluon.usage import UsageError

DATA = Path(__file__).parents[1] / "data" / "params"


def named(path: Path) -> dict[str, torch.Tensor]:
    arrays, names = params_file.load(path)
    return {name: array.data for name, array in zip(names, arrays, strict=True) if array.data is not None}


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
@pytest.mark.parametrize("name", [p.stem for p in sorted(DATA.glob("*.params"))])
def test_there_and_back(name: str, suffix: str, tmp_path: Path) -> None:
    source, between, back = DATA / f"{name}.params", tmp_path / f"b{suffix}", tmp_path / "c.params"
    arrays, names = params_file.load(source)
    sparse = any(a.stype != "default" for a in arrays)
    notes = convert(source, between, dense=sparse, widen=suffix == ".npz")
    convert(between, back)
    found = named(back)
    assert len(found) == len(arrays)
    labels = names or [f"array_{i}" for i in range(len(arrays))]
    assert any("have no names" in note for note in notes) == (not names and bool(arrays))
    assert any("from a GPU" in note for note in notes) == any(a.device_type == 2 for a in arrays)
    original = mx.nd.load(str(source))
    values = original if isinstance(original, list) else [original[n] for n in names]
    for label, value in zip(labels, values, strict=True):
        expected = value.tostype("default")._data
        if suffix == ".npz" and expected.dtype is torch.bfloat16:
            expected = expected.to(torch.float32)
        assert found[label].dtype is expected.dtype
        assert tuple(found[label].shape) == tuple(expected.shape)
        assert raw(found[label]) == raw(expected)


def raw(tensor: torch.Tensor) -> list[int]:
    """Its bytes, as what is no number isn't equal to itself."""
    return tensor.reshape(-1).view(torch.uint8).tolist()


def test_other_programs_read_them(tmp_path: Path) -> None:
    arrays = {
        "arg:w": torch.arange(6.0).reshape(2, 3),
        "aux:m": torch.tensor([True, False]),
        "s": torch.tensor(2),
    }
    safetensors.torch.save_file(arrays, tmp_path / "a.safetensors")
    convert(tmp_path / "a.safetensors", tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as found:
        assert sorted(found.files) == sorted(arrays)
        assert all(np.array_equal(found[name], array.numpy()) for name, array in arrays.items())
    np.savez_compressed(tmp_path / "b.npz", w=np.asfortranarray(np.eye(3, 2)), v=np.arange(3, dtype=">i4"))
    convert(tmp_path / "b.npz", tmp_path / "b.safetensors")
    back = safetensors.torch.load_file(tmp_path / "b.safetensors")
    assert torch.equal(back["w"], torch.eye(3, 2, dtype=torch.float64))
    assert torch.equal(back["v"], torch.arange(3, dtype=torch.int32))


def test_numbered_names_stay_in_order(tmp_path: Path) -> None:
    mx.nd.save(str(tmp_path / "a.params"), [mx.nd.full((1,), i) for i in range(12)])
    notes = convert(tmp_path / "a.params", tmp_path / "a.safetensors")
    assert notes == [
        f"the arrays have no names in {tmp_path / 'a.params'}: they are array_00 to array_11 now"
    ]
    convert(tmp_path / "a.safetensors", tmp_path / "b.params")
    found = mx.nd.load(str(tmp_path / "b.params"))
    assert [found[name].asscalar() for name in sorted(found)] == list(range(12))


def test_old_files_become_new_ones_and_stay_sparse(tmp_path: Path) -> None:
    for name in ("version0", "sparse", "list", "contexts"):
        source, target = DATA / f"{name}.params", tmp_path / f"{name}.params"
        assert convert(source, target) == (
            ["with an array of shape () MXNet reads the file under np_shape alone"]
            if name == "version0"
            else []
        )
        (old, names), (new, same) = params_file.load(source), params_file.load(target)
        assert names == same
        for a, b in zip(old, new, strict=True):
            assert (a.shape, a.stype, a.device_type, a.device_id) == (
                b.shape,
                b.stype,
                b.device_type,
                b.device_id,
            )
            assert all(torch.equal(x, y) for x, y in zip((a.data, *a.aux), (b.data, *b.aux), strict=True))
        assert struct.pack("<I", 0xF993FAC8) not in target.read_bytes()


def test_a_file_becomes_itself_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, w=np.zeros(1000))
    convert(path, path, force=True)
    with np.load(path) as found:
        assert found["w"].shape == (1000,)
    assert path.stat().st_size > 8000


def refused(source: Path, target: Path, message: str, **options: bool) -> None:
    before = sorted(os.listdir(target.parent))
    with pytest.raises(UsageError, match=message):
        convert(source, target, **options)
    assert sorted(os.listdir(target.parent)) == before


def test_what_a_format_lacks_is_said(tmp_path: Path) -> None:
    refused(DATA / "sparse.params", tmp_path / "a.npz", r"csr, row_sparse, .* \d+ more: sparse, .*--dense")
    refused(DATA / "dtypes.params", tmp_path / "a.npz", r"^bfloat16: .npz has no bfloat16; --widen writes")
    np.savez(tmp_path / "c.npz", z=np.zeros(2, np.complex128), h=np.arange(3, dtype=np.uint16))
    refused(tmp_path / "c.npz", tmp_path / "a.params", r"^z: .params has no complex128$", widen=True)
    refused(tmp_path / "c.npz", tmp_path / "a.safetensors", r"^z: .safetensors has no complex128$")
    np.savez(tmp_path / "h.npz", h=np.arange(3, dtype=np.uint16), k=np.array([2**32 - 1], np.uint32))
    refused(tmp_path / "h.npz", tmp_path / "a.params", "^h: .params has no uint16; --widen writes")
    notes = convert(tmp_path / "h.npz", tmp_path / "a.params", widen=True)
    assert notes == ["uint16 as int32: h", "uint32 as int64: k"]
    assert named(tmp_path / "a.params")["k"].tolist() == [2**32 - 1]


def test_a_sparse_array_too_large_to_be_dense(tmp_path: Path) -> None:
    index, data = torch.tensor([5]), torch.ones(1, 1)
    stored = params_file.StoredArray(data, (2**50, 1), "row_sparse", (index,))
    params_file.save(tmp_path / "a.params", [stored], ["w"])
    refused(tmp_path / "a.params", tmp_path / "a.npz", r"w: of shape .* too large", dense=True)


def test_names_and_files_that_cannot_be(tmp_path: Path) -> None:
    one = params_file.StoredArray.dense(torch.zeros(1))
    params_file.save(tmp_path / "twins.params", [one, one], ["a", "a"])
    refused(tmp_path / "twins.params", tmp_path / "a.npz", "several arrays of the same name: a")
    params_file.save(tmp_path / "meta.params", [one], ["__metadata__"])
    refused(tmp_path / "meta.params", tmp_path / "a.safetensors", "of the name '__metadata__'")
    params_file.save(tmp_path / "long.params", [one], ["n" * 70_000])
    refused(tmp_path / "long.params", tmp_path / "a.npz", "cannot hold the name 'nnn")
    refused(tmp_path / "meta.params", tmp_path / "a.onnx", r"a.onnx: not a file of arrays by its name")
    refused(tmp_path / "none.params", tmp_path / "a.npz", "none.params")
    refused(tmp_path / "meta.params", tmp_path / "twins.params", "is there already; --force replaces it")
    empty = struct.pack("<QQQ", 0x112, 0, 1) + struct.pack("<I", 0) + struct.pack("<QQ", 1, 1) + b"a"
    (tmp_path / "empty.params").write_bytes(empty)
    refused(tmp_path / "empty.params", tmp_path / "a.npz", "a never got a value")


def test_texts_beside_arrays_are_reported(tmp_path: Path) -> None:
    safetensors.torch.save_file(
        {"w": torch.ones(1)}, tmp_path / "a.safetensors", {"format": "pt", "by": "me"}
    )
    notes = convert(tmp_path / "a.safetensors", tmp_path / "a.npz")
    assert notes == ["left out, as .npz has no texts beside arrays: by"]


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".params"])
def test_damaged_files(suffix: str, tmp_path: Path) -> None:
    good, bad = tmp_path / f"good{suffix}", tmp_path / f"bad{suffix}"
    convert(DATA / "net.params", good)
    content = good.read_bytes()
    for length in range(0, len(content), 17):
        bad.write_bytes(content[:length])
        refused(bad, tmp_path / "new.params", "bad")


def test_hostile_npz(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, w=np.array([{"a": 1}], object))
    refused(path, tmp_path / "a.params", "is of type object")
    np.savez(path, w=np.array(["text"]))
    refused(path, tmp_path / "a.params", "is of type <U4")
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    for contents in (True, False):
        with pytest.raises(UsageError, match="not as long as shape"):
            npz_format.load(path, contents)
