"""Loops and branches as symbols, against MXNet's: JSON to the letter, shapes, types, values, gradients."""

from __future__ import annotations

import copy
import gzip
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from mxnet import gluon, nd
from symbol_control_cases import BLOCKS, SYMBOLS, WITHOUT_GRADIENTS, fresh, set_parameters, trained
from symbol_values import values_for

DATA = Path(__file__).parents[1] / "data" / "symbol_control.json.gz"
RECORDED = json.loads(gzip.decompress(DATA.read_bytes()))


@pytest.fixture(autouse=True)
def names() -> Any:
    with fresh(mx):
        yield


@pytest.fixture(params=SYMBOLS)
def net(request: pytest.FixtureRequest) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    return SYMBOLS[request.param][0](mx), SYMBOLS[request.param][1], RECORDED["symbols"][request.param]


def close(found: Any, recorded: Any) -> None:
    np.testing.assert_allclose(found.asnumpy(), np.array(recorded), rtol=1e-5, atol=1e-5)


def test_json(net: Any) -> None:
    symbol, _, recorded = net
    assert symbol.tojson() == recorded["json"]
    assert mx.sym.load_json(recorded["json"]).tojson() == recorded["json"]
    assert pickle.loads(pickle.dumps(symbol)).tojson() == recorded["json"]
    assert copy.deepcopy(symbol).tojson() == recorded["json"]


def test_names(net: Any) -> None:
    symbol, _, recorded = net
    assert symbol.list_arguments() == recorded["arguments"]
    assert symbol.list_outputs() == recorded["outputs"]
    assert symbol.get_internals().list_outputs() == recorded["internals"]
    assert symbol.attr_dict() == recorded["attributes"]
    assert symbol.debug_str() == recorded["debug"]


def test_shapes_and_types(net: Any) -> None:
    symbol, given, recorded = net
    if recorded["shapes"][0] is not None:
        found = [[list(shape) for shape in part] for part in symbol.infer_shape(**given)]
        assert found == recorded["shapes"]
    if recorded["types"][0] is not None:
        types = symbol.infer_type(**{symbol.list_arguments()[0]: "float32"})
        assert [[np.dtype(t).name for t in part] for part in types] == recorded["types"]


