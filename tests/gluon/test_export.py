"""Nets written to files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mxnet.gluon import nn

import mxnet as mx
from mxnet import gluon, nd


def small(prefix: str = "n_") -> Any:
    net = nn.HybridSequential(prefix=prefix)
    with net.name_scope():
        net.add(nn.Conv2D(2, 3), nn.BatchNorm(), nn.Flatten(), nn.Dense(3))
    net.initialize()
    return net


X = nd.array(np.random.RandomState(0).uniform(-1, 1, (2, 3, 5, 5)))


def exported(net: Any, folder: Path, *inputs: Any, **given: Any) -> tuple[str, str]:
    net.hybridize()
    net(*inputs)
    assert net.export(str(folder / "net"), **given) is None
    return str(folder / "net-symbol.json"), str(folder / f"net-{given.get('epoch', 0):04d}.params")


def test_files(tmp_path: Path) -> None:
    symbol, params = exported(small(), tmp_path, X, epoch=12)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net-0012.params", "net-symbol.json"]
    assert mx.sym.load(symbol).list_arguments()[:3] == ["data", "n_conv0_weight", "n_conv0_bias"]
    names = "arg:n_conv0_weight arg:n_conv0_bias arg:n_batchnorm0_gamma arg:n_batchnorm0_beta "
    names += (
        "aux:n_batchnorm0_running_mean aux:n_batchnorm0_running_var arg:n_dense0_weight arg:n_dense0_bias"
    )
    assert list(nd.load(params)) == names.split()


def test_an_epoch_of_many_digits(tmp_path: Path) -> None:
    assert Path(exported(small(), tmp_path, X, epoch=12345)[1]).name == "net-12345.params"


def test_before_a_call_there_is_nothing(tmp_path: Path) -> None:
    net = small()
    net(X)
    with pytest.raises(RuntimeError, match=r"first call block.hybridize\(\) and then run forward"):
        net.export(str(tmp_path / "net"))
    net.hybridize()
    with pytest.raises(RuntimeError, match="at least once before calling export"):
        net.export(str(tmp_path / "net"))
    assert not list(tmp_path.iterdir())
    net(mx.sym.var("data"))
    with pytest.raises(RuntimeError, match="at least once before calling export"):
        net.export(str(tmp_path / "net"))


class Two(gluon.HybridBlock):
    """Nested inputs and outputs, a constant, and an input that may be None."""

    def __init__(self) -> None:
        super().__init__(prefix="two_")
        with self.name_scope():
            self.scale = self.params.get_constant("scale", nd.array([2.0, 3.0]))
            self.w = self.params.get("w", shape=(2,), init="ones")

    def hybrid_forward(self, F: Any, x: Any, pair: Any, mask: Any = None, *, scale: Any, w: Any) -> Any:
        y = F.broadcast_mul(x + pair[0] - pair[1], scale)
        return [y if mask is None else y * mask, [F.broadcast_add(x, w)]]


def test_several_inputs(tmp_path: Path) -> None:
    net = Two()
    net.initialize()
    a, b, c = nd.array([[1.0, 2]]), nd.array([[3.0, 4]]), nd.array([[5.0, 6]])
    symbol, params = exported(net, tmp_path, a, [b, c], None)
    again = gluon.SymbolBlock.imports(symbol, ["data0", "data1", "data2"], params)
    assert list(again.collect_params()) == ["two_scale", "two_w"]
    first, second = again(a, b, c)
    assert first.asnumpy().tolist() == [[-2, 0]]
    assert second.asnumpy().tolist() == [[2, 3]]


def test_an_unknown_variable_is_no_parameter(tmp_path: Path) -> None:
    class Odd(gluon.HybridBlock):
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return x if F is mx.nd else x + F.var("who")

    with pytest.raises(AssertionError, match="Unknown input to HybridBlock: who"):
        exported(Odd(), tmp_path, X)


def test_casts_of_mixed_precision(tmp_path: Path) -> None:
    class Casting(gluon.HybridBlock):
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return F.exp(F.amp_cast(x, dtype="float32"))

    net = Casting()
    text = Path(exported(net, tmp_path, X)[0]).read_text()
    assert [n["op"] for n in json.loads(text)["nodes"]] == ["null", "exp"]
    text = Path(exported(net, tmp_path, X, remove_amp_cast=False)[0]).read_text()
    assert [n["op"] for n in json.loads(text)["nodes"]] == ["null", "amp_cast", "exp"]


def test_types_from_those_of_inputs() -> None:
    net = nn.Dense(3, in_units=75)
    net.infer_type(nd.ones((2, 75)))
    assert {np.dtype(p.dtype) for p in net.collect_params().values()} == {np.dtype("float32")}
    with pytest.raises(mx.MXNetError, match=r"expected .*float64, got .*float32"):
        net.infer_type(nd.ones((2, 75), dtype="float64"))
    double = nn.Dense(3, in_units=75)
    double.cast("float64")
    double.infer_type(nd.ones((2, 75), dtype="float64"))
    with pytest.raises(ValueError, match="must be"):
        net.infer_type(3)
