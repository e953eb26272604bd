"""Densely connected nets."""

from __future__ import annotations

from typing import Any

from regluon.gluon import nn
from regluon.gluon.contrib.nn import HybridConcurrent, Identity
from regluon.gluon.model_zoo.model_store import ROOT
from regluon.gluon.model_zoo.vision.classifier import CPU, Classifier, Contexts, trained

__all__ = ["DenseNet", "densenet121", "densenet161", "densenet169", "densenet201"]

densenet_spec = {
    121: (64, 32, [6, 12, 24, 16]),
    161: (96, 48, [6, 12, 36, 24]),
    169: (64, 32, [6, 12, 32, 32]),
    201: (64, 32, [6, 12, 48, 32]),
}
"""Sizes by the number of layers: channels at first, channels that a layer adds, layers of each stage."""


class DenseNet(Classifier):
    """Stages of layers each of which sees the results of all before it.

    Huang et al., "Densely Connected Convolutional Networks", 2016.

    Parameters
    ----------
    num_init_features
        How many channels the first convolution makes.
    growth_rate
        How many each layer adds.
    block_config
        How many layers each stage has.
    bn_size
        The channels between the two convolutions of a layer, as a multiple of ``growth_rate``.
    dropout
        The rate of dropout after each layer.
    classes
        How many outputs there are.
    """

    def __init__(
        self,
        num_init_features: int,
        growth_rate: int,
        block_config: list[int],
        bn_size: int = 4,
        dropout: float = 0,
        classes: int = 1000,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            self.features.add(
                nn.Conv2D(num_init_features, kernel_size=7, strides=2, padding=3, use_bias=False),
                nn.BatchNorm(),
                nn.Activation("relu"),
                nn.MaxPool2D(pool_size=3, strides=2, padding=1),
            )
            channels = num_init_features
            for number, layers in enumerate(block_config, 1):
                self.features.add(_stage(number, layers, bn_size, growth_rate, dropout))
                channels += layers * growth_rate
                if number < len(block_config):
                    channels //= 2
                    self.features.add(_transition(channels))
            self.features.add(nn.BatchNorm(), nn.Activation("relu"), nn.AvgPool2D(pool_size=7), nn.Flatten())
            self.output = nn.Dense(classes)


def _stage(number: int, layers: int, bn_size: int, growth_rate: int, dropout: float) -> nn.HybridSequential:
    stage = nn.HybridSequential(prefix=f"stage{number}_")
    with stage.name_scope():
        for _ in range(layers):
            stage.add(_layer(bn_size, growth_rate, dropout))
    return stage


def _layer(bn_size: int, growth_rate: int, dropout: float) -> HybridConcurrent:
    new = _convolution(bn_size * growth_rate, kernel_size=1)
    for block in _convolution(growth_rate, kernel_size=3, padding=1):
        new.add(block)
    if dropout:
        new.add(nn.Dropout(dropout))
    both = HybridConcurrent(axis=1, prefix="")
    both.add(Identity(), new)
    return both


def _transition(channels: int) -> nn.HybridSequential:
    """From one stage to the next: fewer channels, half the height and width."""
    transition = _convolution(channels, kernel_size=1)
    transition.add(nn.AvgPool2D(pool_size=2, strides=2))
    return transition


def _convolution(channels: int, **window: Any) -> nn.HybridSequential:
    """A convolution with what stands before it."""
    blocks = nn.HybridSequential(prefix="")
    blocks.add(nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(channels, use_bias=False, **window))
    return blocks


def get_densenet(
    num_layers: int, pretrained: bool = False, ctx: Contexts = CPU, root: str = ROOT, **kwargs: Any
) -> DenseNet:
    """A :class:`DenseNet` of 121, 161, 169 or 201 layers.

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
    if num_layers not in densenet_spec:
        raise KeyError(f"a DenseNet has {', '.join(map(str, densenet_spec))} layers, not {num_layers}")
    net = DenseNet(*densenet_spec[num_layers], **kwargs)
    return trained(net, f"densenet{num_layers}", pretrained, ctx, root)


def densenet121(**kwargs: Any) -> DenseNet:
    """:func:`get_densenet` of 121 layers."""
    return get_densenet(121, **kwargs)


def densenet161(**kwargs: Any) -> DenseNet:
    """:func:`get_densenet` of 161 layers."""
    return get_densenet(161, **kwargs)


def densenet169(**kwargs: Any) -> DenseNet:
    """:func:`get_densenet` of 169 layers."""
    return get_densenet(169, **kwargs)


def densenet201(**kwargs: Any) -> DenseNet:
    """:func:`get_densenet` of 201 layers."""
    return get_densenet(201, **kwargs)
