"""The stores of one process: ``local`` and ``device``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from regluon.base import MXNetError
from regluon.context import Context, num_gpus
from regluon.fileio import atomic_write
from regluon.kvstore.base import KVStoreBase, builtin
from regluon.kvstore.compression import TwoBits
from regluon.kvstore.sums import sum_into
from regluon.ndarray import NDArray, array, sparse
from regluon.ndarray.sparse.storage import put
from regluon.optimizer import get_updater

__all__ = ["KVStore"]

Key: TypeAlias = "int | str"


class KVStore(KVStoreBase):
    """Arrays by keys, all of them numbers or all of them texts.

    Every method takes a key and an array, or lists of both; for each key, ``push``, ``pull`` and ``pushpull``
    also take a list of arrays, one per context.

    Parameters
    ----------
    handle
        The store's type: ``"local"`` sums on the CPU, ``"device"`` where the first array of a key is.
    """

    def __init__(self, handle: str) -> None:
        self._type = handle
        self._held: dict[Key, NDArray] = {}
        self._updater: Callable[..., None] | None = None
        self._compression: TwoBits | None = None

    # Values

    def init(self, key: Any, value: Any) -> None:
        """Puts values into the store, once for each key."""
        for k, v in _pairs(key, value):
            self._check_kind(k)
            if k in self._held:
                raise MXNetError(f"duplicate init of key {k}: it was given to init or broadcast before")
            self._held[k] = v.copyto(self._home(v))

    def push(self, key: Any, value: Any, priority: int = 0) -> None:
        """Sums the values of each key; the sum takes the stored one's place, or updates it by the updater."""
        for k, parts in self._groups(key, value):
            total = self._total(k, parts)
            if self._updater is None:
                self._held[k] = total
                continue
            if self._held[k].context is not total.context:
                self._held[k] = self._held[k].as_in_context(total.context)
            self._updater(k.encode() if isinstance(k, str) else k, total, self._held[k])

    def pull(self, key: Any, out: Any = None, priority: int = 0, ignore_sparse: bool = True) -> None:
        """Writes the stored values into ``out``, of which sparse arrays are left out if ``ignore_sparse``."""
        if out is None:
            raise AssertionError("pull needs out: the arrays to write into")
        for k, targets in self._groups(key, out):
            for target in targets:
                if target.stype == "default" or not ignore_sparse:
                    put(self._held[k].as_in_context(target.context), target)

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """:meth:`push` and then :meth:`pull`, into ``value`` itself if there is no ``out``."""
        self.push(key, value, priority)
        self.pull(key, value if out is None else out, priority)

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """:meth:`init` and then :meth:`pull`: so once for each key."""
        self.init(key, value)
        self.pull(key, out, priority)

    def row_sparse_pull(self, key: Any, out: Any = None, priority: int = 0, row_ids: Any = None) -> None:
        """Writes some rows of stored row_sparse arrays into row_sparse arrays.

        Parameters
        ----------
        row_ids
            The rows, in any order: an array for all of ``out``, or a list of one for each.
        """
        if out is None or row_ids is None:
            raise AssertionError("row_sparse_pull needs out and row_ids")
        rows = [row_ids] if isinstance(row_ids, NDArray) else row_ids
        if not isinstance(rows, list):
            raise AssertionError("row_ids should be NDArray or list of NDArray")
        if len(rows) == 1 and isinstance(out, list):
            rows = rows * len(out)
        targets, ids = _pairs(key, out), _pairs(key, rows)
        if len(targets) != len(ids):
            raise AssertionError("the number of row_ids doesn't match the number of values")
        for (k, target), (_, wanted) in zip(targets, ids, strict=True):
            put(self._rows(k, target, wanted), target)

    def _rows(self, key: Key, target: NDArray, wanted: NDArray) -> NDArray:
        self._check_known(key)
        stored = self._held[key]
        if stored.stype != "row_sparse" or target.stype != "row_sparse":
            raise MXNetError(
                f"row_sparse_pull of key {key}: from a {stored.stype} array into a {target.stype} one; both "
                "have to be row_sparse"
            )
        chosen = np.unique(wanted.asnumpy().astype(np.int64))
        chosen = chosen[(chosen >= 0) & (chosen < stored.shape[0])]
        rows = sparse.retain(stored, array(chosen, ctx=stored.context, dtype="int64"))
        found: NDArray = rows.as_in_context(target.context)
        return found

    # How values change

    def is_capable(self, capability: str) -> bool:
        """Whether the store has a capability; it has ``"optimizer"``, and there is no other."""
        if capability.lower() != self.OPTIMIZER:
            raise ValueError(f"Unknown capability: {capability}")
        return True

    def set_gradient_compression(self, compression_params: dict[str, Any]) -> None:
        """Makes what is pushed into few bits: ``{"type": "2bit", "threshold": 0.5}``.

        Every element becomes the threshold, its negative or 0, and the rest is added to the next push of the
        same key and context. Only of a ``device`` store.
        """
        if "device" not in self._type:
            raise MXNetError("Gradient compression is not supported for this type of kvstore")
        self._compression = TwoBits(compression_params)

    def set_optimizer(self, optimizer: Any) -> None:
        """Lets an optimizer update the stored values: what is pushed are their gradients then."""
        self._set_updater(get_updater(optimizer))

    def _set_updater(self, updater: Callable[..., None]) -> None:
        """Lets ``updater(key, pushed, stored)`` change the stored values; a key of text comes as bytes."""
        self._updater = updater

    def save_optimizer_states(self, fname: str, dump_optimizer: bool = False) -> None:
        """Writes the states of the optimizer to a file, atomically, and itself with them if asked for."""
        if self._updater is None:
            raise AssertionError("Cannot save states: the store has no optimizer")
        states = self._updater.get_states(dump_optimizer)  # type: ignore[attr-defined]
        with atomic_write(fname) as file:
            file.write(states)

    def load_optimizer_states(self, fname: str) -> None:
        """Takes over the states of the optimizer from a file, written here or by MXNet. It runs no code."""
        if self._updater is None:
            raise AssertionError("Cannot load states: the store has no optimizer")
        with open(fname, "rb") as file:
            self._updater.set_states(file.read())  # type: ignore[attr-defined]

    # Processes

    @property
    def type(self) -> str:
        """The store's name."""
        return self._type

    @property
    def rank(self) -> int:
        """0: there is one process."""
        return 0

    @property
    def num_workers(self) -> int:
        """1: there is one process."""
        return 1

    def _barrier(self) -> None:
        """Waits for all workers: there is one."""

    # For a Trainer

    @property
    def _is_plain(self) -> bool:
        """Whether all that it does is to sum: a Trainer may do that itself, for all keys together."""
        return type(self) is KVStore and self._compression is None

    def _adopt(self, key: Key, value: NDArray, updater: Callable[..., None] | None) -> None:
        """Holds an array of a Trainer's as it is, with what the Trainer writes into it."""
        self._check_kind(key)
        self._held[key], self._updater = value, updater

    # Inside

    def _check_kind(self, key: Key) -> None:
        first = next(iter(self._held), key)
        if isinstance(first, str) is not isinstance(key, str):
            raise MXNetError(f"key {key!r}: Mixed key types are not allowed; the store has {first!r}")

    def _check_known(self, key: Key) -> None:
        self._check_kind(key)
        if key not in self._held:
            raise MXNetError(f"key {key} has not been inited; there are {', '.join(map(str, self._held))}")

    def _groups(self, key: Any, values: Any) -> Iterator[tuple[Key, list[NDArray]]]:
        """All arrays of each key: numbers in their order, texts in that of ``init``."""
        groups: dict[Key, list[NDArray]] = {}
        for k, value in _pairs(key, values):
            self._check_known(k)
            groups.setdefault(k, []).append(value)
        order = list(self._held)
        yield from sorted(groups.items(), key=lambda g: order.index(g[0]) if isinstance(g[0], str) else g[0])

    def _home(self, value: NDArray) -> Context:
        return value.context if self._on_devices else Context("cpu_pinned", 0)

    @property
    def _on_devices(self) -> bool:
        return "device" in self._type or self._type == "nccl"

    def _total(self, key: Key, parts: Sequence[NDArray]) -> NDArray:
        if self._compression is not None:
            parts = [self._compression((key, n), part) for n, part in enumerate(parts)]
        self._check_alike(key, parts)
        first, *others = parts
        total = first.copyto(self._home(first))
        sum_into(total, [total, *others])
        return total

    def _check_alike(self, key: Key, parts: Sequence[NDArray]) -> None:
        found = {(p.shape, p.dtype.__name__, p.stype) for p in parts}
        if len(found) > 1:
            listed = ", ".join(map(str, sorted(found)))
            raise MXNetError(f"the arrays pushed for key {key} differ in shape, type or storage: {listed}")


