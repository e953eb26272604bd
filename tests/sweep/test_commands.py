"""The command ``regluon sweep``, in processes of its own: finished, failed, killed, interrupted, gone on."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import mxnet as mx
from regluon.cli import main
from regluon.sweep.grid import Task
from regluon.sweep.pool import Failed
from regluon.sweep.programs import Program, program_of
from regluon.sweep.store import Store

ROOT = Path(__file__).parents[2]
MAIN = "if __name__ == '__main__':\n    from regluon.cli import main\n    main()\n"

# Leaves a line for each call; what it imports takes no time.
PROGRAM = """
import os, time

def fit(wd, seed):
    with open("calls.txt", "a") as file:
        file.write(f"{wd} {seed} {os.getpid()}\\n")
    time.sleep(float(os.environ.get("PAUSE", 0)))
    if wd == 3 and seed == 10 and not os.path.exists("mended"):
        print("something printed")
        raise ValueError("too large")
    if wd == 4 and seed == 0 and not os.path.exists("mended"):
        os._exit(7)
    return {"test_loss": [2, (wd - 1) ** 2 + seed / 1000], "weights": [wd, -wd]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "main.py").write_text(MAIN)
    return tmp_path


def command(*words: str) -> list[str]:
    return [sys.executable, "main.py", "sweep", *words]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1", **more}


Run = Callable[..., tuple[int, str]]
Told = Callable[[Task, str], None]


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command in this process, in the folder; its exit code and what it printed."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["regluon", "sweep", *words])
        monkeypatch.setattr(sys, "path", [*sys.path])
        monkeypatch.delitem(sys.modules, "program", raising=False)
        with pytest.raises(SystemExit) as end:
            main()
        printed = capfd.readouterr()
        return int(end.value.code or 0), printed.out + printed.err

    return call


def calls(folder: Path) -> list[str]:
    path = folder / "calls.txt"
    return path.read_text().splitlines() if path.exists() else []


def finished(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("sweep/runs/*/*.json")}


def start(folder: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*words),
        cwd=folder,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while len(finished(folder)) < count:
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)


SWEEP = ("program.py:fit", "--set", "wd=0,1,3,4", "--seeds", "3")


