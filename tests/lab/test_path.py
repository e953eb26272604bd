"""lab.path: all values and seeds at once, with the numbers of single runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mxnet.gluon import nn

import mxnet as mx
from lab.nets import data, experiment, linear
from mxnet import autograd, gluon, init, nd
from regluon import lab
from regluon.base import MXNetError
from regluon.lab.batched import _Training
from regluon.lab.stacked import _APART
from regluon.lab.straight import Straight
from regluon.lab.updates import ELEMENTWISE
from regluon.ops.registry import OPERATORS

VALUES, SEEDS = (0.0, 0.4, 3.0), (5, 0, 71)


def assert_same(fit: lab.Experiment, seeds: Any = SEEDS, values: Any = VALUES) -> lab.Path:
    """Every run of the path is the single run of its value and seed."""
    found = lab.path(fit, wd=values, seeds=seeds)
    for ours in found:
        single = fit(wd=ours.wd, seed=ours.seed)
        assert ours.decayed == single.decayed
        assert ours.parameters.keys() == single.parameters.keys()
        pairs = [(ours.train_loss, single.train_loss), (ours.test_loss, single.test_loss)]
        pairs += [(ours.parameters[name], array) for name, array in single.parameters.items()]
        for a, b in pairs:
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(b).max())
    return found


def test_the_chapters_experiment() -> None:
    def drawn() -> Any:
        x = nd.random.normal(shape=(120, 200))
        y = nd.dot(x, nd.ones((200, 1)) * 0.01) + 0.05
        y += nd.random.normal(scale=0.01, shape=y.shape)
        return (x[:20], y[:20]), (x[20:], y[20:])

    fit = experiment(
        data=drawn, optimizer_params={"learning_rate": 0.003}, epochs=10, init=init.Normal(sigma=1)
    )
    found = assert_same(fit, seeds=4)
    assert found.seeds == (0, 10, 20, 30)
    norms = np.median(found.norm, axis=1)
    assert (np.diff(norms) < 0).all()  # the higher the price, the shorter the weights


def by_hand(wd: float, seed: int) -> tuple[list[float], np.ndarray]:
    """A run as the chapter writes it down."""
    mx.random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    (x, y), (test_x, test_y) = data()()
    batches = gluon.data.DataLoader(gluon.data.ArrayDataset(x, y), 2, shuffle=True)
    net = linear()
    net.initialize(init.Normal(0.5))
    weights = gluon.Trainer(net.collect_params(".*weight"), "sgd", {"learning_rate": 0.05, "wd": wd})
    biases = gluon.Trainer(net.collect_params(".*bias"), "sgd", {"learning_rate": 0.05})
    loss, losses = gluon.loss.L2Loss(), []
    for _ in range(3):
        for a, b in batches:
            with autograd.record():
                error = loss(net(a), b)
            error.backward()
            weights.step(2)
            biases.step(2)
        losses.append(loss(net(test_x), test_y).mean().asscalar())
    return losses, net[0].weight.data().asnumpy()


def test_a_single_run_is_what_the_chapter_writes_down() -> None:
    fit = experiment(batch_size=2)
    for wd, seed in ((0.0, 3), (2.0, 4)):
        losses, weight = by_hand(wd, seed)
        run = fit(wd=wd, seed=seed)
        np.testing.assert_array_equal(run.test_loss, losses)
        np.testing.assert_array_equal(run.parameters["0.weight"], weight)
        np.testing.assert_array_equal(run.net[0].weight.data().asnumpy(), weight)


def deep() -> Any:
    net = nn.HybridSequential()
    net.add(nn.Dense(5, activation="relu"), nn.LeakyReLU(0.1), nn.Dense(4, activation="tanh"))
    net.add(nn.Dense(3, use_bias=False))
    return net


class Residual(nn.HybridBlock):
    """A sum of what is the same for all values and of what is not; the input has no two axes."""

    def __init__(self) -> None:
        super().__init__()
        with self.name_scope():
            self.first = nn.Dense(6, flatten=False, activation="sigmoid")
            self.last = nn.Dense(2)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.last(F.relu(2 * x) + self.first(x))


class Twice(nn.HybridBlock):
    """A layer that is used twice: its parameters are shared."""

    def __init__(self) -> None:
        super().__init__()
        with self.name_scope():
            self.inner = nn.Dense(6, in_units=6)
            self.again = nn.Dense(6, in_units=6, params=self.inner.params)
            self.last = nn.Dense(1)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.last(self.again(F.tanh(self.inner(x))))


def long_inputs() -> Any:
    x = nd.random.normal(shape=(16, 3, 6))
    y = nd.random.normal(shape=(16, 2))
    return (x[:7], y[:7]), (x[7:], y[7:])


def with_factors() -> Any:
    net = linear()
    net.collect_params(".*weight").setattr("lr_mult", 0.5)
    net.collect_params(".*weight").setattr("wd_mult", 2.0)
    net.collect_params(".*bias").setattr("lr_mult", 3.0)
    return net


def still() -> Any:
    net = deep()
    net[0].collect_params().setattr("grad_req", "null")
    return net


NETS: dict[str, dict[str, Any]] = {
    "deep": {"net": deep, "loss": gluon.loss.SoftmaxCrossEntropyLoss(), "data": data(classes=3)},
    "residual": {"net": Residual, "data": long_inputs, "init": init.Xavier()},
    "shared": {"net": Twice},
    "factors": {"net": with_factors},
    "fixed part": {"net": still, "data": data(outputs=3)},
    "absolute error": {"net": linear, "loss": gluon.loss.L1Loss()},
    "own loss": {"net": linear, "loss": lambda p, y: (p - y).abs().reshape(-1) + 0.1},
}


@pytest.mark.parametrize("size", [1, 3, 7])
@pytest.mark.parametrize("name", NETS)
def test_nets_and_losses(name: str, size: int) -> None:
    assert_same(experiment(**NETS[name], batch_size=size))


ARGUMENTS: dict[str, dict[str, Any]] = {
    "SGD": {"momentum": 0.9},
    "NAG": {"momentum": 0.8},
    "RMSProp": {"centered": True},
    "Signum": {"wd_lh": 0.1},
}


@pytest.mark.parametrize("optimizer", sorted(kind.__name__ for kind in ELEMENTWISE))
def test_optimizers(optimizer: str) -> None:
    arguments = {"learning_rate": 0.01, **ARGUMENTS.get(optimizer, {})}
    if optimizer != "AdaDelta":
        arguments["clip_gradient"] = 0.5
    assert_same(experiment(optimizer=optimizer, optimizer_params=arguments))


def test_a_schedule_of_learning_rates_begins_anew_in_each_run() -> None:
    schedule = mx.lr_scheduler.FactorScheduler(step=3, factor=0.5, base_lr=0.1)
    assert_same(experiment(optimizer_params={"learning_rate": 0.1, "lr_scheduler": schedule}))
    assert schedule.base_lr == 0.1


def test_what_decays_is_chosen_by_name() -> None:
    found = assert_same(experiment(decays=".*"))
    assert found.decayed == ("0.weight", "0.bias")
    assert found.weights.shape == (3, 3, 7)
    assert assert_same(experiment(decays=".*bias")).decayed == ("0.bias",)


def test_without_shuffling_and_with_the_same_data_for_all_seeds() -> None:
    found = assert_same(experiment(shuffle=False, data=data()()))
    assert len({run.test_loss[-1] for run in found}) == 9  # the first weights still differ


class Reversed(nn.HybridBlock):
    """Calls its layers in another order than it lists them: so are their numbers drawn."""

    def __init__(self) -> None:
        super().__init__()
        with self.name_scope():
            self.last = nn.Dense(1)
            self.first = nn.Dense(4)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.last(self.first(x))


def test_first_weights_are_drawn_as_in_a_single_run_for_many_seeds_too() -> None:
    assert_same(experiment(Reversed), seeds=6, values=[1])
    assert_same(experiment(deep, data=data(outputs=3)), seeds=6, values=[1])


def with_drawn_weights() -> Any:
    net = linear()
    net[0].weight.init = init.Constant(float(np.random.random()))  # noqa: NPY002
    return net


def after_a_draw() -> Any:
    nd.random.uniform(shape=3)
    return linear()


@pytest.mark.parametrize("net", [with_drawn_weights, after_a_draw])
def test_nets_that_are_made_by_chance_are_made_anew_for_each_seed(net: Callable[[], Any]) -> None:
    assert_same(experiment(net), seeds=6, values=[1])


def counting(made: list[int]) -> Callable[[], Any]:
    def net() -> Any:
        made.append(1)
        return linear()

    return net


def test_other_nets_are_made_once_and_initialized_again() -> None:
    made: list[int] = []
    lab.path(experiment(counting(made)), wd=[0], seeds=9)
    assert len(made) == 2  # one more to see that it makes no difference


def two_layers() -> Any:
    net = nn.HybridSequential()
    net.add(nn.Dense(5, activation="relu"), nn.Dense(3))
    net[0].collect_params(".*bias").setattr("grad_req", "null")
    return net


def way_of(fit: lab.Experiment, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many steps were taken with a tape, and how many without."""
    taped, straight = [0], [0]

    def counted(owner: Any, name: str, counts: list[int]) -> None:
        function = getattr(owner, name)

        def call(*args: Any) -> Any:
            counts[0] += 1
            return function(*args)

        monkeypatch.setattr(owner, name, call)

    counted(_Training, "_gradients", taped)
    counted(Straight, "__call__", straight)
    assert_same(fit, seeds=2)
    monkeypatch.undo()
    return taped[0], straight[0]


