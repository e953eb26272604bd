"""``mx.model``: checkpoints, ``FeedForward``, and how parameters on several contexts are updated."""

from __future__ import annotations

from regluon.checkpoint import load_checkpoint, load_params, save_checkpoint
from regluon.model.batch_end import BatchEndParam, BatchEndParams
from regluon.model.feed_forward import FeedForward
from regluon.model.stores import (
    create_kvstore,
    create_sparse_kvstore,
    initialize_kvstore,
    update_params,
    update_params_on_kvstore,
)
from regluon.reference import absent

__all__ = [
    "BatchEndParam",
    "BatchEndParams",
    "FeedForward",
    "load_checkpoint",
    "load_params",
    "save_checkpoint",
]

# What subclasses of Module outside MXNet import by these names.
_create_kvstore = create_kvstore
_create_sparse_kvstore = create_sparse_kvstore
_initialize_kvstore = initialize_kvstore
_update_params = update_params
_update_params_on_kvstore = update_params_on_kvstore

__getattr__ = absent(__name__, "model")
