"""The command ``regluon sweep``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from regluon.fileio import atomic_write
from regluon.lab.seeds import some_seeds
from regluon.lazy import deferred
from regluon.sweep.batched import run_batched
from regluon.sweep.errors import SweepError
from regluon.sweep.grid import Grid, Task
from regluon.sweep.pool import Failed, cores, run_all
from regluon.sweep.programs import Program, program_of
from regluon.sweep.results import Results
from regluon.sweep.store import Store

__all__ = ["sweep"]

# What draws is loaded when there is something to draw: errors come without waiting for matplotlib.
figures = deferred("regluon.sweep.figures:figures", "The figures of a sweep.")
page = deferred("regluon.sweep.page:page", "The page of a sweep.")

_LINES = 20  # at most, where there is no terminal to draw a bar in
_INTERRUPTED = 130

Told = Callable[[Task, str], None]
ProgramName = Annotated[
    str,
    typer.Argument(metavar="PROGRAM", help="A notebook, or a function: FILE.py:FUNCTION or MODULE:FUNCTION."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE,VALUE", help="Values for a name; several names make a grid."),
]
Seeds = Annotated[
    str,
    typer.Option(metavar="N", help="How many seeds: 0, 10, 20, ...; or the seeds themselves: 3,5,8 or 3,"),
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files it leaves.")]
Jobs = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="How many at once; else as many as there are cores.")
]
Call = Annotated[
    str | None,
    typer.Option(metavar="CALL", help='In place of the notebook\'s own calls of it: --call "fit(wd)".'),
]
Collect = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES", help="Variables that are the results: test_loss,weights=net[0].weight.data()."
    ),
]
Best = Annotated[
    str | None, typer.Option(metavar="NAME", help="The result that is best where it is smallest.")
]
Highest = Annotated[bool, typer.Option("--highest", help="It is best where it is largest.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Run again what has finished before.")]


def sweep(
    program: ProgramName,
    *,
    settings: Settings = None,
    seeds: Seeds = "1",
    out: Out = Path("sweep"),
    jobs: Jobs = None,
    call: Call = None,
    collect: Collect = None,
    best: Best = None,
    highest: Highest = False,
    fresh: Fresh = False,
) -> None:
    """Run a notebook or a function for all values and seeds, and find the best.

    Each finished run is kept: the same command goes on where it was interrupted.
    A notebook hands its results over by regluon.lab.report(test_loss=...), a
    function returns them by name; of a notebook that does neither, the curves are
    read off its figures. MXNet's, NumPy's and Python's generators are seeded.
    """
    console = Console()
    chosen = program_of(program, call, collect)
    grid = Grid.of(settings or [], _seeds(seeds))
    store = Store(out, chosen.digest())
    chosen.check(grid)
    store.prepare()
    tasks = list(grid.tasks())
    waiting = [task for task in tasks if fresh or store.load(task) is None]
    _say(console, f"{chosen.title}: {len(tasks)} runs, {len(tasks) - len(waiting)} of them finished before")
    count = max(1, min(jobs or cores(), len(waiting)))
    start = time.monotonic()
    try:
        with _Display(console, len(waiting)) as told:
            failures = _run(console, chosen, store, waiting, count, told) if waiting else []
    except KeyboardInterrupt:
        done = sum(store.load(task) is not None for task in tasks)
        _say(console, f"interrupted: {done} of {len(tasks)} runs finished; the same command goes on there")
        raise typer.Exit(_INTERRUPTED) from None
    found = {task: record for task in tasks if (record := store.load(task)) is not None}
    _say(console, f"{len(waiting) - len(failures)} runs in {time.monotonic() - start:.1f} s")
    if found:
        _leave(console, Results(grid, found, best, highest), chosen.title, out)
    if failures:
        _complain(console, failures, store)
        raise typer.Exit(1)


def _run(
    console: Console, program: Program, store: Store, tasks: list[Task], jobs: int, told: Told
) -> list[Failed]:
    """All at once where that can be done, else one after another in processes."""
    reason = run_batched(program, store, tasks, told)
    if reason is None:
        return []
    if reason:
        _say(console, f"not all at once: {reason}")
    return run_all(program, store, tasks, jobs, told)


def _seeds(text: str) -> tuple[int, ...]:
    try:
        parts = [int(part) for part in text.split(",") if part.strip()]
        return some_seeds(parts if "," in text else parts[0])
    except (ValueError, IndexError) as error:
        reason = str(error) if "seeds" in str(error) else "a number of seeds, or seeds as in 3,5,8"
        raise SweepError(f"--seeds {text}: {reason}") from None


def _leave(console: Console, results: Results, title: str, out: Path) -> None:
    """Writes table, figures and page, and shows the short table."""
    _show(console, results)
    files: list[tuple[str, str, str | bytes]] = [
        ("table", "summary.csv", results.summary_csv()),
        ("runs", "runs.csv", results.runs_csv()),
        *(("figure", name, content) for name, content in figures(results)),
        ("page", "sweep.html", page(results, f"{title} over {', '.join(results.grid.names)}")),
    ]
    for kind, name, content in files:
        with atomic_write(out / name) as file:
            file.write(content.encode() if isinstance(content, str) else content)
        _say(console, f"  {kind:8}  {out / name}")


def _show(console: Console, results: Results) -> None:
    head, *rows = results.summary()
    shown = [n for n, name in enumerate(head) if not str(name).endswith((" 10 %", " 90 %"))]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for n in shown:
        table.add_column(escape(str(head[n]).removesuffix(" median")), justify="right")
    for row in rows:
        table.add_row(*(escape(str(row[n])) for n in shown))
    console.print()
    console.print(table)
    for rest in results.rests:
        best = results.best(rest)
        if best is not None:
            others = zip(results.grid.names[1:], rest, strict=True)
            where = "".join(f", {name}={value}" for name, value in others)
            _say(console, f"best {results.grid.names[0]} by {results.objective}{where}: {best}")
    console.print()


def _complain(console: Console, failures: Sequence[Failed], store: Store) -> None:
    """The first failure in full, the others a line each."""
    _say(console, "", f"{len(failures)} runs failed; the first, {failures[0].task.label}:", failures[0].text)
    for failed in failures[1:_LINES]:
        _say(console, f"  {failed.task.label}: {failed.line}")
    if len(failures) > _LINES:
        _say(console, f"  and {len(failures) - _LINES} more")
    _say(console, f"  failures  {store.failures}")


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


class _Display:
    """What is shown meanwhile: a bar in a terminal, some lines elsewhere."""

    def __init__(self, console: Console, total: int) -> None:
        self.console, self.total = console, total
        self.done = self.failed = 0
        self.bar = Progress(
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]left[/dim]"),
            TimeRemainingColumn(),
            TextColumn("[red]{task.fields[failed]}[/red][dim]{task.fields[label]}"),
            console=console,
            transient=True,
        )
        self.shown: Any = None

    def __enter__(self) -> Told:
        if self.console.is_terminal and self.total:
            self.bar.start()
            self.shown = self.bar.add_task("", total=self.total, label="", failed="")
        return self.told

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.bar.stop()

    def told(self, task: Task, error: str) -> None:
        """A run has ended."""
        self.done += 1
        self.failed += bool(error)
        if self.shown is not None:
            failed = f"{self.failed} failed  " if self.failed else ""
            self.bar.update(self.shown, completed=self.done, label=escape(task.label), failed=failed)
        elif error or self.done % max(1, self.total // _LINES) == 0 or self.done == self.total:
            _say(self.console, f"run {self.done}/{self.total}  {task.label}{'  ' + error if error else ''}")
