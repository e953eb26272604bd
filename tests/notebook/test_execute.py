from __future__ import annotations

import os
import random
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from regluon.notebook import NotebookError
from regluon.notebook.execute import Watcher, execute, first_line, numbered_cells


class Recorder(Watcher):
    def __init__(self) -> None:
        self.events: list[tuple[str, int]] = []

    def started(self, number: int, line: str) -> None:
        self.events.append((line, number))

    def finished(self, number: int, seconds: float) -> None:
        assert seconds >= 0
        self.events.append(("end", number))


class Interrupter(Recorder):
    """Sends signals to the runner, half a second apart, once a cell runs."""

    def __init__(self, *signals: int) -> None:
        super().__init__()
        self.signals = signals

    def started(self, number: int, line: str) -> None:
        for count, name in enumerate(self.signals, start=1):
            threading.Timer(count / 2, os.kill, (os.getpid(), name)).start()


def notebook_of(*sources: str) -> NotebookNode:
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def printed(cell: NotebookNode) -> str:
    return "".join(out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stdout")


def errors(cell: NotebookNode) -> list[str]:
    return [out.ename for out in cell.outputs if out.output_type == "error"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[NotebookNode, Recorder, Path]:
    folder = tmp_path_factory.mktemp("folder")
    notebook = notebook_of(
        "before = dir()\nimport random, numpy as np",
        "print(random.random(), np.random.rand())",
        "\n",
        "import os, sys\nprint(os.getcwd())\nprint(sys.executable)\nprint(__name__)",
        "print('n' in before, 'numpy' in before, len(In))\n_[0] if False else Out",
        "1 / 0",
    )
    notebook.cells[1:1] = [new_markdown_cell("text")]
    notebook.cells[-1].metadata["tags"] = ["raises-exception"]
    recorder = Recorder()
    assert execute(notebook, folder, recorder, seed=7) is None
    return notebook, recorder, folder


def test_cells_are_numbered_as_jupyter_does(finished: tuple[NotebookNode, Recorder, Path]) -> None:
    notebook, recorder, _ = finished
    assert [cell.get("execution_count") for cell in notebook.cells] == [1, None, 2, None, 3, 4, 5]
    assert [number for _, number in recorder.events] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert recorder.events[0] == ("before = dir()", 1)


def test_seed_is_seen_in_the_numbers_only(finished: tuple[NotebookNode, Recorder, Path]) -> None:
    notebook, _, _ = finished
    expected = f"{random.Random(7).random()} {np.random.RandomState(7).rand()}\n"
    assert printed(notebook.cells[2]) == expected
    assert printed(notebook.cells[5]) == "False False 5\n"
    assert len(notebook.cells) == 7


def test_this_python_in_the_notebooks_folder(finished: tuple[NotebookNode, Recorder, Path]) -> None:
    notebook, _, folder = finished
    assert printed(notebook.cells[4]).split("\n") == [str(folder), sys.executable, "__main__", ""]
    assert notebook.metadata["language_info"]["name"] == "python"


def test_an_error_that_is_expected_does_not_stop(finished: tuple[NotebookNode, Recorder, Path]) -> None:
    assert errors(finished[0].cells[-1]) == ["ZeroDivisionError"]


def test_failing_cell(tmp_path: Path) -> None:
    notebook = notebook_of("print('a')\nprint('b')", "\n# why\nint('x')", "print('c')")
    notebook.cells[2].outputs = list(notebook_of("old").cells[0].outputs)
    failure = execute(notebook, tmp_path, Recorder())
    assert failure is not None
    assert (failure.kind, failure.number, failure.line) == ("error", 2, "# why")
    assert "ValueError" in failure.text
    assert "invalid literal for int() with base 10: 'x'" in failure.text
    assert [out.text for out in notebook.cells[0].outputs] == ["a\nb\n"]
    assert errors(notebook.cells[1]) == ["ValueError"]
    assert notebook.cells[2].execution_count is None


def test_slow_cell(tmp_path: Path) -> None:
    notebook = notebook_of("import time\nprint('begins', flush=True)\ntime.sleep(60)")
    failure = execute(notebook, tmp_path, Recorder(), timeout=1)
    assert failure is not None
    assert (failure.kind, failure.number) == ("timeout", 1)
    assert printed(notebook.cells[0]) == "begins\n"


@pytest.mark.parametrize(
    ("how", "why"),
    [("os._exit(3)", "exit code 3"), ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL, out of memory?")],
)
def test_dying_kernel(tmp_path: Path, how: str, why: str) -> None:
    notebook = notebook_of("import os, signal", how)
    failure = execute(notebook, tmp_path, Recorder())
    assert failure is not None
    assert (failure.kind, failure.number) == ("died", 2)
    assert failure.text.startswith(f"The kernel died ({why})")
    assert errors(notebook.cells[1]) == ["KernelDied"]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_stops_the_cell_and_keeps_its_outputs(tmp_path: Path, name: str) -> None:
    notebook = notebook_of("import time\nprint('begins', flush=True)\ntime.sleep(60)", "2")
    failure = execute(notebook, tmp_path, Interrupter(signal.Signals[name]))
    assert failure is not None
    assert (failure.kind, failure.number) == ("interrupted", 1)
    assert printed(notebook.cells[0]) == "begins\n"
    assert errors(notebook.cells[0]) == ["KeyboardInterrupt"]


def test_ctrl_c_stops_before_the_next_cell_where_the_cell_goes_on(tmp_path: Path) -> None:
    catches = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('caught')"
    notebook = notebook_of(catches, "2")
    failure = execute(notebook, tmp_path, Interrupter(signal.SIGINT))
    assert failure is not None
    assert failure.kind == "interrupted"
    assert printed(notebook.cells[0]) == "caught\n"
    assert notebook.cells[1].execution_count is None


def test_a_second_ctrl_c_stops_a_cell_that_holds_on(tmp_path: Path) -> None:
    holds = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('on', flush=True)"
    notebook = notebook_of(f"{holds}\ntime.sleep(60)")
    failure = execute(notebook, tmp_path, Interrupter(signal.SIGINT, signal.SIGINT))
    assert failure is not None
    assert failure.kind == "interrupted"
    assert printed(notebook.cells[0]) == "on\n"


@pytest.mark.parametrize(("code", "kind"), [("0", None), ("", None), ("3", "error")])
def test_script_that_exits(tmp_path: Path, code: str, kind: str | None) -> None:
    script = tmp_path / "a.py"
    notebook = notebook_of(f"import sys\nprint(__file__, sys.argv)\nsys.exit({code})")
    failure = execute(notebook, tmp_path, Recorder(), script=script)
    assert (failure and failure.kind) == kind
    assert printed(notebook.cells[0]) == f"{script} ['{script}']\n"


def test_kernel_that_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(NotebookError, match=r"the Jupyter kernel did not start: .*no-python"):
        execute(notebook_of("1"), tmp_path, Recorder())


def test_numbers_and_lines() -> None:
    notebook = notebook_of("", "a", "b", "\n  c = 1\nd")
    notebook.cells[1].metadata["tags"] = ["skip-execution"]
    assert {number: first_line(cell) for number, cell in numbered_cells(notebook).items()} == {
        1: "b",
        2: "c = 1",
    }
