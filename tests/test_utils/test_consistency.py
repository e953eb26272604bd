"""Checks of one computation in several ways."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from regluon import autograd, gluon, nd, test_utils

RUNS: list[dict[str, Any]] = [
    {"ctx": mx.cpu(0), "x": (2, 3), "w": (4, 3), "type_dict": {"x": np.float64, "w": np.float64}},
    {"ctx": mx.cpu(1), "x": (2, 3), "w": (4, 3)},
    {"ctx": mx.cpu(0), "x": (2, 3), "w": (4, 3), "type_dict": {"x": np.float16, "w": np.float16}},
]


def dense(x: Any, w: Any) -> Any:
    return nd.FullyConnected(x, w, num_hidden=4, no_bias=True)


def off(x: Any, w: Any) -> Any:
    return dense(x, w) * (1.5 if x.dtype == np.float32 else 1)


@pytest.mark.parametrize("req", ["write", "add", "null"])
def test_contexts_and_types(req: str) -> None:
    truth = test_utils.check_consistency(dense, RUNS, grad_req=req, scale=0.5)
    assert truth["output"].dtype == np.float64
    assert set(truth) == ({"output"} if req == "null" else {"output", "x", "w"})
    test_utils.check_consistency([dense] * 3, RUNS, use_uniform=True, rand_type=np.float16, grad_req=req)


def test_differences_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match="exceeds tolerance"):
        test_utils.check_consistency(off, RUNS, arg_params={"x": np.ones((2, 3)), "w": np.ones((4, 3))})
    test_utils.check_consistency(off, RUNS, raise_on_err=False)
    assert "Predict Err: ctx 1 vs ctx 0 at output" in capsys.readouterr().out

    class Off(autograd.Function):
        def forward(self, x: Any) -> Any:
            return x * 2

        def backward(self, dy: Any) -> Any:
            return dy * (2 if dy.dtype == np.float64 else 9)

    runs = [{"ctx": mx.cpu(), "x": (2,), "type_dict": {"x": kind}} for kind in (np.float64, np.float32)]
    with pytest.raises(AssertionError):
        test_utils.check_consistency(lambda x: Off()(x), runs)  # noqa: PLW0108 (one object a call)
    assert "Train Err: ctx 1 vs ctx 0 at x" in capsys.readouterr().out


def test_a_given_truth() -> None:
    values = {"x": np.ones((2, 3)), "w": np.ones((4, 3))}
    truth = {"output": np.full((2, 4), 3.0), "x": np.full((2, 3), 12.0), "w": np.full((4, 3), 6.0)}
    given = {name: nd.array(value) for name, value in truth.items()}
    assert test_utils.check_consistency(dense, RUNS, arg_params=values, ground_truth=given) is given
    wrong = {**given, "w": given["w"] * 2}
    with pytest.raises(AssertionError):
        test_utils.check_consistency(dense, RUNS, arg_params=values, ground_truth=wrong)
    with pytest.raises(AssertionError, match="two contexts"):
        test_utils.check_consistency(dense, RUNS[:1])


@pytest.mark.parametrize("typ", ["whole", "forward"])
def test_speed(typ: str) -> None:
    calls: list[bool] = []

    def noted(x: Any, w: Any) -> Any:
        calls.append(autograd.is_recording())
        return dense(x, w)

    assert test_utils.check_speed(noted, N=3, typ=typ, x=(2, 3), w=(4, 3)) > 0
    assert calls == [typ == "whole"] * 4
    assert test_utils.check_speed(noted, {"x": np.ones((2, 3)), "w": np.ones((4, 3))}, N=1, typ=typ) > 0
    with pytest.raises(ValueError, match="typ"):
        test_utils.check_speed(noted, typ="other", x=(2, 3), w=(4, 3))
    with pytest.raises(AssertionError, match="Expect dict"):
        test_utils.check_speed(noted, [1])  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(3, 4), [(3, 4), (2,)]])
def test_optimizers(shape: Any) -> None:
    count = len(shape) if isinstance(shape, list) else 1
    one, two = (mx.optimizer.SGD(learning_rate=0.1, momentum=0.9) for _ in range(2))
    test_utils.compare_optimizer(one, two, shape, np.float32, ntensors=count)
    other = mx.optimizer.SGD(learning_rate=0.7, momentum=0.9)
    with pytest.raises(AssertionError):
        test_utils.compare_optimizer(one, other, shape, np.float32, ntensors=count)


def test_optimizers_with_sparse_arrays() -> None:
    one, two = mx.optimizer.SGD(learning_rate=0.1), mx.optimizer.SGD(learning_rate=0.1, lazy_update=False)
    test_utils.compare_optimizer(one, two, (4, 3), np.float32, w_stype="row_sparse", g_stype="row_sparse")
    with pytest.raises(AssertionError):
        test_utils.compare_optimizer(one, two, (4, 3), np.float32, ntensors=2)


def test_hybridized_blocks() -> None:
    def build(prefix: str) -> Any:
        net = gluon.nn.HybridSequential(prefix=prefix)
        with net.name_scope():
            net.add(gluon.nn.Dense(3, activation="tanh"), gluon.nn.BatchNorm(), gluon.nn.Dense(2))
        return net

    x = nd.random.normal(shape=(4, 5))
    with pytest.raises(AssertionError):
        test_utils.check_gluon_hybridize_consistency(build, [x], numpy_func=lambda x: x[:, :2])
    test_utils.check_gluon_hybridize_consistency(
        lambda prefix: gluon.nn.Flatten(prefix=prefix), [x], lambda x: x
    )

    class Fickle(gluon.nn.HybridBlock):
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return x * (2 if self._active else 1)

    with pytest.raises(AssertionError):
        test_utils.check_gluon_hybridize_consistency(Fickle, [x])


def test_structure_of_symbols() -> None:
    class Graph:
        def __init__(self, *ops: str) -> None:
            self._ops = ops

        def tojson(self) -> str:
            return json.dumps({"nodes": [{"op": op} for op in self._ops]})

    assert test_utils.same_symbol_structure(Graph("null", "dot"), Graph("null", "dot"))
    assert not test_utils.same_symbol_structure(Graph("null", "dot"), Graph("null", "abs"))
