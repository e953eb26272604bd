"""``gluon.contrib.cnn``: convolutions whose windows bend."""

from __future__ import annotations

from regluon.gluon.contrib.cnn import conv_layers
from regluon.gluon.contrib.cnn.conv_layers import DeformableConvolution, ModulatedDeformableConvolution
from regluon.reference import absent

__all__ = ["DeformableConvolution", "ModulatedDeformableConvolution", "conv_layers"]

__getattr__ = absent(__name__, "gluon.contrib.cnn")
