"""The images of a list in a file of records."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from regluon import recordio
from regluon.fileio import atomic_write, atomic_write_text
from regluon.im2rec.lists import Line, read_list
from regluon.lazy import optional

__all__ = ["Options", "Packed", "pack_list"]


@dataclass(frozen=True)
class Options:
    """How images are packed.

    Parameters
    ----------
    as_is : bool
        Whether files are packed as they are; else images are read and encoded again.
    resize : int
        The length of the shorter side; as it is if 0.
    center_crop : bool
        Whether only the square in the middle stays, before it is resized.
    quality : int
        Of JPEG, 1 to 100, or the compression of PNG, 1 to 9.
    encoding : str
        ".jpg" or ".png".
    color : int
        1 for colours, 0 for gray, -1 for what the file has.
    all_labels : bool
        Whether all labels of a line are packed, not only the first.
    threads : int
    """

    as_is: bool = False
    resize: int = 0
    center_crop: bool = False
    quality: int = 95
    encoding: str = ".jpg"
    color: int = 1
    all_labels: bool = False
    threads: int = 1


@dataclass
class Packed:
    """What became of a list."""

    path: Path
    count: int = 0
    skipped: list[str] = field(default_factory=list)


def pack_list(
    path: Path, root: Path, options: Options, told: Callable[[str | None], None] | None = None
) -> Packed:
    """Packs the images of a list into ``name.rec`` beside it, with ``name.idx``.

    Both take their names when they are whole. Images that can't be read are left out.

    Parameters
    ----------
    told : callable, optional
        Is called after each image, with what was wrong with it, or None.
    """
    found = Packed(path.with_suffix(".rec"))
    with atomic_write(found.path) as records, atomic_write_text(path.with_suffix(".idx")) as index:
        for number, record in _records(read_list(path), root, options):
            if isinstance(record, str):
                found.skipped.append(record)
            else:
                index.write(f"{number}\t{records.tell()}\n")
                recordio.write_record(records, record)
                found.count += 1
            if told is not None:
                told(record if isinstance(record, str) else None)
    return found


def _records(lines: Iterable[Line | str], root: Path, options: Options) -> Iterator[tuple[int, bytes | str]]:
    """The number and the record of each line, in their order, or what is wrong; some are made ahead."""

    def record(line: Line | str) -> tuple[int, bytes | str]:
        if isinstance(line, str):
            return -1, line
        try:
            return line.number, _record(line, root, options)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            return line.number, f"{root / line.file}: {reason}"

    rest = iter(lines)
    with ThreadPoolExecutor(options.threads, "im2rec") as pool:
        ahead: deque[Future[tuple[int, bytes | str]]] = deque(
            pool.submit(record, line) for line in islice(rest, 4 * options.threads)
        )
        while ahead:
            made = ahead.popleft().result()
            ahead.extend(pool.submit(record, line) for line in islice(rest, 1))
            yield made


def _record(line: Line, root: Path, options: Options) -> bytes:
    several = options.all_labels and len(line.labels) > 1
    header = recordio.IRHeader(0, list(line.labels) if several else line.labels[0], line.number, 0)
    path = os.fspath(root / line.file)
    if options.as_is:
        with open(path, "rb") as file:
            return recordio.pack(header, file.read())
    os.stat(path)  # its error says more than imread's None
    image = optional("cv2:imread", "image")(path, options.color)
    if image is None:
        raise ValueError("this is no image, or is damaged, or of a format that OpenCV does not read")
    if options.center_crop:
        image = _square(image)
    if options.resize:
        height, width = image.shape[:2]
        long = max(height, width) * options.resize // min(height, width)
        size = (options.resize, long) if height > width else (long, options.resize)
        image = optional("cv2:resize", "image")(image, size)
    return recordio.pack_img(header, image, options.quality, options.encoding)


def _square(image: Any) -> Any:
    side = min(image.shape[:2])
    y, x = ((n - side) // 2 for n in image.shape[:2])
    return image[y : y + side, x : x + side]
