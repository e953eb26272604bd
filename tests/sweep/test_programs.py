"""What a sweep runs: functions and notebooks, and what it makes of a notebook for a run."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regluon.notebook import NotebookError
from regluon.sweep.errors import RunError, SweepError
from regluon.sweep.functions import Function
from regluon.sweep.grid import Grid, Task
from regluon.sweep.notebooks import Notebook
from regluon.sweep.programs import program_of

FUNCTION = """
import random
import numpy as np
from mxnet import nd

def fit(wd, seed, kind="sgd"):
    return {"loss": [wd, random.random(), np.random.rand(), nd.random.normal().asscalar()], "seed": seed}

def without_seed(wd):
    return {"loss": wd}

def failing(wd):
    print("so far")
    return inner(wd)

def inner(wd):
    return 1 / wd

def wrong(wd):
    return wd

class Callable:
    def __call__(self, wd, **others):
        return {"loss": others["seed"] + wd}

instance = Callable()
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "swept_program.py"
    path.write_text(FUNCTION)
    return path


def task(seed: int = 3, **values: str) -> Task:
    return Task(tuple(values.items()), seed)


def function(path: Path, name: str) -> Function:
    found = program_of(f"{path}:{name}", None, None)
    assert isinstance(found, Function)
    return found


def test_a_functions_generators_are_seeded(file: Path) -> None:
    program = function(file, "fit")
    program.check(Grid.of(["wd=1,2", "kind=sgd,adam"], (0,)))
    first = program.run(task(7, wd="0.5", kind="adam"))
    assert first["numbers"] == {"seed": 7}
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    assert program.run(task(7, wd="0.5")) == first
    other = program.run(task(8, wd="0.5"))
    assert all(a != b for a, b in zip(first["curves"]["loss"][1:], other["curves"]["loss"][1:], strict=True))


def test_functions_of_other_kinds(file: Path) -> None:
    assert function(file, "without_seed").run(task(wd="2"))["numbers"] == {"loss": 2}
    assert function(file, "instance").run(task(4, wd="2"))["numbers"] == {"loss": 6}
    assert program_of("swept_program:without_seed", None, None).run(task(wd="2"))["numbers"] == {"loss": 2}


def test_a_functions_failure_has_its_own_traceback(file: Path) -> None:
    with pytest.raises(RunError) as caught:
        function(file, "failing").run(task(wd="0"))
    assert caught.value.line == "ZeroDivisionError: division by zero"
    assert "return inner(wd)" in caught.value.text
    assert "functions.py" not in caught.value.text
    with pytest.raises(RunError, match=r"must return results by name.*not 2"):
        function(file, "wrong").run(task(wd="2"))


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("fit", ["width=1"], r"swept_program.py:fit\(wd, seed, kind='sgd'\) cannot be called: .*'wd'"),
        ("nothing", ["wd=1"], "has no attribute 'nothing'"),
    ],
)
def test_functions_that_cannot_be_called(file: Path, name: str, settings: list[str], message: str) -> None:
    with pytest.raises(SweepError, match=message):
        function(file, name).check(Grid.of(settings, (0,)))


def test_programs_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(SweepError, match=r"gone.py: cannot be read"):
        program_of(str(tmp_path / "gone.py:fit"), None, None).digest()
    with pytest.raises(SweepError, match=r"no_such_module: cannot be read"):
        program_of("no_such_module:fit", None, None).digest()
    with pytest.raises(NotebookError, match="cannot be read"):
        program_of(str(tmp_path / "gone.md"), None, None).digest()


