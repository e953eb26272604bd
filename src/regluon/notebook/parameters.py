"""``--set name=value``: another value for a name that the notebook assigns.

The right-hand side of ``name = ...`` (and of ``a, name = 1, ...``, ``name: type = ...``) at the top level
of a code cell is replaced, in the cells tagged ``parameters`` where there are any and else in all; updates
such as ``name = name + 1`` stay. No cell is added, and the executed notebook shows the value it ran with.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from regluon.notebook.errors import NotebookError

__all__ = ["apply", "settable"]

_MAGIC = re.compile(r"(\s*)([%!?]|[\w, ]+=\s*[%!]|.*\?\s*$)")
_PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")


def apply(notebook: NotebookNode, settings: Sequence[str]) -> dict[str, str]:
    """Carry out ``name=value`` settings in place; the sources now assigned, by name.

    A value is a Python expression; where the notebook assigns a string literal, other text than a string
    literal is taken as the string itself (``--set optimizer=adam``).

    Errors: `NotebookError` for a setting that is malformed or whose name the notebook does not assign.
    """
    done = {}
    for setting in settings:
        name, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or not name.isidentifier():
            raise NotebookError(f"--set {setting}: expected name=value, as in --set lr=0.1")
        done[name] = _set(notebook, name, value)
    return done


def settable(notebook: NotebookNode) -> list[str]:
    """Names that `apply` can set, in the order of their first assignment."""
    found = (name for cell in _cells(notebook) for name, _ in _assignments(cell.source))
    return list(dict.fromkeys(found))


def _set(notebook: NotebookNode, name: str, value: str) -> str:
    written = None
    for cell in _cells(notebook):
        places = [place for found, place in _assignments(cell.source) if found == name]
        for place in reversed(places):
            written = _expression(name, value, place)
            cell.source = _replace(cell.source, place, written)
    if written is None:
        known = ", ".join(settable(notebook)) or "none"
        raise NotebookError(f"--set {name}={value}: the notebook assigns no {name!r}; it assigns: {known}")
    return written


def _cells(notebook: NotebookNode) -> list[NotebookNode]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if "parameters" in cell.metadata.get("tags", [])] or code


def _expression(name: str, value: str, old: ast.expr) -> str:
    """The value as Python source on one line."""
    try:
        new: ast.expr | None = ast.parse(value, mode="eval").body
    except (SyntaxError, ValueError):
        new = None
    if _is_text(old) and not _is_text(new):
        return repr(value)
    if new is None or isinstance(new, ast.Starred):
        raise NotebookError(f"--set {name}={value}: {value!r} is not a Python expression")
    return ast.unparse(new)


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _assignments(source: str) -> Iterator[tuple[str, ast.expr]]:
    for statement in _statements(source):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            pairs = list(_pairs(statement.targets[0], statement.value))
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            pairs = list(_pairs(statement.target, statement.value))
        else:
            continue
        yield from ((name, value) for name, value in pairs if not _reads(value, name))


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
        return
    left, right = (side.elts if isinstance(side, ast.Tuple) else [] for side in (target, value))
    if not any(isinstance(part, ast.Starred) for part in (*left, *right)):
        for part, its_value in zip(left, right, strict=False):
            yield from _pairs(part, its_value)


def _reads(value: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))


def _statements(source: str) -> list[ast.stmt]:
    """Top-level statements of a cell; magics count as ``pass``, what is no Python as nothing."""
    if source.startswith("%%") and not source.startswith(_PYTHON_CELL_MAGICS):
        return []
    for text in (source, _without_magics(source)):
        try:
            return ast.parse(text).body
        except (SyntaxError, ValueError):
            continue
    return []


def _without_magics(source: str) -> str:
    lines = source.split("\n")
    return "\n".join(f"{match[1]}pass" if (match := _MAGIC.match(line)) else line for line in lines)


def _replace(source: str, place: ast.expr, new: str) -> str:
    """Source with the text of one expression replaced; ast counts columns in UTF-8 bytes."""
    lines = [line.encode() for line in source.split("\n")]
    first, last = place.lineno - 1, (place.end_lineno or place.lineno) - 1
    head, rest = lines[first][: place.col_offset], lines[last][place.end_col_offset :]
    lines[first : last + 1] = [head + new.encode() + rest]
    return b"\n".join(lines).decode()
