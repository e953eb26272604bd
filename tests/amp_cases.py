"""What is asked of mixed precision, here and of MXNet by tests/oracle/record_amp.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mxnet as mx

OPTIONS: Any = {
    "plain": {},
    "optional": {"cast_optional_params": True},
    "excluded": {"excluded_sym_names": ["fc", "conv", "two"]},
    "bfloat16": {"target_dtype": "bfloat16"},
    "params": {"data_names": ["data"]},
    "names": {"data_names": ["data"], "cast_optional_params": True},
    "chosen": {
        "target_dtype_ops": ["Pooling"],
        "fp32_ops": ["BatchNorm"],
        "conditional_fp32_ops": [("Activation", "act_type", ["relu"])],
    },
}

OVERFLOWS = "0010200000000000000000011000000" + "0" * 60


def nets() -> Iterator[tuple[str, Any]]:
    """Graphs to be converted: (name, symbol)."""
    v = mx.sym.var
    x = v("data")
    conv = mx.sym.Convolution(x, kernel=(3, 3), num_filter=4, name="conv")
    bn = mx.sym.BatchNorm(conv, name="bn")
    act = mx.sym.Activation(bn, act_type="relu", name="act")
    pool = mx.sym.Pooling(act, kernel=(2, 2), name="pool")
    fc = mx.sym.FullyConnected(pool, num_hidden=3, name="fc")
    yield "chain", mx.sym.SoftmaxOutput(fc, v("label"), name="out")
    yield "residual", mx.sym.elemwise_add(conv, mx.sym.exp(conv, name="exp"), name="sum")
    soft = mx.sym.Activation(fc, act_type="softrelu", name="soft")
    yield "conditional", mx.sym.Group([soft, mx.sym.concat(fc, x.reshape((2, -1), name="flat"), name="cat")])
    a, b = mx.sym.split(fc, num_outputs=3, axis=1, name="split")[0:2]
    yield "outputs", mx.sym.broadcast_mul(a, mx.sym.log_softmax(b, name="ls"), name="mul")
    yield "plain", mx.sym.broadcast_add(x, v("y"), name="add")
    w = v("w")
    head = mx.sym.FullyConnected(x, num_hidden=2, name="head")
    yield "head", head
    yield "variables", mx.sym.Group([mx.sym.exp(x, name="e"), mx.sym.elemwise_add(x, head, name="s")])
    yield "wide", mx.sym.elemwise_add(mx.sym.exp(v("y"), name="e"), x, name="s")
    early = mx.sym.Pooling(mx.sym.exp(x, name="e"), kernel=(2, 2), name="p")
    yield "early", mx.sym.FullyConnected(early, num_hidden=2, name="f")
    yield "input", mx.sym.FullyConnected(mx.sym.Pooling(x, kernel=(2, 2), name="p"), num_hidden=2, name="f")
    p, q = mx.sym.Pooling(x, kernel=(2, 2), name="p"), mx.sym.Pooling(conv, kernel=(2, 2), name="q")
    mixed = mx.sym.elemwise_mul(p, q, name="mul")
    yield "mixed", mx.sym.softmax(mixed, name="sm")
    yield (
        "cast",
        mx.sym.Cast(mx.sym.FullyConnected(x, num_hidden=2, name="fc"), dtype="float32", name="c") * 2,
    )
    yield "twice", mx.sym.Group([fc, mx.sym.exp(fc, name="exp"), mx.sym.tanh(fc, name="tanh")])
    other = mx.sym.FullyConnected(x, num_hidden=3, name="other")
    yield "order", mx.sym.Group([mx.sym.exp(fc, name="exp"), mx.sym.elemwise_add(fc, other, name="sum")])
    one = mx.sym.FullyConnected(x, w, no_bias=True, num_hidden=4, name="one")
    two = mx.sym.FullyConnected(one, w, no_bias=True, num_hidden=4, name="two")
    yield "shared", mx.sym.norm(mx.sym.dot(two, w, name="dot") + 1, name="norm")
    yield "loop", loop()


def loop() -> Any:
    """A fully connected layer over running sums."""
    with mx.name.NameManager():
        sums, _ = mx.sym.contrib.foreach(
            lambda x, states: (x + states[0], [x + states[0]]), mx.sym.var("data"), [mx.sym.var("start")]
        )
        return mx.sym.FullyConnected(sums, num_hidden=2, no_bias=True, name="fc")


def calls(nd: Any) -> dict[str, Callable[[], Any]]:
    """Calls whose results tell in which type they were computed: {name: call}."""
    h, s, w = nd.ones((2, 3), dtype="float16"), nd.ones((2, 3)), nd.ones((4, 3))
    d, i = nd.ones((2, 3), dtype="float64"), nd.ones((2, 3), dtype="int32")
    return {
        "FullyConnected": lambda: nd.FullyConnected(s, w, nd.ones(4), num_hidden=4),
        "by name": lambda: nd.FullyConnected(data=s, weight=w, no_bias=True, num_hidden=4),
        "float64": lambda: nd.FullyConnected(d, w.astype("float64"), num_hidden=4, no_bias=True),
        "Convolution": lambda: nd.Convolution(
            nd.ones((1, 2, 4, 4)), nd.ones((3, 2, 3, 3)), num_filter=3, kernel=(3, 3), no_bias=True
        ),
        "exp": lambda: nd.exp(h),
        "method exp": h.exp,
        "exp float64": lambda: nd.exp(d),
        "exp int32": lambda: nd.exp(i),
        "softmax": lambda: nd.softmax(h),
        "mean": h.mean,
        "h + s": lambda: h + s,
        "s + h": lambda: s + h,
        "h * s": lambda: h * s,
        "h > s": lambda: h > s,
        "h - 1": lambda: h - 1,
        "h + d": lambda: h + d,
        "add": lambda: nd.add(h, s),
        "broadcast_add": lambda: nd.broadcast_add(h, s),
        "elemwise_add": lambda: nd.elemwise_add(h, s),
        "concat": lambda: nd.concat(h, s),
        "stack": lambda: nd.stack(h, s),
        "add_n": lambda: nd.add_n(h, s),
        "where": lambda: nd.where(s, h, s),
        "dot": lambda: nd.dot(h, w.T),
        "softrelu": lambda: nd.Activation(h, act_type="softrelu"),
        "relu": lambda: nd.relu(h),
        "BatchNorm": lambda: nd.BatchNorm(h.reshape((2, 3, 1, 1)), *[nd.ones(3) for _ in range(4)]),
        "topk": lambda: nd.topk(h, ret_typ="both", k=1),
        "cast": lambda: nd.cast(h, dtype="float32"),
        "arange_like": lambda: nd.contrib.arange_like(h),
        "norm": lambda: nd.norm(h),
    }
