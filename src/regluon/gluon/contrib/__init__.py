"""``gluon.contrib``: what is beside the common layers."""

from __future__ import annotations

from regluon.gluon.contrib import nn
from regluon.reference import absent

__all__ = ["nn"]

__getattr__ = absent(__name__, "gluon.contrib")