class Elsewhere(gluon.loss.Loss):
    """What its graph does is not what it does."""

    def __init__(self) -> None:
        super().__init__(1, 0)

    def hybrid_forward(self, F: Any, p: Any, y: Any) -> Any:
        return F.square(p - y).mean(axis=1) * (2 if F is nd else 3)


class OfParts(gluon.loss.Loss):
    """A loss of several operators."""

    def hybrid_forward(self, F: Any, p: Any, y: Any) -> Any:
        return F.mean(F.square(F.broadcast_sub(p, y)), axis=1)


def test_steps_go_without_a_tape_where_that_is_known_to_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 7 * 3
    assert way_of(experiment(), monkeypatch) == (1, steps)  # the first one is taken both ways
    classes = {"loss": gluon.loss.SoftmaxCrossEntropyLoss(), "data": data(classes=3)}
    assert way_of(experiment(two_layers, **classes), monkeypatch) == (1, steps)
    assert way_of(experiment(Residual, data=long_inputs, init=init.Xavier()), monkeypatch) == (1, steps)
    assert way_of(experiment(loss=OfParts(1, 0)), monkeypatch) == (1, steps)
    assert way_of(experiment(Twice), monkeypatch) == (1, steps)
    assert way_of(experiment(still, data=data(outputs=3)), monkeypatch) == (steps, 0)  # LeakyReLU has modes
    assert way_of(experiment(loss=Elsewhere()), monkeypatch) == (steps, 1)
    assert way_of(experiment(loss=lambda p, y: nd.abs(p - y)), monkeypatch) == (steps, 0)


