"""One step of a recurrent cell as one operator each.

MXNet has no such operators: its cells, and those here on symbols, are made of a dozen. The inputs are in all
of them x, the states, and the weights and biases of the input (W, b) and of the state (R, d).
"""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch.nn.functional import linear

from regluon.ops.accumulation import factored
from regluon.ops.activation import require_floating
from regluon.ops.kernels import kernel
from regluon.ops.outlines import outline
from regluon.ops.registry import Tensor, gradient, infer_shape, register

__all__ = ["gru_cell", "lstm_cell", "rnn_cell"]

_add, _addcmul, _cat, _mul, _matmul = torch.add, torch.addcmul, torch.cat, torch.mul, torch.matmul
_sigmoid, _tanh = torch.sigmoid, torch.tanh
_relu_backward = kernel("threshold_backward")
_sigmoid_backward = kernel("sigmoid_backward")
_tanh_backward = kernel("tanh_backward")


def _check(gates: int, data: Tensor, states: tuple[Tensor, ...], weights: tuple[Tensor, ...]) -> int:
    """The width of the state; complains of shapes that do not fit, which torch might stretch."""
    require_floating(data)
    rows, hidden = weights[0].shape[0], states[0].shape[-1]
    if data.dim() != 2:
        raise ValueError("data must have 2 axes: samples and features")
    expected: list[tuple[int, ...]] = [(gates * hidden, data.shape[1]), (rows, hidden), (rows,), (rows,)]
    found = [tuple(w.shape) for w in weights]
    if found != expected:
        raise ValueError(f"the weights must have shapes {expected}, but they have {found}")
    if any(tuple(s.shape) != (data.shape[0], hidden) for s in states):
        given = [tuple(s.shape) for s in states]
        raise ValueError(f"states must have shape {(data.shape[0], hidden)}, but they have {given}")
    return hidden


def _outlines(data: Tensor, *widths: int) -> tuple[Tensor, ...]:
    """Results without values."""
    return tuple([outline(data, (data.shape[0], width)) for width in widths])


def _linear_gradients(
    of_input: Tensor,
    of_state: Tensor,
    more: Tensor | None,
    need: Any,
    data: Tensor,
    state: Tensor,
    w: Tensor,
    r: Tensor,
) -> tuple[Tensor | None, Tensor, list[Any]]:
    """Of x, h, and the parameters, from those of x Wᵀ + b and h Rᵀ + d; ``more`` is added to that of h."""
    of_data = _matmul(of_input, w) if need[0] else None
    of_h = _matmul(of_state, r)
    pairs = ((of_input, data), (of_state, state), (of_input, None), (of_state, None))
    weights = [factored(entry, *pair) for entry, pair in zip(need[-4:], pairs, strict=True)]
    return of_data, of_h if more is None else _add(of_h, more), weights


def _shapes(gates: int, data: Any, states: int, rows: int) -> Any:
    hidden = rows // gates
    weights = [(rows, data[1]), (rows, hidden), (rows,), (rows,)]
    return [data, *[(data[0], hidden)] * states, *weights]


@register("_regluon_rnn_cell", same_type=True)
def rnn_cell(
    data: Tensor,
    state: Tensor,
    i2h_weight: Tensor,
    h2h_weight: Tensor,
    i2h_bias: Tensor,
    h2h_bias: Tensor,
    *,
    act_type: Literal["relu", "tanh"],
) -> Tensor:
    """f(W x + b + R h + d)

    Inputs
    ------
    data : (n, in)
    state : (n, hidden)
    i2h_weight, h2h_weight : (hidden, in), (hidden, hidden)
    i2h_bias, h2h_bias : (hidden,)

    Outputs
    -------
    out : (n, hidden)
    """
    hidden = _check(1, data, (state,), (i2h_weight, h2h_weight, i2h_bias, h2h_bias))
    if data.is_meta:
        return _outlines(data, hidden)[0]
    total = _add(linear(data, i2h_weight, i2h_bias), linear(state, h2h_weight, h2h_bias))
    return _tanh(total) if act_type == "tanh" else torch.relu(total)


@gradient(rnn_cell)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, state: Tensor, *params: Tensor, act_type: str) -> Any:
    inner = _tanh_backward(g, out) if act_type == "tanh" else _relu_backward(g, out, 0.0)
    x, h, weights = _linear_gradients(inner, inner, None, need, data, state, *params[:2])
    return x, h, *weights


@infer_shape(rnn_cell)
def _(data: Any, state: Any, i2h_weight: Any, *others: Any, act_type: str) -> Any:
    return _shapes(1, data, 1, i2h_weight[0])


