"""The operators, a file per family. Importing this package fills the registry."""

from __future__ import annotations

from regluon.ops import binary, nn, reduce, shape, unary

__all__ = ["binary", "nn", "reduce", "shape", "unary"]
