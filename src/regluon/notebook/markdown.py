"""Markdown notebooks in the books' form, as notebooks and back.

A code cell is a fence opened by ```` ```{.python .input  n=1} ````; everything else, plain
```` ```python ```` fences included, is prose. ``tags=a,b`` among the attributes tags the cell. What
markdown can say in several ways (spaces inside the braces, blank lines, the length of a fence) is kept
in ``metadata.regluon``, so that ``writes(reads(text)) == text``.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from regluon.notebook.errors import NotebookError

__all__ = ["KERNELSPEC", "reads", "writes"]

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}

_OPENING = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>.*)")
_CELL_KINDS = {"python": "code", "raw": "raw"}


@dataclass(frozen=True)
class _Fence:
    """A fenced block: where it opens, what it is, and its lines without the fence's own."""

    line: int
    opening: str
    kind: str
    body: list[str]
    closing: str


def reads(text: str) -> NotebookNode:
    """Notebook (nbformat 4) of a markdown text.

    A run of prose between two code cells is one markdown cell. A ``{.json .output}`` fence after a code
    cell becomes that cell's outputs.

    Errors: `NotebookError` for a cell that is never closed or whose attributes or outputs are unreadable.
    """
    notes: dict[str, object] = {}
    if "\r\n" in text:
        notes["newline"] = "\r\n"
        text = text.replace("\r\n", "\n")
    if text and not text.endswith("\n"):
        notes["final_newline"] = False
        text += "\n"
    notebook = new_notebook(metadata={"kernelspec": dict(KERNELSPEC)})
    tail = _fill(notebook, text.split("\n")[:-1])
    if tail:
        notes["tail"] = tail
    if notes:
        notebook.metadata["regluon"] = notes
    return notebook


def writes(notebook: NotebookNode) -> str:
    """Markdown text of a notebook; outputs are not part of it, and neighbouring markdown cells join."""
    notes = notebook.metadata.get("regluon", {})
    parts: list[str] = []
    number = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            lines = cell.source.split("\n") if cell.source.strip() else []
        else:
            number += cell.cell_type == "code"
            lines = _cell_lines(cell, number)
        if lines:
            parts += [_gap(cell, first=not parts), *(line + "\n" for line in lines)]
    text = "".join(parts) + notes.get("tail", "")
    if notes.get("final_newline") is False:
        text = text.removesuffix("\n")
    return text.replace("\n", notes.get("newline", "\n"))


def _fill(notebook: NotebookNode, lines: list[str]) -> str:
    blank: list[str] = []
    for piece in _pieces(lines):
        if isinstance(piece, _Fence) and piece.kind == "output":
            _attach_outputs(notebook, piece)
            blank = []
            continue
        if isinstance(piece, _Fence):
            cell = _read_cell(piece)
            after: list[str] = []
        else:
            before, prose, after = _trim(piece)
            blank += before
            if not prose:
                continue
            cell = new_markdown_cell("\n".join(prose))
        gap = "".join(line + "\n" for line in blank)
        if gap != ("\n" if notebook.cells else ""):
            cell.metadata.setdefault("regluon", {})["gap"] = gap
        cell["id"] = f"cell-{len(notebook.cells) + 1}"
        notebook.cells.append(cell)
        blank = after
    return "".join(line + "\n" for line in blank)


