"""The command ``regluon``."""

from __future__ import annotations

import io
import sys
from importlib.util import find_spec
from typing import Annotated

from regluon import __version__
from regluon.lazy import resolve
from regluon.usage import UsageError

if find_spec("typer") is not None:
    import typer

__all__ = ["main"]

# The commands, of which only the one that is asked for is loaded, and what they need of the extra `notebook`.
_COMMANDS = {
    "run": "regluon.notebook.commands:run",
    "convert": "regluon.files.commands:convert",
    "inspect": "regluon.files.commands:inspect",
    "check": "regluon.check.commands:check",
    "im2rec": "regluon.im2rec.commands:im2rec",
    "sweep": "regluon.sweep.commands:sweep",
}
_NOTEBOOK = ("ipykernel", "jupytext", "latex2mathml", "nbclient", "nbconvert", "nbformat", "rich", "typer")
_NEEDS = {
    "sweep": (*_NOTEBOOK, "matplotlib"),
    "check": ("rich", "typer"),
    "im2rec": ("rich", "typer"),
    "inspect": ("rich", "typer"),
}
_ARRAYS = (".params", ".npz", ".safetensors")


def main() -> None:
    """Entry point: exit 0 done, 1 a cell failed or a name is absent, 2 it can't be done, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese must not end a run
    if sys.argv[1:] == ["--version"]:
        print(f"regluon {__version__}")
        return
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    missing = [name for name in _needed(asked, sys.argv[2:]) if find_spec(name) is None]
    if missing:
        print(f"regluon: {', '.join(missing)} not found: pip install 'regluon[notebook]'", file=sys.stderr)
        sys.exit(2)
    try:
        _app([asked] if asked in _COMMANDS else list(_COMMANDS))(prog_name="regluon")
    except UsageError as error:
        print(f"regluon: {error}", file=sys.stderr)
        sys.exit(2)


def _needed(asked: str, words: list[str]) -> tuple[str, ...]:
    """The libraries that a command line needs; arrays are converted without Jupyter's."""
    if asked == "convert" and (
        not words or "--help" in words or any(f".{w}".endswith(_ARRAYS) for w in words)
    ):
        return ("rich", "typer")
    return _NEEDS.get(asked, _NOTEBOOK)


def _app(commands: list[str]) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_options)
    for name in commands:
        app.command(name)(resolve(_COMMANDS[name]))
    return app


def _options(
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Run notebooks of Gluon books, check programs, look into MXNet's files, convert and make them."""
    if show_version:
        print(f"regluon {__version__}")
        raise typer.Exit
