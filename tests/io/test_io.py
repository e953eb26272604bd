"""mx.io against MXNet 1.9.1 (tests/oracle/record_io.py): batches, padding, rounds, orders, errors."""

from __future__ import annotations

import gc
import json
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from io_cases import ARRAYS, CSV, FILES, LABELS, READERS, array_iterator, reader, watched, wrapped
from regluon import io, nd
from regluon.base import MXNetError

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "io.json").read_text())


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return str(tmp_path)


@pytest.mark.parametrize("number", range(len(READERS)), ids=lambda n: f"{READERS[n][0]}-{n}")
def test_readers_are_mxnets(number: int, folder: str) -> None:
    recorded = RECORDED["readers"][number]
    if isinstance(recorded, dict):
        with pytest.raises(MXNetError) as caught:
            reader(io, number, folder)
        assert type(caught.value).__name__ == recorded["error"]
        return
    found = reader(io, number, folder)
    assert isinstance(found, io.MXDataIter)
    assert json.loads(json.dumps(watched(found))) == recorded


def test_values_may_be_strings_as_mxnet_hands_them_on(folder: str) -> None:
    number = READERS.index(("CSVIter", {**CSV, "batch_size": 3, "round_batch": False}))
    given = {"data_csv": f"{folder}/a.csv", "data_shape": "(3,)", "batch_size": "3", "round_batch": "False"}
    assert json.loads(json.dumps(watched(io.CSVIter(**given)))) == RECORDED["readers"][number]
    with pytest.raises(MXNetError, match=r"CSVIter: Invalid Parameter format for batch_size .*'many'"):
        io.CSVIter(**{**given, "batch_size": "many"})


@pytest.mark.parametrize("number", range(len(ARRAYS)))
def test_arrays_are_mxnets(number: int) -> None:
    recorded = RECORDED["arrays"][number]
    if isinstance(recorded, dict):
        with pytest.raises((AssertionError, NotImplementedError, TypeError)) as caught:
            array_iterator(io, nd, number)
        assert type(caught.value).__name__ == recorded["error"]
        return
    assert json.loads(json.dumps(watched(array_iterator(io, nd, number)))) == recorded


def test_iterators_over_iterators() -> None:
    assert json.loads(json.dumps(wrapped(io))) == RECORDED["wrapped"]


def test_descriptions_and_batches() -> None:
    desc = io.DataDesc("x", (2, 3), "int8", "TN")
    one, other = nd.ones((2, 3)), nd.ones(2)
    types = [("a", "int32"), ("b", "int8")]
    assert {
        "descriptions": repr([desc, io.DataDesc("y", (1,))]),
        "axes": [io.DataDesc.get_batch_axis(layout) for layout in ("NCHW", "TNC", "TC", None)],
        "list": repr(io.DataDesc.get_list([("a", (2,)), ("b", (3,))], types)),
        "untyped": repr(io.DataDesc.get_list([("a", (2,))], None)),
        "batches": [str(io.DataBatch([one])), str(io.DataBatch([one, other], [other], 1))],
        "pad": [io.DataBatch([one]).pad, io.DataIter(3).getindex()],
    } == RECORDED["others"]
    assert desc == ("x", (2, 3))
    with pytest.raises(AssertionError, match="Data must be list"):
        io.DataBatch(one)
    with pytest.raises(AssertionError, match="Label must be list"):
        io.DataBatch([one], one)


def test_hard_reset_forgets_what_rolls_over() -> None:
    iterator = io.NDArrayIter(np.arange(5), batch_size=3, last_batch_handle="roll_over")
    assert [b.pad for b in iterator] == [0]
    iterator.hard_reset()
    assert iterator.next().data[0].asnumpy().tolist() == [0, 1, 2]