def test_a_loss_with_a_hook_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    loss, seen = gluon.loss.L2Loss(), []
    loss.register_forward_hook(lambda block, inputs, output: seen.append(1))
    assert way_of(experiment(loss=loss), monkeypatch) == (21, 0)
    assert seen


def test_long_rounds_are_gathered_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regluon.lab.batched._CHUNK", 3 * 2 * 6 * 2)
    assert_same(experiment(batch_size=2, data=data(train=9)))


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_losses_of_several_epochs_are_computed_at_once(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = at_once * 2 * 3 * 9 * 5  # so many seeds, values, rows to test with, and units of the widest layer
    monkeypatch.setattr("regluon.lab.evaluation._AT_ONCE", limit)
    calls: list[int] = []

    def loss(p: Any, y: Any) -> Any:
        calls.append(len(p))
        return nd.square(p - y).mean(axis=1)

    wide = experiment(loss=loss, net=two_layers, data=data(2, outputs=3), epochs=5, batch_size=7)
    assert_same(wide, seeds=2)
    evaluated = [size for size in calls if size % (2 * 3 * 9) == 0]
    assert max(evaluated) == at_once * 2 * 3 * 9


def test_a_path_as_text_runs_and_errors_of_it() -> None:
    found = lab.path(experiment(), wd=[0, 2], seeds=[3])
    lines = str(found).splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["0", "2"]
    assert lines[3].startswith("best wd: ")
    assert "no interval" in lines[3]
    assert len(found) == len(list(found)) == 2
    assert found.norm.shape == (2, 1)
    with pytest.raises(KeyError, match="no run of wd=1, seed=3"):
        found.run(1, 3)


def dropping() -> Any:
    net = nn.Sequential()
    net.add(nn.Dense(3), nn.Dropout(0.5), nn.Dense(1))
    return net


def normalizing() -> Any:
    net = nn.Sequential()
    net.add(nn.Dense(3), nn.BatchNorm(), nn.Dense(1))
    return net


class Imperative(nn.Block):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Dense(1)

    def forward(self, x: Any) -> Any:
        return self.inner(nd.relu(x))


def differing() -> Callable[[], Any]:
    sizes = iter((7, 8))

    def draw() -> Any:
        return data(train=next(sizes))()

    return draw


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"net": dropping}, r"layer '\w*dropout\w*' cannot .*it draws a mask for each run"),
        ({"net": normalizing}, r"layer '\w*batchnorm\w*' cannot .*statistics"),
        ({"net": Imperative}, r"Imperative does not run on symbols"),
        ({"optimizer": "lamb"}, r"LAMB cannot update all runs at once.*SGD"),
        ({"loss": lambda p, y: (p - y).square().sum()}, r"the loss of 9 examples has the shape"),
        ({"loss": lambda p, y: (p - p.mean()).reshape(-1), "batch_size": 3}, r"depends on the others"),
    ],
)
def test_what_cannot_be_batched_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(MXNetError, match=message):
        lab.path(experiment(**options), wd=VALUES, seeds=SEEDS)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: lab.path(by_hand, wd=[1]), TypeError, "no lab.Experiment.*regluon sweep"),  # type: ignore[arg-type]
        (lambda: lab.path(experiment(), wd=[]), ValueError, "at least one"),
        (lambda: lab.path(experiment(), wd=[1, 1]), ValueError, r"different finite numbers.*\[1.0, 1.0\]"),
        (lambda: lab.path(experiment(), wd=[1], seeds=0), ValueError, "at least 1, not 0"),
        (lambda: lab.path(experiment(), wd=[1], seeds=[2, 2]), ValueError, r"different.*\[2, 2\]"),
        (
            lambda: lab.path(experiment(data=differing()), wd=[1], seeds=2),
            ValueError,
            "seeds 0 and 10 drew",
        ),
        (lambda: experiment(epochs=0), ValueError, "epochs must be at least 1, not 0"),
        (lambda: experiment(optimizer_params={"wd": 1}), ValueError, "wd belongs into the call"),
        (lambda: experiment(linear()), TypeError, "net must be a function"),
        (lambda: experiment(lambda: 3)(wd=1), TypeError, "must return a Block, not 3"),
        (lambda: experiment(decays="nothing")(wd=1), ValueError, "fits no parameter; there are: .*weight"),
        (lambda: experiment(data=lambda: 3)(wd=1), TypeError, "to train and to test with"),
        (lambda: experiment(data=((1, 2), (3, 4)))(wd=1), TypeError, "must be NDArrays, not int"),
        (
            lambda: experiment(data=((nd.ones((2, 1)), nd.ones(3)), (nd.ones((2, 1)), nd.ones(2))))(wd=1),
            ValueError,
            "2 inputs to train with, and 3 labels",
        ),
    ],
)
def test_errors(call: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_neighbouring_seeds_are_the_same_numbers_moved_and_those_ten_apart_are_not() -> None:
    def drawn(seed: int) -> np.ndarray:
        mx.random.seed(seed)
        return nd.random.normal(shape=(120, 200)).asnumpy().ravel()

    def pairs(numbers: np.ndarray) -> set[tuple[float, float]]:
        return set(zip(numbers[:-1].tolist(), numbers[1:].tolist(), strict=True))

    first, shift = drawn(0), 127 * 64
    np.testing.assert_array_equal(drawn(1)[:-shift], first[shift:])
    assert len(pairs(drawn(1)) & pairs(first)) > 10000
    assert not pairs(drawn(10)) & pairs(first)


def test_every_operator_that_is_said_to_treat_examples_apart_is_one() -> None:
    assert sorted(_APART.keys() - OPERATORS.keys()) == []