def _trim(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Blank lines before, the text, blank lines after."""
    full = [index for index, line in enumerate(lines) if line.strip()]
    if not full:
        return lines, [], []
    return lines[: full[0]], lines[full[0] : full[-1] + 1], lines[full[-1] + 1 :]


def _pieces(lines: list[str]) -> Iterator[list[str] | _Fence]:
    prose: list[str] = []
    index = 0
    while index < len(lines):
        end = _comment_end(lines, index)
        if end is None and (opening := _opening(lines[index])):
            end = _fence_end(lines, index, opening["mark"])
            kind = _kind(lines[index])
            if kind:
                yield prose
                yield _Fence(index + 1, lines[index], kind, lines[index + 1 : end], lines[end])
                prose, index = [], end + 1
                continue
        end = index if end is None else end
        prose += lines[index : end + 1]
        index = end + 1
    yield prose


def _opening(line: str) -> re.Match[str] | None:
    match = _OPENING.fullmatch(line)
    if match and match["mark"][0] == "`" and "`" in match["info"]:
        return None
    return match


def _comment_end(lines: list[str], index: int) -> int | None:
    """Last line of an HTML comment that begins here: a cell inside one is switched off."""
    if not re.match(r" {0,3}<!--", lines[index]):
        return None
    ends = (at for at in range(index, len(lines)) if "-->" in lines[at])
    return next(ends, None)


def _fence_end(lines: list[str], start: int, mark: str) -> int:
    for index in range(start + 1, len(lines)):
        if _closes(lines[index], mark):
            return index
        if _interrupts(lines[index], mark):
            raise NotebookError(
                f"line {start + 1}: the fence {lines[start].strip()!r} is not closed "
                f"before the cell that opens in line {index + 1}"
            )
    if _kind(lines[start]):
        raise NotebookError(f"line {start + 1}: the cell {lines[start].strip()!r} is never closed")
    return len(lines) - 1


def _closes(line: str, mark: str) -> bool:
    return bool(re.fullmatch(rf" {{0,3}}{mark[0]}{{{len(mark)},}}[ \t]*", line))


def _interrupts(line: str, mark: str) -> bool:
    return line.startswith(mark) and _kind(line) is not None


def _kind(line: str) -> str | None:
    """``code``, ``raw`` or ``output`` where a line opens such a cell, otherwise None."""
    if not re.match(r"```+[ \t]*\{.*\}[ \t]*$", line):
        return None
    classes = {word for word in _words(line) if word.startswith(".")}
    if {".json", ".output"} <= classes:
        return "output"
    if ".input" in classes:
        return next((kind for name, kind in _CELL_KINDS.items() if f".{name}" in classes), None)
    return None


def _words(line: str) -> list[str]:
    """Attributes between the braces of a fence; quotes that do not pair are letters."""
    inside = line[line.index("{") + 1 : line.rindex("}")]
    try:
        return shlex.split(inside)
    except ValueError:
        return inside.split()


def _tags(words: Iterable[str]) -> list[str]:
    values = [word.removeprefix("tags=") for word in words if word.startswith("tags=")]
    return [tag for value in values for tag in re.split(r"[,\s]+", value) if tag]


def _read_cell(fence: _Fence) -> NotebookNode:
    make = new_code_cell if fence.kind == "code" else new_raw_cell
    notes: dict[str, object] = {"fence": fence.opening}
    if fence.closing != _ticks(fence.opening):
        notes["closing"] = fence.closing
    if fence.body == [""]:
        notes["blank"] = True
    cell = make("\n".join(fence.body), metadata={"regluon": notes})
    if tags := _tags(_words(fence.opening)):
        cell.metadata["tags"] = tags
    return cell


def _attach_outputs(notebook: NotebookNode, fence: _Fence) -> None:
    owner = next((cell for cell in reversed(notebook.cells) if cell.cell_type == "code"), None)
    if owner is None:
        raise NotebookError(f"line {fence.line}: an output block comes before any code cell")
    try:
        outputs = [new_output(**output) for output in json.loads("\n".join(fence.body))]
        for output in outputs:
            nbformat.validate(output, ref=output.output_type, version=4)
    except (ValueError, TypeError, AttributeError, nbformat.ValidationError) as error:
        reason = str(error).partition("\n")[0]
        raise NotebookError(f"line {fence.line}: not a list of notebook outputs: {reason}") from None
    owner.outputs = outputs


def _cell_lines(cell: NotebookNode, number: int) -> list[str]:
    notes = cell.metadata.get("regluon", {})
    body = cell.source.split("\n") if cell.source else [""] if notes.get("blank") else []
    opening = _fence_line(cell, number)
    ticks = _ticks(opening)
    if not any(_closes(line, ticks) or _interrupts(line, ticks) for line in body):
        return [opening, *body, notes.get("closing", ticks)]
    longer = "`" * (1 + max(len(run) for line in body for run in re.findall("`+", line)))
    return [longer + opening.lstrip("`"), *body, longer]


def _ticks(line: str) -> str:
    return line[: len(line) - len(line.lstrip("`"))]


def _fence_line(cell: NotebookNode, number: int) -> str:
    """The opening line as it was read, with the tags that the cell has now."""
    tags: Sequence[str] = cell.metadata.get("tags", [])
    default = f"```{{.python .input  n={number}}}" if cell.cell_type == "code" else "```{.raw .input}"
    line: str = cell.metadata.get("regluon", {}).get("fence", default)
    if _tags(_words(line)) == list(tags):
        return line
    bare = re.sub(r"""\s+(tags=("[^"]*"|'[^']*'|[^\s}]*)|"tags=[^"]*"|'tags=[^']*')""", "", line).rstrip()
    return f"{bare[:-1].rstrip()} tags={','.join(tags)}}}" if tags else bare


def _gap(cell: NotebookNode, first: bool) -> str:
    """Blank lines before a cell: none before the first, one before the others, or what was read."""
    gap: str = cell.metadata.get("regluon", {}).get("gap", "" if first else "\n")
    return gap
