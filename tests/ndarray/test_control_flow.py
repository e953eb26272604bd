"""nd.contrib.foreach, while_loop and cond, with their gradients, against MXNet's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from ndarray.control_flow_cases import CASES, described, failing, foreach
from regluon import autograd, gluon, nd
from regluon.tape import Port

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "control_flow.json").read_text(encoding="utf-8"))
FAILING = failing(mx)


def assert_same(found: Any, expected: Any) -> None:
    if isinstance(found, list) and not isinstance(found[0] if found else None, (int, float)):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    elif isinstance(found, list):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    else:
        assert found == expected


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    assert_same(described(CASES[name](mx)), RECORDED[name])


@pytest.mark.parametrize("i", range(len(FAILING)))
def test_refused(i: int) -> None:
    error, call = FAILING[i]
    with pytest.raises(error):
        call()


def test_nothing_to_loop_over() -> None:
    for data in (nd.zeros((2, 3))[2:], []):
        with pytest.raises(ValueError, match="foreach: data has no elements"):
            nd.contrib.foreach(lambda d, s: (d, s), data, nd.ones(1))
    with pytest.raises(ValueError, match="same in each step"):
        nd.contrib.foreach(lambda d, s: ([d] * int(d.asscalar()), s), nd.array([1, 2]), nd.ones(1))
    with pytest.raises(mx.MXNetError, match="output 0 has different shapes"):
        nd.contrib.foreach(lambda d, s: (nd.ones(int(d.asscalar())), s), nd.array([1, 2]), nd.ones(1))


def test_behind_the_last_step_are_zeros() -> None:
    found, _ = nd.contrib.while_loop(
        lambda i: i < 2, lambda i: (i + 1, i + 1), nd.array([0]), max_iterations=4
    )
    assert found.asnumpy().tolist() == [[1], [2], [0], [0]]


def test_a_recorded_sequence_is_taken_apart_once() -> None:
    x, entries = nd.ones((4, 2)), []
    x.attach_grad()

    def body(d: Any, s: Any) -> Any:
        entries.append(d._ag)
        return d, s

    with autograd.record():
        nd.contrib.foreach(body, x, nd.ones(1))
    assert all(isinstance(e, Port) for e in entries)
    assert len({e.node for e in entries}) == 1
    x[1] = 7
    rows: list[Any] = []
    nd.contrib.foreach(lambda d, s: (rows.append(d) or d, s), x, nd.ones(1))
    rows[1][:] = 5
    assert x[1].asnumpy().tolist() == [5, 5]


class Looping(gluon.HybridBlock):
    """Layers within loops and branches, whose shapes follow from the data."""

    def __init__(self) -> None:
        super().__init__()
        with self.name_scope():
            self.each = gluon.nn.Dense(3)
            self.repeated = gluon.nn.Dense(3, flatten=False)
            self.rare = self.params.get("rare_weight", shape=(3, 0), allow_deferred_init=True)

    def hybrid_forward(self, F: Any, x: Any, rare: Any) -> Any:
        rows, _ = F.contrib.foreach(lambda d, s: (self.each(d), s), x, [])
        steps, last = F.contrib.while_loop(
            lambda y, n: n.sum() < 2, lambda y, n: (y, [self.repeated(y), n + 1]),
            [rows[0], F.zeros_like(x[0, 0])], max_iterations=3,
        )  # fmt: skip
        end = F.contrib.cond(
            x.sum() < 0,
            lambda: F.FullyConnected(last[0], rare, num_hidden=3, no_bias=True),
            lambda: last[0] * 2,
        )
        return rows, steps, end


def test_in_a_block_whose_shapes_follow_from_the_data() -> None:
    net = Looping()
    net.initialize()
    rows, steps, end = net(nd.ones((2, 5, 1)))
    assert (rows.shape, steps.shape, end.shape) == ((2, 5, 3), (3, 5, 3), (5, 3))
    shapes = [p.shape for p in net.collect_params(".*weight").values()]
    assert sorted(shapes) == [(3, 1), (3, 3), (3, 3)]


def test_gradients_beyond_the_first() -> None:
    x = nd.array([1, 2, 3])
    x.attach_grad()
    with autograd.record():
        _, s = nd.contrib.foreach(lambda d, s: (d, s * d), x, nd.ones(1))
        g = autograd.grad(s, x, create_graph=True)[0]
        total = (g * g).sum()
    total.backward()
    a, b, c = 1, 2, 3
    assert g.asnumpy().tolist() == [b * c, a * c, a * b]
    assert x.grad.asnumpy().tolist() == [
        2 * a * (c * c + b * b),
        2 * b * (c * c + a * a),
        2 * c * (b * b + a * a),
    ]


def test_foreach_outside_a_recording() -> None:
    found = foreach(lambda mx, d, s, w: (d, s))(mx)
    assert found[0][0].shape == (3, 2)
