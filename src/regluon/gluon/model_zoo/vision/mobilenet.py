"""MobileNet and MobileNetV2."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from regluon.gluon import nn
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.model_zoo.model_store import ROOT
from regluon.gluon.model_zoo.vision.classifier import CPU, Classifier, Contexts, trained

__all__ = [
    "MobileNet",
    "MobileNetV2",
    "get_mobilenet",
    "get_mobilenet_v2",
    "mobilenet0_25",
    "mobilenet0_5",
    "mobilenet0_75",
    "mobilenet1_0",
    "mobilenet_v2_0_25",
    "mobilenet_v2_0_5",
    "mobilenet_v2_0_75",
    "mobilenet_v2_1_0",
]

_V1 = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
"""Channels and stride of each pair of convolutions."""

_V2 = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]
"""The paper's table of bottlenecks: expansion, channels, how many, and the stride of the first."""


class RELU6(HybridBlock):
    """y = min(max(x, 0), 6)"""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = min(max(x, 0), 6)"""
        return F.clip(x, 0, 6, name="relu6")


def _add(
    blocks: nn.HybridSequential, channels: int, act: Any = None, kernel_size: int = 1, **window: Any
) -> None:
    """Adds a convolution, its normalization, and the block that ``act`` makes."""
    blocks.add(nn.Conv2D(channels, kernel_size, use_bias=False, **window), nn.BatchNorm(scale=True))
    if act is not None:
        blocks.add(act())


def _relu() -> nn.Activation:
    return nn.Activation("relu")


class LinearBottleneck(HybridBlock):
    """Channels widened, filtered one by one, and narrowed again; x is added where the shape stays.

    Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018.

    Parameters
    ----------
    in_channels
        How many channels come in.
    channels
        How many go out.
    t
        How many times as many are between.
    stride
        Of the filters.
    """

    def __init__(self, in_channels: int, channels: int, t: int, stride: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use_shortcut = stride == 1 and in_channels == channels
        wide = in_channels * t
        with self.name_scope():
            self.out = nn.HybridSequential()
            _add(self.out, wide, RELU6)
            _add(self.out, wide, RELU6, kernel_size=3, strides=stride, padding=1, groups=wide)
            _add(self.out, channels)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = out(x), or out(x) + x"""
        out = self.out(x)
        return F.elemwise_add(out, x) if self.use_shortcut else out


class MobileNet(Classifier):
    """Convolutions of channels one by one, each followed by one of pixels one by one.

    Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017.

    Parameters
    ----------
    multiplier
        By which all channels are multiplied; 0.25 and more.
    classes
        How many outputs there are.
    """

    def __init__(self, multiplier: float = 1.0, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        channels = [int(count * multiplier) for count, _ in [(32, 2), *_V1]]
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            with self.features.name_scope():
                _add(self.features, channels[0], _relu, kernel_size=3, strides=2, padding=1)
                for (wide, after), (_, stride) in zip(pairwise(channels), _V1, strict=True):
                    _add(self.features, wide, _relu, kernel_size=3, strides=stride, padding=1, groups=wide)
                    _add(self.features, after, _relu)
                self.features.add(nn.GlobalAvgPool2D(), nn.Flatten())
            self.output = nn.Dense(classes)


class MobileNetV2(Classifier):
    """A stack of :class:`LinearBottleneck`.

    Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018.

    Parameters
    ----------
    multiplier
        By which all channels are multiplied; the last ones only if it is above 1.
    classes
        How many outputs there are.
    """

    def __init__(self, multiplier: float = 1.0, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        before = int(32 * multiplier)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="features_")
            with self.features.name_scope():
                _add(self.features, before, RELU6, kernel_size=3, strides=2, padding=1)
                for t, count, times, stride in _V2:
                    after = int(count * multiplier)
                    for first in [True] + [False] * (times - 1):
                        self.features.add(LinearBottleneck(before, after, t, stride if first else 1))
                        before = after
                _add(self.features, int(1280 * max(multiplier, 1)), RELU6)
                self.features.add(nn.GlobalAvgPool2D())
            self.output = nn.HybridSequential(prefix="output_")
            with self.output.name_scope():
                self.output.add(nn.Conv2D(classes, 1, use_bias=False, prefix="pred_"), nn.Flatten())


def _suffix(multiplier: float) -> str:
    """How names of files write it: 1.0, 0.75, 0.5, 0.25."""
    text = f"{multiplier:.2f}"
    return text[:-1] if text in ("1.00", "0.50") else text


def get_mobilenet(
    multiplier: float, pretrained: bool = False, ctx: Contexts = CPU, root: str = ROOT, **kwargs: Any
) -> MobileNet:
    """A :class:`MobileNet`.

    Parameters
    ----------
    multiplier
        By which all channels are multiplied.
    pretrained
        Whether to read trained parameters; there are some for 1, 0.75, 0.5 and 0.25.
    ctx
        Where to put them.
    root
        The folder they are in.
    """
    net = MobileNet(multiplier, **kwargs)
    return trained(net, f"mobilenet{_suffix(multiplier)}", pretrained, ctx, root)


def get_mobilenet_v2(
    multiplier: float, pretrained: bool = False, ctx: Contexts = CPU, root: str = ROOT, **kwargs: Any
) -> MobileNetV2:
    """A :class:`MobileNetV2`.

    Parameters
    ----------
    multiplier
        By which all channels are multiplied.
    pretrained
        Whether to read trained parameters; there are some for 1, 0.75, 0.5 and 0.25.
    ctx
        Where to put them.
    root
        The folder they are in.
    """
    net = MobileNetV2(multiplier, **kwargs)
    return trained(net, f"mobilenetv2_{_suffix(multiplier)}", pretrained, ctx, root)


def mobilenet1_0(**kwargs: Any) -> MobileNet:
    """:func:`get_mobilenet` with the multiplier 1.0."""
    return get_mobilenet(1.0, **kwargs)


def mobilenet0_75(**kwargs: Any) -> MobileNet:
    """:func:`get_mobilenet` with the multiplier 0.75."""
    return get_mobilenet(0.75, **kwargs)


def mobilenet0_5(**kwargs: Any) -> MobileNet:
    """:func:`get_mobilenet` with the multiplier 0.5."""
    return get_mobilenet(0.5, **kwargs)


def mobilenet0_25(**kwargs: Any) -> MobileNet:
    """:func:`get_mobilenet` with the multiplier 0.25."""
    return get_mobilenet(0.25, **kwargs)


def mobilenet_v2_1_0(**kwargs: Any) -> MobileNetV2:
    """:func:`get_mobilenet_v2` with the multiplier 1.0."""
    return get_mobilenet_v2(1.0, **kwargs)


def mobilenet_v2_0_75(**kwargs: Any) -> MobileNetV2:
    """:func:`get_mobilenet_v2` with the multiplier 0.75."""
    return get_mobilenet_v2(0.75, **kwargs)


def mobilenet_v2_0_5(**kwargs: Any) -> MobileNetV2:
    """:func:`get_mobilenet_v2` with the multiplier 0.5."""
    return get_mobilenet_v2(0.5, **kwargs)


def mobilenet_v2_0_25(**kwargs: Any) -> MobileNetV2:
    """:func:`get_mobilenet_v2` with the multiplier 0.25."""
    return get_mobilenet_v2(0.25, **kwargs)
