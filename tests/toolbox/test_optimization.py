"""Paths over two variables, and optimizers that come to MXNet's losses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx
from toolbox import recorded, setups

pytestmark = pytest.mark.usefixtures("figures")


def assert_curve(wanted: list[float], last: float) -> None:
    (line,) = d2lzh.plt.gca().lines
    np.testing.assert_allclose(line.get_ydata(), wanted, rtol=1e-3)
    np.testing.assert_allclose(line.get_xdata(), np.linspace(0, last, len(wanted)))


def assert_printed(output: str, loss: float) -> None:
    printed = re.fullmatch(r"loss: (\d+\.\d{6}), \d+\.\d{6} sec per epoch\n", output)
    assert printed is not None, output
    assert float(printed[1]) == pytest.approx(loss, rel=1e-3)


def test_train_ch7(capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 9)
    options = {"lr": 0.02, "momentum": 0.5}
    d2lzh.train_ch7(setups.momentum, setups.velocities(mx), options, *setups.regression(mx))
    wanted = recorded.RECORDED["ch7"]
    assert_printed(capsys.readouterr().out, wanted[-1])
    assert_curve(wanted, 2)
    assert (d2lzh.plt.gca().get_xlabel(), d2lzh.plt.gca().get_ylabel()) == ("epoch", "loss")
    assert d2lzh.plt.gcf().get_size_inches().tolist() == [3.5, 2.5]


def test_train_gluon_ch7(capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 10)
    d2lzh.train_gluon_ch7("adam", {"learning_rate": 0.1}, *setups.regression(mx))
    wanted = recorded.RECORDED["ch7_gluon"]
    assert_printed(capsys.readouterr().out, wanted[-1])
    assert_curve(wanted, 2)


def test_optimize(capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 11)
    net = mx.gluon.nn.Sequential()
    net.add(mx.gluon.nn.Dense(1))
    net.initialize(mx.init.Normal(sigma=0.01))
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.05})
    gluonbook.optimize(10, trainer, 3, 2, 50, *setups.regression(mx), net)
    wanted = recorded.RECORDED["optimize"]
    weight, bias = net[0].weight.data(), net[0].bias.data()
    assert capsys.readouterr().out == f"w: {weight} \nb: {bias} \n\n"
    np.testing.assert_allclose(weight.asnumpy().ravel(), wanted["w"], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(bias.asnumpy(), wanted["b"], rtol=1e-4)
    assert d2lzh.plt.gca().get_yscale() == "log"
    assert_curve(wanted["losses"], 3)


def test_train_2d(capsys: pytest.CaptureFixture[str]) -> None:
    def descend(x1: float, x2: float, s1: float, s2: float) -> Any:
        return x1 - 0.4 * 0.2 * x1, x2 - 0.4 * 4 * x2, s1 + 1, s2

    path = d2lzh.train_2d(descend)
    assert capsys.readouterr().out == f"epoch 20, x1 {-5 * 0.92**20:f}, x2 {-2 * 0.6**20:f}\n"
    assert len(path) == 21
    assert path[:2] == [(-5, -2), (-4.6, pytest.approx(1.2))]


def test_show_trace_2d() -> None:
    d2lzh.show_trace_2d(lambda x1, x2: 0.1 * x1**2 + 2 * x2**2, [(-5, -2), (-3, 1.5), (0, 0)])
    axes = d2lzh.plt.gca()
    (line,) = axes.lines
    assert line.get_xydata().tolist() == [[-5, -2], [-3, 1.5], [0, 0]]
    assert (axes.get_xlabel(), axes.get_ylabel(), line.get_color()) == ("x1", "x2", "#ff7f0e")
    assert len(axes.collections) == 1  # the level lines
    assert axes.get_ylim()[1] > 2.3


def test_airfoil(data: Path) -> None:
    rows = np.random.default_rng(1).normal(3, 2, (50, 6))
    np.savetxt(data / "airfoil_self_noise.dat", rows, delimiter="\t")
    features, labels = d2lzh.get_data_ch7()
    assert (features.shape, labels.shape, features.dtype) == ((50, 5), (50,), np.float32)
    scaled = (rows - rows.mean(0)) / rows.std(0)
    np.testing.assert_allclose(features.asnumpy(), scaled[:, :5], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(labels.asnumpy(), scaled[:, 5], rtol=1e-5, atol=1e-6)
