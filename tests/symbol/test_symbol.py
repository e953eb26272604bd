"""Symbols as objects: outputs, composition, attributes, names, and what is refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from regluon.base import NotImplementedForSymbol


@pytest.fixture(autouse=True)
def names() -> Any:
    with mx.name.NameManager() as manager:
        yield manager


def dense(**given: Any) -> Any:
    return mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=3, name="f", **given)


def test_outputs() -> None:
    parts = mx.sym.split(mx.sym.var("x"), num_outputs=3, name="s")
    assert len(parts) == 3
    assert parts.name == parts[2].name == "s"
    assert [p.list_outputs() for p in parts] == [["s_output0"], ["s_output1"], ["s_output2"]]
    assert parts["s_output1"].list_outputs() == ["s_output1"]
    assert parts[1:].list_outputs() == ["s_output1", "s_output2"]
    group = mx.sym.Group([mx.sym.var("x"), parts[1]])
    assert group.name is None
    assert repr(group) == "<Symbol group [x, s]>"
    assert repr(group[0]) == "<Symbol x>"


def test_outputs_that_are_not_there() -> None:
    x = mx.sym.var("x")
    with pytest.raises(IndexError):
        x[1]
    with pytest.raises(ValueError, match="Cannot find output"):
        x["y"]
    with pytest.raises(ValueError, match="multiple outputs"):
        mx.sym.Group([x, x])["x"]
    with pytest.raises(TypeError, match="integer index"):
        x[1.5]
    with pytest.raises(TypeError, match="list of symbols"):
        mx.sym.Group([])


def test_composition() -> None:
    net, d = dense(), mx.sym.var("d")
    assert net(x=mx.sym.exp(d)).list_arguments() == ["d", "f_weight", "f_bias"]
    assert net.list_arguments() == ["x", "f_weight", "f_bias"]
    assert net(x=d, name="new").name == "new"
    assert net.name == "f"
    with pytest.raises(mx.MXNetError, match="argument name zz not found"):
        net(zz=d)
    with pytest.raises(mx.MXNetError, match="by the names"):
        net(d)
    with pytest.raises(TypeError, match="not both"):
        net(d, x=d)
    with pytest.raises(TypeError, match="Compose expect"):
        net(x=1)


def test_a_copy_is_another_graph() -> None:
    net = dense()
    other = copy.copy(net)
    other._set_attr(name="g", mood="good")
    assert (net.name, net.attr("mood")) == ("f", None)
    assert (other.name, other.attr("mood")) == ("g", "good")


def test_attributes() -> None:
    x = mx.sym.var("x", lr_mult=0.5, attr={"__a__": "b"})
    assert x.attr("lr_mult") == x.attr("__lr_mult__") == "0.5"
    assert x.list_attr() == {"__lr_mult__": "0.5", "lr_mult": "0.5", "__a__": "b"}
    assert x.attr("none") is None
    assert dense().attr("num_hidden") == "3"
    with pytest.raises(DeprecationWarning):
        x.list_attr(recursive=True)
    with pytest.raises(ValueError, match="string values"):
        x._set_attr(a=1)
    with pytest.raises(ValueError, match="not supported"):
        mx.sym.var("a", foo="1")
    with pytest.raises(TypeError, match="string for variable"):
        mx.sym.var(3)


def test_children() -> None:
    assert dense().get_children().list_outputs() == ["x", "f_weight", "f_bias"]
    assert mx.sym.var("x").get_children() is None


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda x: mx.sym.FullyConnected(x, num_hidden=3, foo=1), "no argument 'foo'"),
        (mx.sym.FullyConnected, "num_hidden"),
        (lambda x: mx.sym.FullyConnected(x, num_hidden="a"), "can't be read"),
        (lambda x: mx.sym.FullyConnected(x, num_hidden=3, weight_lr_mult=2), "w = Variable"),
        (lambda x: mx.sym.exp(mx.sym.Group([x, x])), "single value is required"),
        (lambda x: mx.sym.Concat(data=x), "argument name data not found"),
        (lambda x: mx.sym.Concat(), "greater equal to 1"),
        (lambda x: x.gradient(["x"]), "not implemented"),
        (lambda x: x.optimize_for("a"), "declared gap"),
        (lambda x: x.get_backend_symbol("a"), "declared gap"),
    ],
)
def test_what_mxnet_refuses(call: Any, error: str) -> None:
    with pytest.raises(mx.MXNetError, match=error):
        call(mx.sym.var("x"))


def test_what_python_refuses() -> None:
    x = mx.sym.var("x")
    with pytest.raises(AssertionError, match="must be Symbol"):
        mx.sym.exp(1)
    with pytest.raises(AssertionError, match="must be Symbol"):
        mx.sym.concat(x, 1)
    with pytest.raises(TypeError, match="not supported"):
        x + "a"
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    for refused in (bool, lambda s: s.asnumpy(), lambda s: s.backward(), lambda s: s.__iadd__(1)):
        with pytest.raises(NotImplementedForSymbol, match="only available in NDArray"):
            refused(x)


def test_variables_of_missing_inputs() -> None:
    assert mx.sym.FullyConnected(num_hidden=2, name="f").list_arguments() == ["f_data", "f_weight", "f_bias"]
    assert mx.sym.Concat(num_args=2, name="c").list_arguments() == ["c_arg0", "c_arg1"]
    assert mx.sym.Concat(arg0=mx.sym.var("a"), arg1=mx.sym.var("b")).list_arguments() == ["a", "b"]


def test_operators_that_mxnet_does_not_have_become_those_it_has() -> None:
    x = mx.sym.var("x")
    made = mx.sym._internal._regluon_dense(x, num_hidden=2, act_type="relu")
    assert "_regluon" not in made.tojson()
    assert made.list_arguments()[0] == "x"


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda s: s.random.uniform(0, 1, shape=(2, 3)), (2, 3)),
        (lambda s: s.random.normal(s.var("x"), s.var("x"), shape=2), (4, 2)),
        (lambda s: s.random.randn(2, 5), (2, 5)),
        (lambda s: s.random.randint(0, 5, shape=(3,)), (3,)),
        (lambda s: s.random.exponential(2.0, shape=(3,)), (3,)),
        (lambda s: s.random.gamma(s.var("x"), s.var("x")), (4,)),
        (lambda s: s.random.multinomial(s.softmax(s.var("x")), shape=(6,), get_prob=False), (6,)),
        (lambda s: s.random.shuffle(s.var("x")), (4,)),
        (lambda s: s.random.uniform_like(s.var("x")), (4,)),
    ],
)
def test_random(make: Any, shape: tuple[int, ...]) -> None:
    symbol = make(mx.sym)
    given = {name: mx.nd.ones((4,)) for name in symbol.list_arguments()}
    (found,) = symbol.eval(**given)
    assert found.shape == shape
    assert symbol.infer_shape(**dict.fromkeys(given, (4,)))[1] == [shape]


def test_candidates() -> None:
    drawn, of_true, of_drawn = mx.sym.contrib.rand_zipfian(mx.sym.var("x"), 4, 5)
    (found,) = of_true.eval(x=mx.nd.array([3]))
    np.testing.assert_allclose(found.asnumpy(), [0.49815514], rtol=1e-6)
    assert mx.sym.Group([drawn, of_drawn]).eval()[0].dtype == np.int64


def test_updates() -> None:
    inputs = [mx.sym.var(n) for n in ("weight", "grad", "mean", "var")]
    net = mx.sym.contrib.adamw_update(*inputs, 0.5, lr=0.1, eta=1.0)
    assert net.list_auxiliary_states() == ["mean", "var"]
    assert net.list_arguments() == ["weight", "grad"]


def test_names_of_sparse_operators() -> None:
    assert mx.sym.sparse.dot(mx.sym.var("x"), mx.sym.var("y")).list_outputs() == ["dot0_output"]


def test_mixed_parameters_of_distributions() -> None:
    with pytest.raises(AssertionError, match="same type"):
        mx.sym.random.uniform(mx.sym.var("x"), 1)
    with pytest.raises(ValueError, match="Symbol or numbers"):
        mx.sym.random.normal("a", 1)


def test_arithmetic_of_numbers() -> None:
    assert mx.sym.maximum(2, 3) == 3
    assert mx.sym.pow(2, 3) == 8
    assert mx.sym.hypot(3, 4) == 5
    with pytest.raises(TypeError, match="not supported"):
        mx.sym.maximum("a", 3)


def test_casts_of_mixed_precision_are_left_out() -> None:
    net = mx.sym.exp(mx.sym.amp_cast(mx.sym.var("x"), dtype="float16"))
    assert "amp_cast" not in net.tojson()
    assert "amp_cast" in net.tojson(remove_amp_cast=False)


def test_shapes_that_do_not_follow() -> None:
    with pytest.warns(UserWarning, match="Cannot decide shape"):
        assert dense().infer_shape() == (None, None, None)
    with pytest.warns(UserWarning, match="Cannot decide type"):
        assert dense().infer_type() == (None, None, None)
    assert dense().infer_shape_partial(x=(0, 4)) == ([(0, 4), (3, 4), (3,)], [(0, 3)], [])
    a, b = mx.sym.var("a"), mx.sym.var("b")
    assert (a + b).infer_shape(a=(2, 0), b=(0, 3)) == ([(2, 3), (2, 3)], [(2, 3)], [])
    assert (a + b).infer_shape((2, 3)) == ([(2, 3), (2, 3)], [(2, 3)], [])
    with pytest.raises(mx.MXNetError, match="Incompatible"):
        (a + b).infer_shape(a=(2, 3), b=(3, 2))
    with pytest.raises(mx.MXNetError, match="not found"):
        (a + b).infer_shape(q=(2, 3))
    with pytest.raises(TypeError, match="tuple"):
        a.infer_shape(a=[1])


def test_types() -> None:
    half = np.float16
    assert dense().infer_type(x="float16") == ([half] * 3, [half], [])
    net = mx.sym.BatchNorm(mx.sym.var("x"))
    assert net.infer_type(x="float16") == ([half, np.float32, np.float32], [half], [np.float32] * 2)
    assert mx.sym.argmax(mx.sym.var("x"), axis=0).infer_type(x="float64")[1] == [np.float64]


def test_long_chains() -> None:
    net = mx.sym.var("x")
    for _ in range(3000):
        net = net + 1
    assert len(mx.sym.load_json(net.tojson()).get_internals()) == 3001
    (found,) = copy.deepcopy(net).eval(x=mx.nd.zeros((1,)))
    assert found.asscalar() == 3000
