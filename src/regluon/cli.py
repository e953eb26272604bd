"""The command ``regluon``."""

from __future__ import annotations

import io
import sys
from importlib.util import find_spec
from typing import Annotated

from regluon import __version__

_EXTRA = (
    "ipykernel",
    "jupytext",
    "latex2mathml",
    "nbclient",
    "nbconvert",
    "nbformat",
    "rich",
    "typer",
)
_MISSING = [name for name in _EXTRA if find_spec(name) is None]

if not _MISSING:
    import typer

    from regluon.notebook import NotebookError
    from regluon.notebook.commands import convert, run

__all__ = ["main"]


def main() -> None:
    """Entry point: exit 0 done, 1 a cell failed, 2 it cannot be done, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese must not end a run
    if sys.argv[1:] == ["--version"]:
        print(f"regluon {__version__}")
        return
    if _MISSING:
        print(f"regluon: {', '.join(_MISSING)} not found: pip install 'regluon[notebook]'", file=sys.stderr)
        sys.exit(2)
    try:
        _app()(prog_name="regluon")
    except NotebookError as error:
        print(f"regluon: {error}", file=sys.stderr)
        sys.exit(2)


def _app() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_options)
    app.command()(run)
    app.command()(convert)
    return app


def _options(
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Run notebooks of Gluon books and programs, and convert them."""
    if show_version:
        print(f"regluon {__version__}")
        raise typer.Exit
