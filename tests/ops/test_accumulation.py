"""Gradients of what is used many times: products of matrices that are put off and worked out together."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from regluon import autograd, init, nd
from regluon.gluon import nn, rnn
from regluon.ops.accumulation import Factors, Sum, whole


def pairs(seed: int, steps: int, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    torch.manual_seed(seed)
    return [(torch.randn(n, 40), torch.randn(n, 30)) for _ in range(steps)]


@pytest.mark.parametrize(("steps", "n"), [(1, 1), (2, 1), (5, 8), (40, 16), (3, 2000)])
def test_sum_of_products(steps, n):
    given = pairs(steps, steps, n)
    found, bias = Sum(Factors(given[0])), Sum(Factors((given[0][0], None)))
    for rows, inputs in given[1:]:
        found.take(Factors((rows, inputs)))
        bias.take(Factors((rows, None)))
    expected = sum(rows.double().t() @ inputs.double() for rows, inputs in given)
    torch.testing.assert_close(found.whole().double(), expected, rtol=1e-5, atol=1e-3)
    torch.testing.assert_close(
        bias.whole().double(), sum(rows.double().sum(0) for rows, _ in given), rtol=1e-5, atol=1e-3
    )


def test_sum_of_products_and_of_plain_gradients_leaves_what_it_was_given():
    given = pairs(0, 3, 1)
    plain = [torch.randn(40) for _ in range(3)]
    kept = [x.clone() for x in plain], [rows.clone() for rows, _ in given]
    for first in (plain[0], Factors((given[0][0], None))):
        found = Sum(first)
        for rows, _ in given[1:]:
            found.take(Factors((rows, None)))
            found.whole()
        for x in plain[1:]:
            found.take(x)
        found.whole()
    assert all(map(torch.equal, plain, kept[0]))
    assert all(torch.equal(rows, before) for (rows, _), before in zip(given, kept[1], strict=True))


def test_whole_of_a_tensor_is_itself():
    x = torch.ones(3)
    assert whole(x) is x
    assert whole(None) is None


def loop(w, b, xs, steps):
    h = xs[0]
    for t in range(steps):
        h = nd.tanh(nd.FullyConnected(h, w, b, num_hidden=w.shape[0]) + nd.dot(xs[t], w))
    return (h * h).sum() + (w * w).sum() + b.sum()


def reference(w, b, xs, steps):
    h = xs[0]
    for t in range(steps):
        h = torch.tanh(torch.nn.functional.linear(h, w, b) + xs[t] @ w)
    return (h * h).sum() + (w * w).sum() + b.sum()


@pytest.mark.parametrize("batch", [1, 3, 700])
def test_weight_in_a_loop(batch):
    random = np.random.default_rng(batch)
    w, b = random.normal(0, 0.2, (12, 12)), random.normal(size=12)
    xs = random.normal(size=(6, batch, 12))
    ours = [nd.array(v, dtype="float64") for v in (w, b, xs)]
    theirs = [torch.tensor(v) for v in (w, b, xs)]
    for x, y in zip(ours[:2], theirs[:2], strict=True):
        x.attach_grad()
        y.requires_grad_()
    expected = torch.autograd.grad(reference(*theirs, 6), theirs[:2])
    with autograd.record():
        out = loop(*ours, 6)
    out.backward(retain_graph=True)
    for x, g in zip(ours, expected, strict=False):
        np.testing.assert_allclose(x.grad.asnumpy(), g.numpy(), rtol=1e-9, atol=1e-9)
    for x, g in zip(autograd.grad(out, ours[:2], retain_graph=True), expected, strict=True):
        np.testing.assert_allclose(x.asnumpy(), g.numpy(), rtol=1e-9, atol=1e-9)


def test_weight_in_a_loop_second_derivative():
    random = np.random.default_rng(0)
    w, b, xs = random.normal(0, 0.2, (4, 4)), random.normal(size=4), random.normal(size=(3, 2, 4))
    ours = [nd.array(v, dtype="float64") for v in (w, b, xs)]
    theirs = [torch.tensor(v) for v in (w, b, xs)]
    ours[0].attach_grad()
    theirs[0].requires_grad_()
    (first,) = torch.autograd.grad(reference(*theirs, 3), theirs[0], create_graph=True)
    (second,) = torch.autograd.grad((first * first).sum(), theirs[0])
    with autograd.record():
        (g,) = autograd.grad(loop(*ours, 3), [ours[0]], create_graph=True, retain_graph=True)
        out = (g * g).sum()
    out.backward()
    np.testing.assert_allclose(ours[0].grad.asnumpy(), second.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("cell", [rnn.RNNCell, rnn.LSTMCell, rnn.GRUCell])
def test_cells_gather_what_frozen_weights_do_not_want(cell):
    """Steps one by one equal the whole sequence at once, some weights being constants."""
    net = cell(5, input_size=4)
    net.initialize()
    net.h2h_weight.grad_req = "null"
    xs = nd.random.normal(shape=(7, 3, 4))
    found = []
    for by_step in (True, False):
        with autograd.record():
            if by_step:
                state = net.begin_state(3)
                for t in range(7):
                    out, state = net(xs[t], state)
            else:
                out = net.unroll(7, xs, layout="TNC", merge_outputs=True)[0][6]
        out.backward()
        found.append({name: p.grad().asnumpy() for name, p in net.params.items() if p.grad_req != "null"})
    assert len(found[0]) == 3
    for name, g in found[0].items():
        np.testing.assert_allclose(g, found[1][name], rtol=1e-4, atol=1e-5)


def test_data_that_lie_in_a_gradient():
    first, second = nn.Dense(3, in_units=3), nn.Dense(3, in_units=3)
    for layer in (first, second):
        layer.initialize(init.Normal(1), force_reinit=True)
    buffer = second.weight.data().grad
    found = []
    for data in (nd.arange(9).reshape((3, 3)), buffer):
        buffer[:] = nd.arange(9).reshape((3, 3))
        with autograd.record():
            out = second(first(data))
        out.backward()
        found.append([p.grad().asnumpy() for p in (first.weight, first.bias, second.weight, second.bias)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)
