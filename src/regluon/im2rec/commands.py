"""The command ``regluon im2rec``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from regluon.im2rec.lists import make_lists
from regluon.im2rec.packing import Options, Packed, pack_list
from regluon.usage import UsageError

__all__ = ["im2rec"]

_LISTING, _PACKING = "Making lists", "Packing"

Prefix = Annotated[Path, typer.Argument(help="What the names of the .lst, .rec and .idx files begin with.")]
Root = Annotated[Path, typer.Argument(help="The folder of the images.")]
List = Annotated[
    bool,
    typer.Option(
        "--list", help="Make lists of the images; else pack those of lists.", rich_help_panel=_LISTING
    ),
]
Exts = Annotated[str, typer.Option("--exts", help="What names of images end with.", rich_help_panel=_LISTING)]
Chunks = Annotated[int, typer.Option(help="How many lists of a kind there are.", rich_help_panel=_LISTING)]
TrainRatio = Annotated[float, typer.Option(help="The share to train with.", rich_help_panel=_LISTING)]
TestRatio = Annotated[float, typer.Option(help="The share to test with.", rich_help_panel=_LISTING)]
Recursive = Annotated[
    bool, typer.Option("--recursive", help="Each folder inside is a class.", rich_help_panel=_LISTING)
]
Shuffle = Annotated[
    bool, typer.Option("--shuffle/--no-shuffle", help="Mix the images.", rich_help_panel=_LISTING)
]
PassThrough = Annotated[
    bool, typer.Option("--pass-through", help="Pack the files as they are.", rich_help_panel=_PACKING)
]
Resize = Annotated[int, typer.Option(help="The shorter side's new length.", rich_help_panel=_PACKING)]
CenterCrop = Annotated[
    bool, typer.Option("--center-crop", help="Keep the square in the middle.", rich_help_panel=_PACKING)
]
Quality = Annotated[
    int, typer.Option(help="Of JPEG, 1 to 100; the compression of PNG, 1 to 9.", rich_help_panel=_PACKING)
]
NumThread = Annotated[int, typer.Option(min=1, help="How many threads.", rich_help_panel=_PACKING)]
Color = Annotated[
    int, typer.Option(min=-1, max=1, help="1 colours, 0 gray, -1 as in the file.", rich_help_panel=_PACKING)
]
Encoding = Annotated[str, typer.Option(help=".jpg or .png", rich_help_panel=_PACKING)]
PackLabel = Annotated[
    bool, typer.Option("--pack-label", help="Pack all labels of a line.", rich_help_panel=_PACKING)
]


class _Speed(ProgressColumn):
    """Images per second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f} images/s" if task.speed else "", style="progress.data.speed")


def im2rec(
    prefix: Prefix,
    root: Root,
    make_list: List = False,
    exts: Exts = ".jpeg .jpg .png",
    chunks: Chunks = 1,
    train_ratio: TrainRatio = 1.0,
    test_ratio: TestRatio = 0.0,
    recursive: Recursive = False,
    shuffle: Shuffle = True,
    pass_through: PassThrough = False,
    resize: Resize = 0,
    center_crop: CenterCrop = False,
    quality: Quality = 95,
    num_thread: NumThread = 1,
    color: Color = 1,
    encoding: Encoding = ".jpg",
    pack_label: PackLabel = False,
) -> None:
    """Pack images into files of records, which ImageRecordIter and other readers of MXNet's files take.

    First make a list, then pack it:

        regluon im2rec data/pets photos --list --recursive --train-ratio 0.9

        regluon im2rec data/pets photos --resize 256 --num-thread 4

    Damaged images are named, left out and counted.
    """
    if make_list:
        endings = [one.lower() for one in exts.replace(",", " ").split()]
        _list(prefix, root, endings, chunks, train_ratio, test_ratio, recursive, shuffle)
        return
    if encoding not in (".jpg", ".png"):
        raise UsageError(f"--encoding is .jpg or .png, not {encoding}")
    if not root.is_dir():
        raise UsageError(f"{root} is no folder")
    if not pass_through and find_spec("cv2") is None:
        raise UsageError("OpenCV not found: pip install 'regluon[image]'; --pass-through needs none")
    options = Options(pass_through, resize, center_crop, quality, encoding, color, pack_label, num_thread)
    for path in _lists(prefix):
        _tell(_pack(path, root, options))


def _list(
    prefix: Path,
    root: Path,
    endings: Sequence[str],
    chunks: int,
    train_ratio: float,
    test_ratio: float,
    recursive: bool,
    shuffle: bool,
) -> None:
    found, classes = make_lists(
        prefix,
        root,
        recursive=recursive,
        extensions=endings,
        shuffle=shuffle,
        chunks=chunks,
        train_ratio=train_ratio,
        test_ratio=test_ratio,
    )
    for name, label in classes.items():
        print(f"{name} {label}")
    for path, count in found.items():
        print(f"{path}: {count} images", file=sys.stderr)


def _lists(prefix: Path) -> list[Path]:
    """The lists whose names begin so; all that are in a folder."""
    folder = prefix if prefix.is_dir() else prefix.parent
    begin = "" if prefix.is_dir() else prefix.name
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    found = [folder / name for name in names if name.startswith(begin) and name.endswith(".lst")]
    if not found:
        raise UsageError(f"no lists {prefix}*.lst; --list makes them")
    return found


def _pack(path: Path, root: Path, options: Options) -> Packed:
    total = sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Speed(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(path.stem, total=total)

        def told(error: str | None) -> None:
            if error is not None:
                console.print(
                    f"left out: {error}", style="yellow", markup=False, highlight=False, soft_wrap=True
                )
            progress.advance(task)

        return pack_list(path, root, options, told)


def _tell(packed: Packed) -> None:
    left = f", {len(packed.skipped)} left out" if packed.skipped else ""
    print(f"{packed.path}: {packed.count} images{left}, {packed.path.stat().st_size / 1e6:.1f} MB")
