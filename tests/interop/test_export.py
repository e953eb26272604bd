"""Blocks as ONNX models and as programs of torch.export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mxnet.gluon import nn, rnn

import mxnet as mx
from mxnet import gluon, nd
from onnx_runs import array, closeness, session
from regluon.interop import as_module, export_onnx, export_program


def perceptron() -> nn.HybridSequential:
    net = nn.HybridSequential()
    net.add(nn.Dense(8, activation="relu"), nn.BatchNorm(), nn.Dropout(0.5), nn.Dense(3))
    net.initialize(mx.init.Xavier())
    return net


class Joined(gluon.HybridBlock):
    """Two inputs, one of them in a list, and two results."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Dense(4, flatten=False)

    def hybrid_forward(self, F: Any, x: Any, others: Any) -> Any:
        y = self.dense(F.concat(x, others[0], dim=1))
        return y, F.softmax(y * 2)


@pytest.mark.parametrize("hybridized", [False, True])
def test_onnx_of_a_block(hybridized: bool, tmp_path: Path) -> None:
    net = perceptron()
    if hybridized:
        net.hybridize()
    path = export_onnx(net, tmp_path / "net.onnx", nd.zeros((1, 5)))
    x = array(6, 5)
    run = session(path)
    assert run.get_inputs()[0].shape == ["batch", 5]
    assert closeness(run.run(None, {"data": x.asnumpy()})[0], net(x)) < 1e-5


def test_onnx_of_nested_inputs(tmp_path: Path) -> None:
    net = Joined()
    net.initialize(mx.init.Xavier())
    path = export_onnx(net, tmp_path / "net.onnx", torch.zeros(1, 2), [nd.zeros((1, 3))], batch_axis=None)
    x, y = array(1, 2), array(1, 3)
    found = session(path).run(None, {"data0": x.asnumpy(), "data1": y.asnumpy()})
    for one, ours in zip(found, net(x, [y]), strict=True):
        assert closeness(one, ours) < 1e-5


def test_onnx_of_steps_first(tmp_path: Path) -> None:
    net = rnn.LSTM(4, bidirectional=True)
    net.initialize(mx.init.Normal(0.5))
    path = export_onnx(net, tmp_path / "net.onnx", nd.zeros((5, 1, 3)), batch_axis=1)
    x = array(5, 7, 3)
    assert closeness(session(path).run(None, {"data": x.asnumpy()})[0], net(x)) < 1e-4


def test_onnx_of_what_is_no_hybrid_block(tmp_path: Path) -> None:
    with pytest.raises(mx.MXNetError, match="has to be a HybridBlock to be exported, not Sequential"):
        export_onnx(nn.Sequential(), tmp_path / "net.onnx")  # type: ignore[arg-type]


def reloaded(program: Any, folder: Path) -> Any:
    path = folder / "net.pt2"
    torch.export.save(program, path)
    return torch.export.load(path).module()


def test_a_program_of_torch(tmp_path: Path) -> None:
    net = perceptron()
    program = export_program(net, nd.zeros((1, 5)))
    assert sorted(program.state_dict) == sorted(net._collect_params_with_prefix())
    called = {str(node.target) for node in program.graph.nodes if node.op == "call_function"}
    assert called == {"aten.linear.default", "aten.relu.default", "aten.batch_norm.default"}
    run = reloaded(program, tmp_path)
    for count in (1, 4):
        x = array(count, 5)
        found = run(torch.from_numpy(x.asnumpy())).detach().numpy()
        assert np.abs(found - net(x).asnumpy()).max() < 1e-5


def test_programs_of_convolutions(tmp_path: Path) -> None:
    net = nn.HybridSequential()
    net.add(
        nn.Conv2D(4, 3, strides=2, padding=1), nn.BatchNorm(scale=False), nn.LeakyReLU(0.1), nn.MaxPool2D()
    )
    net.add(nn.AvgPool2D(2, padding=1), nn.Conv2D(4, 1, groups=2, use_bias=False), nn.GlobalAvgPool2D())
    net.add(nn.Flatten(), nn.Dense(3))
    net.initialize(mx.init.Xavier())
    run = reloaded(export_program(net, torch.zeros(2, 3, 16, 16)), tmp_path)
    x = array(5, 3, 16, 16)
    found = run(torch.from_numpy(x.asnumpy())).detach().numpy()
    assert np.abs(found - net(x).asnumpy()).max() < 1e-5


