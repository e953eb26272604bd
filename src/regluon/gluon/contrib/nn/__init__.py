"""``gluon.contrib.nn``: branches side by side, shuffled pixels, and layers for special cases."""

from __future__ import annotations

from regluon.gluon.contrib.nn.basic_layers import (
    Concurrent,
    HybridConcurrent,
    Identity,
    PixelShuffle1D,
    PixelShuffle2D,
    PixelShuffle3D,
    SparseEmbedding,
    SyncBatchNorm,
)
from regluon.reference import absent

__all__ = [
    "Concurrent",
    "HybridConcurrent",
    "Identity",
    "PixelShuffle1D",
    "PixelShuffle2D",
    "PixelShuffle3D",
    "SparseEmbedding",
    "SyncBatchNorm",
]

__getattr__ = absent(__name__, "gluon.contrib.nn")
