"""Convolutions, poolings and normalizations: layouts, types, changed attributes, errors.

What they compute over their options is in ../test_layers.py.
"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from regluon import autograd, init, nd
from regluon.base import MXNetError
from regluon.gluon import Block, nn


def numbers(*shape: int) -> Any:
    return nd.array(np.random.RandomState(1).normal(size=shape))


def filled(layer: Block, *inputs: Any) -> Any:
    layer.initialize(init.Normal(0.5))
    return layer(*inputs)


def test_channels_last_is_channels_first_turned() -> None:
    x, first = numbers(2, 3, 5, 6), nn.Conv2D(4, (3, 2), padding=1, activation="relu")
    out = filled(first, x)
    last = nn.Conv2D(4, (3, 2), padding=1, activation="relu", layout="NHWC")
    last.initialize()
    last(x.transpose((0, 2, 3, 1)))
    assert last.weight.shape == (4, 3, 2, 3)
    last.weight.set_data(first.weight.data().transpose((0, 2, 3, 1)))
    found = last(x.transpose((0, 2, 3, 1))).transpose((0, 3, 1, 2))
    np.testing.assert_allclose(found.asnumpy(), out.asnumpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("kind", "axes"), [("MaxPool", 1), ("AvgPool", 2), ("GlobalAvgPool", 3)])
def test_pooling_with_channels_last(kind: str, axes: int) -> None:
    x, made = numbers(2, 3, *(4, 4, 4)[:axes]), getattr(nn, f"{kind}{axes}D")
    layout = {1: "NWC", 2: "NHWC", 3: "NDHWC"}[axes]
    turned = x.transpose((0, *range(2, axes + 2), 1))
    back = made(layout=layout)(turned).transpose((0, axes + 1, *range(1, axes + 1)))
    np.testing.assert_allclose(back.asnumpy(), made()(x).asnumpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        (lambda: nn.Conv2D(4, 3, groups=2), (4, 0, 3, 3)),
        (lambda: nn.Conv2D(4, 3, groups=2, in_channels=6), (4, 3, 3, 3)),
        (lambda: nn.Conv2D(4, (2, 3), layout="NHWC"), (4, 2, 3, 0)),
        (lambda: nn.Conv2DTranspose(4, 3), (0, 4, 3, 3)),
        (lambda: nn.Conv2DTranspose(4, 3, groups=2, in_channels=6), (6, 2, 3, 3)),
        (lambda: nn.Conv2DTranspose(4, (2, 3), layout="NHWC"), (0, 2, 3, 4)),
        (lambda: nn.Conv2D(4, np.int64(3), strides=np.int32(2)), (4, 0, 3, 3)),
    ],
)
def test_shapes_before_the_first_call(made: Any, shape: tuple[int, ...]) -> None:
    layer = made()
    assert (layer.weight.shape, layer.bias.shape) == (shape, (4,))
    assert "np." not in repr(layer)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: nn.Conv2D(4, (1, 2, 3)), "Conv2D: kernel_size must be a number or a list of 2 ints"),
        (lambda: nn.Conv1D(4, 3, layout="NWC"), "Conv1D only supports 'NCW' layout, not 'NWC'"),
        (lambda: nn.Conv2D(4, 3, layout="NCW"), "Conv2D only supports 'NCHW' and 'NHWC' layouts, not 'NCW'"),
        (lambda: nn.Conv2DTranspose(4, 3, output_padding=(1,)), "output_padding must be a number or a list"),
        (lambda: nn.MaxPool2D((3,)), "MaxPool2D: pool_size must be a number or a list of 2 ints"),
        (lambda: nn.GlobalAvgPool1D("NCHW"), "GlobalAvgPool1D only supports 'NCW' and 'NWC' layouts"),
        (lambda: nn.ReflectionPad2D((1, 2)), "padding must be a number or 8 numbers"),
        (lambda: nn.LeakyReLU(-1), "alpha must be no less than 0, not -1"),
    ],
)
def test_arguments_of_the_wrong_form(made: Any, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        made()


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: nn.Conv2D(4, 3, groups=3), "channels=4 must be positive, and groups=3 must divide it"),
        (lambda: nn.Conv2D(4, 3, groups=2, in_channels=5), "must divide it and in_channels=5"),
        (lambda: nn.Conv2D(0, 3), "channels=0 must be positive"),
        (lambda: nn.Conv2D(4, 0), "conv.*: kernel, stride and dilate must be positive"),
        (lambda: nn.Conv2D(4, 3, strides=(2,)), "a number for each axis of NCHW's space"),
        (lambda: nn.Conv2D(4, 3, padding=-1), "pad must not be negative"),
        (lambda: nn.Conv2D(4.0, 3), r"num_filter=4.0 can't be read"),  # type: ignore[arg-type]
        (lambda: nn.Conv2D(4, 3.0), r"kernel=\(3.0, 3.0\) can't be read"),
        (lambda: nn.Conv2D(4, 3, op_name="Nope"), "there is no operator 'Nope'"),
    ],
)
def test_convolutions_that_cannot_be(made: Any, message: str) -> None:
    with pytest.raises(MXNetError, match=message):
        made()


@pytest.mark.parametrize(
    ("layer", "shape", "error"),
    [
        (lambda: nn.Conv2D(2, 1, in_channels=3), (2, 4, 2, 2), MXNetError),
        (lambda: nn.Conv2D(2, 1), (2, 4, 2), ValueError),
        (lambda: nn.Conv2D(2, 5), (2, 4, 2, 2), ValueError),
        (lambda: nn.MaxPool2D(5), (2, 4, 2, 2), MXNetError),
        (lambda: nn.BatchNorm(in_channels=3), (2, 4), MXNetError),
        (lambda: nn.GroupNorm(3), (2, 4, 2), MXNetError),
        (nn.InstanceNorm, (2, 4), ValueError),
        (lambda: nn.ReflectionPad2D(3), (1, 1, 2, 2), MXNetError),
    ],
)
def test_inputs_that_do_not_fit(layer: Any, shape: tuple[int, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        filled(layer(), nd.ones(shape))


def types(layer: Block) -> set[str]:
    return {np.dtype(p.dtype).name for p in layer.collect_params().values()}


@pytest.mark.parametrize("kind", [nn.BatchNorm, nn.BatchNormReLU])
def test_batch_normalization_keeps_float32_beside_float16(kind: Any) -> None:
    layer = kind(in_channels=3)
    layer.cast("float16")
    assert types(layer) == {"float32"}
    assert filled(layer, numbers(2, 3).astype("float16")).dtype == np.float16
    layer.cast("float64")
    assert types(layer) == {"float64"}
    assert layer(numbers(2, 3).astype("float64")).dtype == np.float64
    with pytest.raises((MXNetError, TypeError)):
        layer.cast("float23")


@pytest.mark.parametrize("made", [lambda: nn.Conv2D(2, 1), nn.LayerNorm, nn.GroupNorm, nn.PReLU])
def test_other_layers_take_any_type(made: Any) -> None:
    layer = made()
    layer.cast("float16")
    assert types(layer) == {"float16"}
    assert filled(layer, numbers(2, 3, 2, 2).astype("float16")).dtype == np.float16


def test_attributes_may_be_changed() -> None:
    x, layer = numbers(4, 2), nn.BatchNorm()
    filled(layer, x)
    with autograd.train_mode():
        trained = layer(x)
        assert abs(trained.asnumpy().mean()) < 1e-6
        layer._kwargs["use_global_stats"] = True
        fixed = layer.running_mean.data().copy()
        assert not np.allclose(layer(x).asnumpy(), trained.asnumpy())
    np.testing.assert_array_equal(layer.running_mean.data().asnumpy(), fixed.asnumpy())
    pool = nn.MaxPool1D(2)
    assert pool(nd.ones((1, 1, 6))).shape == (1, 1, 3)
    pool._kwargs.update(stride=(1,))
    assert pool(nd.ones((1, 1, 6))).shape == (1, 1, 5)
    assert "stride=(1,)" in repr(pool)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_of_layers_are_layers(again: Any) -> None:
    net = nn.HybridSequential()
    net.add(
        nn.Conv2D(2, 3, activation="relu"), nn.BatchNorm(), nn.MaxPool2D(), nn.PReLU(), nn.LayerNorm(axis=1)
    )
    x = numbers(1, 2, 6, 6)
    out, other = filled(net, x), again(net)
    np.testing.assert_array_equal(other(x).asnumpy(), out.asnumpy())
    other[2]._kwargs["stride"] = (1, 1)
    assert other(x).shape == (1, 2, 3, 3)
    assert net(x).shape == (1, 2, 2, 2)
