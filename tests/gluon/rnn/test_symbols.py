"""Cells unrolled over symbols: the arguments are MXNet's, the values those of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import nd
from regluon.gluon import rnn

WEIGHTS = ["i2h_weight", "i2h_bias", "h2h_weight", "h2h_bias"]
X = mx.sym.var("x")


def stacked() -> Any:
    cell = rnn.HybridSequentialRNNCell()
    cell.add(rnn.LSTMCell(2, prefix="l_"))
    cell.add(rnn.ResidualCell(rnn.GRUCell(2, prefix="g_")))
    return cell


CELLS: list[tuple[Callable[[], Any], str]] = [
    (lambda: rnn.LSTMCell(2, prefix="l_"), "l"),
    (lambda: rnn.GRUCell(2, prefix="g_"), "g"),
    (lambda: rnn.RNNCell(2, prefix="r_"), "r"),
    (stacked, "lg"),
    (lambda: rnn.BidirectionalCell(rnn.LSTMCell(2, prefix="f_"), rnn.GRUCell(1, prefix="b_")), "fb"),
]


@pytest.mark.parametrize("layout", ["NTC", "TNC"])
@pytest.mark.parametrize(("make", "prefixes"), CELLS)
def test_unrolled_over_a_symbol(make: Any, prefixes: str, layout: str) -> None:
    cell, data = make(), nd.random.normal(shape=(3, 3, 2))
    cell.initialize(mx.init.Normal(0.5))
    expected, _ = cell.unroll(3, data, layout=layout, merge_outputs=True)
    cell.reset()
    begin = cell.begin_state(func=mx.sym.zeros, batch_size=3)
    out, states = cell.unroll(3, X, begin, layout=layout, merge_outputs=True)
    assert out.list_arguments() == ["x", *(f"{p}_{w}" for p in prefixes for w in WEIGHTS)]
    assert len(states) == len(begin)
    values = out.eval(x=data, **{name: p.data() for name, p in cell.collect_params().items()})
    np.testing.assert_allclose(values[0].asnumpy(), expected.asnumpy(), rtol=1e-5, atol=1e-6)


def test_steps_of_symbols() -> None:
    cell = rnn.GRUCell(2, prefix="g_")
    assert len(cell.unroll(2, X, layout="NTC", merge_outputs=False)[0]) == 2
    out = cell.unroll(2, [X, mx.sym.var("y")])[0][1]
    assert out.list_arguments() == [
        "y",
        *(f"g_{w}" for w in WEIGHTS[:2]),
        "x",
        *(f"g_{w}" for w in WEIGHTS[2:]),
    ]
    with pytest.raises(TypeError, match="a sequence is an NDArray or a list of them, not int"):
        cell.unroll(2, [1, 2])
