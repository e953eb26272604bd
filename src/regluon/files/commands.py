"""The commands ``regluon inspect`` and ``regluon convert``, each loading what its file needs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from regluon.lazy import resolve
from regluon.usage import UsageError

if TYPE_CHECKING:
    from regluon.files.description import Column, Description

__all__ = ["ARRAY_SUFFIXES", "convert", "inspect"]

ARRAY_SUFFIXES = (".params", ".npz", ".safetensors")
_NOTEBOOKS = (".md", ".ipynb", ".py")
_ENOUGH = 24  # characters of a column that may be folded
_ENDLESS = 100_000

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="Parameters, a symbol's JSON, optimizer states, RecordIO, .npz or .safetensors."
    ),
]
Shapes = Annotated[
    list[str] | None,
    typer.Option("--shape", metavar="NAME=SIZES", help="A variable's shape, as data=1,3,224,224."),
]
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
Source = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="Arrays (.params, .npz, .safetensors) or a notebook (.md, .ipynb, .py)."
    ),
]
Target = Annotated[Path | None, typer.Argument(metavar="NEW", help="The new file; its suffix is its form.")]
To = Annotated[str | None, typer.Option(metavar="FORMAT", help="The form, where NEW is not given.")]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for it, instead of FILE's.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
Dense = Annotated[bool, typer.Option("--dense", help="Write sparse arrays as dense ones.")]
Widen = Annotated[
    bool, typer.Option("--widen", help="Write types that the form lacks, as bfloat16, in wider ones.")
]


def inspect(file: File, *, shape: Shapes = None, as_json: Json = False) -> None:
    """Tell what is in a file: names, shapes, types and sizes; of a symbol, the graph."""
    shapes = dict(map(_shape, shape or []))
    found = _done("regluon.files.inspection:describe", file, shapes)
    console = Console()
    if as_json:
        facts = {"file": str(file), "kind": found.kind, "facts": found.facts, "rows": found.data}
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _show(console, file, found)


def convert(
    file: Source,
    new: Target = None,
    *,
    to: To = None,
    out: Out = None,
    force: Force = False,
    dense: Dense = False,
    widen: Widen = False,
) -> None:
    """Write arrays or a notebook in another form.

    Arrays: .params, .npz and .safetensors, from each to each; MXNet's files may have any name. Notebooks:
    .md and .py as .ipynb, .ipynb as .md, or as --to says.
    """
    arrays = _of_arrays(file, new, to)
    target = _target(file, new, to, out, arrays)
    if not arrays:
        if dense or widen:
            raise UsageError(f"{file}: --dense and --widen are for arrays")
        resolve("regluon.notebook.commands:convert")(file, target, to=to, out=out, force=force)
        return
    if target is None:
        raise UsageError(f"{file}: into what? Give a new file, or --to with one of {_forms()}")
    options = {"dense": dense, "widen": widen, "force": force}
    notes = _done("regluon.files.conversion:convert", file, target, **options)
    for line in (str(target), *(f"  {note}" for note in notes)):
        Console().print(Text(line), soft_wrap=True)


def _forms() -> str:
    return ", ".join(suffix[1:] for suffix in ARRAY_SUFFIXES)


def _of_arrays(file: Path, new: Path | None, to: str | None) -> bool:
    """Whether arrays are meant: by the name of either file, if the other's is not that of a notebook."""
    wanted = new.suffix if new is not None else f".{(to or '').lstrip('.')}"
    return file.suffix in ARRAY_SUFFIXES or (file.suffix not in _NOTEBOOKS and wanted in ARRAY_SUFFIXES)


def _target(file: Path, new: Path | None, to: str | None, out: Path | None, arrays: bool) -> Path | None:
    """The new file, where it can be told from the names."""
    if new is not None:
        if to is not None or out is not None:
            raise UsageError(f"{new}: with a new file, neither --to nor --out is needed")
        return new
    if to is None or not arrays:
        return None
    return (out or file.parent) / f"{file.stem}.{to.lstrip('.')}"


def _done(reference: str, *args: Any, **kwargs: Any) -> Any:
    """What the function gives; a library that is missing ends the command in one line."""
    try:
        return resolve(reference)(*args, **kwargs)
    except ImportError as error:
        raise UsageError(str(error)) from None


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, _, sizes = text.rpartition("=")
    if not name or not re.fullmatch(r"\(?\s*\d+(\s*,\s*\d+)*\s*,?\s*\)?", sizes):
        raise UsageError(f"--shape {text}: write it as data=1,3,224,224")
    return name, tuple(int(number) for number in re.findall(r"\d+", sizes))


def _show(console: Console, file: Path, found: Description) -> None:
    console.print(Text.assemble((str(file), "bold"), f"  {found.kind}"), soft_wrap=True)
    for fact in found.facts:
        console.print(Text(f"  {fact}"), soft_wrap=True)
    if not found.rows:
        return
    # Row by column: what is empty for all of them is left out.
    full = {c: cells for c, *cells in zip(found.columns, *found.rows, strict=True) if any(cells)}
    table = _table(full)
    needed = console.measure(table, options=console.options.update(width=_ENDLESS)).minimum
    if console.is_terminal and needed <= console.width:
        console.print(table)
    else:
        for line in _lines(full):
            console.print(Text(line), soft_wrap=True)


def _table(cells: dict[Column, list[str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column, texts in cells.items():
        table.add_column(
            column.name,
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=not column.wide,
            min_width=min(max(map(len, texts)), _ENOUGH) if column.wide else None,
        )
    for row in zip(*cells.values(), strict=True):
        table.add_row(*map(Text, row))
    return table


def _lines(cells: dict[Column, list[str]]) -> list[str]:
    """The table for a file or another program: a line for each row, nothing cut."""
    padded = []
    for column, texts in cells.items():
        width = max(map(len, [column.name, *texts]))
        padded.append([t.rjust(width) if column.right else t.ljust(width) for t in (column.name, *texts)])
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]
