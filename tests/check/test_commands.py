"""``regluon check`` as it is called."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

import fresh
from check import states
from regluon import cli
from regluon.check import commands

Command = Callable[..., tuple[int, str, str]]
PROGRAM = "from mxnet import nd, sym\nnd.zerso(2)\nnd.Crop(1)\n"
CELL = "```{{.python .input}}\n{}```\n"


@pytest.fixture
def regluon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs ``regluon check`` in a folder with programs: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    states.fix(monkeypatch)
    for name, text in {
        "a.py": PROGRAM,
        "fine.py": "from mxnet import nd\nnd.exp(nd.ones(2))\n",
        "deviates.py": "from mxnet import nd\nnd.Crop(1)\n",
        "old.py": "print 1\n",
        "no.txt": "",
        "books/b.md": CELL.format("import mxnet as mx\nmx.nd.x\n"),
        "books/c.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": PROGRAM}]}),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["regluon", "check", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as error:
            code = int(error.code or 0)
        return (code, *capsys.readouterr())

    return command


def test_plain_lines(regluon: Command) -> None:
    code, out, err = regluon("a.py")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "a.py:1: mx.sym: missing: not there yet",
        "a.py:2: mx.nd.zerso: not in MXNet: MXNet 1.9.1 has no such public name; is it mx.nd.zeros?",
        "a.py:3: mx.nd.Crop: deviates: it counts from the other side",
        "1 file, 4 uses of 4 names: 1 name missing, 1 name not in MXNet, 1 name deviates",
    ]


def test_everything_is_there(regluon: Command) -> None:
    assert regluon("fine.py") == (0, "1 file, 3 uses of 3 names: everything is there\n", "")
    assert regluon("deviates.py")[0] == 0


@pytest.mark.parametrize(
    ("number", "state", "said"),
    [(1, "deviates", "1 name deviates"), (2, "deviates", "2 names deviate"), (2, "gap", "2 names gap")],
)
def test_the_verb_goes_with_the_number(number: int, state: str, said: str) -> None:
    assert commands._named(number, state) == said


def test_a_folder(regluon: Command) -> None:
    code, out, err = regluon("books")
    assert (code, err) == (1, "")
    assert [line.split(": ")[0] for line in out.splitlines()] == [
        "books/b.md:3",
        "books/c.ipynb:cell 1:1",
        "books/c.ipynb:cell 1:2",
        "books/c.ipynb:cell 1:3",
        "2 files, 5 uses of 5 names",
    ]


def test_json(regluon: Command) -> None:
    code, out, err = regluon("a.py", "old.py", "--json")
    assert (code, err) == (2, "regluon: old.py: line 1: no Python 3: " + err.rpartition(": ")[2])
    found = json.loads(out)
    assert [found[key] for key in ("files", "uses", "names")] == [1, 4, 4]
    assert found["unread"] == [err.removeprefix("regluon: ").rstrip("\n")]
    assert found["findings"][1] == {
        "file": "a.py",
        "cell": 0,
        "line": 2,
        "name": "mx.nd.zerso",
        "state": "unknown",
        "reason": "MXNet 1.9.1 has no such public name",
        "alternative": "mx.nd.zeros",
    }


def test_a_table_on_a_terminal(regluon: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "Console", lambda: Console(force_terminal=True, width=100))
    code, out, _ = regluon("a.py", "fine.py")
    assert code == 1
    assert "\x1b[" in out
    assert "┃" in out
    assert "mx.nd.zerso" in out
    assert "fine.py" not in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.py"], "regluon: none.py: cannot be read: No such file or directory\n"),
        (["no.txt"], "regluon: no.txt: not a program or a notebook; these end in .py, .ipynb, .md\n"),
        (["old.py"], "regluon: old.py: line 1: no Python 3: "),
        ([], "Missing argument 'FILE_OR_FOLDER'"),
    ],
)
def test_what_cannot_be_checked(regluon: Command, words: list[str], message: str) -> None:
    code, _, err = regluon(*words)
    assert code == 2
    assert message in err
    assert "Traceback" not in err


def test_it_loads_neither_torch_nor_jupyter(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from mxnet import nd\nnd.exp")
    code = f"""
import sys
from regluon.cli import main
sys.argv = ["regluon", "check", {str(tmp_path / "a.py")!r}]
try:
    main()
except SystemExit:
    pass
assert not {{"torch", "numpy", "nbformat", "matplotlib"}} & sys.modules.keys()
"""
    done = fresh.run(code)
    assert done.returncode == 0, done.stderr
    assert "everything is there" in done.stdout
