"""``gluon.nn``: layers."""

from __future__ import annotations

from regluon.gluon.block import Block, HybridBlock
from regluon.gluon.nn.activations import Activation
from regluon.gluon.nn.basic_layers import (
    Dense,
    Dropout,
    Embedding,
    Flatten,
    HybridLambda,
    HybridSequential,
    Lambda,
    Sequential,
)
from regluon.reference import absent

__all__ = [
    "Activation",
    "Block",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "HybridBlock",
    "HybridLambda",
    "HybridSequential",
    "Lambda",
    "Sequential",
]

__getattr__ = absent(__name__, "gluon.nn")
