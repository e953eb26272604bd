"""The command ``regluon run``, and what ``regluon convert`` does with notebooks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from regluon.notebook import parameters
from regluon.notebook.errors import NotebookError
from regluon.notebook.execute import Failure, execute, numbered_cells
from regluon.notebook.files import FORMATS, dumps, read_notebook, write_atomic
from regluon.notebook.progress import watcher
from regluon.notebook.report import Report, check_tag, leave, prepare_folder, spare_source, tagged_text

__all__ = ["convert", "run"]

_EXIT_CODES = {"error": 1, "timeout": 1, "died": 2, "interrupted": 130}
_MAX_SEED = 2**32 - 1

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A notebook: .md in the books' form, .ipynb or .py.")
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files it leaves.")]
Html = Annotated[bool, typer.Option("--html/--no-html", help="Also leave an HTML page.")]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=_MAX_SEED, help="Seed Python's random and NumPy before the first cell."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Assign another value where the notebook assigns NAME."),
]
Timeout = Annotated[int | None, typer.Option(min=1, metavar="S", help="Seconds that a cell may take.")]
Show = Annotated[str | None, typer.Option(metavar="TAG", help="Print what the cells with this tag print.")]


def run(
    file: File,
    *,
    out: Out = Path("out"),
    html: Html = True,
    seed: Seed = None,
    settings: Settings = None,
    timeout: Timeout = None,
    show: Show = None,
) -> None:
    """Run a notebook, and leave it executed, as an HTML page, and its figures as files.

    MXNet's own random generators start at seed 0 in every run; --seed is for those of Python and NumPy,
    which a DataLoader shuffles with.
    """
    console = Console()
    notebook = read_notebook(file)
    cells = numbered_cells(notebook)
    if not cells:
        raise NotebookError(f"{file}: no code cells; in markdown a cell opens with ```{{.python .input}}")
    done = parameters.apply(notebook, settings or [])
    if show:
        check_tag(notebook, show)
    spare_source(file, out)
    prepare_folder(out)
    _say(console, f"{file}", *(f"{name} = {value}" for name, value in done.items()))
    start = time.monotonic()
    script = file.resolve() if file.suffix == ".py" else None
    with watcher(console, len(cells)) as display:
        failure = execute(notebook, file.resolve().parent, display, seed=seed, script=script, timeout=timeout)
    seconds = time.monotonic() - start
    report = leave(notebook, file, out, html=html, stopped=_headline(failure, timeout) if failure else "")
    if show and (text := tagged_text(notebook, show)):
        _say(console, "", text)
    _finish(console, report, failure, f"{len(cells)} cells in {seconds:.1f} s", timeout)


def convert(
    file: Path,
    new: Path | None = None,
    *,
    to: str | None = None,
    out: Path | None = None,
    force: bool = False,
) -> None:
    """Writes a notebook in another form: ``new``'s, or as ``to`` says, beside it or in the folder ``out``."""
    suffix = f".{to.lstrip('.')}" if to else ".md" if file.suffix == ".ipynb" else ".ipynb"
    target = new or (out or file.parent) / f"{file.stem}{suffix}"
    if target.suffix not in FORMATS:
        said = f"--to {to}" if to else str(new)
        raise NotebookError(f"{said}: not a form of notebook; choose md, ipynb or py")
    notebook = read_notebook(file)
    if target.exists() and not force:
        raise NotebookError(f"{target}: is there already; --force replaces it")
    if out:
        prepare_folder(out)
    write_atomic(target, dumps(notebook, target.suffix))
    _say(Console(), f"{target}")


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _headline(failure: Failure, timeout: int | None) -> str:
    happened = {
        "error": "failed",
        "timeout": f"took longer than {timeout} s",
        "died": "ended the kernel",
        "interrupted": "was interrupted",
    }
    return f"Cell {failure.number} {happened[failure.kind]}: {failure.line}"


def _finish(
    console: Console, report: Report, failure: Failure | None, summary: str, timeout: int | None
) -> None:
    _say(console, "")
    if failure:
        console.print(Text.from_ansi(failure.text), soft_wrap=True)
        console.print(Text(_headline(failure, timeout), style="bold red"), soft_wrap=True)
    else:
        console.print(Text(summary, style="bold green"), soft_wrap=True)
    _say(console, f"  notebook  {report.notebook}")
    if report.page:
        _say(console, f"  page      {report.page}")
    for figure in report.figures:
        _say(console, f"  figure    {figure}")
    if failure:
        raise typer.Exit(_EXIT_CODES[failure.kind])
