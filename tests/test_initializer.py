from __future__ import annotations

import logging
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import initializer_cases as cases
import regluon as mx
from regluon.initializer import InitDesc, Initializer

DATA = np.load(Path(__file__).parent / "data" / "initializers.npz")


def filled(init: Any, name: str = "a_weight", shape: tuple[int, ...] = (2, 3), own: Any = "") -> np.ndarray:
    array = mx.nd.full(shape, 7.0)
    init(InitDesc(name, {"__init__": own}), array)
    return array.asnumpy()


def test_values_are_mxnets() -> None:
    for n, (case, value) in enumerate(zip(cases.CASES, cases.run_all(mx), strict=True)):
        wanted = DATA[f"case{n:02}"]
        assert value.dtype == wanted.dtype, case
        if case[0] == "Orthogonal":  # singular vectors have no sign of their own
            np.testing.assert_allclose(np.abs(value), np.abs(wanted), atol=1e-5, err_msg=str(case))
        elif case[4] == "float64":
            np.testing.assert_allclose(value, wanted, rtol=1e-15, err_msg=str(case))
        else:
            np.testing.assert_array_equal(value, wanted, err_msg=str(case))


def test_a_net_gets_mxnets_numbers() -> None:
    mx.random.seed(cases.SEED)
    net = mx.gluon.nn.Dense(4, in_units=3, prefix="net_")
    net.initialize(mx.init.Xavier())
    np.testing.assert_array_equal(net.weight.data().asnumpy(), DATA["net/weight"])
    np.testing.assert_array_equal(net.bias.data().asnumpy(), DATA["net/bias"])


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_orthogonal(scale: float) -> None:
    for shape in (3, 5), (5, 3), (4, 2, 3):
        flat = filled(mx.init.Orthogonal(scale), shape=shape).reshape(shape[0], -1)
        small = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
        np.testing.assert_allclose(small, scale**2 * np.eye(len(small)), atol=1e-5)


@pytest.mark.parametrize("name", cases.PLAIN_NAMES)
def test_plain_names(name: str) -> None:
    array = mx.nd.full(cases.PLAIN_NAMES[name], 7)
    with pytest.warns(DeprecationWarning, match="InitDesc"):
        mx.init.Constant(2.5)(name, array)
    np.testing.assert_array_equal(array.asnumpy(), DATA[f"plain/{name}"])


def test_dumps_and_back() -> None:
    for (kind, arguments), text in zip(cases.DUMPED, DATA["dumped"], strict=True):
        init = cases.made(mx, kind, arguments)
        assert init.dumps() == text
        assert mx.init.create(str(text)) == init
    assert mx.init.Constant(mx.nd.ones(2)).dumps() == '["constant", {"value": [1.0, 1.0]}]'


def test_own_attributes_come_before_the_name() -> None:
    for own in ("ones", mx.init.One(), '["constant", {"value": 1}]'):
        assert (filled(mx.init.Constant(3), "a_bias", own=own) == 1).all()


@pytest.mark.parametrize("name", ["a_moving_mean", "a_running_var", "state", "parameters"])
def test_a_name_that_says_nothing(name: str) -> None:
    with pytest.raises(ValueError, match=f"Unknown initialization pattern for {name}"):
        filled(mx.init.One(), name)
    with (
        pytest.warns(DeprecationWarning, match="InitDesc"),
        pytest.raises(ValueError, match="Unknown initialization pattern for state"),
    ):
        mx.init.One()("state", mx.nd.ones(1))


BAD: list[tuple[Any, tuple[int, ...], type[Exception], str]] = [
    (mx.init.Xavier(), (3,), ValueError, r"cannot be applied to vector a_weight, of shape \(3,\)"),
    (
        mx.init.Xavier(factor_type="x"),
        (2, 3),
        ValueError,
        "Incorrect factor type 'x'; there are avg, in, out",
    ),
    (mx.init.Xavier(rnd_type="x"), (2, 3), ValueError, "Unknown random type 'x'"),
    (mx.init.Orthogonal(rand_type="x"), (2, 3), ValueError, "'uniform' or 'normal', not 'x'"),
    (mx.init.Bilinear(), (2, 3), ValueError, "four axes"),
    (mx.init.Mixed(["bias"], [mx.init.One()]), (2, 3), ValueError, "a_weight did not match any pattern"),
    (mx.init.Load({"a_weight": mx.nd.ones(2)}), (2, 3), AssertionError, "Shape mismatch, target"),
    (mx.init.Load({}), (2, 3), AssertionError, "Cannot Initialize a_weight. Not found"),
    (Initializer(), (2, 3), NotImplementedError, "Initializer must define _init_weight"),
]