def test_failures_lose_no_other_run_and_are_run_again(run: Run, folder: Path) -> None:
    code, text = run(*SWEEP, "--jobs", "1")
    assert code == 1
    assert "12 runs, 0 of them finished before" in text
    assert len(finished(folder)) == 10
    assert re.search(r"2 runs failed; the first, wd=4, seed=0:\nthe process ended \(exit code 7\)", text), (
        text
    )
    assert "  wd=3, seed=10: ValueError: too large" in text
    (kept,) = (folder / "sweep" / "failures").glob("wd=3*.txt")
    assert re.search(r"something printed\nTraceback.*raise ValueError", kept.read_text(), re.DOTALL)
    assert re.search(r"^best wd by test_loss: 1 \(95 % of resampled seeds: 1\)$", text, re.MULTILINE)

    (folder / "mended").write_text("")
    code, text = run(*SWEEP, "--jobs", "1")
    assert code == 0
    assert "12 runs, 10 of them finished before" in text
    assert sorted(line.rpartition(" ")[0] for line in calls(folder)[12:]) == ["3 10", "4 0"]
    assert list((folder / "sweep" / "failures").iterdir()) == []
    left = {path.name for path in (folder / "sweep").iterdir() if path.is_file()}
    assert left == {"summary.csv", "runs.csv", "curves.svg", "final.svg", "sweep.html"}
    assert all(f"sweep/{name}" in text for name in left)
    with open(folder / "sweep" / "runs.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert {row["‖w‖"] for row in rows if row["wd"] == "3"} == {"4.242641"}


def test_a_killed_sweep_goes_on_where_it_was(run: Run, folder: Path) -> None:
    (folder / "mended").write_text("")
    process = start(folder, *SWEEP, "--jobs", "2", PAUSE="0.3")
    wait_for(folder, 3, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = finished(folder)
    assert 3 <= len(before) < 12
    made = len(calls(folder))
    code, text = run(*SWEEP, "--jobs", "1")
    assert code == 0
    assert f"12 runs, {len(before)} of them finished before" in text
    assert len(calls(folder)) - made == 12 - len(before)
    after = finished(folder)
    assert len(after) == 12
    assert before.items() <= after.items()  # not written again


@pytest.mark.slow
def test_processes_end_with_the_command_and_an_interruption_says_how_to_go_on(folder: Path) -> None:
    process = start(folder, *SWEEP, "--jobs", "2", PAUSE="0.4")
    wait_for(folder, 1, process)
    os.killpg(process.pid, signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert re.search(r"interrupted: \d+ of 12 runs finished; the same command goes on there", text)
    assert "Traceback" not in text
    workers = {int(line.split()[2]) for line in calls(folder)}
    assert workers
    assert not [pid for pid in workers if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


def test_a_changed_program_is_run_again_and_fresh_runs_all(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(program: Program, store: Store, tasks: list[Task], jobs: int, told: Told) -> list[Failed]:
        for task in tasks:
            store.save(task, program.run(task), 0.1)
            told(task, "")
        return []

    monkeypatch.setattr("regluon.sweep.commands.run_all", here)
    words = ("program.py:fit", "--set", "wd=0", "--seeds", "4,")
    assert run(*words)[0] == 0
    assert "1 runs, 1 of them finished before" in run(*words)[1]
    assert run(*words, "--fresh")[0] == 0
    assert len(calls(folder)) == 2
    (folder / "program.py").write_text(PROGRAM.replace("** 2", "** 4"))
    code, text = run(*words)
    assert code == 0
    assert "1 runs, 0 of them finished before" in text
    assert len(list(folder.glob("sweep/runs/*/*.json"))) == 2
    code, text = run(*words, "--best", "gone")
    assert code == 2
    assert "--best gone: the runs report test_loss, ‖w‖" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("program.py:fit",), "nothing to sweep over: give values, as in --set wd=0,0.3,1,3,10"),
        (("program.py:fit", "--set", "wd=1", "--seeds", "x"), "--seeds x: a number of seeds, or seeds as in"),
        (("program.py:fit", "--set", "wd=1", "--seeds", "0"), "--seeds 0: seeds must be at least 1"),
        (("gone.md", "--set", "wd=1"), "gone.md: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run: Run, words: tuple[str, ...], message: str) -> None:
    code, text = run(*words)
    assert code == 2
    assert message in text
    assert "Traceback" not in text


EXPERIMENT = """
from mxnet import gluon, init, nd
from mxnet.gluon import nn
from regluon import lab

def net():
    made = nn.Sequential()
    made.add(nn.Dense(1), LAYER)
    return made

def data():
    x = nd.random.normal(shape=(9, 3))
    return (x[:5], x[:5, :1]), (x[5:], x[5:, :1])

fit = lab.Experiment(net, gluon.loss.L2Loss(), data, init=init.Normal(1), epochs=2)
"""


def test_an_experiment_is_trained_all_at_once(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def processes(*args: object) -> list[Failed]:
        raise AssertionError("one after another")

    monkeypatch.setattr("regluon.sweep.commands.run_all", processes)
    (folder / "program.py").write_text(EXPERIMENT.replace("LAYER", "nn.Activation('tanh')"))
    code, text = run("program.py:fit", "--set", "wd=0,0.5", "--seeds", "3")
    assert code == 0, text
    program = program_of("program.py:fit", None, None)
    with open(folder / "sweep" / "runs.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for row in rows:
        alone = program.run(Task((("wd", row["wd"]),), int(row["seed"])))
        assert float(row["test_loss"]) == pytest.approx(alone["curves"]["test_loss"][-1], rel=1e-5)
    assert (
        "6 runs, 6 of them finished before" in run("program.py:fit", "--set", "wd=0,0.5", "--seeds", "3")[1]
    )
    (folder / "program.py").write_text(EXPERIMENT.replace("LAYER", "nn.Dropout(0.5)"))
    with pytest.raises(AssertionError, match="one after another"):
        run("program.py:fit", "--set", "wd=0,0.5", "--seeds", "3")


CHAPTER = """
# A chapter

```{.python .input  n=1}
%matplotlib inline
import gluonbook as gb
from mxnet import nd
noise = nd.random.normal().asscalar()
```

```{.python .input  n=2}
def fit(wd):
    gb.semilogy([1, 2], [4, 2 + wd], 'epochs', 'loss', [1, 2], [5, 3 + wd], ['train', 'test'])
    return 'w:', nd.array([wd, 2]), 'b:', nd.array([noise])
```

```{.python .input  n=3}
fit(0)
```

```{.python .input  n=4}
fit(5)
raise RuntimeError('not reached')
```
"""


@pytest.mark.slow
def test_an_unchanged_notebook_is_swept_by_a_call_and_read_off_its_figure(run: Run, folder: Path) -> None:
    (folder / "chapter.md").write_text(CHAPTER)
    words = ("chapter.md", "--call", "fit(wd)", "--set", "wd=1,2", "--seeds", "7,", "--jobs", "2")
    code, text = run(*words)
    assert code == 0, text
    with open(folder / "sweep" / "runs.csv", encoding="utf-8") as file:
        one, two = csv.DictReader(file)
    assert [(row["wd"], row["train loss"], row["test loss"]) for row in (one, two)] == [
        ("1", "3", "4"),
        ("2", "4", "5"),
    ]
    mx.random.seed(7)
    assert float(one["b"]) == pytest.approx(mx.nd.random.normal().asscalar())
    assert one["b"] == two["b"]
    assert float(one["‖w‖"]) == pytest.approx(5**0.5)


@pytest.mark.slow
def test_a_notebook_that_reports_and_one_whose_cell_fails(run: Run, folder: Path) -> None:
    (folder / "n.md").write_text(
        "```{.python .input  n=1 tags=parameters}\nwd = 5\n```\n\n"
        "```{.python .input  n=2}\nfrom regluon import lab\n1 / wd\nlab.report(test_loss=wd)\n```\n\n"
        "```{.python .input  n=3}\nraise RuntimeError('not reached')\n```\n"
    )
    code, text = run("n.md", "--set", "wd=0,2", "--jobs", "2")
    assert code == 1
    assert "1 runs failed; the first, wd=0, seed=0:" in text
    assert "ZeroDivisionError: division by zero" in text
    assert len(finished(folder)) == 1
    kept = {path.suffix for path in (folder / "sweep" / "failures").iterdir()}
    assert kept == {".txt", ".ipynb"}
