"""Convolutional nets of the chapters that later chapters use again."""

from __future__ import annotations

from typing import Any

from regluon import ndarray as nd
from regluon.gluon import nn

__all__ = ["Residual", "corr2d", "resnet18"]


def corr2d(X: Any, K: Any) -> Any:
    """Y[i, j] = Σ X[i + a, j + b] · K[a, b]: the cross-correlation of two matrices.

    Inputs
    ------
    X : (height, width)
    K : (h, w)

    Outputs
    -------
    NDArray
        (height - h + 1, width - w + 1), float32. It has a gradient, which the book's own loop has not.
    """
    image, kernel = (a.astype("float32").reshape((1, 1, *a.shape)) for a in (X, K))
    return nd.Convolution(image, kernel, kernel=K.shape, num_filter=1, no_bias=True)[0][0]


class Residual(nn.Block):
    """relu(x + f(x)), where f is two 3×3 convolutions with batch normalization.

    Parameters
    ----------
    num_channels : int
        Channels of the output.
    use_1x1conv : bool
        Whether x goes through a 1×1 convolution, which it must where f changes its shape.
    strides : int
        Those of the first convolution, and of the 1×1 one.
    """

    def __init__(self, num_channels: int, use_1x1conv: bool = False, strides: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conv1 = nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)
        self.conv2 = nn.Conv2D(num_channels, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2D(num_channels, kernel_size=1, strides=strides) if use_1x1conv else None
        self.bn1 = nn.BatchNorm()
        self.bn2 = nn.BatchNorm()

    def forward(self, X: Any) -> Any:
        """(batch, channels, height, width) to (batch, num_channels, ⌈height/strides⌉, ⌈width/strides⌉)."""
        Y = nd.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        return nd.relu(Y + (X if self.conv3 is None else self.conv3(X)))


def resnet18(num_classes: int) -> nn.Sequential:
    """ResNet-18 for small images: the first convolution is 3×3, and no pooling follows it."""
    net = nn.Sequential()
    net.add(nn.Conv2D(64, kernel_size=3, strides=1, padding=1), nn.BatchNorm(), nn.Activation("relu"))
    for i, num_channels in enumerate((64, 128, 256, 512)):
        stage = nn.Sequential()
        stage.add(Residual(num_channels, use_1x1conv=True, strides=2) if i else Residual(num_channels))
        stage.add(Residual(num_channels))
        net.add(stage)
    net.add(nn.GlobalAvgPool2D(), nn.Dense(num_classes))
    return net
