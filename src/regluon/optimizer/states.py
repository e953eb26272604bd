"""Optimizers' states as bytes: the pickles that MXNet writes and reads, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType
from typing import Any

import numpy as np
import torch

from regluon.base import MXNetError
from regluon.context import cpu
from regluon.lr_scheduler import LRScheduler
from regluon.ndarray import params_file
from regluon.ndarray.ndarray import STORED, NDArray
from regluon.ndarray.saveload import stored_form
from regluon.ndarray.sparse.creation import zeros
from regluon.optimizer.optimizer import Optimizer
from regluon.optimizer.plain_pickle import Writer, loads

__all__ = ["dump_states", "load_states"]

_ARRAY = ("mxnet.ndarray.ndarray", "NDArray")
_ARRAYS = {_ARRAY, ("mxnet.ndarray", "NDArray"), ("mxnet.numpy.multiarray", "ndarray")}
_SPARSE = {
    "csr": ("mxnet.ndarray.sparse", "CSRNDArray"),
    "row_sparse": ("mxnet.ndarray.sparse", "RowSparseNDArray"),
}
# Where MXNet has what is elsewhere here.
_MODULES = {
    "regluon.optimizer": "mxnet.optimizer.optimizer",
    "regluon.optimizer.contrib": "mxnet.optimizer.contrib",
    "regluon.lr_scheduler": "mxnet.lr_scheduler",
}
_DEPTH, _PARTS = 16, 10_000


def dump_states(value: Any) -> bytes:
    """States, or states and their optimizer, as MXNet would have pickled them.

    Raises
    ------
    MXNetError
        If something in there is no array and no plain data.
    """
    return Writer(_write).dumps(value)


def load_states(data: bytes) -> tuple[dict[Any, Any], Optimizer | None]:
    """States and, if it was saved with them, the optimizer; nothing in ``data`` is executed.

    Arrays come on the CPU. Of optimizers and schedulers, the classes that are loaded may occur.

    Raises
    ------
    MXNetError
        If the data is damaged, or holds anything else.
    """
    try:
        value = loads(data, _Makers(2 * len(data)))
        states, saved = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
        if not isinstance(states, dict) or not isinstance(saved, (Optimizer, type(None))):
            raise MXNetError("it holds no dict of states")
        for index, state in states.items():
            _count(state, f"the state of weight {_shown(index)}", _DEPTH, {})
    except MXNetError as error:
        raise MXNetError(f"cannot load optimizer states: {error}") from None
    return states, saved


def _count(state: Any, what: str, depth: int, known: dict[int, int]) -> int:
    """How many parts a state has, which may be few objects again and again: ``known`` has those counted."""
    if not isinstance(state, (tuple, list)):
        if not isinstance(state, (NDArray, int, float, str, type(None))):
            raise MXNetError(f"{what} holds a {type(state).__name__}")
        return 1
    if depth == 0:
        raise MXNetError(f"{what} is nested too deeply")
    if id(state) not in known:
        known[id(state)] = 1 + sum(_count(inner, what, depth - 1, known) for inner in state)
    if known[id(state)] > _PARTS:
        raise MXNetError(f"{what} has more than {_PARTS:,} parts")
    return known[id(state)]


def _shown(index: Any) -> str:
    try:
        return repr(index)[:100]
    except ValueError:  # Python prints no integers beyond some thousand digits
        return "of a huge number"


# Writing


def _write(writer: Writer, value: Any) -> bool:
    if isinstance(value, NDArray):
        _write_array(writer, value)
    elif isinstance(value, (Optimizer, LRScheduler)):
        _write_object(writer, value)
    elif isinstance(value, np.generic):
        writer.value(value.item())
    elif isinstance(value, dict):
        writer.value(dict(value))
    else:
        return False
    return True


def _write_array(writer: Writer, array: NDArray) -> None:
    writer.name(*(_ARRAY if array.stype == "default" else _SPARSE[array.stype]))
    writer.value((None,))
    writer.opcode(b"R")
    writer.remember(array)
    writer.opcode(b"}")
    writer.value("handle")
    # MXNet reads out of a bytearray, which protocol 4 makes of bytes.
    writer.name("builtins", "bytearray")
    writer.value((params_file.dump_array(stored_form(array)),))
    writer.opcode(b"Rsb")


def _write_object(writer: Writer, value: Any) -> None:
    kind = type(value)
    writer.name(_home(kind), kind.__qualname__)
    writer.opcode(b")\x81")
    writer.remember(value)
    writer.value(value.__getstate__() if isinstance(value, Optimizer) else value.__dict__)
    writer.opcode(b"b")


def _home(kind: type) -> str:
    """The module where MXNet has a class."""
    module = kind.__module__
    package = ".".join(module.split(".")[:2])
    return _MODULES.get(module) or _MODULES.get(package, module)


# Reading


class _Makers:
    """What the names in states may stand for: arrays, NumPy's numbers, optimizers and schedulers.

    ``budget`` bounds the bytes that may be made, as a file can refer to the same bytes again and again.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.names: dict[tuple[str, str], Any] = dict.fromkeys(_ARRAYS, NDArray)
        self.names.update({name: STORED[stype] for stype, name in _SPARSE.items()})
        for kind in (*_all_subclasses(Optimizer), *_all_subclasses(LRScheduler)):
            self.names[kind.__module__, kind.__qualname__] = kind
            self.names[_home(kind), kind.__qualname__] = kind
        self.names.update(_FUNCTIONS)

    def find(self, module: str, name: str) -> Any:
        try:
            return self.names[module, name]
        except KeyError:
            raise MXNetError(
                f"it holds {module}.{name}, which is neither plain data nor a known optimizer or scheduler"
            ) from None

    def call(self, function: Any, arguments: tuple[Any, ...]) -> Any:
        if function is NDArray:
            return NDArray(torch.zeros(0), cpu())
        if function in STORED.values():
            return zeros(function._stype, (1, 1))
        if isinstance(function, type):
            return object.__new__(function)
        if isinstance(function, FunctionType):
            made = function(*arguments)
            self._spend(made if isinstance(made, bytes) else b"")
            return made
        raise MXNetError("it calls what is no function")

    def fill(self, target: Any, state: Any) -> None:
        if isinstance(target, NDArray) and isinstance(state, dict):
            self._fill_array(target, state.get("handle"))
        elif isinstance(target, Optimizer) and isinstance(state, dict):
            target.__setstate__(state)
        elif isinstance(target, LRScheduler) and isinstance(state, dict):
            target.__dict__.update(state)
        elif isinstance(target, _DType) and isinstance(state, tuple):
            target.order = state[1]
        else:
            raise MXNetError(f"it gives a state to a {type(target).__name__}")

    def _spend(self, made: bytes | bytearray) -> None:
        self.budget -= len(made)
        if self.budget < 0:
            raise MXNetError("it makes more bytes than it has")

    def _fill_array(self, target: NDArray, raw: Any) -> None:
        if raw is None:
            return
        if not isinstance(raw, (bytes, bytearray)):
            raise MXNetError("the contents of an array are no bytes")
        self._spend(raw)
        stored = params_file.load_array(raw)
        if stored.data is None or stored.stype != target.stype:
            raise MXNetError("an array is empty, or not stored as its class says")
        if stored.stype == "default":
            target._data = stored.data
        else:
            sparse: Any = target
            sparse._parts = sparse._load(stored, cpu())._parts