def test_a_file_of_h5py(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    values = np.arange(20, dtype="float32").reshape(10, 2)
    with h5py.File(tmp_path / "file.h5", "w") as file:
        np.random.seed(1)  # noqa: NPY002
        iterator = io.NDArrayIter(file.create_dataset("x", data=values), batch_size=5, shuffle=True)
        found = np.concatenate([batch.data[0].asnumpy() for batch in iterator])
    assert found.tolist() == values[iterator.idx].tolist()


def test_errors_name_file_and_line(folder: str) -> None:
    place = Path(folder)
    with pytest.raises(MXNetError, match=r"short.csv, line 1: .*csv row-length=2"):
        io.CSVIter(data_csv=f"{folder}/short.csv", data_shape=(3,), batch_size=1)
    (place / "bad.svm").write_text("1 0:1\n2 1:x\n")
    with pytest.raises(MXNetError, match=r"bad.svm, line 2: .*column:value"):
        io.LibSVMIter(data_libsvm=f"{folder}/bad.svm", data_shape=(3,), batch_size=1)
    with pytest.raises(MXNetError, match=r"data.svm, line 1: columns go from 0 to 1"):
        io.LibSVMIter(data_libsvm=f"{folder}/data.svm", data_shape=2, batch_size=1)
    (place / "more.csv").write_text("1\n" * 5)
    with pytest.raises(MXNetError, match=r"label.csv has 4 lines.*more.csv has 5"):
        io.CSVIter(
            data_csv=f"{folder}/more.csv", data_shape=(1,), label_csv=f"{folder}/label.csv", batch_size=1
        )
    with pytest.raises(MXNetError, match="7 images, fewer than batch_size, which is 8"):
        io.MNISTIter(image=f"{folder}/images", label=f"{folder}/labels", batch_size=8)
    (place / "fewer").write_bytes(FILES["labels"][:4] + b"\0\0\0\6" + FILES["labels"][8:14])
    with pytest.raises(MXNetError, match=r"7 images, .*6 labels"):
        io.MNISTIter(image=f"{folder}/images", label=f"{folder}/fewer", batch_size=2)
    (place / "cut").write_bytes(FILES["images"][:30])
    with pytest.raises(MXNetError, match="invalid mnist format"):
        io.MNISTIter(image=f"{folder}/cut", label=f"{folder}/labels", batch_size=2)
    with pytest.raises(TypeError, match="keyword arguments"):
        io.CSVIter(1, data_csv="x", data_shape=1, batch_size=1)


def test_folders_are_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("3,4\n")
    (tmp_path / "a.csv").write_text("1,2\n")
    batch = io.CSVIter(data_csv=str(tmp_path), data_shape=2, batch_size=2).next()
    assert batch.data[0].asnumpy().tolist() == [[1, 2], [3, 4]]


def test_nothing_is_loaded_when_so_asked(folder: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    iterator = io.MNISTIter(image=f"{folder}/images", label=f"{folder}/labels", batch_size=2, shuffle=False)
    assert caplog.messages == ["MNISTIter: load 7 images, shuffle=0, shape=(1, 3, 4)"]
    iterator.debug_skip_load()
    for _ in range(5):
        assert iterator.next().label[0].asnumpy().tolist() == LABELS[:2].tolist()


class Failing(io.DataIter):
    provide_data = (io.DataDesc("x", (1,)),)
    provide_label = ()

    def next(self) -> Any:
        raise OSError("the disk is gone")


def test_an_error_while_reading_ahead_is_raised() -> None:
    iterator = io.PrefetchingIter(Failing(1))
    with pytest.raises(OSError, match="the disk is gone"):
        iterator.next()


def test_iterators_of_different_lengths() -> None:
    short, long = (io.NDArrayIter(np.arange(n), batch_size=2) for n in (2, 4))
    iterator = io.PrefetchingIter([short, long])
    iterator.next()
    with pytest.raises(AssertionError, match="mismatches"):
        iterator.next()


def test_threads_end_with_their_iterator() -> None:
    before = set(threading.enumerate())
    iterator = io.PrefetchingIter(io.NDArrayIter(np.arange(6), batch_size=2))
    assert len(list(iterator)) == 3
    assert list(iterator) == []  # until it is reset
    own = set(threading.enumerate()) - before
    del iterator
    gc.collect()
    deadline = time.monotonic() + 5
    while any(t.is_alive() for t in own) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(t.is_alive() for t in own)
