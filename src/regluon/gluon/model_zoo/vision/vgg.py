"""VGG nets."""

from __future__ import annotations

from typing import Any

from regluon.gluon import nn
from regluon.gluon.model_zoo.model_store import ROOT
from regluon.gluon.model_zoo.vision.classifier import CPU, Classifier, Contexts, trained
from regluon.initializer import Xavier

__all__ = [
    "VGG",
    "get_vgg",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
]

vgg_spec = {
    11: ([1, 1, 2, 2, 2], [64, 128, 256, 512, 512]),
    13: ([2, 2, 2, 2, 2], [64, 128, 256, 512, 512]),
    16: ([2, 2, 3, 3, 3], [64, 128, 256, 512, 512]),
    19: ([2, 2, 4, 4, 4], [64, 128, 256, 512, 512]),
}
"""Sizes by the number of layers: convolutions of each stage, and their channels."""


class VGG(Classifier):
    """Stages of 3×3 convolutions, each of half the height and width of the one before; three dense layers.

    Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014.

    Parameters
    ----------
    layers
        How many convolutions each stage has.
    filters
        How many channels they have, stage by stage.
    classes
        How many outputs there are.
    batch_norm
        Whether channels are normalized after each convolution.
    """

    def __init__(
        self,
        layers: list[int],
        filters: list[int],
        classes: int = 1000,
        batch_norm: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if len(layers) != len(filters):
            raise AssertionError(
                f"{len(layers)} stages by layers={layers}, {len(filters)} by filters={filters}"
            )
        with self.name_scope():
            self.features = self._make_features(layers, filters, batch_norm)
            for _ in range(2):
                self.features.add(_dense(4096, activation="relu"), nn.Dropout(rate=0.5))
            self.output = _dense(classes)

    def _make_features(self, layers: list[int], filters: list[int], batch_norm: bool) -> nn.HybridSequential:
        features = nn.HybridSequential(prefix="")
        for count, channels in zip(layers, filters, strict=True):
            for _ in range(count):
                features.add(_convolution(channels))
                if batch_norm:
                    features.add(nn.BatchNorm())
                features.add(nn.Activation("relu"))
            features.add(nn.MaxPool2D(strides=2))
        return features


def _convolution(channels: int) -> nn.Conv2D:
    initializer = Xavier(rnd_type="gaussian", factor_type="out", magnitude=2)
    return nn.Conv2D(channels, kernel_size=3, padding=1, weight_initializer=initializer)


def _dense(units: int, activation: str | None = None) -> nn.Dense:
    return nn.Dense(units, activation, weight_initializer="normal")


def get_vgg(
    num_layers: int, pretrained: bool = False, ctx: Contexts = CPU, root: str = ROOT, **kwargs: Any
) -> VGG:
    """A :class:`VGG` net of 11, 13, 16 or 19 layers.

    Parameters
    ----------
    num_layers
        How many.
    pretrained
        Whether to read trained parameters.
    ctx
        Where to put them.
    root
        The folder they are in.
    """
    if num_layers not in vgg_spec:
        raise KeyError(f"a VGG net has {', '.join(map(str, vgg_spec))} layers, not {num_layers}")
    net = VGG(*vgg_spec[num_layers], **kwargs)
    suffix = "_bn" if kwargs.get("batch_norm") else ""
    return trained(net, f"vgg{num_layers}{suffix}", pretrained, ctx, root)


def vgg11(**kwargs: Any) -> VGG:
    """:func:`get_vgg` of 11 layers."""
    return get_vgg(11, **kwargs)


def vgg13(**kwargs: Any) -> VGG:
    """:func:`get_vgg` of 13 layers."""
    return get_vgg(13, **kwargs)


def vgg16(**kwargs: Any) -> VGG:
    """:func:`get_vgg` of 16 layers."""
    return get_vgg(16, **kwargs)


def vgg19(**kwargs: Any) -> VGG:
    """:func:`get_vgg` of 19 layers."""
    return get_vgg(19, **kwargs)


def vgg11_bn(**kwargs: Any) -> VGG:
    """:func:`get_vgg` of 11 layers, with batch normalization."""
    return get_vgg(11, **{**kwargs, "batch_norm": True})


def vgg13_bn(**kwargs: Any) -> VGG:
    """:func:`get_vgg` of 13 layers, with batch normalization."""
    return get_vgg(13, **{**kwargs, "batch_norm": True})


def vgg16_bn(**kwargs: Any) -> VGG:
    """:func:`get_vgg` of 16 layers, with batch normalization."""
    return get_vgg(16, **{**kwargs, "batch_norm": True})


def vgg19_bn(**kwargs: Any) -> VGG:
    """:func:`get_vgg` of 19 layers, with batch normalization."""
    return get_vgg(19, **{**kwargs, "batch_norm": True})
