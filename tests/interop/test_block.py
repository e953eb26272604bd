"""Torch modules as blocks: a module from PyTorch in a Gluon program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mxnet.gluon import nn

import mxnet as mx
from mxnet import autograd, gluon, nd
from regluon.interop import as_block, as_module


def convnet() -> torch.nn.Sequential:
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3),
        torch.nn.BatchNorm2d(4),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(144, 5),
    )


def images(count: int = 4) -> np.ndarray[Any, Any]:
    return np.random.RandomState(0).normal(size=(count, 3, 8, 8)).astype(np.float32)


def test_a_trainer_trains_it_as_torch_does() -> None:
    one, other = convnet(), convnet()
    x, y = images(8), np.arange(8) % 5
    optimizer = torch.optim.SGD(one.parameters(), lr=0.1, momentum=0.9)
    for _ in range(4):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(one(torch.tensor(x)), torch.tensor(y)).backward()
        optimizer.step()

    net = as_block(other)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9})
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    for _ in range(4):
        with autograd.record():
            loss = loss_of(net(nd.array(x)), nd.array(y))
        loss.backward()
        trainer.step(8)

    for name, tensor in one.state_dict().items():
        assert torch.allclose(tensor, other.state_dict()[name], atol=1e-5), name
    assert one(torch.tensor(x)).allclose(other(torch.tensor(x)), atol=1e-5)


@pytest.mark.parametrize("container", [nn.Sequential, nn.HybridSequential])
def test_between_blocks(container: Any) -> None:
    net = container()
    net.add(nn.Dense(6, in_units=4), as_block(torch.nn.Linear(6, 3), prefix="middle_"), nn.Dense(2))
    net[0].initialize()
    net[2].initialize()
    x = nd.ones((2, 4))
    x.attach_grad()
    with autograd.record():
        loss = (net(x) ** 2).sum()
    loss.backward()
    chain = torch.nn.Sequential(*[torch.nn.Linear(*n) for n in ((4, 6), (6, 3), (3, 2))])
    for layer, block in zip(chain, (net[0], None, net[2]), strict=True):
        source = net[1].module if block is None else as_module(block)
        layer.load_state_dict(source.state_dict())
    given = torch.ones(2, 4, requires_grad=True)
    chain(given).square().sum().backward()
    assert np.allclose(x.grad.asnumpy(), given.grad.numpy(), atol=1e-6)
    found = net.collect_params()["middle_weight"].grad().asnumpy()
    assert np.allclose(found, chain[1].weight.grad.numpy(), atol=1e-6)
    assert net[1].module.weight.grad is None


def test_names_and_files(tmp_path: Path) -> None:
    net = nn.HybridSequential()
    net.add(as_block(convnet(), prefix="conv_"))
    assert "conv_1_running_mean" in net.collect_params()
    assert list(net.collect_params(".*weight")) == ["conv_0_weight", "conv_1_weight", "conv_4_weight"]
    path = str(tmp_path / "net.params")
    net.save_parameters(path)
    assert set(nd.load(path)) == {f"0.{name}" for name in convnet().state_dict()}
    before = net(nd.array(images())).asnumpy()
    for parameter in net.collect_params().values():
        parameter.set_data(parameter.data() * 0)
    assert not net(nd.array(images())).asnumpy().any()
    net.load_parameters(path)
    assert np.array_equal(net(nd.array(images())).asnumpy(), before)


def test_modes_and_buffers() -> None:
    module = convnet()
    net = as_block(module)
    with autograd.record():
        net(nd.array(images()))
    assert module.training
    assert module[1].num_batches_tracked.item() == 1
    assert net.collect_params()[net.prefix + "1_num_batches_tracked"].data().asnumpy().tolist() == [1]
    mean = module[1].running_mean.clone()
    net(nd.array(images()))
    assert not module.training
    assert torch.equal(module[1].running_mean, mean)


def test_what_was_frozen_stays_so() -> None:
    module = convnet()
    module[1].eval()
    module[4].weight.requires_grad_(False)
    net = as_block(module)
    net(nd.array(images()))
    with autograd.record():
        net(nd.array(images()))
    assert module.training
    assert not module[1].training
    assert module[1].num_batches_tracked.item() == 0
    assert net.collect_params()[net.prefix + "4_weight"].grad_req == "null"


def test_second_derivatives_with_the_same_dropout() -> None:
    module = torch.nn.Sequential(
        torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 1)
    )
    net = as_block(module.double())
    x = nd.array(np.ones((2, 3)), dtype="float64")
    x.attach_grad()
    torch.manual_seed(3)
    with autograd.record():
        (slope,) = autograd.grad(net(x).sum(), [x], create_graph=True)
        penalty = (slope**2).sum()
    penalty.backward()

    torch.manual_seed(3)
    given = torch.ones(2, 3, dtype=torch.double, requires_grad=True)
    (expected,) = torch.autograd.grad(module.train()(given).sum(), given, create_graph=True)
    expected.square().sum().backward()
    assert np.allclose(slope.asnumpy(), expected.detach().numpy())
    assert np.allclose(x.grad.asnumpy(), given.grad.numpy())


def test_a_second_derivative_leaves_statistics_as_they_are() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Tanh())
    net = as_block(module)
    x = nd.array(np.random.RandomState(0).normal(size=(5, 3)))
    x.attach_grad()
    with autograd.record():
        (slope,) = autograd.grad(net(x).sum(), [x], create_graph=True)
        penalty = (slope**2).sum()
    penalty.backward()
    assert module[1].num_batches_tracked.item() == 1
    assert module.training


def test_nested_inputs_and_results() -> None:
    module = torch.nn.LSTM(3, 4)
    net = as_block(module)
    x, states = nd.ones((5, 2, 3)), (nd.zeros((1, 2, 4)), nd.zeros((1, 2, 4)))
    x.attach_grad()
    with autograd.record():
        out, (h, c) = net(x, states)
        (out.sum() + c.sum()).backward()
    expected, _ = module(torch.ones(5, 2, 3))
    assert np.allclose(out.asnumpy(), expected.detach().numpy(), atol=1e-6)
    assert np.allclose(out[-1].asnumpy(), h[0].asnumpy())
    assert x.grad.asnumpy().any()


def test_results_own_their_memory() -> None:
    net = as_block(torch.nn.Identity())
    x = nd.ones((2, 3))
    y = net(x)
    y[:] = 0
    assert x.asnumpy().all()
    turned = as_block(torch.nn.Unflatten(1, (3, 1)))(x)
    turned[:] = 0
    assert x.asnumpy().all()


def test_two_contexts() -> None:
    net = as_block(torch.nn.Linear(2, 1, bias=False))
    net.collect_params().reset_ctx([mx.cpu(0), mx.cpu(1)])
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1.0})
    net.collect_params().initialize(mx.init.Zero(), ctx=[mx.cpu(0), mx.cpu(1)], force_reinit=True)
    with autograd.record():
        losses = [net(nd.ones((1, 2), ctx=mx.cpu(i))).sum() for i in range(2)]
    for loss in losses:
        loss.backward()
    trainer.step(1)
    for array in net.collect_params()[net.prefix + "weight"].list_data():
        assert array.asnumpy().tolist() == [[-2.0, -2.0]]


def test_the_module_follows_new_arrays() -> None:
    module = torch.nn.Linear(2, 2)
    net = as_block(module)
    net.initialize(mx.init.One(), force_reinit=True)
    net(nd.ones((1, 2)))
    assert module.weight.eq(1).all()
    net.cast("float64")
    assert net(nd.ones((1, 2), dtype="float64")).dtype == np.float64
    assert module.weight.dtype is torch.double


def test_grad_req_add_and_pause() -> None:
    net = as_block(torch.nn.Linear(1, 1, bias=False))
    parameter = net.collect_params()[net.prefix + "weight"]
    parameter.grad_req = "add"
    for _ in range(3):
        with autograd.record():
            loss = net(nd.full((1, 1), 2))
        loss.backward()
    assert parameter.grad().asscalar() == 6
    with pytest.raises(mx.MXNetError, match="cannot differentiate"):
        net(nd.ones((1, 1))).backward()


def test_shapes_that_are_inferred_through_it() -> None:
    net = nn.HybridSequential()
    net.add(as_block(convnet()), nn.Dense(2))
    net.initialize(force_reinit=True)
    net.infer_shape(nd.array(images()))
    assert net[1].weight.shape == (2, 5)


def test_modules_that_are_refused() -> None:
    with pytest.raises(TypeError, match=r"takes a torch.nn.Module, not Dense"):
        as_block(nn.Dense(1))  # type: ignore[arg-type]
    with pytest.raises(mx.MXNetError, match="weight waits for its shape: call the module once"):
        as_block(torch.nn.LazyLinear(3))
    strange = torch.nn.Module()
    strange.weight = torch.nn.Parameter(torch.ones(2, dtype=torch.complex64))
    with pytest.raises(TypeError, match=r"weight is of torch\.complex64; arrays are of float32"):
        as_block(strange)


def test_a_module_has_no_symbol() -> None:
    with pytest.raises(mx.MXNetError, match=r"linear\d+ is a torch module, which has no symbol"):
        as_block(torch.nn.Linear(1, 1))(mx.sym.var("data"))


def test_hybridized_blocks_beside_it() -> None:
    blocks = [nn.Dense(4, in_units=3), as_block(torch.nn.Linear(4, 2))]
    blocks[0].initialize()
    x = nd.ones((1, 3))
    expected = blocks[1](blocks[0](x)).asnumpy()
    net = nn.Sequential()
    net.add(*blocks)
    with pytest.warns(UserWarning, match="All children"):
        net.hybridize()
    assert np.allclose(net(x).asnumpy(), expected, atol=1e-6)
    hybrid = nn.HybridSequential()
    hybrid.add(*blocks)
    hybrid.hybridize()
    with pytest.raises(mx.MXNetError, match=r"in an nn\.Sequential instead of an nn\.HybridSequential"):
        hybrid(x)


def test_there_and_back() -> None:
    inner = nn.Dense(2, in_units=3)
    inner.initialize()
    net = as_block(as_module(inner))
    x = nd.ones((1, 3))
    with autograd.record():
        loss = net(x).sum()
    loss.backward()
    assert np.array_equal(net(x).asnumpy(), inner(x).asnumpy())
    assert net.collect_params()[net.prefix + "weight"].grad().asnumpy().tolist() == [[1.0] * 3] * 2
