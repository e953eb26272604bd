"""Files of records: MXNet's bytes (tests/oracle/record_records.py), damaged files, processes, images."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from record_cases import HEADERS, MAGIC, RECORDS
from regluon.base import MXNetError
from regluon.recordio import IRHeader, MXIndexedRecordIO, MXRecordIO, pack, pack_img, unpack, unpack_img
from regluon.reference import deviations

WRITTEN = Path(__file__).parent / "data" / "records"
EVERY = RECORDS + [pack(*case) for case in HEADERS]


def indexed(folder: Path, flag: str) -> MXIndexedRecordIO:
    return MXIndexedRecordIO(str(folder / "some.idx"), str(folder / "some.rec"), flag)


def plain(path: Path, records: list[bytes] = RECORDS) -> Path:
    file = MXRecordIO(str(path), "w")
    for record in records:
        file.write(record)
    file.close()
    return path


def test_files_are_mxnets(tmp_path: Path) -> None:
    file = indexed(tmp_path, "w")
    for number, record in enumerate(EVERY):
        file.write_idx(3 * number, record)
    file.close()
    for name in ("some.rec", "some.idx"):
        assert (tmp_path / name).read_bytes() == (WRITTEN / name).read_bytes()


def test_mxnets_files_are_read() -> None:
    file = indexed(WRITTEN, "r")
    assert file.keys == [3 * n for n in range(len(EVERY))]
    assert [file.read() for _ in EVERY] == EVERY
    assert file.read() is None
    assert [file.read_idx(key) for key in reversed(file.keys)] == EVERY[::-1]
    file.reset()
    assert file.read() == EVERY[0]
    with pytest.raises(KeyError):
        file.read_idx(1)


def test_headers_come_back() -> None:
    for header, content in HEADERS:
        found, rest = unpack(pack(header, content))
        labels = np.asarray(header[1], np.float32)
        np.testing.assert_array_equal(found.label, labels.ravel() if labels.size else 0)
        assert (found.flag, found.id, found.id2, rest) == (
            labels.size * (labels.ndim > 0),
            *header[2:],
            content,
        )
    assert repr(IRHeader(0, 1, 2, 3)) == "HEADER(flag=0, label=1, id=2, id2=3)"


def test_it_loads_no_torch() -> None:
    program = "import sys, mxnet.recordio; assert not {'torch', 'cv2'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": "src"})


def test_keys_of_other_types(tmp_path: Path) -> None:
    names = str(tmp_path / "a.idx"), str(tmp_path / "a.rec")
    file = MXIndexedRecordIO(*names, "w", key_type=str)
    file.write_idx("a b", b"1")
    file.write_idx(5, b"2")
    file.close()
    file = MXIndexedRecordIO(*names, "r", key_type=str)
    assert (file.keys, file.read_idx("5"), file.read_idx("a b")) == (["a b", "5"], b"2", b"1")


def test_reset_and_open_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    file = MXRecordIO(str(path), "w")
    file.write(b"1")
    file.reset()
    file.write(b"2")
    file.close()
    file.close()
    assert not file.is_open
    assert MXRecordIO(str(path), "r").read() == b"2"


def test_a_file_is_read_or_written(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.rec")
    reader, writer = MXRecordIO(str(path), "r"), MXRecordIO(str(tmp_path / "b.rec"), "w")
    for call in (lambda: reader.write(b""), writer.read, lambda: indexed(WRITTEN, "r").tell()):
        with pytest.raises(AssertionError):
            call()
    for wrong in ("text", bytearray(b"x")):
        with pytest.raises(TypeError):
            writer.write(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="being written"):
        pickle.dumps(writer)
    with pytest.raises(ValueError, match="Invalid flag"):
        MXRecordIO(str(path), "a")
    with pytest.raises(MXNetError, match="No such file"):
        MXRecordIO(str(tmp_path / "none.rec"), "r")
    reader.close()
    with pytest.raises(MXNetError, match="is closed"):
        reader.read()


@pytest.mark.parametrize("address", ["s3://a", "hdfs://host/a.rec", "https://host/a.rec"])
@pytest.mark.parametrize("flag", ["r", "w"])
def test_remote_addresses_are_a_declared_gap(address: str, flag: str) -> None:
    said = f"can't open {address}: files of records at remote addresses are a gap of regluon, .* local copy"
    for call in (MXRecordIO, lambda *given: MXIndexedRecordIO("a.idx", *given)):
        with pytest.raises(MXNetError, match=said):
            call(address, flag)
    assert "remote addresses" in next(d.reason for d in deviations() if d.name == "recordio.MXRecordIO")


def test_addresses_of_local_files_are_paths(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.rec", [b"1"])
    assert MXRecordIO(f"file://{path}", "r").read() == b"1"


def test_other_processes_read_from_the_beginning(tmp_path: Path) -> None:
    file = MXRecordIO(str(plain(tmp_path / "a.rec", [b"first", b"second"])), "r")
    assert file.read() == b"first"
    assert pickle.loads(pickle.dumps(file)).read() == b"first"
    file.pid = -1  # as if a parent had opened it
    assert file.read() == b"first"


def test_a_writer_of_another_process_is_refused(tmp_path: Path) -> None:
    file = MXRecordIO(str(tmp_path / "a.rec"), "w")
    file.pid = -1
    with pytest.raises(RuntimeError, match="another process"):
        file.write(b"")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"hello world, no records", "no file of records"),
        (MAGIC, "no file of records"),
        (MAGIC + struct.pack("<I", 5) + b"abcde", "ends within"),
        (MAGIC + struct.pack("<I", 2**29 - 1) + b"abcde", "ends within"),
        (MAGIC + struct.pack("<I", 1 << 29 | 4) + b"abcd", "has no end"),
        (MAGIC + struct.pack("<I", 1 << 29 | 4) + b"abcd" + MAGIC + struct.pack("<I", 0), "has no end"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "a.rec"
    path.write_bytes(content)
    with pytest.raises(MXNetError, match=complaint):
        MXRecordIO(str(path), "r").read()


@pytest.mark.parametrize(
    "index", [b"0 12\n", b"0\t-1\n", b"0\t9" + b"9" * 30 + b"\n", b"\xff\t0\n", b"9" * 9999]
)
def test_a_damaged_index_is_refused(tmp_path: Path, index: bytes) -> None:
    plain(tmp_path / "some.rec")
    (tmp_path / "some.idx").write_bytes(index)
    with pytest.raises(MXNetError, match=r"some\.idx"):
        indexed(tmp_path, "r")


def test_an_index_that_points_nowhere(tmp_path: Path) -> None:
    """Whether a place is beyond all files is the file system's affair."""
    plain(tmp_path / "some.rec")
    for place in (10**6, 2**63 - 1):
        (tmp_path / "some.idx").write_text(f"0\t{place}\n")
        reader = indexed(tmp_path, "r")
        with contextlib.suppress(MXNetError):
            assert reader.read_idx(0) is None
        reader.close()


