"""Mixed precision against what MXNet was recorded to do; after ``init``, in fresh processes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mxnet.contrib import amp

import mxnet as mx
from amp_cases import OPTIONS, OVERFLOWS, loop, nets
from fresh import report
from regluon.base import torch_dtype
from regluon.contrib.amp import rules
from regluon.ops.registry import OPERATORS

TESTS = Path(__file__).parents[1]
RECORDED = json.loads(gzip.decompress((TESTS / "data" / "amp.json.gz").read_bytes()))
BFLOAT16 = np.dtype([("bfloat16", np.uint16)])
BEGIN = (
    f"import sys; sys.path[:0] = [{str(TESTS)!r}]\n"
    """
import json
import numpy as np
import mxnet as mx
from mxnet import autograd, gluon, nd
from mxnet.contrib import amp
from amp_cases import calls
def tell(value): print(json.dumps(value))
def kind(array): return np.dtype(array.dtype).name if array.dtype != amp.amp._bfloat16 else "bfloat16"
"""
)


@pytest.mark.parametrize("dtype", ["float16", BFLOAT16], ids=str)
@pytest.mark.parametrize("name", RECORDED["lists"]["float16"])
def test_lists(name: str, dtype: Any) -> None:
    found = getattr(amp, name)(dtype)
    recorded = RECORDED["lists"]["float16" if dtype == "float16" else "bfloat16"][name]
    assert json.loads(json.dumps(found)) == recorded
    with pytest.raises(AssertionError, match="not supported type"):
        getattr(amp, name)("float64")


def test_own_operators_have_rules() -> None:
    """What stands for several of MXNet's operators computes in the type of one of those."""
    own = {name for name in OPERATORS if name.startswith("_regluon")}
    assert own <= set(rules._ALIKE)
    assert set(rules._ALIKE.values()) <= {
        *amp.list_lp16_ops("float16"),
        *amp.list_fp32_ops("float16"),
        *amp.list_widest_type_cast("float16"),
    }


def test_the_loss_scaler() -> None:
    scaler, weight = amp.loss_scaler.LossScaler(), mx.gluon.Parameter("weight", shape=(2,))
    weight.initialize()
    scaler._scale_seq_len = 5
    bad = {"0": 1, "1": float("inf"), "2": float("nan")}
    found = []
    for overflow in OVERFLOWS:
        weight.grad()[:] = bad[overflow]
        found.append([scaler.has_overflow([weight]), scaler.loss_scale])
    assert RECORDED["overflows"] == OVERFLOWS
    assert found == RECORDED["scales"]
    assert max(scale for _, scale in found) == scaler._max_loss_scale == 2**24


# Converted graphs


def shape_of(nodes: list[Any]) -> list[Any]:
    """A graph less the names of casts, and the attributes that have nothing to do with types."""
    return [
        [op, "" if op.startswith("amp_") else name, [entry[:2] for entry in inputs], kept(attrs)]
        for op, name, inputs, attrs in nodes
    ]


def kept(attrs: dict[str, str]) -> dict[str, str]:
    return {key: text for key, text in attrs.items() if "dtype" in key or key == "num_outputs"}


CASES = [(name, symbol, label) for name, symbol in nets() for label in OPTIONS]


@pytest.mark.parametrize(("name", "symbol", "label"), CASES, ids=[f"{n} {o}" for n, _, o in CASES])
def test_converted_graphs(name: str, symbol: Any, label: str) -> None:
    recorded = RECORDED["converted"][f"{name} {label}"]
    before = symbol.tojson()
    found = amp.convert_symbol(symbol, **OPTIONS[label])
    assert symbol.tojson() == before
    if recorded == "MXNetError":  # types that don't fit, which MXNet looks at here already
        return
    graph = json.loads(found.tojson(remove_amp_cast=False))
    nodes = [[n["op"], n["name"], n["inputs"], n.get("attrs", {})] for n in graph["nodes"]]
    assert shape_of(nodes) == shape_of(recorded["nodes"])
    assert graph["heads"] == recorded["heads"]


