from __future__ import annotations

import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from regluon import __version__, cli
from regluon.notebook import read_notebook

CHAPTER = Path(__file__).parent / "notebook" / "chapter"
Command = Callable[..., tuple[int, str, str]]
CELL = "```{{.python .input  n=1}}\n{}\n```\n"


@pytest.fixture
def regluon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs a command line in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["regluon", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as error:
            code = int(error.code or 0)
        return (code, *capsys.readouterr())

    return command


def test_run_of_a_chapter(regluon: Command, tmp_path: Path) -> None:
    shutil.copytree(CHAPTER, tmp_path / "chapter")
    options = ("--seed", "3", "--set", "num_tosses=200", "--set", "style=--", "--show", "summary")
    code, out, err = regluon("run", "chapter/chapter.md", *options)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == ["chapter/chapter.md", "num_tosses = 200", "style = '--'"]
    assert [line.split()[1] for line in lines[3:7]] == ["1/4", "2/4", "3/4", "4/4"]
    means = np.random.RandomState(3).randint(0, 2, size=(2, 200)).mean(axis=1)
    assert lines[7:10] == ["", f"0  {means[0]:.2f}", f"1  {means[1]:.2f}"]
    assert lines[11].startswith("4 cells in ")
    places = ["out/chapter.ipynb", "out/chapter.html", "out/chapter-cell3-1.png"]
    assert [line.split()[1] for line in lines[12:]] == places
    assert all((tmp_path / place).stat().st_size > 500 for place in places)
    notebook = read_notebook(tmp_path / "out" / "chapter.ipynb")
    assert "num_tosses, seeds = 200, 2  # 抛的次数，重复的次数" in notebook.cells[3].source


def test_run_of_a_failing_notebook(regluon: Command, tmp_path: Path) -> None:
    cells = ("print('kept')", "# 出错\nraise KeyError('k')", "print('never')")
    (tmp_path / "a.md").write_text("\n".join(map(CELL.format, cells)), encoding="utf-8")
    code, out, err = regluon("run", "a.md", "--no-html")
    assert (code, err) == (1, "")
    assert "KeyError: 'k'\nCell 2 failed: # 出错\n  notebook  out/a.ipynb\n" in out
    assert "\x1b" not in out
    notebook = read_notebook(tmp_path / "out" / "a.ipynb")
    assert notebook.cells[0].outputs[0].text == "kept\n"
    assert [len(cell.outputs) for cell in notebook.cells] == [1, 1, 0]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.ipynb"]


def test_run_of_a_notebook_whose_kernel_dies(regluon: Command, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("# %%\nprint('kept')\n\n# %%\nimport os\nos._exit(9)\n")
    code, out, _ = regluon("run", "a.py", "--out", "b/c")
    assert code == 2
    assert "The kernel died (exit code 9).\nCell 2 ended the kernel: import os\n" in out
    assert "kept" in (tmp_path / "b" / "c" / "a.html").read_text()


def test_ctrl_c(tmp_path: Path) -> None:
    code = "open('begun', 'w').close()\nprint('kept', flush=True)\nimport time\ntime.sleep(60)"
    (tmp_path / "a.md").write_text(CELL.format(code))
    main = f"import sys; sys.path[:0] = {sys.path!r}; from regluon.cli import main; main()"
    run = subprocess.Popen(
        [sys.executable, "-c", main, "run", "a.md"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline and run.poll() is None:
        time.sleep(0.1)
    os.kill(run.pid, signal.SIGINT)
    out, _ = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "KeyboardInterrupt" in out
    assert "Cell 1 was interrupted: open('begun', 'w').close()" in out
    assert "kept" in (tmp_path / "out" / "a.html").read_text()


def test_convert_there_and_back(regluon: Command, tmp_path: Path) -> None:
    text = (CHAPTER / "chapter.md").read_bytes()
    (tmp_path / "a.md").write_bytes(text)
    assert regluon("convert", "a.md") == (0, "a.ipynb\n", "")
    assert regluon("convert", "a.ipynb")[0] == 2
    assert regluon("convert", "a.ipynb", "--out", "b") == (0, "b/a.md\n", "")
    assert (tmp_path / "b" / "a.md").read_bytes() == text
    assert regluon("convert", "a.ipynb", "--force") == (0, "a.md\n", "")
    assert regluon("convert", "a.ipynb", "--to", "py") == (0, "a.py\n", "")
    assert regluon("convert", "a.py", "--force") == (0, "a.ipynb\n", "")
    assert [cell.source for cell in read_notebook(tmp_path / "a.ipynb").cells] == [
        cell.source for cell in read_notebook(tmp_path / "a.md").cells
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "none.md"], "none.md: cannot be read: No such file or directory"),
        (["run", "a.txt"], "a.txt: not a notebook; a notebook ends in .md, .ipynb, .py"),
        (["run", "prose.md"], "prose.md: no code cells; in markdown a cell opens with ```{.python .input}"),
        (["run", "a.md", "--set", "y=1"], "--set y=1: the notebook assigns no 'y'; it assigns: x"),
        (["run", "a.md", "--show", "t"], "--show t: no code cell has this tag; tags: none"),
        (["run", "a.md", "--out", "a.txt"], "a.txt: no folder that files can be written to: File exists"),
        (["run", "a.ipynb", "--out", "."], "a.ipynb: would replace the notebook that is run; choose another"),
        (["convert", "a.md"], "a.ipynb: is there already; --force replaces it"),
        (["convert", "a.md", "--to", "pdf"], "--to pdf: not a form of notebook; choose md, ipynb or py"),
        (["run", "a.md", "--seed", "-1"], "Invalid value for '--seed'"),
        (["run", "a.md", "--timeout", "0"], "Invalid value for '--timeout'"),
        (["run"], "Missing argument 'FILE'"),
    ],
)
def test_what_cannot_be_done(regluon: Command, tmp_path: Path, words: list[str], message: str) -> None:
    for name, text in {"a.txt": "", "prose.md": "```python\n1\n```\n", "a.md": CELL.format("x = 1")}.items():
        (tmp_path / name).write_text(text)
    regluon("convert", "a.md")
    before = sorted(tmp_path.iterdir())
    code, out, err = regluon(*words)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before


def test_version_and_help(regluon: Command) -> None:
    assert regluon("--version") == (0, f"regluon {__version__}\n", "")
    code, out, _ = regluon("--help")
    assert code == 0
    assert "convert" in out


def test_without_the_notebook_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("nbclient", "typer", "regluon.notebook"):
        monkeypatch.setitem(sys.modules, name, None)
    main = runpy.run_path(str(cli.__file__))["main"]
    monkeypatch.setattr(sys, "argv", ["regluon", "run", "a.md"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert capsys.readouterr().err == "regluon: nbclient, typer not found: pip install 'regluon[notebook]'\n"
    monkeypatch.setattr(sys, "argv", ["regluon", "--version"])
    main()
    assert capsys.readouterr().out == f"regluon {__version__}\n"
