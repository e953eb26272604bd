"""``mx.gluon``: nets, their parameters and their training."""

from __future__ import annotations

from regluon.gluon import contrib, data, loss, model_zoo, nn, rnn, utils
from regluon.gluon.block import Block, HybridBlock
from regluon.gluon.parameter import Constant, DeferredInitializationError, Parameter, ParameterDict
from regluon.gluon.symbol_block import SymbolBlock
from regluon.gluon.trainer import Trainer
from regluon.reference import absent

__all__ = [
    "Block",
    "Constant",
    "DeferredInitializationError",
    "HybridBlock",
    "Parameter",
    "ParameterDict",
    "SymbolBlock",
    "Trainer",
    "contrib",
    "data",
    "loss",
    "model_zoo",
    "nn",
    "rnn",
    "utils",
]

__getattr__ = absent(__name__, "gluon")
