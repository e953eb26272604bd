"""What a sweep runs, as a command line names it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from regluon.lazy import resolve
from regluon.sweep.errors import SweepError
from regluon.sweep.functions import Function

if TYPE_CHECKING:
    from regluon.sweep.notebooks import Notebook

__all__ = ["Program", "program_of"]

Program: TypeAlias = "Function | Notebook"


def program_of(text: str, call: str | None, collect: str | None) -> Program:
    """What a command line names: ``NOTEBOOK``, ``FILE.py:FUNCTION`` or ``MODULE:FUNCTION``.

    Raises
    ------
    SweepError
        If it is none of these.
    """
    place, colon, name = text.rpartition(":")
    if colon and name.isidentifier():
        if call or collect:
            raise SweepError("--call and --collect are for notebooks; a function returns its results")
        return Function(place, name, is_file=place.endswith(".py"))
    for option, source in (("--call", call), ("--collect", collect)):
        _check_expression(option, f"f({source})" if option == "--collect" else source)
    # Jupyter's libraries are loaded for notebooks alone: they take as long as torch.
    notebook: Program = resolve("regluon.sweep.notebooks:Notebook")(Path(text), call, collect)
    return notebook


def _check_expression(option: str, source: str | None) -> None:
    if source is None:
        return
    try:
        body = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        raise SweepError(f"{option} {source}: not a Python expression") from None
    if option == "--call" and not isinstance(body, ast.Call):
        raise SweepError(f'--call {source}: not a call; write it as --call "fit(wd)"')
