"""Recurrent layers, all steps and layers in one operator, through torch's fused kernels."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import torch

from regluon.ops.activation import require_floating
from regluon.ops.outlines import outline
from regluon.ops.registry import Generator, Mode, Shape, Tensor, infer_shape, register

__all__ = ["GATES", "Kind", "Net", "check", "parameter_count", "run_layers", "state_shapes"]

Kind: TypeAlias = Literal["gru", "lstm", "rnn_relu", "rnn_tanh"]

_KERNELS = {"gru": torch.gru, "rnn_relu": torch.rnn_relu, "rnn_tanh": torch.rnn_tanh}
GATES = {"gru": 3, "lstm": 4, "rnn_relu": 1, "rnn_tanh": 1}


class Net(NamedTuple):
    """What the attributes say of the layers."""

    mode: str
    hidden: int
    layers: int
    directions: int
    projection: int | None

    @property
    def width(self) -> int:
        """The extent of a direction's output."""
        return self.projection or self.hidden


@lru_cache(maxsize=256)
def _layout(net: Net, inputs: int) -> tuple[list[int], list[Shape], list[int]]:
    """How the flat parameters are cut: sizes and shapes of the pieces, and their order for torch.

    MXNet has the weights of all layers first and the biases after them; torch goes layer by layer.
    """
    rows = GATES[net.mode] * net.hidden
    weights: list[Shape] = []
    for layer in range(net.layers):
        width = net.width * net.directions if layer else inputs
        for _ in range(net.directions):
            weights += [(rows, width), (rows, net.width)]
            weights += [(net.projection, net.hidden)] if net.projection else []
    each, cells = (3 if net.projection else 2), net.layers * net.directions
    shapes = [*weights, *[(rows,)] * (2 * cells)]
    order: list[int] = []
    for cell in range(cells):
        first, bias = each * cell, len(weights) + 2 * cell
        order += [first, first + 1, bias, bias + 1, *range(first + 2, first + each)]
    return [torch.Size(s).numel() for s in shapes], shapes, order


def parameter_count(net: Net, inputs: int) -> int:
    """How many parameters all layers have together."""
    return sum(_layout(net, inputs)[0])


@register(
    "RNN", same_type=True, visible=lambda a: (3 if a["mode"] == "lstm" else 2) if a["state_outputs"] else 1
)
def rnn(
    data: Tensor,
    parameters: Tensor,
    state: Tensor,
    state_cell: Tensor | None = None,
    sequence_length: Tensor | None = None,
    *,
    state_size: int,
    num_layers: int,
    bidirectional: bool = False,
    mode: Kind,
    p: float = 0.0,
    state_outputs: bool = False,
    projection_size: int | None = None,
    lstm_state_clip_min: float | None = None,
    lstm_state_clip_max: float | None = None,
    lstm_state_clip_nan: bool = False,
    use_sequence_length: bool = False,
    training: Mode,
    random: Generator,
) -> tuple[Tensor, ...]:
    """h' = f(W x + b + R h + c) for each step, layer and direction, f that of ``mode``

    ``rnn_relu`` and ``rnn_tanh`` take max(0, .) and tanh for f. With i, f, o, r, z for σ of gates of that
    form, and g, n for tanh of one::

        lstm    c' = f c + i g                  h' = o tanh(c')
        gru     n = tanh(W x + b + r (R h + c)) h' = (1 - z) n + z h

    Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; Cho et al., "Learning Phrase Representations
    using RNN Encoder-Decoder", 2014.

    Parameters
    ----------
    p
        For training, each number that goes from layer to layer becomes 0 with probability p, otherwise it is
        divided by 1 - p.
    projection_size
        The LSTM's h' is P (o tanh(c')), with that many rows in P.
    lstm_state_clip_min, lstm_state_clip_max, lstm_state_clip_nan
        Keeps c' between two numbers; whether NaN stays NaN.
    use_sequence_length
        Whether ``sequence_length`` is given: how many steps of each sample count. Its states are those after
        the last of them, the backward direction begins there, and the outputs behind are 0.

    Inputs
    ------
    data : (steps, n, in)
    parameters : the weights of all layers and in them directions: W, R, and P with a projection; then their
        biases: b, c. The rows of a matrix are those of the gates i, f, g, o, or r, z, n.
    state : (num_layers * directions, n, out), out = projection_size or state_size
    state_cell : (num_layers * directions, n, state_size), for the LSTM
    sequence_length : (n,)

    Outputs
    -------
    out : (steps, n, directions * out)
    state, and state_cell of the LSTM : after the last step, if ``state_outputs``
    """
    net = Net(mode, state_size, num_layers, 2 if bidirectional else 1, projection_size)
    if mode != "lstm" and use_sequence_length and sequence_length is None:
        state_cell, sequence_length = None, state_cell
    states = [state] if state_cell is None else [state, state_cell]
    require_floating(data)
    check(net, data, states, sequence_length, use_sequence_length, p)
    count = parameter_count(net, data.shape[2])
    if parameters.shape != (count,):
        raise ValueError(
            f"the parameters must have shape {(count,)}, but they have {tuple(parameters.shape)}"
        )
    sizes, shapes, order = _layout(net, data.shape[2])
    # One split, not a slice for each piece: the gradient is put together once.
    flat = torch.split_with_sizes(parameters.contiguous(), sizes)
    pieces = [x.view(s) if len(s) > 1 else x for x, s in zip(flat, shapes, strict=True)]
    weights = [pieces[i] for i in order]
    clip = (lstm_state_clip_min, lstm_state_clip_max, lstm_state_clip_nan)
    return run_layers(net, data, states, weights, sequence_length, clip, p if training else 0.0, random)


