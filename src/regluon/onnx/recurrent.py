"""Recurrent layers: each layer of MXNet's RNN as an LSTM, GRU or RNN of ONNX."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.onnx.call import VARY_NOT, Call, converts

__all__: list[str] = []

_KIND = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN", "rnn_relu": "RNN"}
# The order of the gates: MXNet's i, f, g, o as ONNX's i, o, f, g; r, z, n as z, r, n.
_GATES = {"lstm": [0, 3, 1, 2], "gru": [1, 0, 2], "rnn_tanh": [0], "rnn_relu": [0]}

Array = np.ndarray[Any, Any]


@converts("RNN")
def _recurrent(call: Call) -> list[str]:
    mode, hidden, layers = call["mode"], call["state_size"], call["num_layers"]
    _check(call)
    directions = 1 + call["bidirectional"]
    width = call.shapes[0][2] if call.shapes[0] else 0
    call.need(width > 0, f"it needs the extent of its input's last axis: {VARY_NOT}")
    weights = _weights(call, width, directions)
    x, states = call.inputs[0], [_state(call, i) for i in range(2, 4 if mode == "lstm" else 3)]
    lengths = call.cast(call.inputs[2 + len(states)], np.int32) if call["use_sequence_length"] else ""
    last: list[list[str]] = [[] for _ in states]
    given = _attributes(call, directions)
    for layer in range(layers):
        rows = call.ints(layer * directions), call.ints((layer + 1) * directions), call.ints(0)
        begin = [call.emit("Slice", s, *rows) if layers > 1 and s else s for s in states]
        constants = [call.constant(w) for w in weights[layer]]
        results = call.several(_KIND[mode], 1 + len(states), x, *constants, lengths, *begin, **given)
        # (steps, directions, n, hidden) as (steps, n, directions * hidden)
        x = call.reshape(call.transpose(results[0], (0, 2, 1, 3)), 0, 0, directions * hidden)
        for found, result in zip(last, results[1:], strict=True):
            found.append(result)
    if not call["state_outputs"]:
        return [x]
    return [x, *[call.emit("Concat", *found, axis=0) if layers > 1 else found[0] for found in last]]


def _check(call: Call) -> None:
    """Complains of what ONNX's layers do not have."""
    size, clipped = call["projection_size"], call["lstm_state_clip_min"]
    call.need(
        size is None,
        f"projection_size={size} has no like in ONNX's LSTM; cells that are unrolled have: gluon.contrib.rnn."
        "LSTMPCell",
    )
    call.need(
        clipped is None or call["mode"] != "lstm",  # others have no such state
        f"lstm_state_clip_min={clipped} has no like in ONNX's LSTM; cells that are unrolled have: sym.clip "
        "between their steps",
    )


def _state(call: Call, position: int) -> str:
    """The initial state; nothing for zeros, which ONNX takes by itself, for any number of samples."""
    op = call.node.inputs[position].node.op
    return "" if op is not None and op.name == "_zeros" else call.inputs[position]


def _attributes(call: Call, directions: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "hidden_size": call["state_size"],
        "direction": "bidirectional" if directions == 2 else "forward",
    }
    if call["mode"] == "gru":
        found["linear_before_reset"] = 1
    if call["mode"] == "rnn_relu":
        found["activations"] = ["Relu"] * directions
    return found


def _weights(call: Call, width: int, directions: int) -> list[tuple[Array, Array, Array]]:
    """For each layer W, R and both biases of all directions, out of the flat parameters."""
    flat: Array = call.folded(1)
    hidden, gates = call["state_size"], _GATES[call["mode"]]
    rows = len(gates) * hidden
    place = 0

    def take(*shape: int) -> Array:
        nonlocal place
        count = int(np.prod(shape))
        piece = flat[place : place + count].reshape(len(gates), hidden, *shape[1:])
        place += count
        return piece[gates].reshape(shape)

    matrices = []
    for layer in range(call["num_layers"]):
        inputs = hidden * directions if layer else width
        matrices.append([(take(rows, inputs), take(rows, hidden)) for _ in range(directions)])
    found = []
    for pairs in matrices:
        biases = [np.concatenate([take(rows), take(rows)]) for _ in range(directions)]
        found.append((np.stack([w for w, _ in pairs]), np.stack([r for _, r in pairs]), np.stack(biases)))
    return found


@converts("_rnn_param_concat")
def _joined(call: Call) -> str:
    return call.emit("Concat", *call.inputs, axis=call["dim"])
