"""Recurrent layers with their weights one by one.

MXNet takes all parameters in one vector, which its Gluon puts together in every call: a copy of them all, and
of their gradients on the way back. What stands for this operator in a symbol file is :func:`composition`'s.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from regluon.ops.activation import require_floating
from regluon.ops.registry import Generator, Mode, Shape, Tensor, composition, infer_shape, register
from regluon.ops.rnn import GATES, Kind, Net, check, run_layers, state_shapes

__all__ = ["recurrent"]


@register("_regluon_rnn", same_type=True)
def recurrent(
    *inputs: Tensor,
    state_size: int,
    num_layers: int,
    bidirectional: bool = False,
    mode: Kind,
    p: float = 0.0,
    projection_size: int | None = None,
    lstm_state_clip_min: float | None = None,
    lstm_state_clip_max: float | None = None,
    lstm_state_clip_nan: bool = False,
    use_sequence_length: bool = False,
    training: Mode,
    random: Generator,
) -> tuple[Tensor, ...]:
    """RNN, without putting its parameters together

    The attributes and the outputs are those of RNN, with all states.

    Inputs
    ------
    data : (steps, n, in)
    state, and state_cell for the LSTM : as RNN's
    sequence_length : (n,), if ``use_sequence_length``
    weights : for each layer and in it each direction W, R, b, c, and P with a projection
    """
    net = Net(mode, state_size, num_layers, 2 if bidirectional else 1, projection_size)
    data, states, lengths, weights = _sorted(net, inputs, use_sequence_length)
    require_floating(data)
    check(net, data, states, lengths, use_sequence_length, p)
    shapes = _weight_shapes(net, data.shape[2])
    if [tuple(w.shape) for w in weights] != shapes:
        found = [tuple(w.shape) for w in weights]
        raise ValueError(f"the weights must have shapes {shapes}, but they have {found}")
    clip = (lstm_state_clip_min, lstm_state_clip_max, lstm_state_clip_nan)
    return run_layers(net, data, states, weights, lengths, clip, p if training else 0.0, random)


def _sorted(net: Net, inputs: Any, use_length: bool) -> tuple[Any, list[Any], Any, list[Any]]:
    """data, states, lengths and weights"""
    first = 3 if net.mode == "lstm" else 2
    lengths = inputs[first] if use_length and len(inputs) > first else None
    return inputs[0], list(inputs[1:first]), lengths, list(inputs[first + use_length :])


@lru_cache(maxsize=256)
def _weight_shapes(net: Net, inputs: int) -> list[Shape]:
    rows = GATES[net.mode] * net.hidden
    shapes: list[Shape] = []
    for layer in range(net.layers):
        width = net.width * net.directions if layer else inputs
        cell: list[Shape] = [(rows, width), (rows, net.width), (rows,), (rows,)]
        cell += [(net.projection, net.hidden)] if net.projection else []
        shapes += cell * net.directions
    return shapes


@infer_shape(recurrent)
def _(data: Any, *others: Any, **attributes: Any) -> Any:
    directions = 2 if attributes["bidirectional"] else 1
    mode, hidden, layers = [attributes[n] for n in ("mode", "state_size", "num_layers")]
    net = Net(mode, hidden, layers, directions, attributes["projection_size"])
    lengths = [(data[1],)] if attributes["use_sequence_length"] else []
    return [data, *state_shapes(net, data), *lengths, *_weight_shapes(net, data[2])]


@composition(recurrent)
def _(F: Any, *inputs: Any, **attributes: Any) -> Any:
    net = Net(attributes["mode"], 0, 0, 1, attributes["projection_size"])
    use = attributes["use_sequence_length"]
    data, states, lengths, weights = _sorted(net, inputs, use)
    each = 5 if net.projection else 4
    cells = [weights[i : i + each] for i in range(0, len(weights), each)]
    matrices = [w for cell in cells for w in (*cell[:2], *cell[4:])]
    biases = [b for cell in cells for b in cell[2:4]]
    flat = [F.reshape(w, shape=-1) for w in (*matrices, *biases)]
    parameters = F._internal._rnn_param_concat(*flat, dim=0)
    given = [*states, lengths] if use else states
    return F.RNN(data, parameters, *given, state_outputs=True, **attributes)
