"""Residual nets, of both versions."""

from __future__ import annotations

from typing import Any

from regluon.gluon import nn
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.model_zoo.model_store import ROOT
from regluon.gluon.model_zoo.vision.classifier import CPU, Classifier, Contexts, trained

__all__ = [
    "BasicBlockV1",
    "BasicBlockV2",
    "BottleneckV1",
    "BottleneckV2",
    "ResNetV1",
    "ResNetV2",
    "get_resnet",
    "resnet101_v1",
    "resnet101_v2",
    "resnet152_v1",
    "resnet152_v2",
    "resnet18_v1",
    "resnet18_v2",
    "resnet34_v1",
    "resnet34_v2",
    "resnet50_v1",
    "resnet50_v2",
]


def _conv3x3(channels: int, stride: int, in_channels: int) -> nn.Conv2D:
    return nn.Conv2D(channels, 3, stride, 1, use_bias=False, in_channels=in_channels)


class _BlockV1(HybridBlock):
    """y = relu(body(x) + x), where x may be brought to y's shape by a convolution."""

    def __init__(
        self, channels: int, stride: int, downsample: bool = False, in_channels: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.body = nn.HybridSequential(prefix="")
        self._fill(channels, stride, in_channels)
        self.downsample: nn.HybridSequential | None = None
        if downsample:
            self.downsample = nn.HybridSequential(prefix="")
            self.downsample.add(
                nn.Conv2D(channels, 1, stride, use_bias=False, in_channels=in_channels), nn.BatchNorm()
            )

    def _fill(self, channels: int, stride: int, in_channels: int) -> None:
        raise NotImplementedError

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = relu(body(x) + x)"""
        residual = x if self.downsample is None else self.downsample(x)
        return F.Activation(self._sum(self.body(x), residual), act_type="relu")

    def _sum(self, x: Any, residual: Any) -> Any:
        return x + residual


class BasicBlockV1(_BlockV1):
    """Two 3×3 convolutions and what goes around them: y = relu(body(x) + x).

    He et al., "Deep Residual Learning for Image Recognition", 2015.

    Parameters
    ----------
    channels
        How many channels go out.
    stride
        Of the first convolution.
    downsample
        Whether a convolution brings x to the shape of y.
    in_channels
        How many channels come in; found out in the first forward pass if 0.
    """

    def _fill(self, channels: int, stride: int, in_channels: int) -> None:
        self.body.add(_conv3x3(channels, stride, in_channels), nn.BatchNorm(), nn.Activation("relu"))
        self.body.add(_conv3x3(channels, 1, channels), nn.BatchNorm())

    def _sum(self, x: Any, residual: Any) -> Any:
        return residual + x  # the order in MXNet's symbol files


class BottleneckV1(_BlockV1):
    """A 3×3 convolution of a quarter of the channels, between 1×1 ones: y = relu(body(x) + x).

    He et al., "Deep Residual Learning for Image Recognition", 2015.

    Parameters
    ----------
    channels
        How many channels go out.
    stride
        Of the first convolution.
    downsample
        Whether a convolution brings x to the shape of y.
    in_channels
        How many channels come in, for that convolution alone.
    """

    def _fill(self, channels: int, stride: int, in_channels: int) -> None:
        narrow = channels // 4
        self.body.add(nn.Conv2D(narrow, 1, stride), nn.BatchNorm(), nn.Activation("relu"))
        self.body.add(_conv3x3(narrow, 1, narrow), nn.BatchNorm(), nn.Activation("relu"))
        self.body.add(nn.Conv2D(channels, 1, 1), nn.BatchNorm())


class _BlockV2(HybridBlock):
    """Convolutions, each after its normalization and relu, and x added at last.

    Subclasses name the pairs bn1 and conv1, bn2 and conv2, ...
    """

    _count = 0
    downsample: nn.Conv2D | None

    def _add_downsample(self, wanted: bool, channels: int, stride: int, in_channels: int) -> None:
        self.downsample = (
            nn.Conv2D(channels, 1, stride, use_bias=False, in_channels=in_channels) if wanted else None
        )

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = convolutions(x) + x, where x may be brought to y's shape after the first relu"""
        residual, steps = x, self._children
        for number in range(1, self._count + 1):
            x = F.Activation(steps[f"bn{number}"](x), act_type="relu")
            if number == 1 and self.downsample is not None:
                residual = self.downsample(x)
            x = steps[f"conv{number}"](x)
        return x + residual


class BasicBlockV2(_BlockV2):
    """Two 3×3 convolutions, each after its normalization and relu, and what goes around them.

    He et al., "Identity Mappings in Deep Residual Networks", 2016.

    Parameters
    ----------
    channels
        How many channels go out.
    stride
        Of the first convolution.
    downsample
        Whether a convolution brings x to the shape of y.
    in_channels
        How many channels come in; found out in the first forward pass if 0.
    """

    _count = 2

    def __init__(
        self, channels: int, stride: int, downsample: bool = False, in_channels: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.bn1 = nn.BatchNorm()
        self.conv1 = _conv3x3(channels, stride, in_channels)
        self.bn2 = nn.BatchNorm()
        self.conv2 = _conv3x3(channels, 1, channels)
        self._add_downsample(downsample, channels, stride, in_channels)


class BottleneckV2(_BlockV2):
    """A 3×3 convolution of a quarter of the channels between 1×1 ones, each after its normalization and relu.

    He et al., "Identity Mappings in Deep Residual Networks", 2016.

    Parameters
    ----------
    channels
        How many channels go out.
    stride
        Of the 3×3 convolution.
    downsample
        Whether a convolution brings x to the shape of y.
    in_channels
        How many channels come in, for that convolution alone.
    """

    _count = 3

    def __init__(
        self, channels: int, stride: int, downsample: bool = False, in_channels: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        narrow = channels // 4
        self.bn1 = nn.BatchNorm()
        self.conv1 = nn.Conv2D(narrow, 1, 1, use_bias=False)
        self.bn2 = nn.BatchNorm()
        self.conv2 = _conv3x3(narrow, stride, narrow)
        self.bn3 = nn.BatchNorm()
        self.conv3 = nn.Conv2D(channels, 1, 1, use_bias=False)
        self._add_downsample(downsample, channels, stride, in_channels)


class _ResNet(Classifier):
    """What both versions have in common: a first convolution, stages of blocks, a dense layer."""

    def __init__(
        self,
        block: Any,
        layers: list[int],
        channels: list[int],
        classes: int = 1000,
        thumbnail: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if len(layers) != len(channels) - 1:
            raise AssertionError(
                "channels must have one number more than layers, as the first convolution has its own: "
                f"channels={channels}, layers={layers}"
            )
        with self.name_scope():
            features = self.features = nn.HybridSequential(prefix="")
            features.add(*self._first())
            if thumbnail:
                features.add(_conv3x3(channels[0], 1, 0))
            else:
                features.add(nn.Conv2D(channels[0], 7, 2, 3, use_bias=False), nn.BatchNorm())
                features.add(nn.Activation("relu"), nn.MaxPool2D(3, 2, 1))
            for i, count in enumerate(layers):
                stride = 1 if i == 0 else 2
                features.add(self._make_layer(block, count, channels[i + 1], stride, i + 1, channels[i]))
            features.add(*self._last())
            self.output = nn.Dense(classes, in_units=channels[-1])

    def _make_layer(
        self, block: Any, layers: int, channels: int, stride: int, stage_index: int, in_channels: int = 0
    ) -> nn.HybridSequential:
        stage = nn.HybridSequential(prefix=f"stage{stage_index}_")
        with stage.name_scope():
            stage.add(block(channels, stride, channels != in_channels, in_channels=in_channels, prefix=""))
            for _ in range(layers - 1):
                stage.add(block(channels, 1, False, in_channels=channels, prefix=""))
        return stage

    def _first(self) -> list[HybridBlock]:
        return []

    def _last(self) -> list[HybridBlock]:
        raise NotImplementedError


class ResNetV1(_ResNet):
    """Stages of residual blocks whose sums are rectified.

    He et al., "Deep Residual Learning for Image Recognition", 2015.

    Parameters
    ----------
    block
        The class of blocks: :class:`BasicBlockV1` or :class:`BottleneckV1`.
    layers
        How many blocks each stage has.
    channels
        How many channels the first convolution makes, and each stage.
    classes
        How many outputs there are.
    thumbnail
        Whether images are small: then the net begins with a 3×3 convolution alone.
    """

    def _last(self) -> list[HybridBlock]:
        return [nn.GlobalAvgPool2D()]


class ResNetV2(_ResNet):
    """Stages of residual blocks whose sums stay as they are; normalization comes before convolution.

    He et al., "Identity Mappings in Deep Residual Networks", 2016.

    Parameters
    ----------
    block
        The class of blocks: :class:`BasicBlockV2` or :class:`BottleneckV2`.
    layers
        How many blocks each stage has.
    channels
        How many channels the first convolution makes, and each stage.
    classes
        How many outputs there are.
    thumbnail
        Whether images are small: then the net begins with a 3×3 convolution alone.
    """

    def _first(self) -> list[HybridBlock]:
        return [nn.BatchNorm(scale=False, center=False)]

    def _last(self) -> list[HybridBlock]:
        return [nn.BatchNorm(), nn.Activation("relu"), nn.GlobalAvgPool2D(), nn.Flatten()]


resnet_spec = {
    18: ("basic_block", [2, 2, 2, 2], [64, 64, 128, 256, 512]),
    34: ("basic_block", [3, 4, 6, 3], [64, 64, 128, 256, 512]),
    50: ("bottle_neck", [3, 4, 6, 3], [64, 256, 512, 1024, 2048]),
    101: ("bottle_neck", [3, 4, 23, 3], [64, 256, 512, 1024, 2048]),
    152: ("bottle_neck", [3, 8, 36, 3], [64, 256, 512, 1024, 2048]),
}
"""Sizes by the number of layers: the kind of block, blocks of each stage, and their channels."""

resnet_net_versions: list[type[ResNetV1] | type[ResNetV2]] = [ResNetV1, ResNetV2]
resnet_block_versions: list[dict[str, type[HybridBlock]]] = [
    {"basic_block": BasicBlockV1, "bottle_neck": BottleneckV1},
    {"basic_block": BasicBlockV2, "bottle_neck": BottleneckV2},
]


def get_resnet(
    version: int,
    num_layers: int,
    pretrained: bool = False,
    ctx: Contexts = CPU,
    root: str = ROOT,
    **kwargs: Any,
) -> ResNetV1 | ResNetV2:
    """A residual net of 18, 34, 50, 101 or 152 layers.

    Parameters
    ----------
    version
        1 for a :class:`ResNetV1`, 2 for a :class:`ResNetV2`.
    num_layers
        How many.
    pretrained
        Whether to read trained parameters.
    ctx
        Where to put them.
    root
        The folder they are in.
    """
    if num_layers not in resnet_spec:
        sizes = ", ".join(map(str, resnet_spec))
        raise AssertionError(f"Invalid number of layers: {num_layers}. Options are {sizes}.")
    if version not in (1, 2):
        raise AssertionError(f"Invalid resnet version: {version}. Options are 1 and 2.")
    kind, layers, channels = resnet_spec[num_layers]
    block = resnet_block_versions[version - 1][kind]
    net = resnet_net_versions[version - 1](block, layers, channels, **kwargs)
    return trained(net, f"resnet{num_layers}_v{version}", pretrained, ctx, root)


def resnet18_v1(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 1 with 18 layers."""
    return get_resnet(1, 18, **kwargs)


def resnet34_v1(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 1 with 34 layers."""
    return get_resnet(1, 34, **kwargs)


def resnet50_v1(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 1 with 50 layers."""
    return get_resnet(1, 50, **kwargs)


def resnet101_v1(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 1 with 101 layers."""
    return get_resnet(1, 101, **kwargs)


def resnet152_v1(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 1 with 152 layers."""
    return get_resnet(1, 152, **kwargs)


def resnet18_v2(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 2 with 18 layers."""
    return get_resnet(2, 18, **kwargs)


def resnet34_v2(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 2 with 34 layers."""
    return get_resnet(2, 34, **kwargs)


def resnet50_v2(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 2 with 50 layers."""
    return get_resnet(2, 50, **kwargs)


def resnet101_v2(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 2 with 101 layers."""
    return get_resnet(2, 101, **kwargs)


def resnet152_v2(**kwargs: Any) -> ResNetV1 | ResNetV2:
    """:func:`get_resnet` of version 2 with 152 layers."""
    return get_resnet(2, 152, **kwargs)
