"""Whole nets exported to ONNX: the model zoo, recurrent layers, what the books' chapters build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mxnet.gluon import nn, rnn
from mxnet.gluon.model_zoo import vision

import mxnet as mx
from mxnet import gluon, nd, sym
from onnx_runs import array, check_net, closeness, session

# The smallest net of each family; those without a fixed pooling at the end take small images.
ZOO = {
    "alexnet": 64,
    "densenet121": 224,
    "inceptionv3": 299,
    "mobilenet0.25": 64,
    "mobilenetv2_0.25": 64,
    "resnet18_v1": 64,
    "resnet18_v2": 64,
    "squeezenet1.1": 224,
    "vgg11_bn": 32,
}


@pytest.mark.parametrize("name", ZOO)
def test_the_model_zoo(name: str, tmp_path: Path) -> None:
    net, size = vision.get_model(name, classes=10), ZOO[name]
    mx.random.seed(1)
    net.initialize(mx.init.Xavier())
    check_net(net, (1, 3, size, size), ("batch", 3, size, size), tmp_path)


def test_a_perceptron(tmp_path: Path) -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(16, activation="relu"), nn.Dropout(0.5), nn.Dense(4, activation="tanh"))
    net.initialize(mx.init.Xavier())
    check_net(net, (1, 8), ("n", 8), tmp_path)


LAYERS: list[Any] = [
    lambda: rnn.LSTM(5),
    lambda: rnn.LSTM(5, num_layers=2, bidirectional=True, dropout=0.5),
    lambda: rnn.LSTM(5, layout="NTC"),
    lambda: rnn.GRU(4, 2),
    lambda: rnn.GRU(4, bidirectional=True),
    lambda: rnn.RNN(4, 2, activation="tanh"),
    lambda: rnn.RNN(4, activation="relu", bidirectional=True),
]


@pytest.mark.parametrize("make", LAYERS)
def test_recurrent_layers(make: Any, tmp_path: Path) -> None:
    net = make()
    net.initialize(mx.init.Normal(0.5))
    check_net(net, (7, 3, 6), ("steps", "samples", 6), tmp_path)


@pytest.mark.parametrize("make", LAYERS)
def test_recurrent_layers_with_states(make: Any, tmp_path: Path) -> None:
    net, path = make(), str(tmp_path / "net.onnx")
    net.initialize(mx.init.Normal(0.5))
    x = array(7, 3, 6)
    states = net.begin_state(3 if net._layout == "TNC" else 7, func=lambda shape, **_: array(*shape))
    out, last = net(x, states)
    names = [f"state{i}" for i in range(len(states))]
    symbol, ends = net(sym.var("data"), [sym.var(name) for name in names])
    params = {p.name: p.data() for p in net.collect_params().values()}
    shapes = [x.shape, *[s.shape for s in states]]
    mx.onnx.export_model(sym.Group([symbol, *ends]), params, shapes, onnx_file_path=path)
    feeds = {"data": x.asnumpy(), **{n: s.asnumpy() for n, s in zip(names, states, strict=True)}}
    for found, ours in zip(session(path).run(None, feeds), [out, *last], strict=True):
        assert closeness(found, ours) < 1e-4


def test_unrolled_cells(tmp_path: Path) -> None:
    class Unrolled(gluon.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            with self.name_scope():
                self.cell = rnn.LSTMCell(4)

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return self.cell.unroll(3, x, layout="NTC", merge_outputs=True)[0]

    net = Unrolled()
    net.initialize(mx.init.Normal(0.5))
    check_net(net, (2, 3, 5), (2, 3, 5), tmp_path)


def test_attention_written_with_operators(tmp_path: Path) -> None:
    class Attention(gluon.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key = (nn.Dense(6, flatten=False, use_bias=False) for _ in range(2))
            self.norm = nn.LayerNorm()

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            scores = F.batch_dot(self.query(x), self.key(x), transpose_b=True) / np.sqrt(6)
            seen = F.contrib.arange_like(x, axis=1)
            later = F.broadcast_lesser(F.expand_dims(seen, 1), F.expand_dims(seen, 0))
            masked = F.broadcast_add(scores, F.expand_dims(later * -1e9, 0))
            return self.norm(x + F.batch_dot(F.softmax(masked), x))

    net = Attention()
    net.initialize(mx.init.Xavier())
    check_net(net, (2, 5, 6), ("batch", "steps", 6), tmp_path)


def test_an_exported_net_from_its_files(tmp_path: Path) -> None:
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, activation="relu"), nn.BatchNorm(), nn.GlobalAvgPool2D(), nn.Dense(3))
    net.initialize(mx.init.Xavier())
    x = array(1, 3, 8, 8)
    expected = net(x)
    symbol, prefix = net(sym.var("data")), str(tmp_path / "net")
    states = set(symbol.list_auxiliary_states())
    symbol.save(f"{prefix}-symbol.json")
    parameters = {p.name: p.data() for p in net.collect_params().values()}
    kinds = {n: "aux" if n in states else "arg" for n in parameters}
    nd.save(f"{prefix}-0000.params", {f"{kinds[n]}:{n}": a for n, a in parameters.items()})
    made = mx.onnx.export_model(
        f"{prefix}-symbol.json", f"{prefix}-0000.params", [x.shape], onnx_file_path=f"{prefix}.onnx"
    )
    assert made == f"{prefix}.onnx"
    assert closeness(session(made).run(None, {"data": x.asnumpy()})[0], expected) < 1e-4


def test_layers_that_are_used_twice(tmp_path: Path) -> None:
    class Twice(gluon.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            with self.name_scope():
                self.dense, self.batch = nn.Dense(4, activation="tanh"), nn.BatchNorm()
                self.norm = nn.LayerNorm()

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            for _ in range(3):
                x = self.norm(self.batch(self.dense(x))) + F.round(x)
            return x

    net = Twice()
    net.initialize(mx.init.Xavier())
    check_net(net, (2, 4), ("n", 4), tmp_path)


def test_names_that_are_taken_and_an_output_that_is_there_twice(tmp_path: Path) -> None:
    path, x = str(tmp_path / "m.onnx"), sym.var("x")
    rounded = sym.round(x, name="r")
    both = rounded + sym.var("r.1.0")
    mx.onnx.export_model(sym.Group([both, both, rounded]), {}, [(2,), (2,)], onnx_file_path=path)
    found = session(path).run(None, {"x": np.array([0.6, 1.2], "f"), "r.1.0": np.array([1, 2], "f")})
    assert [f.tolist() for f in found] == [[2, 3], [2, 3], [1, 1]]
