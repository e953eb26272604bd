"""``mx.contrib``: what MXNet had not settled yet."""

from __future__ import annotations

from regluon.contrib import amp, autograd, io, onnx, tensorboard, text
from regluon.ndarray import contrib as nd
from regluon.ndarray import contrib as ndarray
from regluon.reference import absent
from regluon.symbol import contrib as sym
from regluon.symbol import contrib as symbol

__all__ = ["amp", "autograd", "io", "nd", "ndarray", "onnx", "sym", "symbol", "tensorboard", "text"]

__getattr__ = absent(__name__, "contrib")
