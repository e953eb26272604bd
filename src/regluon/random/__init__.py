"""Streams of random numbers: MXNet's own for CPU contexts, torch's for GPUs.

``mx.random`` has the functions of ``mx.nd.random``, too. They stand above the streams they draw from, so they
are looked up there when they are used.
"""

from __future__ import annotations

from typing import Any

from regluon.lazy import resolve
from regluon.random.contexts import Generator, expecting, generator, seed
from regluon.random.cpu import MXNetGenerator
from regluon.random.device import TorchGenerator

__all__ = ["Generator", "MXNetGenerator", "TorchGenerator", "expecting", "generator", "seed"]

_FUNCTIONS = frozenset(
    """
    exponential gamma generalized_negative_binomial multinomial negative_binomial normal poisson randint randn
    shuffle uniform
    """.split()
)


def __getattr__(name: str) -> Any:
    if name not in _FUNCTIONS:
        raise AttributeError(f"module 'regluon.random' has no attribute {name!r}", name=name)
    function = globals()[name] = resolve(f"regluon.ndarray.random:{name}")
    return function


def __dir__() -> list[str]:
    return sorted({*globals(), *_FUNCTIONS})
