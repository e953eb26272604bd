"""``mx.gluon``: nets, their parameters and their training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regluon.gluon import data, loss, nn, rnn, utils
from regluon.gluon.block import Block
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.parameter import Constant, DeferredInitializationError, Parameter, ParameterDict
from regluon.gluon.symbol_block import SymbolBlock
from regluon.gluon.trainer import Trainer
from regluon.lazy import parts
from regluon.reference import absent

if TYPE_CHECKING:
    from regluon.gluon import contrib, model_zoo

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

__getattr__ = parts(__name__, ("contrib", "model_zoo"), absent(__name__, "gluon"))
