"""What a run leaves: the executed notebook, its HTML page and its figures."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from regluon.notebook.errors import NotebookError
from regluon.notebook.execute import numbered_cells
from regluon.notebook.figures import figures
from regluon.notebook.files import dumps, write_atomic
from regluon.notebook.html import page

__all__ = ["Report", "check_tag", "leave", "prepare_folder", "spare_source", "tagged_text"]


@dataclass(frozen=True)
class Report:
    """Places of the files that a run left."""

    notebook: Path
    page: Path | None
    figures: tuple[Path, ...]


def prepare_folder(folder: Path) -> None:
    """Make a folder for files, and see that they can be written, before anything runs.

    Errors: `NotebookError` where they cannot.
    """
    probe = folder / f".{secrets.token_hex(4)}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise NotebookError(f"{folder}: no folder that files can be written to: {error.strerror}") from None


def spare_source(source: Path, folder: Path) -> None:
    """See that the executed notebook will not replace the one it comes from.

    Errors: `NotebookError` where it would.
    """
    target = folder / f"{source.stem}.ipynb"
    if target.exists() and target.samefile(source):
        raise NotebookError(f"{target}: would replace the notebook that is run; choose another --out folder")


def leave(notebook: NotebookNode, source: Path, folder: Path, *, html: bool, stopped: str = "") -> Report:
    """Write the files of an executed notebook, and remove figures that an earlier run left."""
    name = source.stem
    executed = folder / f"{name}.ipynb"
    write_atomic(executed, dumps(notebook, ".ipynb"))
    paths = []
    for suffix, content in figures(notebook):
        paths.append(folder / f"{name}-{suffix}")
        write_atomic(paths[-1], content)
    _remove_old_figures(folder, name, keep=set(paths))
    path = folder / f"{name}.html"
    if html:
        write_atomic(path, page(notebook, name, source.parent, stopped))
    return Report(executed, path if html else None, tuple(paths))


def check_tag(notebook: NotebookNode, tag: str) -> None:
    """See that some cell has a tag.

    Errors: `NotebookError` that lists the tags there are.
    """
    tags = {tag for cell in numbered_cells(notebook).values() for tag in cell.metadata.get("tags", [])}
    if tag not in tags:
        raise NotebookError(
            f"--show {tag}: no code cell has this tag; tags: {', '.join(sorted(tags)) or 'none'}"
        )


def tagged_text(notebook: NotebookNode, tag: str) -> str:
    """What the cells with a tag printed and showed as text, figures left out."""
    cells = [cell for cell in numbered_cells(notebook).values() if tag in cell.metadata.get("tags", [])]
    texts = (_text(output) for cell in cells for output in cell.outputs)
    return "\n".join(text for text in texts if text)


def _text(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.text).rstrip("\n") if output.name == "stdout" else ""
    data = output.get("data", {})
    text = str(data.get("text/plain", ""))
    stands_for_more = len(data) > 1 and re.fullmatch(r"<[^\n]*>", text)
    return "" if stands_for_more else text


def _remove_old_figures(folder: Path, name: str, keep: set[Path]) -> None:
    figure = re.compile(rf"{re.escape(name)}-cell\d+-\d+\.(svg|png|jpg)")
    for path in folder.iterdir():
        if figure.fullmatch(path.name) and path not in keep:
            path.unlink(missing_ok=True)