def test_a_converted_model_computes_the_same() -> None:
    symbol = dict(nets())["chain"]
    shapes, _, states = symbol.infer_shape(data=(2, 3, 6, 6), label=(2,))
    rng = np.random.RandomState(0)
    args = {n: mx.nd.array(rng.randn(*s)) for n, s in zip(symbol.list_arguments(), shapes, strict=True)}
    aux = {n: mx.nd.ones(s) for n, s in zip(symbol.list_auxiliary_states(), states, strict=True)}
    data = {"data": args.pop("data"), "label": args.pop("label")}
    expected = symbol.bind(mx.cpu(), {**args, **data}, aux_states=aux).forward()[0].asnumpy()
    for dtype, error in (("float16", 0.01), ("bfloat16", 0.1)):
        for cast in (False, True):
            made, new_args, new_aux = amp.convert_model(
                symbol, dict(args), dict(aux), target_dtype=dtype, cast_optional_params=cast
            )
            lower = torch_dtype(dtype) if cast else torch_dtype("float32")
            assert new_args["fc_weight"]._data.dtype is lower
            assert new_args["bn_gamma"].dtype is np.float32
            result = made.bind(mx.cpu(), {**new_args, **data}, aux_states=new_aux).forward()[0]
            assert result.dtype is np.float32
            assert np.abs(result.asnumpy() - expected).max() < error
            assert not np.array_equal(result.asnumpy(), expected)


def test_a_loop_computes_the_same() -> None:
    symbol = loop()
    given = {"data": mx.nd.ones((3, 1, 2)), "start": mx.nd.zeros((1, 2)), "fc_weight": mx.nd.ones((2, 2))}
    expected = [[2, 2], [4, 4], [6, 6]]
    assert symbol.eval(**given)[0].asnumpy().tolist() == expected
    assert amp.convert_symbol(symbol).eval(**given)[0].asnumpy().tolist() == expected


def test_shapes_are_found_through_casts() -> None:
    for name, symbol in nets():
        shapes = {"data": (4, 4) if "conv" not in symbol.tojson() else (2, 3, 6, 6)}
        shapes |= {"y": (4, 4)} if name in ("plain", "wide") else {}
        if name in ("cast", "head", "shared", "plain", "wide", "chain", "residual", "twice"):
            expected = symbol.infer_shape_partial(**shapes)
            assert amp.convert_symbol(symbol).infer_shape_partial(**shapes) == expected
            assert all(map(all, expected[1]))
    one, other = mx.sym.var("one"), mx.sym.var("other")
    pair = mx.sym.amp_multicast(one, other, num_outputs=2)
    total = pair[0] + mx.sym.FullyConnected(pair[1], num_hidden=4, name="fc")
    assert total.infer_shape(other=(2, 3)) == ([(2, 4), (2, 3), (4, 3), (4,)], [(2, 4)], [])


def test_a_module_of_buckets() -> None:
    def net(length: int) -> tuple[Any, tuple[str], tuple[str]]:
        data = mx.sym.sum(mx.sym.var("data"), axis=1)
        out = mx.sym.FullyConnected(mx.sym.reshape(data, shape=(-1, 1)), num_hidden=3, name="fc")
        return mx.sym.SoftmaxOutput(out, name="softmax"), ("data",), ("softmax_label",)

    def batch(length: int) -> mx.io.DataBatch:
        shapes = {"provide_data": [("data", (2, length))], "provide_label": [("softmax_label", (2,))]}
        data = [mx.nd.arange(2 * length).reshape((2, length)) / 7]
        return mx.io.DataBatch(data, [mx.nd.zeros(2)], bucket_key=length, **shapes)

    module = mx.mod.BucketingModule(net, default_bucket_key=5)
    with pytest.raises(AssertionError, match="should not be empty"):
        amp.amp.convert_bucketing_module(module)
    module.bind([("data", (2, 5))], [("softmax_label", (2,))], for_training=False)
    module.init_params(mx.init.Normal(1))
    found = []
    for length in (5, 3):
        module.forward(batch(length), is_train=False)
        found.append(module.get_outputs()[0].asnumpy())
    made = amp.amp.convert_bucketing_module(module)
    made.bind([("data", (2, 5))], [("softmax_label", (2,))], for_training=False)
    for length, expected in zip((5, 3), found, strict=True):
        made.forward(batch(length), is_train=False)
        result = made.get_outputs()[0].asnumpy()
        assert np.abs(result - expected).max() < 0.01
        assert not np.array_equal(result, expected)
        assert "amp_cast" in made._buckets[length].symbol.tojson(remove_amp_cast=False)


