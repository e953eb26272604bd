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

__version__ = "1.9.1"
"""The release whose behaviour this is: programs look here to choose their way. See regluon.__version__."""

AliasFinder("mxnet", "regluon").install()
shims.activate()

__path__ = list(regluon.__path__)
__all__ = list(regluon.__all__)

# Public names of MXNet 1.9.1's top level, to tell a gap from a slip of the pen.
_NAMES = frozenset(
    """
    AttrScope Context MXNetError attribute autograd base callback context contrib cpu cpu_pinned
    current_context engine error executor executor_manager gluon gpu image img init initializer io
    is_np_array is_np_shape kv kvstore libinfo library log lr_scheduler metric mod model module mon monitor
    name nd ndarray notebook np np_array np_shape npx numpy numpy_extension onnx operator optimizer profiler
    random recordio registry rnd rnn rtc runtime set_np_shape sym symbol test_utils th torch tvmop use_np
    use_np_array use_np_shape util visualization viz
    """.split()
)


def __getattr__(name: str) -> Any:
    try:
        value = globals()[name] = getattr(regluon, name)
    except AttributeError:
        if name in __all__:
            raise  # something inside it, not the name, is missing
        gap = f" yet: MXNet {__version__} has it, a declared gap of regluon {regluon.__version__}"
        raise AttributeError(
            f"module 'mxnet' has no attribute {name!r}{gap if name in _NAMES else ''}", name=name
        ) from None
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(regluon)})