def _pairs(key: Any, value: Any) -> list[tuple[Key, NDArray]]:
    """Keys and arrays side by side, where both may be lists and the arrays lists of lists."""
    if isinstance(key, (tuple, list)):
        if len(key) != len(value):
            raise AssertionError(f"{len(key)} keys, but {len(value)} values")
        if len({isinstance(k, str) for k in key}) > 1:
            raise AssertionError("inconsistent types of keys detected.")
        return [pair for k, v in zip(key, value, strict=True) for pair in _pairs(k, v)]
    if not isinstance(key, (int, str)):
        raise AssertionError(f"unexpected type for keys: {type(key)}")
    values = [value] if isinstance(value, NDArray) else list(value)
    for v in values:
        if not isinstance(v, NDArray):
            raise AssertionError(f"key {key}: an NDArray is needed, not {v!r}")
    return [(key, v) for v in values]


def _nccl(name: str) -> KVStore:
    if not num_gpus():
        raise MXNetError("kvstore 'nccl' is for GPUs, and torch finds none; use 'local' or 'device'")
    return KVStore(name)


builtin.update(
    dict.fromkeys(
        ("local", "local_update_cpu", "local_allreduce_cpu", "device", "local_allreduce_device"), KVStore
    ),
    nccl=_nccl,
)
