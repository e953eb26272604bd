"""The figures of an executed notebook, each as its own file."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from nbformat import NotebookNode

from regluon.notebook.execute import numbered_cells

__all__ = ["figures"]

_SUFFIXES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}


def figures(notebook: NotebookNode) -> Iterator[tuple[str, bytes]]:
    """``("cell4-1.svg", content)`` of the first figure of cell 4, and so on; vectors before pixels."""
    for number, cell in numbered_cells(notebook).items():
        shown = [output.data for output in cell.outputs if "data" in output]
        drawn = [data for data in shown if _SUFFIXES.keys() & data.keys()]
        for count, data in enumerate(drawn, start=1):
            kind = next(kind for kind in _SUFFIXES if kind in data)
            yield f"cell{number}-{count}.{_SUFFIXES[kind]}", _content(kind, data[kind])


def _content(kind: str, data: str) -> bytes:
    return data.encode() if kind == "image/svg+xml" else base64.b64decode(data)
