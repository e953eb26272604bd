"""How the parameters of executors on several contexts follow their gradients.

``param_arrays`` and ``grad_arrays`` have, for each parameter, a list of an array per context.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from regluon import kvstore as kvs
from regluon.kvstore import KVStoreBase
from regluon.ndarray import NDArray
from regluon.optimizer import Updater

__all__ = [
    "create_kvstore",
    "create_sparse_kvstore",
    "index_names",
    "initialize_kvstore",
    "prepared_update",
    "update_params",
    "update_params_on_kvstore",
    "workers",
]

Groups = Sequence[Sequence[Any]]
_LARGE = 1 << 24
"""Above so many elements in one parameter, weights are not kept in a local store."""


def create_kvstore(
    kvstore: Any, num_device: int, arg_params: dict[str, NDArray]
) -> tuple[KVStoreBase | None, bool]:
    """The store, if one is needed, and whether it updates the weights itself

    One context needs none. The environment variable ``MXNET_UPDATE_ON_KVSTORE`` (0 or 1) decides where a
    store could do it.

    Raises
    ------
    TypeError
        If ``kvstore`` is no store, no name of one and not None.
    """
    on_store = bool(int(os.environ.get("MXNET_UPDATE_ON_KVSTORE", "1")))
    if isinstance(kvstore, str):
        if num_device == 1 and "dist" not in kvstore:
            return None, False
        store = kvs.create(kvstore)
        if kvstore == "local" and max(a.size for a in arg_params.values()) > _LARGE:
            on_store = False
    elif kvstore is None:
        return None, False
    elif isinstance(kvstore, KVStoreBase):
        store = kvstore
    else:
        raise TypeError(f"kvstore must be KVStore, str or None, not {kvstore!r}")
    return store, on_store and store.is_capable(KVStoreBase.OPTIMIZER)


def workers(store: KVStoreBase | None) -> int:
    """How many processes' gradients a store sums; one where they do not wait for each other."""
    if store is None or "dist" not in store.type or "_async" in store.type:
        return 1
    return store.num_workers


def create_sparse_kvstore(kvstore: Any) -> tuple[KVStoreBase, bool]:
    """A store for row_sparse parameters, which always updates them itself."""
    if isinstance(kvstore, str):
        kvstore = kvs.create(kvstore)
    if not isinstance(kvstore, KVStoreBase):
        raise TypeError(
            f"Cannot create '{kvstore}' KVStore with row_sparse parameters. The type must be KVStore or str."
        )
    if not kvstore.is_capable(KVStoreBase.OPTIMIZER):
        raise AssertionError(
            f"row_sparse parameters need a store that runs an optimizer; {type(kvstore).__name__} does not"
        )
    return kvstore, True


def index_names(names: Sequence[str], contexts: int, on_store: bool) -> dict[int, str]:
    """The names of parameters by the numbers that an optimizer knows them by."""
    if on_store:
        return dict(enumerate(names))
    return {i * contexts + k: name for i, name in enumerate(names) for k in range(contexts)}


def initialize_kvstore(
    kvstore: Any,
    param_arrays: Groups,
    arg_params: dict[str, NDArray],
    param_names: Sequence[str],
    update_on_kvstore: bool,
) -> None:
    """Puts the parameters into a store that is new to them."""
    for name, arrays in zip(param_names, param_arrays, strict=True):
        value = arg_params[name]
        if value.stype == "default" and (update_on_kvstore or not hasattr(kvstore, "init")):
            kvstore.broadcast(name, value, out=arrays)
        else:
            kvstore.init(name, value)


def update_params_on_kvstore(
    param_arrays: Groups, grad_arrays: Groups, kvstore: Any, param_names: Sequence[str]
) -> None:
    """An update by the optimizer of the store."""
    for i, (weights, grads) in enumerate(zip(param_arrays, grad_arrays, strict=True)):
        if grads[0] is not None:
            _exchange(kvstore, param_names[i], grads, weights, -i)


def _exchange(kvstore: Any, name: str, grads: Sequence[Any], out: Sequence[Any], priority: int) -> None:
    if grads[0].stype == "default" and out[0].stype == "default":
        kvstore.pushpull(name, grads, out=out, priority=priority)
    else:
        kvstore.push(name, grads, priority=priority)
        kvstore.pull(name, out=out, priority=priority)


def update_params(
    param_arrays: Groups,
    grad_arrays: Groups,
    updater: Callable[..., None],
    num_device: int,
    kvstore: Any = None,
    param_names: Sequence[str] | None = None,
) -> None:
    """An update by an updater, on each context, with gradients summed over contexts if there is a store."""
    if kvstore:
        names = param_names or ()
        for i, grads in enumerate(grad_arrays):
            if grads[0] is not None:
                _exchange(kvstore, names[i], grads, grads, -i)
    for indices, grads, weights in _by_context(param_arrays, grad_arrays, num_device):
        if indices:
            updater(indices, grads, weights)


def _by_context(
    param_arrays: Groups, grad_arrays: Groups, contexts: int
) -> list[tuple[list[int], list[NDArray], list[NDArray]]]:
    """For each context the numbers, gradients and weights of what has a gradient.

    The optimizer has a state for each context, so a weight has another number on each.
    """
    pairs = [
        (i, weights, grads)
        for i, (weights, grads) in enumerate(zip(param_arrays, grad_arrays, strict=True))
        if grads[0] is not None
    ]
    return [
        ([i * contexts + k for i, _, _ in pairs], [g[k] for _, _, g in pairs], [w[k] for _, w, _ in pairs])
        for k in range(contexts)
    ]


def prepared_update(param_arrays: Groups, grad_arrays: Groups, updater: Updater) -> Callable[[], None]:
    """:func:`update_params` for one context, to be called again and again: see ``Updater.prepare``."""
    ((indices, grads, weights),) = _by_context(param_arrays, grad_arrays, 1)
    return updater.prepare(indices, grads, weights) if indices else _nothing


def _nothing() -> None:
    """What is left to do where no parameter has a gradient."""
