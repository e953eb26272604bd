"""What convolutions take in for prediction, and the steps that they become."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import mxnet as mx
from mxnet import nd
from regluon.ops.kernels import onednn
from regluon.symbol.folding import Folded, fold
from regluon.symbol.program import Program, Step, lower

pytestmark = pytest.mark.skipif(
    onednn("_convolution_pointwise") is None, reason="this torch has no oneDNN: nothing is folded"
)

CHANNELS = 4


def convolution(x: Any, name: str, **given: Any) -> Any:
    return mx.sym.Convolution(
        x, num_filter=CHANNELS, name=name, **{"kernel": (3, 3), "pad": (1, 1), "no_bias": True, **given}
    )


def folded(symbol: Any) -> tuple[Program, dict[Step, list[Folded]]]:
    program = lower(symbol, ["data"])
    shapes = symbol.infer_shape(data=(2, CHANNELS, 6, 6))[0]
    of = dict(zip(symbol.list_arguments(), shapes, strict=True))
    found = fold(program, {i: torch.zeros(of[n]) for i, n in enumerate(program.inputs) if n != "data"})
    assert found is not None
    return found


def operators(symbol: Any) -> list[tuple[str, int]]:
    """The operators that are left, with how many convolutions each of them is."""
    program, chains = folded(symbol)
    return [(step.op.name, len(chains.get(step, []))) for step in program.steps]


def chain(x: Any) -> Any:
    return convolution(convolution(x, "a"), "b")


def used_twice(x: Any) -> Any:
    first = convolution(x, "a")
    return mx.sym.sin(first) + convolution(first, "b")


def a_result_too(x: Any) -> Any:
    first = convolution(x, "a")
    return mx.sym.Group([first, convolution(first, "b")])


def clipped(x: Any) -> Any:
    return convolution(mx.sym.clip(convolution(x, "a"), 0, 6), "b")


def clipped_below(x: Any) -> Any:
    return convolution(mx.sym.clip(convolution(x, "a"), -1, 6), "b")


def residual(x: Any) -> Any:
    return mx.sym.elemwise_add(x, convolution(convolution(x, "a"), "b"))


@pytest.mark.parametrize(
    ("make", "left"),
    [
        (chain, [("Convolution", 2)]),
        (used_twice, [("Convolution", 1), ("sin", 0), ("Convolution", 1)]),
        (a_result_too, [("Convolution", 1), ("Convolution", 1)]),
        (clipped, [("Convolution", 2)]),
        (clipped_below, [("Convolution", 1), ("clip", 0), ("Convolution", 1)]),
        (residual, [("Convolution", 2)]),
    ],
)
def test_steps_that_are_left(make: Any, left: list[tuple[str, int]]) -> None:
    assert operators(make(mx.sym.Variable("data"))) == left


def shared(x: Any) -> Any:
    """A value that a chain is of, and that an earlier convolution is added to."""
    first = mx.sym.Activation(x, act_type="relu")
    inner = convolution(first, "a")
    added = mx.sym.elemwise_add(first, convolution(x, "c"))
    return mx.sym.elemwise_add(added, convolution(inner, "b"))


@pytest.mark.parametrize("make", [chain, used_twice, clipped, clipped_below, residual, shared])
def test_values(make: Any) -> None:
    symbol = make(mx.sym.Variable("data"))
    mx.random.seed(3)
    block = mx.gluon.SymbolBlock(symbol, mx.sym.Variable("data"))
    block.initialize(mx.init.Normal(0.4))
    x = nd.random.normal(shape=(3, CHANNELS, 6, 6))
    expected = block(x).asnumpy()
    kept = x.asnumpy()
    block.hybridize()
    for _ in range(4):
        np.testing.assert_allclose(block(x).asnumpy(), expected, rtol=0, atol=1e-5 * np.abs(expected).max())
    assert (x.asnumpy() == kept).all()


def rectified(x: Any) -> Any:
    return convolution(mx.sym.relu(convolution(x, "a")), "b")


@pytest.mark.parametrize("make", [rectified, clipped])
def test_parameters_that_are_not_finite_are_not_hidden(make: Any) -> None:
    block = mx.gluon.SymbolBlock(make(mx.sym.Variable("data")), mx.sym.Variable("data"))
    block.initialize(mx.init.One())
    block.hybridize()
    x = nd.ones((2, CHANNELS, 6, 6))
    block(x)
    weight = block.collect_params()["a_weight"]
    for value, some in ((1, False), (float("nan"), True), (1, False)):
        weight.set_data(nd.full(weight.shape, value))
        for _ in range(4):
            assert np.isnan(block(x).asnumpy()).any() == some


def test_a_sum_is_not_written_over_what_a_chain_is_of() -> None:
    _, chains = folded(shared(mx.sym.Variable("data")))
    over = {link.convolution.name: link.over for links in chains.values() for link in links}
    assert over == {"a": False, "b": True, "c": False}
