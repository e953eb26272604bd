"""The layers over axes of space, under the name of MXNet's module: convolutions, poolings and padding."""

from __future__ import annotations

from regluon.gluon.nn.convolution import Conv1D, Conv2D, Conv3D, _Conv
from regluon.gluon.nn.padding import ReflectionPad2D
from regluon.gluon.nn.pooling import (
    AvgPool1D,
    AvgPool2D,
    AvgPool3D,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalAvgPool3D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    _Pooling,
)
from regluon.gluon.nn.transposed_convolution import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose

__all__ = [
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "ReflectionPad2D",
    "_Conv",
    "_Pooling",
]
