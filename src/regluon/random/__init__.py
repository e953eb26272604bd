"""Streams of random numbers: MXNet's own for CPU contexts, torch's for GPUs."""

from __future__ import annotations

from regluon.random.contexts import Generator, generator, seed
from regluon.random.cpu import MXNetGenerator
from regluon.random.device import TorchGenerator

__all__ = ["Generator", "MXNetGenerator", "TorchGenerator", "generator", "seed"]
