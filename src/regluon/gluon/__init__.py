"""``mx.gluon``: nets, their parameters and their training."""

from __future__ import annotations

from regluon.gluon import data, loss, nn, utils
from regluon.gluon.block import Block, HybridBlock
from regluon.gluon.parameter import Constant, DeferredInitializationError, Parameter, ParameterDict
from regluon.gluon.trainer import Trainer

__all__ = [
    "Block",
    "Constant",
    "DeferredInitializationError",
    "HybridBlock",
    "Parameter",
    "ParameterDict",
    "Trainer",
    "data",
    "loss",
    "nn",
    "utils",
]
