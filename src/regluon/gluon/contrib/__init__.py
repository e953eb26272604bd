"""``gluon.contrib``: what is beside the common layers."""

from __future__ import annotations

from regluon.gluon.contrib import cnn, data, estimator, nn, rnn
from regluon.reference import absent

__all__ = ["cnn", "data", "estimator", "nn", "rnn"]

__getattr__ = absent(__name__, "gluon.contrib")
