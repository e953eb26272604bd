"""Compiled graphs: every operator as it is called by itself, derivatives of both orders, and whole graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from mxnet import autograd
from ops.running import TAKEN, Run
from ops.samples.spec import S
from regluon.ndarray import NDArray
from regluon.ndarray.dispatch import invoke
from regluon.ops.registry import OPERATORS
from regluon.symbol import compiled
from regluon.symbol.compiled import Compiled
from regluon.symbol.graph import Entry, Node
from regluon.symbol.symbol import Symbol
from regluon.symbol.texts import texts_of

FIRST = {OPERATORS[s.op].name: s for s in reversed(TAKEN) if s.inputs and None not in s.inputs}
NAMES = sorted(FIRST.keys() - {"reset_arrays"})


def one_node(sample: S, count: int) -> Any:
    """A graph of the operator alone."""
    op = OPERATORS[sample.op]
    names = [f"x{i}" for i in range(count)]
    inputs = [Entry(Node(None, name, {}), 0, 0) for name in names]
    node = Node(op, "node", texts_of(sample.attributes), inputs)
    return Symbol([Entry(node, i, 0) for i in range(node.shown)]), names


def equal(found: list[NDArray], expected: list[NDArray]) -> None:
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), rtol=1e-5, atol=1e-6)


def outcome(call: Callable[..., Any], sample: S, run: Run, record: bool) -> list[NDArray]:
    """What a call gives, with its gradients if recorded, and its inputs afterwards."""
    arrays = [NDArray(x.clone()) for x in run.inputs]
    for i in run.wanted:
        arrays[i].attach_grad()
    mx.random.seed(3)
    scope = autograd.record(sample.train) if record else autograd.pause(sample.train)
    with scope:
        result = call(*arrays)
        outs = list(result) if isinstance(result, (list, tuple)) else [result]
    heads = [o for o in outs if o._ag is not None]
    if heads:
        grads = [NDArray(run.direction(o._data, i)) for i, o in enumerate(heads)]
        autograd.backward(heads, grads)
    return [*outs, *[arrays[i].grad for i in run.wanted if heads], *arrays]


@pytest.fixture
def stepped(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Gets an entry for each call that goes from operator to operator."""
    calls: list[Any] = []
    run = compiled.run_steps
    monkeypatch.setattr(compiled, "run_steps", lambda *args: calls.append(args) or run(*args))
    return calls


@pytest.mark.parametrize("record", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_operator(name: str, record: bool, stepped: list[Any]) -> None:
    sample = FIRST[name]
    run = Run(sample)
    symbol, names = one_node(sample, len(run.inputs))
    bound = Compiled(symbol, names).bind({})
    expected = outcome(lambda *a: invoke(run.op, a, run.attributes), sample, run, record)
    for _ in range(3):
        equal(outcome(bound, sample, run, record), expected)
    assert len(stepped) == 1


def second(call: Callable[..., Any], sample: S, run: Run) -> list[NDArray]:
    """Gradients of the gradients that a call has."""
    arrays = [NDArray(x.clone()) for x in run.inputs]
    for i in run.wanted:
        arrays[i].attach_grad()
    wanted = [arrays[i] for i in run.wanted]
    mx.random.seed(3)
    with autograd.record(sample.train):
        result = call(*arrays)
        outs = [o for o in (result if isinstance(result, list) else [result]) if o._ag is not None]
        grads = [NDArray(run.direction(o._data, i)) for i, o in enumerate(outs)]
        first = autograd.grad(outs, wanted, grads, create_graph=True)
    again = [g for g in first if g._ag is not None]
    if again:
        autograd.backward(again, [NDArray(run.direction(g._data, 100 + i)) for i, g in enumerate(again)])
    return [*first, *[a.grad for a in wanted]]


@pytest.mark.parametrize("name", [n for n in NAMES if FIRST[n].second and Run(FIRST[n]).wanted])
def test_second_derivatives(name: str) -> None:
    sample = FIRST[name]
    run = Run(sample)
    symbol, names = one_node(sample, len(run.inputs))
    bound = Compiled(symbol, names).bind({})
    expected = second(lambda *a: invoke(run.op, a, run.attributes), sample, run)
    for _ in range(2):
        equal(second(bound, sample, run), expected)
    assert bound.compiled