def test_a_changed_program_has_another_digest(file: Path, tmp_path: Path) -> None:
    before = function(file, "fit").digest()
    assert before != function(file, "inner").digest()
    file.write_text(FUNCTION + "# changed\n")
    assert function(file, "fit").digest() != before
    chapter = tmp_path / "n.md"
    digests = []
    for prose, code in (("A", "x = 1"), ("B", "x = 1"), ("B", "x = 2")):
        chapter.write_text(f"{prose}\n\n```{{.python .input  n=1}}\n{code}\n```\n")
        digests.append(program_of(str(chapter), None, None).digest())
    assert digests[0] == digests[1] != digests[2]
    assert program_of(str(chapter), None, "x").digest() != digests[2]


NOTEBOOK = """
# A chapter

```{.python .input  n=1}
%matplotlib inline
from regluon import lab
wd = 5
```

```{.python .input  n=2}
def fit(wd, again=1):
    return 'w:', [wd, again], 'b:', 0.5
```

```{.python .input  n=3}
lab.report(loss=fit(wd)[1])
```

```{.python .input  n=4}
fit(0)
```

```{.python .input  n=5}
fit(5)
fit(wd, 2)
```
"""


@pytest.fixture
def chapter(tmp_path: Path) -> Path:
    path = tmp_path / "chapter.md"
    path.write_text(NOTEBOOK)
    return path


def code(program: Any, **values: str) -> list[str]:
    return [cell.source for cell in program.prepared(task(**values)).cells if cell.cell_type == "code"]


def test_a_notebook_runs_up_to_its_last_report(chapter: Path) -> None:
    cells = code(Notebook(chapter), wd="0.3")
    assert cells[0].endswith("wd = 0.3")
    assert cells[-1] == "lab.report(loss=fit(wd)[1])"
    bare = NOTEBOOK.replace("lab.report", "report")
    chapter.write_text(bare)  # some other function of this name
    assert code(Notebook(chapter), wd="0.3")[-1] == "fit(5)\nfit(wd, 2)"
    chapter.write_text(bare.replace("from regluon import lab", "from regluon.lab import report"))
    assert code(Notebook(chapter), wd="0.3")[-1].startswith("report(")


def test_a_call_takes_the_place_of_the_notebooks_own(chapter: Path) -> None:
    cells = code(Notebook(chapter, call="fit(value, again=wd)"), value="0.3", wd="7")
    assert cells[0].endswith("wd = 5")
    assert cells[3] == "fit(0.3, again=7)"
    assert cells[4].endswith(".returned(_)")
    assert len(cells) == 5
    assert code(Notebook(chapter, call="fit(kind)"), kind="sgd")[3] == "fit('sgd')"


def test_collected_variables_are_reported_at_the_end(chapter: Path) -> None:
    cells = code(Notebook(chapter, collect="wd, weights=[wd, f(1, 2)]"), wd="2")
    assert cells[-1].endswith(".report(wd=wd, weights=[wd, f(1, 2)])")
    assert cells[-2] == "fit(5)\nfit(wd, 2)"


@pytest.mark.parametrize(
    ("call", "collect", "values", "message"),
    [
        ("gone(wd)", None, {"wd": "1"}, r"no cell of the notebook only calls gone\(...\)"),
        (None, None, {"lr": "1"}, "assigns no 'lr'"),
        (None, "a.b", {"wd": "1"}, "names of variables, or name=expression"),
    ],
)
def test_notebooks_that_cannot_be_swept(
    chapter: Path, call: str | None, collect: str | None, values: dict[str, str], message: str
) -> None:
    with pytest.raises((SweepError, NotebookError), match=message):
        code(Notebook(chapter, call, collect), **values)


@pytest.mark.parametrize(
    ("text", "call", "collect", "message"),
    [
        ("a.py:fit", "fit(wd)", None, "for notebooks"),
        ("a.md", "fit", None, "not a call"),
        ("a.md", "fit(", None, "not a Python expression"),
        ("a.md", None, "a b", "--collect .*not a Python expression"),
    ],
)
def test_options_that_make_no_sense(text: str, call: str | None, collect: str | None, message: str) -> None:
    with pytest.raises(SweepError, match=message):
        program_of(text, call, collect)
