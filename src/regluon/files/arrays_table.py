"""What is in a file of arrays; their elements are not read."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

from regluon.context import Context
from regluon.files.description import Column, Description, count, plain, shown_size
from regluon.files.formats import FORMATS, type_name
from regluon.ndarray.params_file import StoredArray

__all__ = ["describe_arrays", "stored_bytes"]

_COLUMNS = [Column("name", wide=True), Column("shape", right=True), Column("type"), Column("storage")]
_COLUMNS += [Column("elements", right=True), Column("size", right=True)]


def describe_arrays(path: Path, suffix: str) -> Description:
    """The arrays of a file in the format of that suffix.

    Raises
    ------
    UsageError
        If the file is damaged.
    """
    found = FORMATS[suffix]
    arrays, names = found.load(path, False)
    data = [_values(i, array, names) for i, array in enumerate(arrays)]
    total, elements = sum(d["bytes"] for d in data), sum(d["elements"] for d in data)
    facts = [f"{count(len(arrays), 'array')}, {count(elements, 'element')}, {shown_size(total)}"]
    facts += [] if names or not arrays else ["they have no names"]
    if len({d["type"] for d in data}) > 1 or len({d["storage"] for d in data}) > 1:
        facts += _by_kind(data)
    devices = Counter(_device(array) for array in arrays)
    if suffix == ".params" and set(devices) - {"cpu(0)"}:
        facts.append(f"saved from {', '.join(f'{name} {n}' for name, n in sorted(devices.items()))}")
    return Description(found.title, facts, _COLUMNS, [_row(d) for d in data], data)


def stored_bytes(array: StoredArray) -> int:
    """How many bytes the elements take, with the indices of a sparse array."""
    return 0 if array.data is None else sum(tensor.nbytes for tensor in (array.data, *array.aux))


def _values(i: int, array: StoredArray, names: list[str]) -> dict[str, Any]:
    stored = 0 if array.data is None else array.data.numel()
    return {
        "name": names[i] if names else None,
        "number": i,
        "shape": array.shape,
        "type": type_name(array.data.dtype) if array.data is not None else "none",
        "storage": array.stype if array.data is not None else "never filled",
        "elements": math.prod(array.shape) if array.data is not None else 0,
        "stored": stored,
        "bytes": stored_bytes(array),
    }


def _row(values: dict[str, Any]) -> list[str]:
    sparse = values["stored"] != values["elements"]
    storage = f"{values['storage']}, {values['stored']:,} stored" if sparse else values["storage"]
    name = f"[{values['number']}]" if values["name"] is None else plain(values["name"])
    shape = "×".join(map(str, values["shape"])) or "scalar"
    return [name, shape, values["type"], storage, f"{values['elements']:,}", shown_size(values["bytes"])]


def _by_kind(data: list[dict[str, Any]]) -> list[str]:
    kinds: dict[tuple[str, str], list[int]] = {}
    for d in data:
        kinds.setdefault((d["type"], d["storage"]), []).append(d["bytes"])
    return [
        f"{type_}{'' if storage == 'default' else f' {storage}'}: {count(len(sizes), 'array')}, "
        f"{shown_size(sum(sizes))}"
        for (type_, storage), sizes in sorted(kinds.items())
    ]


def _device(array: StoredArray) -> str:
    name = Context.devtype2str.get(array.device_type, f"device type {array.device_type}")
    return f"{name}({array.device_id})"