@register("_regluon_lstm_cell", same_type=True, visible=2)
def lstm_cell(
    data: Tensor,
    state: Tensor,
    state_cell: Tensor,
    i2h_weight: Tensor,
    h2h_weight: Tensor,
    i2h_bias: Tensor,
    h2h_bias: Tensor,
) -> tuple[Tensor, ...]:
    """i, f, o = σ of W x + b + R h + d for each; g = tanh of it; c' = f c + i g; h' = o tanh(c')

    Inputs
    ------
    data : (n, in)
    state, state_cell : (n, hidden)
    i2h_weight, h2h_weight : (4 hidden, in), (4 hidden, hidden), the rows of i, f, g, o
    i2h_bias, h2h_bias : (4 hidden,)

    Outputs
    -------
    h', c' : (n, hidden)
    """
    weights = (i2h_weight, h2h_weight, i2h_bias, h2h_bias)
    hidden = _check(4, data, (state, state_cell), weights)
    if data.is_meta:
        return _outlines(data, hidden, hidden, 4 * hidden)
    total = _add(linear(data, i2h_weight, i2h_bias), linear(state, h2h_weight, h2h_bias))
    i, f, g, o = total.chunk(4, 1)
    if total.requires_grad:
        i, f, g, o = _sigmoid(i), _sigmoid(f), _tanh(g), _sigmoid(o)
        total = _cat((i, f, g, o), 1)
    else:
        for gate, apply in ((i, torch.sigmoid_), (f, torch.sigmoid_), (g, torch.tanh_), (o, torch.sigmoid_)):
            apply(gate)
    new = _addcmul(_mul(f, state_cell), i, g)
    return _mul(o, _tanh(new)), new, total


@gradient(lstm_cell)
def _(
    gs: Any,
    need: Any,
    outs: Any,
    data: Tensor,
    state: Tensor,
    state_cell: Tensor,
    w: Tensor,
    r: Tensor,
    *biases: Tensor,
) -> Any:
    i, f, g, o = outs[2].chunk(4, 1)
    shown = _tanh(outs[1])
    of_cell = _add(gs[1], _tanh_backward(_mul(gs[0], o), shown))
    inner = _cat(
        (
            _sigmoid_backward(_mul(of_cell, g), i),
            _sigmoid_backward(_mul(of_cell, state_cell), f),
            _tanh_backward(_mul(of_cell, i), g),
            _sigmoid_backward(_mul(gs[0], shown), o),
        ),
        1,
    )
    x, h, weights = _linear_gradients(inner, inner, None, need, data, state, w, r)
    return x, h, _mul(of_cell, f), *weights


@infer_shape(lstm_cell)
def _(data: Any, state: Any, state_cell: Any, i2h_weight: Any, *others: Any) -> Any:
    return _shapes(4, data, 2, i2h_weight[0])


@register("_regluon_gru_cell", same_type=True, visible=1)
def gru_cell(
    data: Tensor, state: Tensor, i2h_weight: Tensor, h2h_weight: Tensor, i2h_bias: Tensor, h2h_bias: Tensor
) -> tuple[Tensor, ...]:
    """r, z = σ of W x + b + R h + d for each; n = tanh(W x + b + r (R h + d)); h' = (1 - z) n + z h

    Inputs
    ------
    data : (n, in)
    state : (n, hidden)
    i2h_weight, h2h_weight : (3 hidden, in), (3 hidden, hidden), the rows of r, z, n
    i2h_bias, h2h_bias : (3 hidden,)

    Outputs
    -------
    h' : (n, hidden)
    """
    hidden = _check(3, data, (state,), (i2h_weight, h2h_weight, i2h_bias, h2h_bias))
    if data.is_meta:
        return _outlines(data, hidden, 2 * hidden, hidden, 3 * hidden)
    parts = [hidden * 2, hidden]
    of_h = linear(state, h2h_weight, h2h_bias)
    gates, new = torch.split_with_sizes(linear(data, i2h_weight, i2h_bias), parts, 1)
    gates_h, new_h = torch.split_with_sizes(of_h, parts, 1)
    gates = _sigmoid(_add(gates, gates_h))
    r, z = gates.chunk(2, 1)
    n = _tanh(_addcmul(new, r, new_h))
    return torch.lerp(n, state, z), gates, n, of_h


@gradient(gru_cell)
def _(
    g: Tensor, need: Any, outs: Any, data: Tensor, state: Tensor, w: Tensor, r: Tensor, *biases: Tensor
) -> Any:
    _, gates, n, of_h = outs
    reset, z = gates.chunk(2, 1)
    kept = _mul(g, z)
    of_n = _tanh_backward(torch.sub(g, kept), n)
    of_r = _sigmoid_backward(_mul(of_n, of_h[:, 2 * state.shape[1] :]), reset)
    of_z = _sigmoid_backward(_mul(g, torch.sub(state, n)), z)
    of_input = _cat((of_r, of_z, of_n), 1)
    of_state = _cat((of_r, of_z, _mul(of_n, reset)), 1)
    x, h, weights = _linear_gradients(of_input, of_state, kept, need, data, state, w, r)
    return x, h, *weights


@infer_shape(gru_cell)
def _(data: Any, state: Any, i2h_weight: Any, *others: Any) -> Any:
    return _shapes(3, data, 1, i2h_weight[0])
