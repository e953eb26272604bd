"""What a file is, by its first bytes, and what is in it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

from regluon.files.arrays_table import describe_arrays
from regluon.files.description import Description
from regluon.files.graph_table import describe_graph
from regluon.files.records_table import describe_records
from regluon.files.states_table import describe_states
from regluon.ndarray.params_format import LIST_MAGIC
from regluon.usage import UsageError

__all__ = ["describe", "kind_of"]

_STARTS = {
    struct.pack("<Q", LIST_MAGIC): ".params",
    struct.pack("<I", 0xCED7230A): ".rec",
    b"PK\3\4": ".npz",
    b"PK\5\6": ".npz",
    b"\x80": ".states",
}
_PLAIN_STATES = (b"(", b"}", b"c")  # pickles of protocols 0 and 1


def describe(path: Path, shapes: Mapping[str, tuple[int, ...]] | None = None) -> Description:
    """What is in a file; ``shapes`` of variables are for the graph of a symbol file.

    Raises
    ------
    UsageError
        If there is no such file, it is damaged, or of another kind.
    """
    kind = kind_of(path)
    if shapes and kind != ".json":
        raise UsageError(f"--shape is for symbol files, and {path} is none")
    if kind == ".json":
        return describe_graph(path, shapes or {})
    if kind == ".states":
        return describe_states(path)
    return describe_records(path) if kind == ".rec" else describe_arrays(path, kind)


def kind_of(path: Path) -> str:
    """The suffix of its kind, as its first bytes tell.

    Raises
    ------
    UsageError
        If it can't be read, or is of no kind known here.
    """
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder, not a file")
    try:
        with path.open("rb") as file:
            start = file.read(9)
    except OSError as error:
        raise UsageError(f"cannot read {str(path)!r}: {error.strerror}") from None
    # A header's length, whose highest bytes are zero, and the header, which is JSON.
    if start[8:9] == b"{" and start[7:8] == b"\0" and path.suffix not in (".states", ".rec"):
        return ".safetensors"
    known = next((kind for magic, kind in _STARTS.items() if start.startswith(magic)), None)
    if known is not None:
        return known
    if start.lstrip().startswith(b"{"):
        return ".json"
    if path.suffix in (".states", ".npz", ".safetensors", ".params", ".rec"):
        return path.suffix
    if start.startswith(_PLAIN_STATES):
        return ".states"
    if path.suffix == ".idx" and (records := path.with_suffix(".rec")).is_file():
        raise UsageError(f"{path}: the index of {records}, which tells what is in it")
    raise UsageError(
        f"{path}: neither MXNet parameters, symbol JSON, optimizer states, RecordIO, .npz nor safetensors"
    )