def test_programs_of_recurrent_layers(tmp_path: Path) -> None:
    net = rnn.LSTM(4, num_layers=2)
    net.initialize(mx.init.Normal(0.5))
    run = reloaded(export_program(net, nd.zeros((5, 2, 3)), batch_axis=1), tmp_path)
    x = array(5, 7, 3)
    found = run(torch.from_numpy(x.asnumpy())).detach().numpy()
    assert np.abs(found - net(x).asnumpy()).max() < 1e-5


def test_programs_of_nested_inputs(tmp_path: Path) -> None:
    net = Joined()
    net.initialize(mx.init.Xavier())
    run = reloaded(export_program(net, nd.zeros((1, 2)), [nd.zeros((1, 3))]), tmp_path)
    x, y = array(4, 2), array(4, 3)
    found = run(torch.from_numpy(x.asnumpy()), [torch.from_numpy(y.asnumpy())])
    for one, ours in zip(found, net(x, [y]), strict=True):
        assert np.abs(one.detach().numpy() - ours.asnumpy()).max() < 1e-5


FORMS: list[Any] = [
    lambda F, x: F.tanh(x) * F.Activation(x, act_type="tanh"),
    lambda F, x: F.softmax(x, axis=1) + F.log_softmax(x, temperature=2.0),
    lambda F, x: F.Pooling(
        x, kernel=(2, 2), stride=(2, 2), pool_type="avg", pad=(1, 1), count_include_pad=False
    ),
    lambda F, x: F.Pooling(x, kernel=(2, 2), pool_type="max", global_pool=True),
    lambda F, x: F.split(F.LeakyReLU(x, act_type="gelu"), num_outputs=3, axis=1),
    lambda F, x: F.reshape(F.transpose(x, axes=(0, 2, 3, 1)), shape=(0, -3, -1)),
    lambda F, x: F.mean(x * 2 + 1, axis=(2, 3)) / F.sqrt(F.sum(F.square(x), axis=(2, 3))),
]


@pytest.mark.parametrize("compute", FORMS)
def test_programs_of_operators_for_any_batch(compute: Any) -> None:
    net = nn.HybridLambda(compute)
    run = export_program(net, nd.zeros((1, 3, 8, 8))).module()
    x = array(300, 3, 8, 8)  # beyond the sizes from which on operators take other kernels
    found, expected = run(torch.from_numpy(x.asnumpy())), net(x)
    pairs = zip(found, expected, strict=True) if isinstance(expected, list) else [(found, expected)]
    for one, ours in pairs:
        assert one.shape == ours.shape
        assert np.abs(one.numpy() - ours.asnumpy()).max() < 1e-5


def test_torch_exports_the_module_itself() -> None:
    module = as_module(perceptron(), torch.zeros(1, 5)).eval()
    x = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    found = torch.export.export(module, (x,)).module()(x)
    assert torch.allclose(found, module(x), atol=1e-6)


def test_torch_compiles_the_module() -> None:
    module = as_module(perceptron(), torch.zeros(1, 5)).eval()
    compiled = torch.compile(module, backend="eager")
    x = torch.randn(3, 5, generator=torch.Generator().manual_seed(0), requires_grad=True)
    found = compiled(x)
    assert torch.allclose(found, module(x), atol=1e-6)
    found.sum().backward()
    first = x.grad.clone()
    x.grad = None
    module(x).sum().backward()
    assert torch.allclose(first, x.grad, atol=1e-6)


def test_blocks_that_torch_cannot_trace() -> None:
    class Plain(gluon.Block):
        def forward(self, x: Any) -> Any:
            return x * 2

    with pytest.raises(mx.MXNetError, match="has to be a HybridBlock to be exported, not Plain"):
        export_program(Plain(), nd.zeros((1, 2)))  # type: ignore[arg-type]
