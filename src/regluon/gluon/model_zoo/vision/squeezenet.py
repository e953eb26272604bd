"""SqueezeNet."""

from __future__ import annotations

from typing import Any

from regluon.gluon import nn
from regluon.gluon.contrib.nn import HybridConcurrent
from regluon.gluon.model_zoo.model_store import ROOT
from regluon.gluon.model_zoo.vision.classifier import CPU, Classifier, Contexts, trained

__all__ = ["SqueezeNet", "squeezenet1_0", "squeezenet1_1"]

_VERSIONS: dict[str, tuple[tuple[int, int], list[list[int]]]] = {
    "1.0": ((96, 7), [[16, 16, 32], [32, 48, 48, 64], [64]]),
    "1.1": ((64, 3), [[16, 16], [32, 32], [48, 48, 64, 64]]),
}
"""The first convolution's channels and window, and the channels of squeezed layers between two poolings."""


class SqueezeNet(Classifier):
    """Layers that squeeze channels by 1×1 windows before they expand them by 1×1 and 3×3 ones.

    Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size",
    2016.

    Parameters
    ----------
    version
        ``"1.0"``, or ``"1.1"`` with less than half of the work.
    classes
        How many outputs there are.
    """

    def __init__(self, version: str, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if version not in _VERSIONS:
            raise AssertionError(f"Unsupported SqueezeNet version {version}: 1.0 or 1.1 expected")
        (channels, window), stages = _VERSIONS[version]
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            self.features.add(nn.Conv2D(channels, kernel_size=window, strides=2), nn.Activation("relu"))
            for stage in stages:
                self.features.add(nn.MaxPool2D(pool_size=3, strides=2, ceil_mode=True))
                for squeezed in stage:
                    self.features.add(_fire(squeezed, 4 * squeezed))
            self.features.add(nn.Dropout(0.5))
            self.output = nn.HybridSequential(prefix="")
            self.output.add(
                nn.Conv2D(classes, kernel_size=1), nn.Activation("relu"), nn.AvgPool2D(13), nn.Flatten()
            )


def _fire(squeezed: int, expanded: int) -> nn.HybridSequential:
    fire = nn.HybridSequential(prefix="")
    fire.add(_convolution(squeezed, kernel_size=1))
    branches = HybridConcurrent(axis=1, prefix="")
    branches.add(_convolution(expanded, kernel_size=1), _convolution(expanded, kernel_size=3, padding=1))
    fire.add(branches)
    return fire


def _convolution(channels: int, **window: Any) -> nn.HybridSequential:
    blocks = nn.HybridSequential(prefix="")
    blocks.add(nn.Conv2D(channels, **window), nn.Activation("relu"))
    return blocks


def get_squeezenet(
    version: str, pretrained: bool = False, ctx: Contexts = CPU, root: str = ROOT, **kwargs: Any
) -> SqueezeNet:
    """A :class:`SqueezeNet`.

    Parameters
    ----------
    version
        ``"1.0"`` or ``"1.1"``.
    pretrained
        Whether to read trained parameters.
    ctx
        Where to put them.
    root
        The folder they are in.
    """
    return trained(SqueezeNet(version, **kwargs), f"squeezenet{version}", pretrained, ctx, root)


def squeezenet1_0(**kwargs: Any) -> SqueezeNet:
    """:func:`get_squeezenet` of version 1.0."""
    return get_squeezenet("1.0", **kwargs)


def squeezenet1_1(**kwargs: Any) -> SqueezeNet:
    """:func:`get_squeezenet` of version 1.1."""
    return get_squeezenet("1.1", **kwargs)
