"""``KVStoreServer``: the process that holds the values of a distributed store, which is a declared gap."""

from __future__ import annotations

from regluon.reference import absent

__all__: list[str] = []

__getattr__ = absent(__name__, "kv.kvstore_server")
