"""Hybridized recurrent nets: the numbers of the others, and chains of cells as one operator."""

from __future__ import annotations

from typing import Any

import pytest

import mxnet as mx
from gluon.hybrids import agrees
from mxnet import gluon, nd


class Unrolled(gluon.HybridBlock):
    """A cell over a sequence, by its own unroll."""

    def __init__(self, cell: Any, merge: bool = True, layout: str = "NTC") -> None:
        super().__init__()
        self.cell, self.merge, self.layout = cell, merge, layout

    def hybrid_forward(self, F: Any, x: Any, lengths: Any = None) -> Any:
        outputs, states = self.cell.unroll(
            5, x, layout=self.layout, merge_outputs=self.merge, valid_length=lengths
        )
        return [outputs, states]


class Stepped(gluon.HybridBlock):
    """A cell step by step, from states that are given."""

    def __init__(self, cell: Any, joined: bool = True, again: bool = False) -> None:
        super().__init__()
        self.cell, self.joined, self.again = cell, joined, again

    def hybrid_forward(self, F: Any, x: Any, *states: Any) -> Any:
        found, given = [], list(states)
        for step in F.SliceChannel(x, num_outputs=5, axis=1, squeeze_axis=True):
            out, given = self.cell(found[-1] if self.again and found else step, given)
            found.append(out)
        return [F.stack(*found, axis=1) if self.joined else found, given]


CELLS = {
    "lstm": lambda: gluon.rnn.LSTMCell(3),
    "gru": lambda: gluon.rnn.GRUCell(3),
    "tanh": lambda: gluon.rnn.RNNCell(3),
    "relu": lambda: gluon.rnn.RNNCell(3, activation="relu"),
}


def stacked() -> Any:
    cell = gluon.rnn.HybridSequentialRNNCell()
    cell.add(gluon.rnn.LSTMCell(3))
    cell.add(gluon.rnn.ResidualCell(gluon.rnn.GRUCell(3)))
    return cell


def operators(block: Any) -> list[str]:
    """The operators of the last function made."""
    (_, bound), *_ = block._graph._bound.values()
    return [step.op.name for step in list(bound._straight.values())[-1].program.steps]


def ready(block: Any) -> Any:
    mx.random.seed(2)
    block.initialize(mx.init.Normal(0.5))
    return block


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("merge", [True, False])
def test_unrolled(name: str, merge: bool) -> None:
    agrees(ready(Unrolled(CELLS[name](), merge)), [nd.random.normal(shape=(2, 5, 4))])


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("joined", [True, False])
def test_stepped(name: str, joined: bool) -> None:
    block = ready(Stepped(CELLS[name](), joined))
    states = [nd.random.normal(shape=(2, 3)) for _ in range(1 + (name == "lstm"))]
    inputs = [nd.random.normal(shape=(2, 5, 4)), *states]
    agrees(block, inputs)
    block.hybridize()
    for _ in range(2):
        block(*inputs)
    assert "_regluon_rnn" in operators(block)
    assert f"_regluon_{name}_cell" not in operators(block)


def test_outputs_that_go_in_again() -> None:
    block = ready(Stepped(gluon.rnn.RNNCell(4), again=True))
    agrees(block, [nd.random.normal(shape=(2, 5, 4)), nd.random.normal(shape=(2, 4))])


@pytest.mark.parametrize(
    "make", [stacked, lambda: gluon.rnn.ZoneoutCell(gluon.rnn.GRUCell(3), 0.3, 0.2)], ids=["stack", "zoneout"]
)
def test_cells_of_cells(make: Any) -> None:
    agrees(ready(Unrolled(make())), [nd.random.normal(shape=(2, 5, 3))])


@pytest.mark.parametrize("name", CELLS)
def test_both_ways(name: str) -> None:
    cells = [CELLS[name](), CELLS[name]()]
    agrees(ready(Unrolled(gluon.rnn.BidirectionalCell(*cells))), [nd.random.normal(shape=(2, 5, 4))])


class Listed(gluon.HybridBlock):
    """A cell over inputs that are arrays of their own."""

    def __init__(self, cell: Any) -> None:
        super().__init__()
        self.cell = cell

    def hybrid_forward(self, F: Any, *xs: Any) -> Any:
        return self.cell.unroll(len(xs), list(xs), merge_outputs=False)[0]


def test_a_list_of_inputs() -> None:
    block, inputs = ready(Listed(gluon.rnn.GRUCell(3))), [nd.random.normal(shape=(2, 4)) for _ in range(4)]
    agrees(block, inputs)
    block.hybridize()
    for _ in range(2):
        block(*inputs)
    assert "_regluon_rnn" in operators(block)


def test_lengths() -> None:
    block = ready(Unrolled(gluon.rnn.LSTMCell(3)))
    agrees(block, [nd.random.normal(shape=(2, 5, 4)), nd.array([2, 5])], learned=[])


def test_another_batch_needs_no_other_graph() -> None:
    block = ready(Unrolled(gluon.rnn.LSTMCell(3)))
    expected = [block(nd.ones((n, 5, 4)))[0].asnumpy() for n in (2, 3, 4)]
    block.hybridize()
    for _ in range(3):
        for n, values in zip((2, 3, 4), expected, strict=True):
            found = block(nd.ones((n, 5, 4)))[0]
            assert found.shape == (n, 5, 3)
            assert abs(found.asnumpy() - values).max() < 1e-6


def test_a_hybridized_cell() -> None:
    cell = ready(gluon.rnn.LSTMCell(3))
    inputs = [nd.random.normal(shape=(2, 4)), [nd.zeros((2, 3)), nd.zeros((2, 3))]]
    agrees(cell, inputs)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_layers(kind: str) -> None:
    layer = ready(getattr(gluon.rnn, kind)(3, num_layers=2, bidirectional=True, input_size=4))
    states = layer.begin_state(2)
    agrees(layer, [nd.random.normal(shape=(5, 2, 4)), states])