def _all_subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _all_subclasses(sub)


class _DType:
    """A NumPy type; its order of bytes comes as its state."""

    def __init__(self, name: str) -> None:
        self.name, self.order = name, "="


def _dtype(name: Any, *_: Any) -> _DType:
    if not isinstance(name, str) or np.dtype(name[:8]).kind not in "fiub":
        raise MXNetError(f"it holds a number of type {name!r}")
    return _DType(name[:8])


def _scalar(dtype: Any, raw: Any) -> Any:
    if not isinstance(dtype, _DType):
        raise MXNetError("a number has no type")
    kind = np.dtype(dtype.name)
    (value,) = np.frombuffer(_as_bytes(raw), kind.newbyteorder(">") if dtype.order == ">" else kind)
    return value.item()


def _as_bytes(content: Any = b"", encoding: Any = None) -> bytes:
    """Bytes as Python 2, which had none, and old protocols write them: as text of Latin-1."""
    if isinstance(content, str):
        return content.encode("latin-1")
    if not isinstance(content, (bytes, bytearray)):
        raise MXNetError("it makes bytes of what are none")
    return bytes(content)


def _reconstructed(kind: Any, *_: Any) -> Any:
    """An object as protocols 0 and 1 write it."""
    if not isinstance(kind, type) or kind is NDArray:
        raise MXNetError("it makes an object of no class")
    return object.__new__(kind)


def _object() -> None:
    """Stands for ``object``, which protocols 0 and 1 mention but do not call."""
    raise MXNetError("it makes an object of no class")


_FUNCTIONS: dict[tuple[str, str], Any] = {
    ("builtins", "bytearray"): _as_bytes,
    ("__builtin__", "bytearray"): _as_bytes,
    ("_codecs", "encode"): _as_bytes,
    ("numpy", "dtype"): _dtype,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy._core.multiarray", "scalar"): _scalar,
    ("copyreg", "_reconstructor"): _reconstructed,
    ("copy_reg", "_reconstructor"): _reconstructed,
    ("builtins", "object"): _object,
    ("__builtin__", "object"): _object,
}
