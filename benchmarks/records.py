"""Reading records: MXRecordIO and MXIndexedRecordIO against plain reads of the file, and against MXNet.

The file lies in the page cache, so that it is the readers that are timed, not the disk.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from harness import alternate_programs, ratio

from regluon import recordio

# How many records there are, and of how many bytes: photographs, thumbnails, rows of a table.
FILES = {"110 KB": (800, 110_000), "8 KB": (10_000, 8_000), "400 B": (40_000, 400)}
WAYS = {"in_order": "plain", "by_key": "plain_by_place", "unpacked": "plain_by_place"}
TITLES = {
    "in_order": "MXRecordIO.read",
    "by_key": "MXIndexedRecordIO.read_idx",
    "unpacked": "read_idx, unpack",
}


def write(folder: str, name: str) -> str:
    """A file of records that are alike in size, not in content."""
    count, size = FILES[name]
    base = str(Path(folder) / name.replace(" ", ""))
    writer = recordio.MXIndexedRecordIO(base + ".idx", base + ".rec", "w")
    content = os.urandom(2 * size)
    for key in range(count):
        start = key % size
        writer.write_idx(key, recordio.pack((0, float(key), key, 0), content[start : start + size]))
    writer.close()
    return base + ".rec"


def report(names: Sequence[str] = (), rounds: int = 7) -> str:
    """A row for each size, way and number of processes."""
    others = {"regluon": sys.executable}
    if mxnet := os.environ.get("MXNET_PYTHON"):
        others["MXNet"] = mxnet
    lines = [
        "### Reading records",
        "",
        "| records | way | processes | MB/s | records/s | regluon / plain reads | regluon / MXNet |",
        "|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            path = write(folder, name)
            for way, plain in WAYS.items():
                for processes in (1, 2):
                    if processes > 1 and way == "in_order":
                        continue
                    lines.append(row(name, path, way, plain, processes, others, rounds))
    return "\n".join(lines) + "\n"


def row(
    name: str, path: str, way: str, plain: str, processes: int, others: dict[str, str], rounds: int
) -> str:
    """Rates, and ratios of times with their quartiles."""
    ways = {key: (python, way) for key, python in others.items()} | {"plain": (sys.executable, plain)}
    commands = {key: (python, "record_readers", w, path, str(processes)) for key, (python, w) in ways.items()}
    times = alternate_programs(commands, rounds, threads=1, warm_up=2)
    median = statistics.median(times["regluon"])
    count, size = FILES[name]
    rates = f"{count * size / median / 1e6:.0f} | {count / median:.0f}"
    to_mxnet = ratio(times["regluon"], times["MXNet"]) if "MXNet" in times else ""
    to_plain = ratio(times["regluon"], times["plain"])
    return f"| {name} | {TITLES[way]} | {processes} | {rates} | {to_plain} | {to_mxnet} |"
