"""What a key-value store has to offer, and stores by name."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from regluon.base import MXNetError
from regluon.kvstore.sums import broadcast, sum_into
from regluon.ndarray import NDArray

__all__ = ["KVStoreBase", "create"]

T = TypeVar("T", bound="type[KVStoreBase]")

DISTRIBUTED = ("dist", "horovod", "byteps", "p3")
"""Parts of the names of stores that span several processes."""


class KVStoreBase:
    """A store of arrays by keys, through which the copies of a network on several contexts learn together.

    A subclass registered by :meth:`register` is made by ``create`` of its name in lower case. A Trainer needs
    ``broadcast``, ``pushpull``, ``is_capable`` and ``type`` of it.
    """

    OPTIMIZER = "optimizer"
    kv_registry: ClassVar[dict[str, type[KVStoreBase]]] = {}

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Writes ``value``, that of the first worker, into ``out`` of all workers."""
        raise NotImplementedError

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """Writes the sum of ``value`` over contexts and workers into ``out``, or into ``value`` itself."""
        raise NotImplementedError

    def set_optimizer(self, optimizer: Any) -> None:
        """Lets an optimizer update the values of the store by what is pushed."""
        raise NotImplementedError

    def is_capable(self, capability: str) -> bool:
        """Whether the store has a capability; there is ``"optimizer"``."""
        raise NotImplementedError

    def save_optimizer_states(self, fname: str, dump_optimizer: bool = False) -> None:
        """Writes the states of the optimizer to a file, and itself with them if asked for."""
        raise NotImplementedError

    def load_optimizer_states(self, fname: str) -> None:
        """Takes over the states of the optimizer from a file."""
        raise NotImplementedError

    @property
    def type(self) -> str:
        """The store's name."""
        raise NotImplementedError

    @property
    def rank(self) -> int:
        """The number of this process among the workers."""
        raise NotImplementedError

    @property
    def num_workers(self) -> int:
        """How many processes work together."""
        raise NotImplementedError

    @staticmethod
    def register(klass: T) -> T:
        """Makes a class known to ``create``; a decorator."""
        if not isinstance(klass, type):
            raise AssertionError(f"register takes a class, not {klass!r}")
        name = klass.__name__.lower()
        before = KVStoreBase.kv_registry.get(name)
        if before is not None:
            warnings.warn(
                f"WARNING: New kvstore {klass.__module__}.{klass.__name__} is overriding existing kvstore "
                f"{before.__module__}.{before.__name__}",
                stacklevel=2,
            )
        KVStoreBase.kv_registry[name] = klass
        return klass


@KVStoreBase.register
class TestStore(KVStoreBase):
    """A store that holds nothing: it sums what it is given and copies that out."""

    __test__ = False  # no test of pytest's

    def broadcast(self, key: Any, value: NDArray, out: Any, priority: int = 0) -> None:
        broadcast(value, _as_list(out))

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        parts = _as_list(value)
        if out is None:
            if isinstance(value, NDArray):
                return
            out = value
        total = parts[0].copy()
        sum_into(total, parts)
        broadcast(total, _as_list(out))

    @staticmethod
    def is_capable(capability: str) -> bool:
        if capability.lower() != KVStoreBase.OPTIMIZER:
            raise ValueError(f"Unknown capability: {capability}")
        return False

    @property
    def type(self) -> str:
        return "teststore"

    @property
    def rank(self) -> int:
        return 0

    @property
    def num_workers(self) -> int:
        return 1


def _as_list(value: NDArray | Sequence[NDArray]) -> list[NDArray]:
    return [value] if isinstance(value, NDArray) else list(value)


builtin: dict[str, Callable[[str], KVStoreBase]] = {}
"""The stores of regluon's own, by names."""


def create(name: str = "local") -> KVStoreBase:
    """A new store.

    Parameters
    ----------
    name
        ``"local"`` sums in the machine's memory, ``"device"`` on the devices; or the name of a class that
        ``KVStoreBase.register`` knows. Stores over several processes are a declared gap.

    Raises
    ------
    MXNetError
        If there is no such store; the message lists those there are.
    """
    if not isinstance(name, str):
        raise TypeError("name must be a string")
    name = name.lower()
    if name in KVStoreBase.kv_registry:
        return KVStoreBase.kv_registry[name]()
    if name in builtin:
        return builtin[name](name)
    if any(kind in name for kind in DISTRIBUTED):
        raise MXNetError(
            f"kvstore {name!r}: training by several processes is a declared gap. 'device' sums the gradients "
            "of the contexts of one process; for several, start the program by torchrun, and sum the "
            "gradients after backward by torch.distributed.all_reduce"
        )
    known = ", ".join(sorted([*builtin, *KVStoreBase.kv_registry]))
    raise MXNetError(f"there is no kvstore {name!r}; there are {known}")
