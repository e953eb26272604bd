"""Hybridized convolutional nets: normalization folded in, sums in place, parameters that change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mxnet.gluon import nn

import mxnet as mx
from gluon.hybrids import agrees, warm
from gluon.model_zoo_cases import SMALL
from mxnet import autograd, gluon, nd


def convolutional() -> Any:
    net = nn.HybridSequential()
    net.add(nn.Conv2D(16, 3, padding=1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))
    net.add(
        nn.Conv2D(16, 3, padding=1, in_channels=16), nn.BatchNorm(scale=False), nn.MaxPool2D(), nn.Dense(3)
    )
    mx.random.seed(1)
    net.initialize(mx.init.Normal(0.5))
    return net


class Residual(gluon.HybridBlock):
    """Two ways that are added, one of them with or without a convolution."""

    def __init__(self, shortcut: bool, before: bool) -> None:
        super().__init__()
        self.before = before
        self.body = nn.HybridSequential()
        self.body.add(nn.Conv2D(16, 3, padding=1), nn.BatchNorm(), nn.LeakyReLU(0.1))
        self.body.add(nn.Conv2D(16, 3, padding=1), nn.BatchNorm())
        self.shortcut = nn.Conv2D(16, 1) if shortcut else None

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        kept = x if self.shortcut is None else self.shortcut(x)
        found = self.body(x)
        return F.Activation(kept + found if self.before else found + kept, act_type="relu")


def images(n: int = 2, channels: int = 3) -> Any:
    mx.random.seed(6)
    return nd.random.normal(shape=(n, channels, 8, 8))


@pytest.mark.parametrize("kind", [(True, True), (True, False), (False, True), (False, False)])
def test_residual(kind: tuple[bool, bool]) -> None:
    block = Residual(*kind)
    block.initialize(mx.init.Normal(0.3))
    agrees(block, [images(channels=3 if kind[0] else 16)], times=4)


def test_convolutions() -> None:
    agrees(convolutional(), [images()], times=4)


def changed_data(net: Any) -> None:
    net[0].weight.set_data(net[0].weight.data() * 2)


def changed_in_place(net: Any) -> None:
    net[1].running_mean.data()[:] = 0.5


def trained(net: Any) -> None:
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    for _ in range(2):
        with autograd.record():
            loss = (net(images()) ** 2).mean()
        loss.backward()
        trainer.step(1)


def started_anew(net: Any) -> None:
    mx.random.seed(8)
    net.initialize(mx.init.Normal(0.2), force_reinit=True)


@pytest.mark.parametrize("change", [changed_data, changed_in_place, trained, started_anew])
def test_changed_parameters_are_seen(change: Any) -> None:
    net, x = convolutional(), images()
    net.hybridize()
    warm(net, x)
    before = net(x).asnumpy()
    change(net)
    found = [net(x).asnumpy() for _ in range(4)]
    net.hybridize(False)
    expected = net(x).asnumpy()
    assert np.abs(expected - before).max() > 1e-3
    for values in found:
        np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("extent", [(1, 1), (1, 2), (2, 2), (2, 3)])
@pytest.mark.parametrize("given", [{}, {"strides": 2}, {"strides": (1, 2), "padding": (2, 1)}], ids=str)
def test_convolutions_over_few_places(extent: tuple[int, int], given: dict[str, Any]) -> None:
    net, x = nn.HybridSequential(), nd.random.normal(shape=(9, 3, *extent))
    net.add(nn.Conv2D(4, 3, **{"padding": 1, **given}), nn.BatchNorm(), nn.Activation("relu"))
    net.initialize(mx.init.Normal(1))
    agrees(net, [x], times=4)


def test_residual_over_few_places() -> None:
    block = Residual(True, True)
    block.initialize(mx.init.Normal(0.3))
    agrees(block, [nd.random.normal(shape=(9, 3, 2, 2))], times=4)


@pytest.mark.parametrize("name", SMALL)
def test_nets_of_the_model_zoo(name: str) -> None:
    kind, block, layers, channels, thumbnail = SMALL[name]
    zoo = gluon.model_zoo.vision
    net = getattr(zoo, kind)(getattr(zoo, block), layers, channels, classes=3, thumbnail=thumbnail)
    mx.random.seed(3)
    net.initialize(mx.init.Xavier())
    # Behind a normalization some gradients are nothing but rounding.
    agrees(net, [nd.random.normal(shape=(2, 3, 32, 32))], times=4, tolerance=1e-3)


@pytest.mark.parametrize("name", ["mobilenet0.25", "mobilenetv2_0.25"])
def test_predictions_of_mobile_nets(name: str) -> None:
    net = gluon.model_zoo.vision.get_model(name, classes=3)
    mx.random.seed(3)
    net.initialize(mx.init.Xavier())
    x = nd.random.normal(shape=(2, 3, 64, 64))
    with autograd.record():  # statistics of their own
        net(x)
    expected = net(x).asnumpy()
    net.hybridize()
    for _ in range(4):
        found = net(x).asnumpy()
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())
