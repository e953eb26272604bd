"""Notebooks from and to files: ``.md`` in the books' form, ``.ipynb`` of any version, ``.py``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from regluon.fileio import atomic_write
from regluon.notebook import markdown
from regluon.notebook.errors import NotebookError

__all__ = ["FORMATS", "dumps", "read_notebook", "write_atomic"]

_SCRIPT_FILTERS = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}


def read_notebook(path: Path) -> NotebookNode:
    """Notebook held by a file; its suffix says how it is written.

    Errors: `NotebookError` for a missing or unreadable file, an unknown suffix, text that is no notebook,
    or a notebook in another language than Python.
    """
    text = _read_text(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise NotebookError(f"{path}: not a notebook; a notebook ends in {', '.join(FORMATS)}")
    try:
        notebook = reader(text)
    except NotebookError as error:
        raise NotebookError(f"{path}: {error}") from None
    language = _language(notebook)
    if language.lower() not in {"python", "ipython"}:
        raise NotebookError(f"{path}: a notebook in {language}; regluon runs Python")
    return notebook


def dumps(notebook: NotebookNode, suffix: str) -> str:
    """Text of a notebook in the form that a file suffix stands for (a key of `FORMATS`)."""
    return FORMATS[suffix](notebook)


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write a file so that it is either the old one or the whole new one.

    Errors: `NotebookError` where the file cannot be written.
    """
    content = data.encode() if isinstance(data, str) else data
    try:
        with atomic_write(path) as file:
            file.write(content)
    except OSError as error:
        raise NotebookError(f"{path}: {error.strerror}") from error


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise NotebookError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise NotebookError(f"{path}: not a notebook: no UTF-8 text at byte {error.start}") from None


def _read_ipynb(text: str) -> NotebookNode:
    try:
        notebook = nbformat.convert(nbformat.reader.reads(text), 4)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it fills in missing cell ids, and warns that it does
            notebook = nbformat.validator.normalize(notebook)[1]
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise NotebookError(f"not a notebook: {str(error).partition(chr(10))[0]}") from None
    except nbformat.reader.NotJSONError:
        raise NotebookError("not a notebook: the file does not hold JSON") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NotebookError(f"not a notebook: {type(error).__name__}: {error}") from None
    return notebook


def _read_script(text: str) -> NotebookNode:
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata["kernelspec"] = dict(markdown.KERNELSPEC)
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"
        cell.metadata.pop("lines_to_next_cell", None)
    return notebook


def _write_ipynb(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook) + "\n"


def _write_script(notebook: NotebookNode) -> str:
    plain = nbformat.from_dict(notebook)
    kept = plain.metadata.get("jupytext", {})
    plain.metadata = {"jupytext": {**kept, **_SCRIPT_FILTERS}}
    return jupytext.writes(plain, fmt="py:percent")


def _language(notebook: NotebookNode) -> str:
    info, spec = notebook.metadata.get("language_info", {}), notebook.metadata.get("kernelspec", {})
    return str(info.get("name") or spec.get("language") or "python")


_READERS: dict[str, Callable[[str], NotebookNode]] = {
    ".md": markdown.reads,
    ".ipynb": _read_ipynb,
    ".py": _read_script,
}
FORMATS: dict[str, Callable[[NotebookNode], str]] = {
    ".md": markdown.writes,
    ".ipynb": _write_ipynb,
    ".py": _write_script,
}
