"""The operators, a file per family. Importing this package fills the registry."""

from __future__ import annotations

from regluon.ops import (
    activation,
    binary,
    comparison,
    creation,
    dropout,
    identity,
    indexing,
    joining,
    linalg,
    loss,
    loss_composed,
    nn,
    reduce,
    scalar,
    shape,
    slicing,
    softmax,
    sorting,
    special,
    unary,
)

__all__ = [
    "activation",
    "binary",
    "comparison",
    "creation",
    "dropout",
    "identity",
    "indexing",
    "joining",
    "linalg",
    "loss",
    "loss_composed",
    "nn",
    "reduce",
    "scalar",
    "shape",
    "slicing",
    "softmax",
    "sorting",
    "special",
    "unary",
]
