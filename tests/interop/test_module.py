"""Blocks as torch modules: a Gluon net goes on training in a PyTorch program."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mxnet.gluon import nn

import mxnet as mx
from mxnet import autograd, gluon, nd
from regluon.interop import as_module


def small_net(inputs: int = 5) -> nn.HybridSequential:
    net = nn.HybridSequential()
    net.add(
        nn.Dense(8, activation="relu", in_units=inputs), nn.BatchNorm(in_channels=8), nn.Dense(3, in_units=8)
    )
    net.initialize(mx.init.Xavier())
    return net


def test_state_dict_has_the_structural_names_and_the_same_memory() -> None:
    net = gluon.model_zoo.vision.squeezenet1_1(classes=10)
    net.initialize()
    module = as_module(net, torch.zeros(1, 3, 224, 224))
    state = module.state_dict()
    assert list(state) == list(net._collect_params_with_prefix())
    assert "features.0.weight" in state
    state["features.0.weight"].fill_(3)
    assert (net.features[0].weight.data() == 3).asnumpy().all()


def test_torch_trains_a_block_as_a_trainer_does() -> None:
    nets = [small_net(), small_net()]
    for one, other in zip(nets[0].collect_params().values(), nets[1].collect_params().values(), strict=True):
        other.set_data(one.data())
    x = np.random.RandomState(0).normal(size=(16, 5)).astype(np.float32)
    y = np.arange(16) % 3

    trainer = gluon.Trainer(nets[0].collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9})
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    for _ in range(5):
        with autograd.record():
            loss = loss_of(nets[0](nd.array(x)), nd.array(y))
        loss.backward()
        trainer.step(16)

    module = as_module(nets[1])
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(module(torch.tensor(x)), torch.tensor(y)).backward()
        optimizer.step()

    for one, other in zip(nets[0].collect_params().values(), nets[1].collect_params().values(), strict=True):
        assert np.abs(one.data().asnumpy() - other.data().asnumpy()).max() < 1e-5, one.name


def test_a_block_between_torch_layers() -> None:
    block = nn.Dense(4, activation="tanh", in_units=6)
    block.initialize()
    model = torch.nn.Sequential(torch.nn.Linear(3, 6), as_module(block), torch.nn.Linear(4, 1))
    reference = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.Linear(6, 4), torch.nn.Tanh())
    reference.append(torch.nn.Linear(4, 1))
    reference[0].load_state_dict(model[0].state_dict())
    reference[1].load_state_dict(model[1].state_dict())
    reference[3].load_state_dict(model[2].state_dict())
    x = torch.randn(7, 3, generator=torch.Generator().manual_seed(3))
    model(x).square().sum().backward()
    reference(x).square().sum().backward()
    for one, other in zip(model.parameters(), reference.parameters(), strict=True):
        assert torch.allclose(one.grad, other.grad, atol=1e-5)


def test_both_gradients_are_filled() -> None:
    net = nn.Dense(2, in_units=3)
    net.initialize()
    net.bias.grad_req = "add"
    module = as_module(net)
    x = torch.ones(4, 3)
    for _ in range(2):
        module(x).sum().backward()
    # torch's .grad sums up; the block's are written or added to, as grad_req says
    assert module.weight.grad.tolist() == [[8.0] * 3] * 2
    assert net.weight.grad().asnumpy().tolist() == [[4.0] * 3] * 2
    assert net.bias.grad().asnumpy().tolist() == [8.0, 8.0]
    assert net.weight.data()._fresh_grad


def test_a_trainer_steps_on_a_loss_of_torch() -> None:
    net = nn.Dense(1, in_units=2)
    net.initialize(mx.init.One())
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    module = as_module(net)
    for _ in range(3):
        module(torch.ones(1, 2)).sum().backward()
        trainer.step(1)
    assert net.weight.data().asnumpy().tolist() == [[-0.5, -0.5]]
    assert module.weight.tolist() == [[-0.5, -0.5]]


def test_autograd_grad_fills_neither() -> None:
    net = nn.Dense(2, in_units=3)
    net.initialize()
    module = as_module(net)
    (found,) = torch.autograd.grad(module(torch.ones(4, 3)).sum(), module.weight)
    assert found.tolist() == [[4.0] * 3] * 2
    assert module.weight.grad is None
    assert net.weight.grad().asnumpy().tolist() == [[0.0] * 3] * 2


def test_a_module_used_twice_in_one_loss() -> None:
    net = nn.Dense(1, in_units=1, use_bias=False)
    net.initialize(mx.init.Constant(3))
    module = as_module(net)
    module(module(torch.full((1, 1), 2.0))).sum().backward()  # w² x
    assert module.weight.grad.item() == pytest.approx(12)
    assert net.weight.grad().asscalar() == pytest.approx(12)


def test_modes_and_running_statistics() -> None:
    net = nn.BatchNorm(in_channels=2)
    net.initialize()
    module = as_module(net)
    x = torch.tensor([[0.0, 2.0], [4.0, 6.0]])
    assert torch.allclose(module(x).abs(), torch.ones(2, 2), atol=1e-4)
    assert module.running_mean.tolist() == pytest.approx([0.2, 0.4])
    assert net.running_mean.data().asnumpy().tolist() == pytest.approx([0.2, 0.4])
    module.eval()
    before = module.running_mean.clone()
    module(x)
    assert torch.equal(before, module.running_mean)
    assert {name for name, _ in module.named_buffers()} == {"running_mean", "running_var"}


def test_one_mode_for_all() -> None:
    module = as_module(small_net())
    module.get_submodule("1").eval()
    with pytest.raises(mx.MXNetError, match="BatchNorm in it in evaluation mode"):
        module(torch.ones(2, 5))


def test_derivatives_of_any_order() -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(4, activation="tanh", in_units=3), nn.BatchNorm(in_channels=4), nn.Dense(2, in_units=4))
    net.initialize(mx.init.Xavier())
    module = as_module(net).double().eval()
    assert net[0].weight.data().dtype == np.float64
    x = torch.randn(2, 3, dtype=torch.double, generator=torch.Generator().manual_seed(1), requires_grad=True)
    assert torch.autograd.gradcheck(module, (x,))
    assert torch.autograd.gradgradcheck(module, (x,))
    weight = module.get_parameter("0.weight")

    def of_weight(w: torch.Tensor) -> Any:
        return torch.func.functional_call(module, {"0.weight": w}, (x.detach(),))

    assert torch.autograd.gradgradcheck(of_weight, (weight.detach().clone().requires_grad_(),))


def test_a_gradient_penalty_trains() -> None:
    net = small_net()
    module = as_module(net)
    x = torch.randn(6, 5, generator=torch.Generator().manual_seed(0), requires_grad=True)
    (slope,) = torch.autograd.grad(module(x).sum(), x, create_graph=True)
    slope.square().sum().backward()
    grad = module.get_parameter("0.weight").grad
    assert grad is not None
    assert grad.abs().max() > 0
    assert np.array_equal(grad.numpy(), net[0].weight.grad().asnumpy())


def test_memory_is_let_go_of_after_backward() -> None:
    class Exp(gluon.HybridBlock):
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return F.exp(x) * F.sin(x)

    out = as_module(Exp())(torch.ones(3, requires_grad=True))
    keeper = out.grad_fn.saved_tensors[0]
    passage = weakref.ref(keeper.passage.results[0].entry.inputs[0])
    del keeper
    out.sum().backward()
    gc.collect()
    assert passage() is None
    with pytest.raises(RuntimeError, match="second time"):
        out.sum().backward()


def test_nested_inputs_and_outputs() -> None:
    cell = gluon.rnn.LSTMCell(4, input_size=3)
    cell.initialize()
    module = as_module(cell)
    x, h, c = torch.ones(2, 3), torch.zeros(2, 4), torch.zeros(2, 4, requires_grad=True)
    out, states = module(x, [h, c])
    assert isinstance(states, list)
    (out.sum() + states[1].sum()).backward()
    expected, _ = cell(nd.ones((2, 3)), [nd.zeros((2, 4)), nd.zeros((2, 4))])
    assert np.allclose(out.detach().numpy(), expected.asnumpy())
    assert c.grad.shape == (2, 4)
    assert module.h2h_weight.grad is not None


def test_parameters_that_wait_for_their_shapes() -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(4), nn.Dense(2))
    net.initialize()
    with pytest.raises(
        mx.MXNetError, match=r"\(0.weight\) of shape \(4, 0\) waits .* give as_module\(block, x\)"
    ):
        as_module(net)
    assert as_module(net, torch.zeros(2, 7)).get_parameter("0.weight").shape == (4, 7)

    class Twice(gluon.Block):
        def __init__(self) -> None:
            super().__init__()
            self.dense = nn.Dense(3)

        def forward(self, x: Any) -> Any:
            return self.dense(x) * 2

    plain = Twice()
    plain.initialize()
    assert as_module(plain, nd.zeros((1, 6))).dense.weight.shape == (3, 6)


@pytest.mark.parametrize(
    ("prepare", "text"),
    [
        (lambda net: None, "is not initialized: call initialize"),
        (
            lambda net: net.initialize(ctx=[mx.cpu(0), mx.cpu(1)]),
            r"\[cpu\(0\), cpu\(1\)\]; a module is on one",
        ),
    ],
)
def test_blocks_that_are_refused(prepare: Any, text: str) -> None:
    net = nn.Dense(2, in_units=2)
    prepare(net)
    with pytest.raises(mx.MXNetError, match=text):
        as_module(net)


def test_no_block() -> None:
    with pytest.raises(TypeError, match="takes a Block, not Linear"):
        as_module(torch.nn.Linear(1, 1))  # type: ignore[arg-type]


def test_rows_of_weights_are_refused() -> None:
    block = gluon.Block()
    block.weight = block.params.get("weight", shape=(3, 2), stype="row_sparse", grad_stype="row_sparse")
    block.initialize()
    with pytest.raises(mx.MXNetError, match="row_sparse"):
        as_module(block)


def test_load_state_dict_goes_into_the_block(tmp_path: Path) -> None:
    one, other = small_net(), small_net()
    torch.save(as_module(one).state_dict(), tmp_path / "net.pt")
    state = torch.load(tmp_path / "net.pt")
    x = nd.ones((2, 5))
    for assign in (False, True):
        other.initialize(mx.init.Zero(), force_reinit=True)
        as_module(other).load_state_dict(state, assign=assign)
        assert np.array_equal(other(x).asnumpy(), one(x).asnumpy())


def test_what_gluon_changes_is_followed(tmp_path: Path) -> None:
    net = small_net()
    module = as_module(net)
    net.save_parameters(str(tmp_path / "net.params"))
    net.initialize(mx.init.One(), force_reinit=True)
    assert module.state_dict()["2.weight"].eq(1).all()
    net.load_parameters(str(tmp_path / "net.params"))
    assert torch.equal(module.state_dict()["2.weight"], torch.from_numpy(net[2].weight.data().asnumpy()))
    net.cast("float64")
    assert module(torch.ones(2, 5, dtype=torch.double)).dtype is torch.double
    assert module.get_parameter("0.weight").dtype is torch.double


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_to_a_gpu_and_back() -> None:
    net = small_net()
    module = as_module(net)
    x = torch.ones(2, 5)
    before = module.eval()(x)
    module.to("cuda")
    assert net[0].weight.list_ctx() == [mx.gpu(0)]
    assert module(x.cuda()).cpu().allclose(before, atol=1e-5)
    module(x.cuda()).sum().backward()
    assert net[0].weight.grad().context == mx.gpu(0)
    with pytest.raises(mx.MXNetError, match="to\\(\\) moves the module as well as the input"):
        module(x)
    assert module.cpu()(x).allclose(before, atol=1e-5)


def test_a_hybridized_block_is_the_same() -> None:
    modules = [as_module(small_net()) for _ in range(2)]
    modules[1].load_state_dict(modules[0].state_dict())
    modules[1].block.hybridize()
    x = torch.randn(6, 5, generator=torch.Generator().manual_seed(2), requires_grad=True)
    for _ in range(3):
        found = []
        for module in modules:
            module.zero_grad()
            (slope,) = torch.autograd.grad(module(x).square().sum(), x, create_graph=True)
            slope.square().sum().backward()
            found.append([p.grad for p in module.parameters()])
        for one, other in zip(*found, strict=True):
            assert torch.allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("hybridized", [False, True])
def test_functional_call_leaves_the_block_alone(hybridized: bool) -> None:
    module = as_module(small_net()).eval()
    if hybridized:
        module.block.hybridize()
    x = torch.ones(2, 5)
    for _ in range(3):  # the graph of a hybridized block is compiled in the second call of a kind
        before = module(x)
    zeros = {name: torch.zeros_like(t) for name, t in module.named_parameters()}
    assert torch.func.functional_call(module, zeros, (x,)).eq(0).all()
    assert torch.equal(module(x), before)


def test_parametrizations_of_torch_work() -> None:
    net = nn.Dense(2, in_units=3)
    net.initialize()
    module = torch.nn.utils.parametrizations.weight_norm(as_module(net))
    module(torch.ones(1, 3)).sum().backward()
    assert module.parametrizations.weight.original0.grad is not None


def test_copies_and_pickles() -> None:
    module = as_module(small_net()).eval()
    module.get_parameter("0.bias").requires_grad_(False)
    x = torch.ones(2, 5)
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert torch.equal(other(x), module(x))
        assert not other.training
        assert [p.requires_grad for p in other.parameters()] == [p.requires_grad for p in module.parameters()]
        other.get_parameter("0.weight").data.zero_()
        assert not torch.equal(other(x), module(x))


def test_frozen_parameters_and_no_grad() -> None:
    net = small_net()
    net[0].weight.grad_req = "null"
    module = as_module(net)
    assert not module.get_parameter("0.weight").requires_grad
    assert module(torch.ones(2, 5)).requires_grad
    with torch.no_grad():
        assert not module(torch.ones(2, 5)).requires_grad


def test_shared_parameters_are_one() -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(4, in_units=4))
    net.add(nn.Dense(4, in_units=4, params=net[0].params))
    net.initialize()
    module = as_module(net)
    assert len(list(module.parameters())) == 2
    assert module.get_parameter("0.weight") is module.get_parameter("1.weight")


def test_a_child_in_the_module() -> None:
    class Two(gluon.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = nn.Dense(4, in_units=3), nn.Dense(2, in_units=4)

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return self.head(self.body(x))

    net = Two()
    net.initialize()
    module = as_module(net)
    assert module.body(torch.ones(1, 3)).shape == (1, 4)
    with pytest.raises(AttributeError, match=r"Two.head is a child of a gluon Block .* set it in the block"):
        module.head = torch.nn.Linear(4, 5)


def test_autocast_leaves_the_block_in_its_type() -> None:
    module = as_module(small_net())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert module(torch.nn.Linear(5, 5)(torch.ones(2, 5))).dtype is torch.float32


def test_dropout_draws_from_the_streams_of_mxnet() -> None:
    net = nn.Dropout(0.5)
    module = as_module(net)
    mx.random.seed(7)
    with autograd.train_mode():
        expected = net(nd.ones((4, 4)))
    mx.random.seed(7)
    assert np.array_equal(module(torch.ones(4, 4)).numpy(), expected.asnumpy())
    assert module.eval()(torch.ones(4, 4)).eq(1).all()


def test_an_input_that_is_passed_on_is_not_the_result() -> None:
    x = torch.ones(2, requires_grad=True)
    out = as_module(nn.HybridLambda(lambda F, x: x))(x)
    out.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