def run_layers(
    net: Net,
    data: Tensor,
    states: list[Tensor],
    weights: list[Tensor],
    lengths: Tensor | None,
    clip: tuple[float | None, float | None, bool],
    p: float,
    random: Generator,
) -> tuple[Tensor, ...]:
    """The outputs and the last states, with the weights cell by cell: W, R, b, c, and P."""
    if data.is_meta:  # torch would go step by step, with several operators each
        out = outline(data, (*data.shape[:2], net.directions * net.width))
        return (out, *[outline(state, state.shape) for state in states])
    drops = p > 0 and net.layers > 1
    if net.mode != "lstm":
        clip = (None, None, False)  # there is no cell state to keep within bounds
    if not drops and clip[:2] == (None, None):
        return _run(net, data.contiguous(), states, weights, lengths)
    return _by_layers(net, data, states, weights, lengths, clip, p if drops else 0.0, random)


def check(net: Net, data: Tensor, states: list[Tensor], lengths: Tensor | None, use: bool, p: float) -> None:
    """Complains of inputs whose shapes do not fit together, and of what is no probability."""
    if not 0 <= p <= 1:
        raise ValueError(f"p={p} is not in 0...1")
    if net.projection is not None and net.mode != "lstm":
        raise ValueError("projection_size is for the LSTM alone")
    if data.dim() != 3:
        raise ValueError("data must have 3 axes: steps, samples, features")
    expected = state_shapes(net, data.shape)
    if [x.shape for x in states] != expected:
        found = " and ".join([str(tuple(x.shape)) for x in states])
        raise ValueError(
            f"mode={net.mode!r} takes states of shape {' and '.join(map(str, expected))}, given is {found}"
        )
    if use != (lengths is not None):
        raise ValueError("sequence_length and use_sequence_length=True go together: give both or neither")
    if lengths is not None and lengths.shape != data.shape[1:2]:
        raise ValueError(
            f"sequence_length must have shape {tuple(data.shape[1:2])}, a number for each sample"
        )


def state_shapes(net: Net, data: Shape) -> list[Shape]:
    """Those of the states, for data of that shape."""
    cells = net.layers * net.directions
    shapes: list[Shape] = [(cells, data[1], net.width), (cells, data[1], net.hidden)]
    return shapes if net.mode == "lstm" else shapes[:1]


def _run(
    net: Net, data: Tensor, states: list[Tensor], weights: list[Tensor], lengths: Tensor | None
) -> tuple[Tensor, ...]:
    """All layers by one kernel."""
    if lengths is not None:
        return _run_packed(net, data, states, weights, lengths)
    graph = torch.is_grad_enabled() and any(x.requires_grad for x in (data, *states, weights[0]))
    options = (True, net.layers, 0.0, graph, net.directions == 2, False)
    if net.projection:
        with warnings.catch_warnings():  # torch says that it takes another kernel
            warnings.simplefilter("ignore")
            return torch.lstm(data, states, weights, *options)
    if net.mode == "lstm":
        return torch.lstm(data, states, weights, *options)
    return _KERNELS[net.mode](data, states[0], weights, *options)