@pytest.mark.parametrize("name", SYMBOLS)
def test_values(name: str) -> None:
    recorded = RECORDED["symbols"][name]
    symbol = mx.sym.load_json(recorded["json"])
    shapes = symbol.infer_shape(**SYMBOLS[name][1])[0]
    arrays = values_for(dict(zip(symbol.list_arguments(), shapes, strict=True)))
    given = {key: nd.array(value) for key, value in arrays.items()}
    grads = {key: nd.zeros(value.shape) for key, value in arrays.items()}
    executor = symbol.bind(mx.cpu(), given, grads)
    for found, expected in zip(executor.forward(), recorded["predicted"], strict=True):
        close(found, expected)
    executor.forward(is_train=True)
    executor.backward([nd.ones(o.shape) * (i + 1) for i, o in enumerate(executor.outputs)])
    if name in WITHOUT_GRADIENTS:
        assert all(np.isfinite(g.asnumpy()).all() for g in grads.values())
        return
    for key, expected in recorded["gradients"].items():
        close(grads[key], expected)


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("active", [True, False])
def test_blocks(name: str, active: bool) -> None:
    recorded = RECORDED["blocks"][name]
    net, shapes = BLOCKS[name](mx)
    net.initialize()
    values = values_for({f"data{i}": shape for i, shape in enumerate(shapes)})
    inputs = [nd.array(values[key]) for key in sorted(values)]
    if active:
        net.hybridize()
    net(*inputs)
    set_parameters(mx, net, values_for)
    for _ in range(2):
        found = trained(mx, net, inputs)
        for ours, theirs in zip(found["outputs"], recorded["outputs"], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
        for key, expected in recorded["gradients"].items():
            np.testing.assert_allclose(found["gradients"][key], expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", BLOCKS)
def test_exported_blocks(name: str, tmp_path: Path) -> None:
    net, shapes = BLOCKS[name](mx)
    net.initialize()
    net.hybridize()
    values = values_for({f"data{i}": shape for i, shape in enumerate(shapes)})
    inputs = [nd.array(values[key]) for key in sorted(values)]
    expected = net(*inputs)
    net.export(str(tmp_path / "net"))
    text = (tmp_path / "net-symbol.json").read_text()
    assert text == RECORDED["blocks"][name]["json"]
    block = mx.gluon.SymbolBlock.imports(
        str(tmp_path / "net-symbol.json"), sorted(values), str(tmp_path / "net-0000.params")
    )
    found = block(*inputs)
    for ours, theirs in zip(*[x if isinstance(x, list) else [x] for x in (found, expected)], strict=True):
        close(ours, theirs.asnumpy())


def test_no_step_at_all() -> None:
    i, x = mx.sym.var("i"), mx.sym.var("x")
    found, last = mx.sym.contrib.while_loop(
        lambda i, x: i < 0,
        lambda i, x: (mx.sym.broadcast_add(x, i), [i + 1, x * 2]),
        [i, x],
        max_iterations=3,
    )
    net = mx.sym.Group([found, *last])
    outputs = net.eval(i=nd.array([0]), x=nd.array([1, 2]))
    assert [o.asnumpy().tolist() for o in outputs] == [[[0, 0]] * 3, [0], [1, 2]]


def test_what_is_made_beside_a_loop() -> None:
    """A first state gets the shape that follows; a range, which is made without inputs too, keeps its own."""

    class Sums(gluon.HybridBlock):
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            start = F.elemwise_add(F.zeros(shape=(0, 2)), F.zeros(shape=(3, 2)))
            sums, _ = F.contrib.foreach(lambda d, s: (d + s, d + s), x, start)
            return sums, F.arange(0, 4)

    block = Sums()
    block.hybridize()
    for _ in range(3):
        sums, numbers = block(nd.ones((2, 3, 2)))
        np.testing.assert_array_equal(sums.asnumpy(), [np.full((3, 2), 1), np.full((3, 2), 2)])
        np.testing.assert_array_equal(numbers.asnumpy(), [0, 1, 2, 3])


def test_running_statistics_of_a_body() -> None:
    mean, var = mx.sym.var("mean"), mx.sym.var("var")

    def body(d: Any, s: Any) -> Any:
        return mx.sym.BatchNorm(d, moving_mean=mean, moving_var=var, name="bn", momentum=0.5), s + d

    net = mx.sym.Group(mx.sym.contrib.foreach(body, mx.sym.var("x"), mx.sym.var("s")))
    assert net.list_auxiliary_states() == []
    arrays = {name: nd.ones((2,)) for name in ("bn_gamma", "bn_beta", "mean", "var")}
    executor = net.bind(
        mx.cpu(), {**arrays, "x": nd.array(np.arange(12).reshape(3, 2, 2)), "s": nd.zeros((2, 2))}
    )
    executor.forward(is_train=True)
    np.testing.assert_allclose(arrays["mean"].asnumpy(), [6, 6.875], rtol=1e-6)


def test_internals_of_a_graph_around_a_loop() -> None:
    x = mx.sym.var("x")
    found, _ = mx.sym.contrib.foreach(lambda d, s: (d * 2, s + d), mx.sym.exp(x, name="e"), mx.sym.var("s"))
    net = mx.sym.sum(found)
    assert net.get_internals()["e_output"].list_arguments() == ["x"]
    other = net(x=mx.sym.var("y") + 1)
    assert other.eval(y=nd.zeros((2, 1)) - 1, s=nd.zeros((1,)))[0].asscalar() == 4


def test_which_outputs_a_symbol_is() -> None:
    parts = mx.sym.split(mx.sym.var("x"), num_outputs=2)
    assert parts[1].attr("_value_index") == "1"
    assert parts.attr("_value_index") == "0, 1"


X, S = mx.sym.var("x"), mx.sym.var("s")


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (
            lambda f: f.foreach(lambda d, s: (s * 2, s + 1), X, S),
            AssertionError,
            "data arrays have to be used",
        ),
        (lambda f: f.foreach(lambda d, s: (d, d), X, S), AssertionError, "state arrays have to be used"),
        (lambda f: f.foreach(lambda d, s: (d, s[0]), X, [S]), AssertionError, "different format"),
        (lambda f: f.foreach(lambda d, s: (3, s), X, S), AssertionError, "foreach output must be .* got 3"),
        (lambda f: f.foreach(lambda d, s: (d, s), 3, S), AssertionError, "foreach input must be .* got 3"),
        (
            lambda f: f.foreach(lambda d, s: (d + mx.sym.var("a") + mx.sym.var("a"), s), X, S),
            AssertionError,
            "unique names: .*'a', 'a'",
        ),
        (lambda f: f.while_loop(lambda x: x < 3, lambda x: (x, [x]), [X]), ValueError, "should be specified"),
        (
            lambda f: f.while_loop(lambda x: x < 3, lambda x: (x, [x]), [X], max_iterations="q"),
            ValueError,
            "Cannot convert max_iteration to python int",
        ),
        (lambda f: f.while_loop(None, None, [], max_iterations=1), ValueError, "at least one element"),
        (
            lambda f: f.while_loop(lambda x: True, lambda x: (x, [x]), [X], max_iterations=1),
            ValueError,
            "Return of cond must be a Symbol",
        ),
        (
            lambda f: f.while_loop(lambda x: x < 3, lambda x: (x, [x, x]), [X], max_iterations=1),
            ValueError,
            "number of loop_vars should be consistent",
        ),
        (
            lambda f: f.while_loop(lambda x, s: x < s, lambda x, s: (x, [x, x]), [X, S], max_iterations=1),
            ValueError,
            "The 2-th loop_var doesn't involve",
        ),
        (lambda f: f.cond(X, lambda: [S], lambda: [S, X]), ValueError, "Number of outputs differs"),
        (
            lambda f: f.cond([X, S], lambda: S, lambda: S),
            ValueError,
            "pred should always be a single output",
        ),
    ],
)
def test_what_is_refused(build: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        build(mx.sym.contrib)


def test_errors_while_running_name_the_node() -> None:
    net = mx.sym.contrib.cond(X < 1, lambda: S * 2, lambda: S, name="c")
    with pytest.raises(
        mx.MXNetError, match=r"Error in operator _cond0: .*array of one element|of one element"
    ):
        net.eval(x=nd.zeros((2,)), s=nd.zeros((2,)))
    net = mx.sym.Group(mx.sym.contrib.foreach(lambda d, s: (d, s + d), X, S))
    with pytest.raises(mx.MXNetError, match="Error in operator _foreach0: foreach: data has no elements"):
        net.eval(x=nd.zeros((0, 2)), s=nd.zeros((2,)))


def test_branches_of_different_shapes_have_no_shape() -> None:
    net = mx.sym.contrib.cond(S, lambda: X * 2, lambda: mx.sym.tile(X, reps=(2, 1)))
    assert net.infer_shape_partial(x=(2, 3), s=(1,))[1] == [()]
