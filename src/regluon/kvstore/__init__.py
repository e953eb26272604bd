"""``mx.kvstore``: stores that bring the arrays of several contexts together."""

from __future__ import annotations

from regluon.kvstore.base import KVStoreBase, create
from regluon.kvstore.kvstore import KVStore
from regluon.reference import absent

__all__ = ["KVStore", "KVStoreBase", "create"]

__getattr__ = absent(__name__, "kv")