def _run_packed(
    net: Net, data: Tensor, states: list[Tensor], weights: list[Tensor], lengths: Tensor
) -> tuple[Tensor, ...]:
    """Sequences of different lengths, the longest first, as torch wants them."""
    steps = data.shape[0]
    counts = lengths.detach().to(torch.int64).cpu()
    if not ((counts >= 1) & (counts <= steps)).all():
        raise ValueError(f"each sequence_length must be in 1...{steps}")
    counts, order = torch.sort(counts, descending=True, stable=True)
    order = order.to(data.device)
    back = torch.argsort(order)
    packed, sizes = torch._pack_padded_sequence(data[:, order].contiguous(), counts, False)
    graph = torch.is_grad_enabled() and any(x.requires_grad for x in (data, *states, weights[0]))
    options = (True, net.layers, 0.0, graph, net.directions == 2)
    sorted_states = [x[:, order].contiguous() for x in states]
    if net.mode == "lstm":
        out, *last = torch.lstm(packed, sizes, sorted_states, weights, *options)
    else:
        out, *last = _KERNELS[net.mode](packed, sizes, sorted_states[0], weights, *options)
    padded, _ = torch._pad_packed_sequence(out, sizes, False, 0.0, steps)
    return tuple([x[:, back].contiguous() for x in (padded, *last)])


def _by_layers(
    net: Net,
    data: Tensor,
    states: list[Tensor],
    weights: list[Tensor],
    lengths: Tensor | None,
    clip: tuple[float | None, float | None, bool],
    p: float,
    random: Generator,
) -> tuple[Tensor, ...]:
    """Layer by layer: with dropout in between, or with clipped states, which torch's kernels have not."""
    single, finals = net._replace(layers=1), []
    share, cells = len(weights) // net.layers, net.directions
    run = _run if clip[:2] == (None, None) else _clipped(clip)
    for layer in range(net.layers):
        if layer and p:
            data = torch.mul(data, _mask(data, p, random))
        mine = [x[layer * cells : (layer + 1) * cells] for x in states]
        data, *last = run(single, data, mine, weights[layer * share : (layer + 1) * share], lengths)
        finals.append(last)
    return (data, *[torch.cat(parts) for parts in zip(*finals, strict=True)])


def _mask(data: Tensor, p: float, random: Generator) -> Tensor:
    """1 / (1 - p) where a uniform number of the generator's single stream is greater than p, else 0."""
    if p == 1:
        raise ValueError("with p=1 nothing would be left")
    split = torch.tensor([p, 1 - p], dtype=torch.float32, device=data.device)
    kept = random.multinomial(split, data.numel()).reshape(data.shape)
    return kept.to(data.dtype) * (1 / (1 - p))


def _clipped(clip: tuple[float | None, float | None, bool]) -> Any:
    """The LSTM step by step, with its cell's state between two numbers."""
    low = -torch.inf if clip[0] is None else clip[0]
    high = torch.inf if clip[1] is None else clip[1]

    def bounded(c: Tensor) -> Tensor:
        if clip[2]:
            return torch.clamp(c, low, high)
        bounds = [torch.tensor(b, dtype=c.dtype, device=c.device) for b in (low, high)]
        return torch.fmin(torch.fmax(c, bounds[0]), bounds[1])

    def run(
        net: Net, data: Tensor, states: list[Tensor], weights: list[Tensor], lengths: Tensor | None
    ) -> tuple[Tensor, ...]:
        share = len(weights) // net.directions
        found = [
            _steps(
                data, [x[d] for x in states], weights[d * share : (d + 1) * share], lengths, d == 1, bounded
            )
            for d in range(net.directions)
        ]
        out, h, c = zip(*found, strict=True)
        return torch.cat(out, 2), torch.stack(h), torch.stack(c)

    return run


def _steps(
    data: Tensor,
    states: list[Tensor],
    weights: list[Tensor],
    lengths: Tensor | None,
    reverse: bool,
    bounded: Any,
) -> tuple[Tensor, Tensor, Tensor]:
    """One direction of one layer."""
    w, r, b, c, *projection = weights
    inputs = torch.nn.functional.linear(data, w, b)
    h, cell = states
    outs: list[Tensor] = [h] * data.shape[0]
    for t in reversed(range(data.shape[0])) if reverse else range(data.shape[0]):
        i, f, g, o = (inputs[t] + torch.nn.functional.linear(h, r, c)).chunk(4, 1)
        new = bounded(torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g))
        out = torch.sigmoid(o) * torch.tanh(new)
        if projection:
            out = torch.nn.functional.linear(out, projection[0])
        if lengths is None:
            h, cell, outs[t] = out, new, out
        else:
            runs = (lengths > t).unsqueeze(1)
            h, cell = torch.where(runs, out, h), torch.where(runs, new, cell)
            outs[t] = out * runs
    return torch.stack(outs), h, cell


@infer_shape(rnn)
def _(data: Any, *inputs: Any, **attributes: Any) -> Any:
    directions = 2 if attributes["bidirectional"] else 1
    mode, hidden, layers = [attributes[n] for n in ("mode", "state_size", "num_layers")]
    net = Net(mode, hidden, layers, directions, attributes["projection_size"])
    lengths = [(data[1],)] if attributes["use_sequence_length"] else []
    return [data, (parameter_count(net, data[2]),), *state_shapes(net, data), *lengths]
