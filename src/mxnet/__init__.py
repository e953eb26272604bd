"""MXNet's name for regluon: a program that says ``import mxnet as mx`` runs unchanged.

Every module below this one is the module object of regluon: ``mxnet.gluon.nn is regluon.gluon.nn``. Importing
this package, and only this, also puts back what has left Python, NumPy and IPython since MXNet's last release
(docs/shims.md); ``REGLUON_SHIMS=0`` in the environment leaves everything as it is.
"""

from __future__ import annotations

from typing import Any

import regluon
from regluon import shims
from regluon.alias import AliasFinder
from regluon.reference import absent

__version__ = "1.9.1"
"""The release whose behaviour this is: programs look here to choose their way. See regluon.__version__."""

AliasFinder("mxnet", "regluon").install()
shims.activate()

__path__ = list(regluon.__path__)
__all__ = list(regluon.__all__)

_absent = absent("mxnet", "")


def __getattr__(name: str) -> Any:
    if name not in __all__ and not hasattr(regluon, name):
        return _absent(name)
    value = globals()[name] = getattr(regluon, name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(regluon)})
