"""``regluon inspect`` and ``regluon convert`` as command lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mxnet as mx
from regluon import cli, lazy
from regluon.ndarray import params_file

DATA = Path(__file__).parents[1] / "data" / "params"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def regluon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs a command line in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["regluon", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as error:
            code = int(error.code or 0)
        return (code, *capsys.readouterr())

    return command


def test_inspect(regluon: Command) -> None:
    code, out, err = regluon("inspect", DATA / "net.params")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == f"{DATA / 'net.params'}  MXNet parameters"
    assert lines[1] == "  8 arrays, 42 elements, 168 B"
    assert lines[2].split() == ["name", "shape", "type", "storage", "elements", "size"]
    assert lines[3].split() == ["0.weight", "4×3", "float32", "default", "12", "48", "B"]
    assert len({line.index("float32") for line in lines[3:]}) == 1
    assert len(lines) == 11


def test_inspect_on_a_terminal(regluon: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    _, wide, _ = regluon("inspect", DATA / "net.params")
    assert "────" in wide
    monkeypatch.setenv("COLUMNS", "20")
    _, narrow, _ = regluon("inspect", DATA / "net.params")
    assert "────" not in narrow
    assert "\n0.weight" in narrow


def test_inspect_prints_json_and_no_steering_characters(regluon: Command, tmp_path: Path) -> None:
    mx.nd.save("a.params", {"w\x1b[2J": mx.nd.zeros((2, 3))})
    code, out, _ = regluon("inspect", "a.params")
    assert code == 0
    assert "\x1b" not in out
    assert "w\\x1b[2J" in out
    _, out, _ = regluon("inspect", "a.params", "--json")
    found = json.loads(out)
    assert (found["file"], found["kind"]) == ("a.params", "MXNet parameters")
    assert found["rows"][0]["name"] == "w\x1b[2J"
    assert found["rows"][0]["shape"] == [2, 3]


def test_inspect_with_shapes(regluon: Command) -> None:
    mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc").save("s.json")
    _, out, _ = regluon("inspect", "s.json", "--shape", "data=4,3")
    assert out.splitlines()[-1].split()[-1] == "4×2"
    for wrong in ("data", "data=x", "data=1,,2"):
        code, _, err = regluon("inspect", "s.json", "--shape", wrong)
        assert (code, err) == (2, f"regluon: --shape {wrong}: write it as data=1,3,224,224\n")


def test_convert(regluon: Command, tmp_path: Path) -> None:
    code, out, err = regluon("convert", DATA / "list.params", "new.npz")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "new.npz"
    assert out.endswith("they are array_0 to array_1 now\n")
    assert regluon("convert", "new.npz", "--to", "params")[:2] == (0, "new.params\n")
    assert params_file.load("new.params")[1] == ["array_0", "array_1"]
    code, _, err = regluon("convert", "new.npz", "new.params")
    assert (code, err) == (2, "regluon: new.params: is there already; --force replaces it\n")
    assert regluon("convert", "new.npz", "new.params", "--force")[0] == 0
    code, _, err = regluon("convert", "new.npz")
    assert (code, err) == (
        2,
        "regluon: new.npz: into what? Give a new file, or --to with one of params, npz, safetensors\n",
    )
    assert regluon("convert", "new.npz", "x.npz", "--to", "npz")[0] == 2


def test_convert_of_a_notebook_into_a_named_file(regluon: Command, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("# %%\nprint(1)\n")
    assert regluon("convert", "a.py", "b.md")[:2] == (0, "b.md\n")
    assert "print(1)" in (tmp_path / "b.md").read_text()
    code, _, err = regluon("convert", "a.py", "c.params")
    assert (code, err) == (2, "regluon: c.params: not a form of notebook; choose md, ipynb or py\n")
    assert regluon("convert", "a.py", "--dense")[0] == 2


def test_convert_of_files_with_other_names(regluon: Command) -> None:
    mx.nd.save("x.nd", {"a": mx.nd.arange(3), "rows": mx.nd.eye(3).tostype("row_sparse")})
    assert regluon("convert", "x.nd", "y.npz", "--dense")[0] == 0
    assert regluon("convert", "x.nd", "--to", "safetensors", "--dense")[1].splitlines()[0] == "x.safetensors"
    assert regluon("convert", "x.nd", "z.params")[0] == 0
    assert sorted(mx.nd.load("z.params")) == ["a", "rows"]
    mx.sym.Variable("x").save("graph")
    code, _, err = regluon("convert", "graph", "y.params")
    assert (code, err) == (2, "regluon: graph: not a file of arrays but of the kind .json\n")


def test_inspect_of_an_index_names_its_records(regluon: Command) -> None:
    records = mx.recordio.MXIndexedRecordIO("a.idx", "a.rec", "w")
    records.write_idx(0, b"some bytes")
    records.close()
    code, _, err = regluon("inspect", "a.idx")
    assert (code, err) == (2, "regluon: a.idx: the index of a.rec, which tells what is in it\n")


def test_convert_without_jupyter(regluon: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    found = cli.find_spec
    monkeypatch.setattr(cli, "find_spec", lambda name: found(name) if name in ("rich", "typer") else None)
    assert regluon("convert", DATA / "net.params", "a.npz")[0] == 0
    code, _, err = regluon("convert", "a.md")
    assert code == 2
    assert "pip install 'regluon[notebook]'" in err


def test_convert_without_safetensors(regluon: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = lazy.resolve

    def without(reference: str) -> object:
        if reference.startswith("safetensors"):
            raise ModuleNotFoundError("No module named 'safetensors'", name="safetensors")
        return resolve(reference)

    monkeypatch.setattr(lazy, "resolve", without)
    code, _, err = regluon("convert", DATA / "net.params", "a.safetensors")
    assert (code, err) == (2, "regluon: safetensors is missing: pip install 'regluon[files]'\n")