def test_a_block() -> None:
    net = mx.gluon.nn.HybridSequential()
    net.add(mx.gluon.nn.Conv2D(4, 3), mx.gluon.nn.BatchNorm(), mx.gluon.nn.Dense(3))
    net.initialize(mx.init.Normal(0.1))
    net.hybridize()
    x = mx.nd.arange(200).reshape((2, 4, 5, 5)) / 100
    expected = net(x).asnumpy()
    for cast in (False, True):
        made = amp.convert_hybrid_block(net, ctx=mx.cpu(), cast_optional_params=cast)
        types = {p.dtype for p in made.collect_params().values()}
        assert types == ({np.float32, np.float16} if cast else {np.float32})
        result = made(x)
        assert result.dtype is np.float32
        assert 0 < np.abs(result.asnumpy() - expected).max() < 0.01


def test_what_is_refused() -> None:
    symbol = dict(nets())["head"]
    for wrong, message in (
        ({"target_dtype": "float64"}, "Only target_dtype float16 and bfloat16"),
        ({"target_dtype_ops": ["exp"]}, "Common ops: \\['exp'\\]"),
        ({"fp32_ops": ["nothing"]}, "\\['nothing'\\]"),
        ({"fp32_ops": "exp"}, "fp32_ops should be a list"),
    ):
        with pytest.raises(AssertionError, match=message):
            amp.convert_symbol(symbol, **wrong)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="should be Symbol"):
        amp.convert_model(1, {}, {})  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match=r"first call block\.hybridize"):
        amp.convert_hybrid_block(mx.gluon.nn.Dense(2))
    with pytest.raises(AssertionError, match=r"did you forget to call amp\.init"):
        amp.init_trainer(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="only compatible with Gluon Trainer"):
        amp.unscale(mx.optimizer.SGD())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Trainer or an optimizer, instead is <class 'int'>"):
        amp.unscale(1)  # type: ignore[arg-type]


# After init


def test_types_of_results() -> None:
    found = report(
        BEGIN
        + """
def types():
    found = {}
    for name, call in calls(nd).items():
        try:
            result = call()
            found[name] = [kind(r) for r in (result if isinstance(result, list) else [result])]
        except mx.MXNetError:
            found[name] = False
    return found
before = types()
amp.init()
tell([before, types(), amp.amp._amp_initialized])
"""
    )
    before, after, initialized = found
    assert initialized is True
    assert after == RECORDED["types"]
    assert before["h + s"] is False
    assert before["FullyConnected"] == ["float32"]