def test_sizes_are_told_without_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    records = [b"", b"abc", MAGIC * 3 + b"x", bytes(4) + MAGIC, b"12345678"]
    writer = MXRecordIO(str(path), "w")
    for record in records:
        writer.write(record)
    writer.close()
    reader = MXRecordIO(str(path), "r")
    reader.read()
    assert list(reader.sizes()) == [len(record) for record in records[1:]]
    reader.close()
    for content, complaint in (
        (MAGIC + struct.pack("<I", 9), "ends within"),
        (MAGIC + struct.pack("<I", 1 << 29), "has no end"),
        (MAGIC + struct.pack("<I", 1 << 29) + MAGIC + struct.pack("<I", 0), "has no end"),
    ):
        path.write_bytes(content)
        with pytest.raises(MXNetError, match=complaint):
            list(MXRecordIO(str(path), "r").sizes())


@pytest.mark.parametrize(("form", "quality"), [(".jpg", 100), (".png", 3)])
def test_images(form: str, quality: int) -> None:
    image = (np.arange(20 * 30 * 3).reshape(20, 30, 3) // 9).astype(np.uint8)
    header, found = unpack_img(pack_img(IRHeader(0, 2.5, 3, 4), image, quality, form), 1)
    assert header == (0, 2.5, 3, 4)
    assert np.abs(found.astype(int) - image).max() <= (0 if form == ".png" else 4)


class Records:
    """A data set as PyTorch's loaders take it, whose file is open before the workers begin."""

    def __init__(self, index: str, path: str) -> None:
        self.reader = MXIndexedRecordIO(index, path, "r")

    def __len__(self) -> int:
        return len(self.reader.keys)

    def __getitem__(self, key: int) -> tuple[int, float, int]:
        header, content = unpack(self.reader.read_idx(key) or b"")
        return len(content), float(header.label), os.getpid()


@pytest.fixture
def many(tmp_path: Path) -> tuple[str, str]:
    index, path = str(tmp_path / "many.idx"), str(tmp_path / "many.rec")
    writer = MXIndexedRecordIO(index, path, "w")
    for key in range(200):
        writer.write_idx(key, pack((0, key / 4, key, 0), bytes(key * 37 % 1000)))
    writer.close()
    return index, path


def test_forked_workers_of_pytorch_read_on_their_own(many: tuple[str, str]) -> None:
    dataset: Any = Records(*many)
    first = dataset.reader.read()
    os.unlink(many[0])  # keys are not read again
    loader = torch.utils.data.DataLoader(
        dataset, batch_size=10, num_workers=2, shuffle=True, multiprocessing_context="fork"
    )
    found = sorted(
        (label.item(), size.item()) for batch in loader for size, label in zip(*batch[:2], strict=True)
    )
    assert found == [(key / 4, key * 37 % 1000) for key in range(200)]
    assert len({pid.item() for batch in loader for pid in batch[2]} - {os.getpid()}) == 2
    assert dataset.reader.read() != first  # the parent's file is where it was
    assert dataset[3][1] == 0.75


def test_spawned_workers_read_on_their_own(many: tuple[str, str]) -> None:
    reader = MXIndexedRecordIO(*many, "r")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(reader.read_idx, range(200), chunksize=7)
    assert found == [reader.read_idx(key) for key in range(200)]
