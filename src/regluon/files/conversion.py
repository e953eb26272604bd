"""Arrays from a file of one format into a file of another, with nothing lost in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch

from regluon.context import Context, cpu
from regluon.files import safetensors_format
from regluon.files.formats import FORMATS, Format, format_of, type_name
from regluon.files.inspection import kind_of
from regluon.ndarray.ndarray import stored_class
from regluon.ndarray.params_file import StoredArray
from regluon.usage import UsageError

__all__ = ["convert"]

# For each type the next that holds all its values.
_WIDER = {
    torch.bfloat16: torch.float32,
    torch.float8_e4m3fn: torch.float32,
    torch.float8_e4m3fnuz: torch.float32,
    torch.float8_e5m2: torch.float32,
    torch.float8_e5m2fnuz: torch.float32,
    torch.int16: torch.int32,
    torch.uint16: torch.int32,
    torch.uint32: torch.int64,
}
_GPU = Context.devstr2type["gpu"]


def convert(
    source: Path, target: Path, *, dense: bool = False, widen: bool = False, force: bool = False
) -> list[str]:
    """Writes the arrays of one file into another, whose suffixes say their formats; returns what to know.

    A file of another suffix, such as ``.nd``, is what its first bytes say.
    Names stay as they are, with ``arg:`` and ``aux:`` where they have it. Arrays without names are numbered
    where the other format needs names.

    Parameters
    ----------
    dense
        Writes sparse arrays as dense ones where the format has no sparse ones.
    widen
        Writes elements of types that the format lacks in the next wider type that holds all their values.
    force
        Replaces a file that is there.

    Raises
    ------
    UsageError
        If that can't be done, or not without losing something. Nothing has been written then.
    """
    new, kind = format_of(target), source.suffix
    if kind not in FORMATS and (kind := kind_of(source)) not in FORMATS:
        raise UsageError(f"{source}: not a file of arrays but of the kind {kind}")
    old = FORMATS[kind]
    if target.exists() and not force:
        raise UsageError(f"{target}: is there already; --force replaces it")
    arrays, names = old.load(source, True)
    notes: list[str] = []
    if target.suffix != ".params":
        if not names and arrays:
            names = _numbered(len(arrays))
            notes.append(f"the arrays have no names in {source}: they are {names[0]} to {names[-1]} now")
        arrays = _plain(target, arrays, names, dense, notes)
    _refuse_twins(source, names)
    arrays = _typed(target, new, arrays, names, widen, notes)
    notes += _lost(source, kind, target, arrays)
    try:
        new.save(target, arrays, names)
    except OSError as error:
        raise UsageError(f"cannot write {str(target)!r}: {error.strerror or error}") from None
    return notes


def _numbered(count: int) -> list[str]:
    width = len(str(count - 1))
    return [f"array_{i:0{width}}" for i in range(count)]


def _plain(
    target: Path, arrays: list[StoredArray], names: list[str], dense: bool, notes: list[str]
) -> list[StoredArray]:
    """The arrays as dense ones that have elements; complains where that would change something unasked."""
    empty = [name for name, a in zip(names, arrays, strict=True) if a.data is None]
    if empty:
        raise UsageError(f"{_some(empty)} never got a value: {target.suffix} cannot hold that")
    sparse = [name for name, a in zip(names, arrays, strict=True) if a.stype != "default"]
    if not sparse:
        return arrays
    if not dense:
        raise UsageError(
            f"{_some(sparse)}: sparse, and {target.suffix} has no sparse arrays; --dense writes dense ones"
        )
    notes.append(f"dense now: {_some(sparse)}")
    return [_dense(name, a) for name, a in zip(names, arrays, strict=True)]


def _dense(name: str, array: StoredArray) -> StoredArray:
    if array.stype == "default":
        return array
    try:
        loaded = stored_class(array.stype)._load(array, cpu())
        return replace(array, data=loaded.tostype("default")._data, stype="default", aux=())
    except (RuntimeError, MemoryError):
        raise UsageError(f"{name}: of shape {array.shape} it is too large for a dense array") from None


def _refuse_twins(source: Path, names: list[str]) -> None:
    twins = [name for name, count in Counter(names).items() if count > 1]
    if twins:
        raise UsageError(f"{source} has several arrays of the same name: {_some(twins)}")


def _typed(
    target: Path, new: Format, arrays: list[StoredArray], names: list[str], widen: bool, notes: list[str]
) -> list[StoredArray]:
    """The arrays in types that the format has."""
    labels = names or _numbered(len(arrays))
    found, cast = list(arrays), {}
    for i, array in enumerate(arrays):
        if array.data is None or array.data.dtype in new.types:
            continue
        wider = _wider(array.data.dtype, new)
        if wider is None or not widen:
            way = "; --widen writes the next wider type" if wider else ""
            raise UsageError(f"{labels[i]}: {target.suffix} has no {type_name(array.data.dtype)}{way}")
        cast[labels[i]] = f"{type_name(array.data.dtype)} as {type_name(wider)}"
        found[i] = replace(array, data=array.data.to(wider))
    changes = sorted(set(cast.values()))
    notes += [f"{change}: {_some(n for n, what in cast.items() if what == change)}" for change in changes]
    return found


def _wider(dtype: torch.dtype, new: Format) -> torch.dtype | None:
    wider = _WIDER.get(dtype)
    return wider if wider is None or wider in new.types else _wider(wider, new)


def _lost(source: Path, kind: str, target: Path, arrays: list[StoredArray]) -> list[str]:
    """What the source says beside its arrays and the target doesn't."""
    notes = []
    if kind == ".safetensors" and (texts := safetensors_format.metadata(source)):
        notes.append(f"left out, as {target.suffix} has no texts beside arrays: {_some(texts)}")
    if target.suffix != ".params" and any(array.device_type == _GPU for array in arrays):
        notes.append("that arrays were saved from a GPU is not kept")
    if target.suffix == ".params" and any(not array.shape for array in arrays):
        notes.append("with an array of shape () MXNet reads the file under np_shape alone")
    return notes


def _some(names: Iterable[str], most: int = 5) -> str:
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more