TRAIN = """
amp.init({dtype!r})
amp.init()
mx.random.seed(1)
net = gluon.nn.HybridSequential()
net.add(gluon.nn.Conv2D(4, 3, activation="relu"), gluon.nn.BatchNorm(), gluon.nn.Flatten(),
        gluon.nn.Dense(8, activation="relu"), gluon.nn.Dense(3))
net.initialize(mx.init.Xavier())
if {hybrid}: net.hybridize()
trainer = gluon.Trainer(net.collect_params(), "sgd", {{"learning_rate": 0.1}}, update_on_kvstore=False)
try: amp.scale_loss(1, trainer).__enter__()
except AssertionError as error: complaint = str(error)
amp.init_trainer(trainer)
rng = np.random.RandomState(2)
X, Y = nd.array(rng.randn(16, 2, 8, 8)), nd.array(rng.randint(0, 3, 16))
loss_of, losses, scales, moved = gluon.loss.SoftmaxCrossEntropyLoss(), [], [], []
for step in range(16):
    with autograd.record():
        out = net(X)
        loss = loss_of(out, Y)
        with amp.scale_loss(loss, trainer) as scaled:
            autograd.backward(scaled)
    if step == 12: amp.unscale(trainer)
    if step == 14: net[4].bias.grad()[:] = float("nan")
    before = net[4].weight.data().asnumpy()
    trainer.step(16)
    moved.append(not np.array_equal(before, net[4].weight.data().asnumpy()))
    losses.append(float(loss.astype("float32").mean().asscalar()))
    scales.append(trainer._amp_loss_scaler.loss_scale)
other = gluon.Trainer(net.collect_params(), "sgd")
amp.init_trainer(other)
tell([kind(out), kind(net[3].weight.data()), losses, scales, moved, complaint,
      other._amp_loss_scaler is not trainer._amp_loss_scaler])
"""


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_training(dtype: str, hybrid: bool) -> None:
    """In float16 the loss overflows until the scale is small enough; no step is made until then."""
    out, weight, losses, scales, moved, complaint, own = report(
        BEGIN + TRAIN.format(dtype=dtype, hybrid=hybrid)
    )
    assert (out, weight) == (dtype, "float32")
    assert losses[13] < 0.5 * losses[0]
    assert moved[14] is False
    assert moved[15] is True
    first = moved.index(True)
    assert moved[first:14] == [True] * (14 - first)
    assert (first > 2) == (dtype == "float16")
    assert scales[15] == scales[13] / 2
    assert "did you forget to call amp.init_trainer" in complaint
    assert own


AFTER = """
def grad(**kwargs):
    x = nd.array([[1., 2.]])
    x.attach_grad()
    with autograd.record():
        y = nd.SoftmaxOutput(x, nd.array([0]), **kwargs)
    y.backward()
    return x.grad.asnumpy()

before = grad(), grad(grad_scale=2)
amp.init(conditional_fp32_ops=[("Activation", "act_type", ["tanh"])], fp32_ops=["exp"])
x, y = mx.sym.var("x"), mx.sym.var("y")
fc = mx.sym.FullyConnected(x, num_hidden=3, name="fc")
nets = [fc, mx.sym.exp(x), x + y, mx.sym.Activation(x, act_type="tanh"),
        mx.sym.Activation(x, act_type="relu"), mx.sym.log(x), mx.sym.BatchNorm(mx.sym.exp(x))]
graphs = [json.loads(n.tojson(remove_amp_cast=False))["nodes"] for n in nets]
amp.amp._loss_scaler._loss_scale = 8
out = nd.zeros((2, 4), dtype="float16")
result = nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 3)), num_hidden=4, no_bias=True, out=out)
csr = nd.array([[1., 0.], [0., 2.]]).tostype("csr")
tell({
    "casts": [[[n["op"], n.get("attrs", {}).get("dtype")] for n in g if n["op"] != "null"] for g in graphs],
    "scaled": [bool(np.allclose(a * 8, b)) for a, b in zip(before, (grad(), grad(grad_scale=2)))],
    "out": [result is out, out.asnumpy().tolist()[0]],
    "sparse": kind(nd.sparse.dot(csr, nd.ones((2, 2)))),
    "name": [nd.FullyConnected.__name__, list(nd.FullyConnected.__signature__.parameters)[:2]],
})
"""


def test_after_init() -> None:
    """Symbols get casts, gradients that operators make are scaled, out= is written, sparse arrays pass."""
    found = report(BEGIN + AFTER)
    casts, half, full = found["casts"], ["amp_cast", "float16"], ["amp_cast", "float32"]
    assert casts[0] == [half, half, half, ["FullyConnected", None]]
    assert casts[1] == [full, ["exp", None]]
    assert [op for op, _ in casts[2]] == ["amp_multicast", "elemwise_add"]
    assert casts[3] == [full, ["Activation", None]]
    assert casts[4:6] == [[["Activation", None]], [["log", None]]]
    assert casts[6] == [full, ["exp", None], ["BatchNorm", None]]
    assert found["scaled"] == [True, True]
    assert found["out"] == [True, [3, 3, 3, 3]]
    assert found["sparse"] == "float32"
    assert found["name"] == ["FullyConnected", ["data", "weight"]]
