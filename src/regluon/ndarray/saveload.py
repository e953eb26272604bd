"""``nd.save`` and ``nd.load``: arrays in MXNet's ``.params`` files."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from regluon.base import MXNetError
from regluon.context import Context, cpu, gpu, num_gpus
from regluon.ndarray import params_file
from regluon.ndarray.ndarray import NDArray, stored_class
from regluon.ndarray.params_file import StoredArray

__all__ = ["load", "load_frombuffer", "save", "set_state", "stored_form"]

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_GPU = Context.devstr2type["gpu"]


def save(fname: str | os.PathLike[str], data: NDArray | list[NDArray] | dict[str, NDArray]) -> None:
    """Writes arrays to a file that MXNet reads as well, atomically.

    An array of shape ``()`` makes it a file with NumPy shapes, to be read under ``np_shape`` in MXNet, which
    cannot read back the form that it gives such an array itself.

    Parameters
    ----------
    fname
        The file; ``file://`` in front is allowed.
    data
        An array, a list of arrays, or a dict from names to arrays.

    Raises
    ------
    TypeError, ValueError
        If ``data`` holds or is something else.
    MXNetError
        If the file cannot be written; what was there before is untouched.
    """
    path = _local_path(fname)
    names, arrays = _names_and_arrays(data)
    numpy_shape = any(array.ndim == 0 for array in arrays)
    try:
        params_file.save(path, [stored_form(array, numpy_shape) for array in arrays], names)
    except OSError as error:
        raise MXNetError(f"nd.save({path!r}): {error.strerror}") from error


def load(fname: str | os.PathLike[str]) -> list[NDArray] | dict[str, NDArray]:
    """Reads a file of :func:`save` or of MXNet 1.x: a dict if its arrays have names, else a list.

    Arrays saved from a GPU come to the same GPU if there is one of that number, all others to ``cpu(0)``.

    Raises
    ------
    TypeError
        If ``fname`` is not a file name.
    MXNetError
        If there is no such file, or it is damaged.
    """
    return _result(*params_file.load(_local_path(fname)))


def load_frombuffer(buf: bytes | bytearray | memoryview) -> list[NDArray] | dict[str, NDArray]:
    """:func:`load` from the contents of a file."""
    if not isinstance(buf, (bytes, bytearray, memoryview)):
        raise TypeError(f"nd.load_frombuffer takes the bytes of a file, not {type(buf).__name__}")
    return _result(*params_file.loads(buf))


def set_state(self: NDArray, state: dict[str, Any]) -> None:
    """Takes over what MXNet has pickled of an array, its form in a file; regluon's own pickles have no state.

    Raises
    ------
    MXNetError
        If that is damaged.
    """
    loaded: Any = _result([params_file.load_array(bytes(state["handle"] or b""))], [])
    found = loaded[0]
    part = "_data" if self.stype == "default" else "_parts"
    setattr(self, part, getattr(found, part))
    self._ctx, self._ag = found._ctx, None


def _local_path(fname: Any) -> str:
    if not isinstance(fname, (str, os.PathLike)):
        raise TypeError(f"a file name is a string or a path, not {type(fname).__name__}")
    path = os.fsdecode(fname)
    scheme = _URL.match(path)
    if scheme is None:
        return path
    if scheme[1] != "file":
        raise MXNetError(f"{path!r}: there is no access to {scheme[1]} here; use a local copy of the file")
    return path[scheme.end() :]


def _names_and_arrays(data: Any) -> tuple[list[str], list[NDArray]]:
    if isinstance(data, NDArray):
        return [], [data]
    if not isinstance(data, (list, dict)):
        raise ValueError(
            f"nd.save takes an NDArray, a list of NDArrays or a dict from str to NDArray, "
            f"not {type(data).__name__}"
        )
    entries = list(data.items()) if isinstance(data, dict) else [("", array) for array in data]
    for position, (name, array) in enumerate(entries):
        if not isinstance(name, str) or not isinstance(array, NDArray):
            place = f"{name!r}: {type(array).__name__}" if isinstance(data, dict) else type(array).__name__
            raise TypeError(
                "nd.save takes a list of NDArrays or a dict from str to NDArray; "
                f"entry {position} of the {type(data).__name__} is {place}"
            )
    return (list(data) if isinstance(data, dict) else []), [array for _, array in entries]


def stored_form(array: Any, numpy_shape: bool = False) -> StoredArray:
    """What stands in a file for an array, in its memory."""
    if array.stype != "default":
        return array._stored  # type: ignore[no-any-return]
    context = array.context
    return StoredArray.dense(array._data, context.device_typeid, context.device_id, numpy_shape)


def _result(stored: Sequence[StoredArray], names: Sequence[str]) -> list[NDArray] | dict[str, NDArray]:
    labels = [repr(name) for name in names] or [f"{i + 1} of {len(stored)}" for i in range(len(stored))]
    arrays = [_array(item, label) for item, label in zip(stored, labels, strict=True)]
    return dict(zip(names, arrays, strict=True)) if names else arrays


def _array(stored: StoredArray, label: str) -> NDArray:
    if stored.data is None:
        raise MXNetError(f"array {label} was saved before it was given a value, so there is nothing to load")
    context = cpu()
    if stored.device_type == _GPU and 0 <= stored.device_id < num_gpus():
        context = gpu(stored.device_id)
    if stored.stype != "default":
        return stored_class(stored.stype)._load(stored, context)  # type: ignore[no-any-return]
    return NDArray(stored.data.to(context.torch_device), context)