@pytest.mark.parametrize(("init", "shape", "error", "message"), BAD)
def test_what_does_not_work(init: Any, shape: tuple[int, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        filled(init, shape=shape)


def test_arguments_of_the_wrong_kind() -> None:
    with pytest.raises(AssertionError, match=r"foo is not registered.*there are bilinear, constant"):
        mx.init.create("foo")
    with pytest.raises(AssertionError, match="1 patterns for 0"):
        mx.init.Mixed(["a"], [])
    with pytest.raises(AssertionError, match="arrays by names, not list"):
        mx.init.Load([mx.nd.ones(1)])  # type: ignore[arg-type]
    with (
        pytest.warns(DeprecationWarning, match="InitDesc"),
        pytest.raises(TypeError, match="name must be string"),
    ):
        mx.init.One()(3, mx.nd.ones(1))  # type: ignore[arg-type]
    with (
        pytest.warns(DeprecationWarning, match="InitDesc"),
        pytest.raises(TypeError, match="arr must be NDArray"),
    ):
        mx.init.One()("a_weight", np.ones(1))  # type: ignore[arg-type]


def test_mixed_in_a_net() -> None:
    net = mx.gluon.nn.Dense(2, in_units=2, bias_initializer=mx.init.Constant(5), prefix="net_")
    other = mx.gluon.nn.Dense(2, in_units=2, use_bias=False, prefix="other_")
    init = mx.init.Mixed(["net_.*", ".*"], [mx.init.Constant(3), mx.init.One()])
    for layer in net, other:
        layer.initialize(init)
    values = [p.data().asnumpy().ravel()[0] for p in (net.weight, net.bias, other.weight)]
    assert values == [3, 5, 1]


def test_load(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = str(tmp_path / "a.params")
    mx.nd.save(path, {"arg:a_weight": mx.nd.full((2, 3), 4)})
    init = mx.init.Load(path, default_init=mx.init.One(), verbose=True)
    caplog.set_level(logging.INFO)
    assert (filled(init) == 4).all()
    assert (filled(init, "b_weight") == 1).all()
    assert caplog.messages == ["Initialized a_weight by loading", "Initialized b_weight by default"]


def test_verbosity(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    filled(mx.init.Constant(2).set_verbosity(True))
    filled(mx.init.One().set_verbosity(True, lambda array: "seen"), own="zeros")
    assert caplog.messages == ["Initialized a_weight as weight: 2.0", "Initialized a_weight as zeros: seen"]


def test_an_initializer_of_ones_own() -> None:
    @mx.init.register
    @mx.init.alias("also_mine")
    class MineForThisTest(Initializer):
        def _init_weight(self, desc: str, arr: Any) -> None:
            arr[:] = 9

    assert (filled(mx.init.create("mineForThisTest")) == 9).all()
    assert (filled(mx.init.create("also_mine")) == 9).all()


def test_equality() -> None:
    assert mx.init.Uniform(0.1) == mx.init.Uniform(0.1) != mx.init.Uniform(0.2)
    assert mx.init.Zero() != mx.init.One()
    assert mx.init.Zero() != 0
    with pytest.raises(TypeError, match="unhashable"):
        hash(mx.init.Zero())


def test_descriptions() -> None:
    desc = InitDesc("a", {"k": "v"}, global_init=3)
    assert (desc, desc.attrs, desc.global_init) == ("a", {"k": "v"}, 3)
    again = pickle.loads(pickle.dumps(desc))
    assert (again, again.attrs) == (desc, desc.attrs)
    assert InitDesc("b").attrs == {}
    filled(init := mx.init.One(), "a_weight")
    desc = InitDesc("a_weight")
    init(desc, mx.nd.ones(1))
    assert desc.global_init is init


def test_a_fused_net_falls_back_on_the_nets_initializer() -> None:
    fused, array = mx.init.FusedRNN(None, 2, 1, "lstm", forget_bias=5.0), mx.nd.zeros(4 * 2 * (3 + 2 + 2))
    fused(InitDesc("parameters_weight", global_init=mx.init.One()), array)
    assert array.asnumpy().tolist() == [1.0] * 40 + [0, 0, 5, 5, 0, 0, 0, 0] * 2


@pytest.mark.parametrize(
    ("arguments", "size", "message"),
    [
        (("uniform", 2, 1, "lstm"), 57, "57 numbers are not the parameters of 1 layers"),
        (("uniform", 2, 2, "lstm"), 56, "56 numbers are not the parameters of 2 layers"),
        (("uniform", 2, 1, "sru"), 56, "mode must be one of rnn_relu, rnn_tanh, lstm, gru, not 'sru'"),
        ((None, 2, 1, "lstm"), 56, "no initializer for a_weight, neither its own"),
    ],
)
def test_a_fused_net_that_does_not_fit(arguments: Any, size: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mx.init.FusedRNN(*arguments)._init_weight("a_weight", mx.nd.zeros(size))
