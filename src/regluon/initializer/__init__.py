"""``mx.init``: the values that parameters begin with."""

from __future__ import annotations

from regluon.initializer.composed import Load, Mixed
from regluon.initializer.elementary import Constant, Normal, One, Uniform, Zero
from regluon.initializer.fused import FusedRNN
from regluon.initializer.initializer import InitDesc, Initializer, alias, create, register
from regluon.initializer.shaped import Bilinear, LSTMBias, MSRAPrelu, Orthogonal, Xavier
from regluon.reference import absent

__all__ = [
    "Bilinear",
    "Constant",
    "FusedRNN",
    "InitDesc",
    "Initializer",
    "LSTMBias",
    "Load",
    "MSRAPrelu",
    "Mixed",
    "Normal",
    "One",
    "Orthogonal",
    "Uniform",
    "Xavier",
    "Zero",
    "alias",
    "create",
    "register",
]

__getattr__ = absent(__name__, "init")
