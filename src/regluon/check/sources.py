"""The code in files: programs, notebooks, and markdown in the books' form, each piece with its place."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from regluon.usage import UsageError

__all__ = ["SUFFIXES", "Piece", "files", "pieces"]

SUFFIXES = (".py", ".ipynb", ".md")
_SKIPPED = ("__pycache__", "node_modules", "site-packages")

_OPENING = re.compile(r" {0,3}(?P<mark>`{3,})[ \t]*\{(?P<info>[^`]*)\}[ \t]*$")
_MAGIC = re.compile(r"^[ \t]*([%!?].*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """Parsed code: of a notebook's cell (its number from 1; 0 outside of notebooks), or of a whole program.

    Line numbers are those of the file; in a ``.ipynb``, those of the cell.
    """

    tree: ast.Module
    cell: int = 0


def files(path: Path) -> list[Path]:
    """A file, or all that can be checked below a folder, hidden folders aside.

    Raises
    ------
    UsageError
        If there is nothing under the path, or nothing that can be checked.
    """
    if path.is_dir():
        found = [p for p in sorted(path.rglob("*")) if p.suffix in SUFFIXES and p.is_file()]
        found = [p for p in found if not _hidden(p.relative_to(path))]
        if not found:
            raise UsageError(f"{path}: no {', '.join(SUFFIXES)} file in this folder")
        return found
    if not path.exists():
        raise UsageError(f"{path}: cannot be read: No such file or directory")
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path}: not a program or a notebook; these end in {', '.join(SUFFIXES)}")
    return [path]


def _hidden(path: Path) -> bool:
    return any(part in _SKIPPED or part.startswith(".") for part in path.parts)


def pieces(text: str, suffix: str) -> list[Piece]:
    """The code in a text.

    Raises
    ------
    UsageError
        If it is no Python 3, or no notebook.
    """
    if suffix == ".py":
        return [Piece(_parse(text, 0, 0))]
    cells = _ipynb_cells(text) if suffix == ".ipynb" else _markdown_cells(text)
    return [
        Piece(_parse(_without_magics(code), offset, number), number)
        for number, (code, offset) in enumerate(cells, start=1)
    ]


def _parse(code: str, offset: int, cell: int) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the program's own: invalid escapes in texts, say
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = (getattr(error, "lineno", None) or 0) + offset
        where = f"cell {cell}, line {line}" if cell else f"line {line}"
        reason = getattr(error, "msg", None) or error
        raise UsageError(f"{where}: no Python 3: {reason}") from None
    return ast.increment_lineno(tree, offset) if offset else tree


def _without_magics(code: str) -> str:
    """A cell without IPython's commands; lines keep their numbers."""
    if code.lstrip().startswith("%%"):
        first, _, rest = code.lstrip().partition("\n")
        return "\n" + rest if first.split()[0] in ("%%time", "%%timeit", "%%capture", "%%prun") else ""
    return _MAGIC.sub(lambda match: " " * (len(match[0]) - len(match[0].lstrip())) + "pass", code)


def _ipynb_cells(text: str) -> list[tuple[str, int]]:
    try:
        document = json.loads(text)
        cells = document["cells"] if "cells" in document else document["worksheets"][0]["cells"]
        sources = [c.get("source", c.get("input", "")) for c in cells if c["cell_type"] == "code"]
        return [(source if isinstance(source, str) else "".join(source), 0) for source in sources]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise UsageError(f"not a notebook: {type(error).__name__}: {error}") from None


def _markdown_cells(text: str) -> Iterator[tuple[str, int]]:
    """The fences ```` ```{.python .input} ````; the offset is the line of the opening."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        opening = _OPENING.match(lines[at])
        if opening is None:
            at += 1
            continue
        closing = re.compile(rf" {{0,3}}`{{{len(opening['mark'])},}}[ \t]*$")
        end = next((n for n in range(at + 1, len(lines)) if closing.match(lines[n])), len(lines))
        words = opening["info"].split()
        if ".python" in words and ".input" in words:
            yield "\n".join(lines[at + 1 : end]), at + 1
        at = end + 1
