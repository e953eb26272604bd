"""What is in a RecordIO file: how many records of which sizes, and the first ones' headers."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from regluon.base import MXNetError
from regluon.files.description import Column, Description, count, shown_size
from regluon.recordio import MXRecordIO, unpack
from regluon.usage import UsageError

__all__ = ["describe_records"]

_COLUMNS = [Column("#", right=True), Column("size", right=True), Column("labels", wide=True)]
_COLUMNS += [Column("id", right=True), Column("id2", right=True), Column("content")]
_FIRST = 5
_MOST_LABELS = 6
_LARGE = 64 << 20  # a record that isn't read for a look
_KINDS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"\x93NUMPY": "NumPy array", b"GIF8": "GIF"}


def describe_records(path: Path) -> Description:
    """The records of a file, which are skipped but for the first.

    Raises
    ------
    UsageError
        If the file is damaged.
    """
    try:
        sizes = _sizes(path)
        data = [_values(i, record) for i, record in enumerate(_first(path, sizes))]
    except MXNetError as error:
        raise UsageError(str(error)) from None
    facts = [f"{count(len(sizes), 'record')}, {shown_size(sizes.sum())}"]
    if len(sizes):
        low, middle, high = map(shown_size, np.percentile(sizes, [0, 50, 100]))
        facts.append(f"the smallest {low}, the median {middle}, the largest {high}")
    index = path.with_suffix(".idx")
    facts.append(f"{index.name} is beside it" if index.exists() else f"there is no {index.name} beside it")
    if len(data) < len(sizes):
        facts.append(f"the first {len(data)} are shown")
    return Description("RecordIO", facts, _COLUMNS, [_row(d) for d in data], data)


def _sizes(path: Path) -> Any:
    reader = MXRecordIO(str(path), "r")
    try:
        return np.fromiter(reader.sizes(), np.int64)
    finally:
        reader.close()


def _first(path: Path, sizes: Any) -> list[bytes]:
    reader, records = MXRecordIO(str(path), "r"), []
    try:
        for size in sizes[:_FIRST]:
            if size > _LARGE:
                break
            records.append(reader.read() or b"")
    finally:
        reader.close()
    return records


def _values(number: int, record: bytes) -> dict[str, Any]:
    try:
        header, content = unpack(record)
    except (struct.error, ValueError):
        return {"number": number, "size": len(record), "content": _kind(record)}
    labels = [float(x) for x in np.atleast_1d(header.label)]
    ids = {"id": int(header.id), "id2": int(header.id2)}
    return {"number": number, "size": len(record), "labels": labels, **ids, "content": _kind(content)}


def _kind(content: bytes) -> str:
    return next((kind for start, kind in _KINDS.items() if content.startswith(start)), "bytes")


def _row(values: dict[str, Any]) -> list[str]:
    labels = values.get("labels", [])
    more = f", ... ({len(labels)})" if len(labels) > _MOST_LABELS else ""
    shown = ", ".join(f"{x:g}" for x in labels[:_MOST_LABELS]) + more
    ids = [str(values.get(name, "")) for name in ("id", "id2")]
    return [str(values["number"]), shown_size(values["size"]), shown, *ids, values["content"]]
