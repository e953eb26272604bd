"""What is told of a file: against the arrays in it; and files that are no such files."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

import mxnet as mx
from regluon.files.description import plain, shown_shape, shown_size
from regluon.files.inspection import describe
from regluon.ndarray import params_file
from regluon.optimizer.states import dump_states
from regluon.usage import UsageError

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("path", sorted((DATA / "params").glob("*.params")), ids=lambda p: p.stem)
def test_parameters(path: Path) -> None:
    found = describe(path)
    arrays, names = params_file.load(path)
    assert found.kind == "MXNet parameters"
    assert [row["name"] for row in found.data] == (names or [None] * len(arrays))
    for row, array in zip(found.data, arrays, strict=True):
        assert (row["shape"], row["storage"]) == (array.shape, array.stype)
        assert array.data is not None
        assert row["bytes"] == array.data.nbytes + sum(index.nbytes for index in array.aux)
    total = shown_size(sum(row["bytes"] for row in found.data))
    assert found.facts[0].startswith(f"{len(arrays)} array")
    assert found.facts[0].endswith(total)


def test_elements_are_skipped(tmp_path: Path) -> None:
    """A hole in the file stands for 8 GB of elements."""
    head = struct.pack("<QQQ", 0x112, 0, 1) + struct.pack("<IiiQiii", 0xF993FAC9, 0, 1, 2**31, 1, 0, 0)
    with (tmp_path / "a.params").open("wb") as file:
        file.write(head)
        file.seek(2**33, 1)
        file.write(struct.pack("<QQ", 1, 1) + b"w")
    found = describe(tmp_path / "a.params")
    assert found.rows == [["w", "2147483648", "float32", "default", "2,147,483,648", "8.59 GB"]]


@pytest.mark.parametrize("write", [".npz", ".safetensors"])
def test_other_arrays(write: str, tmp_path: Path) -> None:
    array = np.zeros((2, 3), np.float16)
    if write == ".npz":
        np.savez(tmp_path / "a", **{"x/y": array, "s": np.float64(1)})
    else:
        st = pytest.importorskip("safetensors.numpy")
        st.save_file({"x/y": array, "s": np.array(1.0)}, tmp_path / "a.safetensors")
    found = describe(tmp_path / f"a{write}")
    rows = {row[0]: row[1:] for row in found.rows}
    assert rows["x/y"] == ["2×3", "float16", "default", "6", "12 B"]
    assert rows["s"] == ["scalar", "float64", "default", "1", "8 B"]


@pytest.fixture
def net(tmp_path: Path) -> Path:
    data = mx.sym.var("data")
    hidden = mx.sym.FullyConnected(data, num_hidden=8, name="fc")
    parts = mx.sym.split(mx.sym.BatchNorm(hidden, name="bn"), num_outputs=2, axis=1, name="split")
    mx.sym.broadcast_add(parts[0], parts[1], name="sum").save(str(tmp_path / "net-symbol.json"))
    return tmp_path / "net-symbol.json"


def test_a_graph(net: Path) -> None:
    found = describe(net)
    by_name = {row["name"]: row for row in found.data}
    assert found.facts[0] == "4 operators, 5 variables, 2 auxiliary states"
    assert "written by MXNet 1.9.1" in found.facts
    assert "outputs: sum_output" in found.facts
    assert by_name["bn_moving_mean"]["kind"] == "state"
    assert by_name["fc"]["attributes"] == {"num_hidden": "8"}
    assert by_name["sum"]["inputs"] == [[by_name["split"]["number"], 0], [by_name["split"]["number"], 1]]
    row = found.rows[by_name["sum"]["number"]]
    assert row[1:4] == [
        "broadcast_add",
        "sum",
        f"{by_name['split']['number']} {by_name['split']['number']}[1]",
    ]


def test_shapes_of_a_graph(net: Path) -> None:
    found = describe(net, {"data": (5, 3)})
    shapes = {row["name"]: row["shapes"] for row in found.data}
    assert shapes["fc_weight"] == [(8, 3)]
    assert shapes["split"] == [(5, 4), (5, 4)]
    assert found.rows[-1][-1] == "5×4"
    assert "parameters: 64 numbers in 6 variables" in found.facts
    with pytest.raises(UsageError, match=r"--shape dat: .* no such variable; there are data, fc_weight"):
        describe(net, {"dat": (5, 3)})
    with pytest.raises(UsageError, match=r"net-symbol.json: .*fc"):
        describe(net, {"data": (5, 3), "fc_weight": (8, 4)})


def test_states() -> None:
    found = describe(DATA / "states" / "adam.states")
    assert found.kind == "optimizer states"
    assert found.facts[1].startswith("saved with its optimizer, Adam, lr 0.05, wd 0, beta1 0.9")
    assert found.rows[-1] == ["1", "1", "3×4", "float32", "default", "48 B"]
    for path in (DATA / "states").glob("*.states"):
        assert describe(path).data


def test_sparse_states(tmp_path: Path) -> None:
    """Two rows of three numbers, and their two places."""
    path = tmp_path / "a.states"
    path.write_bytes(dump_states({"w": mx.nd.array([[1, 2, 3], [0, 0, 0], [4, 5, 6]]).tostype("row_sparse")}))
    assert describe(path).rows == [["w", "", "3×3", "float32", "row_sparse", "40 B"]]


def test_records(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    writer = mx.recordio.MXRecordIO(str(path), "w")
    records = [
        mx.recordio.pack((0, 3.0, 7, 0), b"\xff\xd8\xff" + bytes(50)),
        struct.pack("<I", 0xCED7230A) * 3,
        b"",
    ]
    records.append(mx.recordio.pack((0, np.arange(9.0), 8, 1), b"x"))
    for record in records:
        writer.write(record)
    writer.close()
    found = describe(path)
    assert found.facts[0] == f"4 records, {sum(map(len, records))} B"
    assert found.rows[0] == ["0", "77 B", "3", "7", "0", "JPEG"]
    assert found.rows[1][:2] == ["1", "12 B"]
    assert found.rows[3][2] == "0, 1, 2, 3, 4, 5, ... (9)"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(UsageError, match="ends within a record"):
        describe(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.params", b"", "a.params.* needs 24 bytes"),
        ("a.txt", b"hello", "neither MXNet parameters"),
        ("a.json", b"{}", "Missing field arg_nodes, heads, nodes"),
        ("a.states", b"\x80\x04cos\nsystem\n.", "os.system"),
        ("a.npz", b"PK\3\4", "not a zip file"),
        ("a.safetensors", b"\x40" + bytes(7) + b'{"a"', "as safetensors"),
        ("a.rec", struct.pack("<II", 0xCED7230A, 9), "ends within a record"),
    ],
)
def test_damaged_files(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        describe(tmp_path / name)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this is a folder"):
        describe(tmp_path)
    with pytest.raises(UsageError, match="No such file"):
        describe(tmp_path / "none")


def test_texts() -> None:
    assert plain("a\x1b[2J\nö") == "a\\x1b[2J\\nö"
    assert [shown_size(n) for n in (0, 999, 1000, 123456, 46_800_000)] == [
        "0 B",
        "999 B",
        "1 kB",
        "123 kB",
        "46.8 MB",
    ]
    assert [shown_shape(s) for s in ((), (2, 0), None)] == ["scalar", "2×?", "?"]
    assert json.dumps(describe(DATA / "params" / "sparse.params").data)
