"""What a run shows while it goes on: a bar in a terminal, one line a cell elsewhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

from regluon.notebook.execute import Watcher

__all__ = ["watcher"]

_LINE_WIDTH = 48


class Lines(Watcher):
    """One plain line for every cell that has run."""

    def __init__(self, console: Console, total: int) -> None:
        self.console, self.total = console, total
        self.line = ""

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        return None

    def started(self, number: int, line: str) -> None:
        """Keep the line until the time is known."""
        self.line = line

    def finished(self, number: int, seconds: float) -> None:
        """Print the cell's line."""
        text = f"cell {number}/{self.total}  {seconds:6.1f} s  {self.line}"
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


class Bar(Watcher):
    """A bar over the cells, the cell that runs, and the time since the start."""

    def __init__(self, console: Console, total: int) -> None:
        columns: tuple[ProgressColumn, ...] = (
            SpinnerColumn(),
            TextColumn("cell {task.fields[number]}/{task.total:.0f}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[line]}"),
        )
        self.progress = Progress(*columns, console=console, transient=True)
        self.task = self.progress.add_task("", total=total, number=0, line="starting the kernel")

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.progress.stop()

    def started(self, number: int, line: str) -> None:
        """Show the cell that runs."""
        short = line if len(line) <= _LINE_WIDTH else line[: _LINE_WIDTH - 1] + "…"
        self.progress.update(self.task, number=number, line=escape(short))

    def finished(self, number: int, seconds: float) -> None:
        """Move the bar."""
        self.progress.update(self.task, completed=number)


def watcher(console: Console, total: int) -> Bar | Lines:
    """The display that suits a console, as a context manager."""
    return Bar(console, total) if console.is_terminal else Lines(console, total)
