"""A notebook as what a sweep runs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from regluon.lab.reports import MIME
from regluon.notebook import dumps, parameters, read_notebook
from regluon.notebook.execute import execute, numbered_cells
from regluon.sweep.errors import RunError, SweepError
from regluon.sweep.functions import digest_of
from regluon.sweep.grid import Grid, Task, value_of

__all__ = ["Notebook"]

Result = dict[str, Any]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_IMPORTED = re.compile(r"^\s*from regluon\.lab import .*\breport\b", re.MULTILINE)
_COLLECT = "__import__('regluon.sweep.collect', fromlist=['collect'])"


@dataclass
class Notebook:
    """A notebook, run in a kernel of its own for each task.

    ``call`` is an expression that takes the place of the notebook's own calls of that function; ``collect``
    are names of variables, or name=expression, to be reported after the last cell.
    """

    path: Path
    call: str | None = None
    collect: str | None = None

    @property
    def title(self) -> str:
        """How the sweep is called."""
        return self.path.name

    def digest(self) -> str:
        """A hash of the code; prose may change."""
        code = [cell.source for cell in read_notebook(self.path).cells if cell.cell_type == "code"]
        return digest_of("notebook", code, self.call, self.collect)

    def check(self, grid: Grid) -> None:
        """See that the notebook can be run with these names.

        Raises
        ------
        SweepError, NotebookError
            If it assigns no such names, or does not call what ``call`` calls.
        """
        self.prepared(next(grid.tasks()))

    def prepared(self, task: Task) -> NotebookNode:
        """The notebook to run for a task: values set, and what comes after the last report left out."""
        notebook = read_notebook(self.path)
        used = _names(self.call) if self.call else set()
        settings = [f"{name}={value}" for name, value in task.values if name not in used]
        parameters.apply(notebook, settings)
        if self.call:
            _replace_calls(notebook, self.call, dict(task.values))
            notebook.cells.append(_cell(f"{_COLLECT}.returned(_)"))
        elif not self.collect:
            _end_after_reports(notebook)
        if self.collect:
            notebook.cells.append(_cell(_report_of(self.collect)))
        if not numbered_cells(notebook):
            raise SweepError(f"{self.path}: no code cells")
        return notebook

    def run(self, task: Task) -> Result:
        """Runs it, and gathers what it reported, or else the curves that it drew."""
        notebook = self.prepared(task)
        folder = self.path.resolve().parent
        failure = execute(
            notebook, folder, _Quiet(), seed=task.seed, prelude=f"{_COLLECT}.begin({task.seed})"
        )
        if failure is not None:
            text = _COLOUR.sub("", failure.text)
            raise RunError(f"cell {failure.number}: {_last_line(text)}", text, dumps(notebook, ".ipynb"))
        found = _gathered(notebook)
        if not found["numbers"] and not found["curves"]:
            line = "it reported nothing: call regluon.lab.report(test_loss=...), or use --collect"
            raise RunError(line, line)
        return found


class _Quiet:
    """A watcher that says nothing."""

    def started(self, number: int, line: str) -> None:
        """Nothing."""

    def finished(self, number: int, seconds: float) -> None:
        """Nothing."""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it failed"


def _names(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def _report_of(collect: str) -> str:
    call = ast.parse(f"f({collect})", mode="eval").body
    assert isinstance(call, ast.Call)
    named = [f"{ast.unparse(a)}={ast.unparse(a)}" for a in call.args if isinstance(a, ast.Name)]
    if len(named) < len(call.args):
        raise SweepError(f"--collect {collect}: names of variables, or name=expression")
    named += [f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords]
    return f"{_COLLECT}.report({', '.join(named)})"


def _calls(cell: NotebookNode, function: str) -> bool:
    """Whether a cell is nothing but calls of a function."""
    try:
        body = ast.parse(cell.source).body
    except (SyntaxError, ValueError):
        return False
    calls = [s.value for s in body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
    return bool(body) and len(calls) == len(body) and all(ast.unparse(c.func) == function for c in calls)


def _replace_calls(notebook: NotebookNode, call: str, values: dict[str, str]) -> None:
    """Puts one call in the place of the notebook's cells that call the same function, and ends there."""
    tree = ast.parse(call, mode="eval")
    assert isinstance(tree.body, ast.Call)
    function = ast.unparse(tree.body.func)
    places = [n for n, c in enumerate(notebook.cells) if c.cell_type == "code" and _calls(c, function)]
    if not places:
        raise SweepError(f"--call {call}: no cell of the notebook only calls {function}(...)")
    source = ast.unparse(_Values(values).visit(tree))
    notebook.cells[places[0] :] = [_cell(source)]


class _Values(ast.NodeTransformer):
    """Puts values in the place of names."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self.values:
            return node
        source = self.values[node.id]
        literal = value_of(source) is not source
        return ast.parse(source if literal else repr(source), mode="eval").body


def _cell(source: str) -> NotebookNode:
    return new_code_cell(source)  # type: ignore[no-untyped-call, no-any-return]


def _end_after_reports(notebook: NotebookNode) -> None:
    """Drops the cells after the last one that reports: nothing can come of them."""
    code = [(n, cell.source) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    names = {"lab.report", "regluon.lab.report"}
    if any(_IMPORTED.search(source) for _, source in code):
        names.add("report")
    reporting = [n for n, source in code if _reports(source, names)]
    if reporting:
        del notebook.cells[reporting[-1] + 1 :]


def _reports(source: str, names: set[str]) -> bool:
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError):
        return False
    return any(ast.unparse(call.func) in names for call in calls)


def _gathered(notebook: NotebookNode) -> Result:
    """What the outputs report, later ones over earlier ones; what was drawn only where nothing else is."""
    found: Result = {"numbers": {}, "curves": {}, "weights": None}
    drawn: Result = {"numbers": {}, "curves": {}, "weights": None}
    for cell in numbered_cells(notebook).values():
        for output in cell.outputs:
            report = output.get("data", {}).get(MIME)
            if report:
                into = drawn if report.get("drawn") else found
                into["numbers"].update(report["numbers"])
                into["curves"].update(report["curves"])
                into["weights"] = report["weights"] or into["weights"]
    if not found["curves"]:
        found["curves"] = drawn["curves"]
    return found
