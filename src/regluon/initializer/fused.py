"""The initializer of a recurrent net's parameters in one vector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from regluon import ndarray
from regluon.initializer.initializer import InitDesc, Initializer, create, register
from regluon.ndarray import NDArray

__all__ = ["FusedRNN"]

_GATES = {
    "rnn_relu": ("",),
    "rnn_tanh": ("",),
    "lstm": ("_i", "_f", "_c", "_o"),
    "gru": ("_r", "_z", "_o"),
}


@register
class FusedRNN(Initializer):
    """For the vector that operator ``RNN`` takes: another initializer for the weights and biases in it.

    It gets each by a name such as ``l0_i2h_f_bias``: direction (l or r), layer, from the input or from the
    state, gate.

    Parameters
    ----------
    init
        The other initializer, or its :meth:`dumps`; the net's if None.
    num_hidden, num_layers, mode, bidirectional
        As of the operator.
    forget_bias
        For the biases of an LSTM's forget gates, instead.
    """

    def __init__(
        self,
        init: Any,
        num_hidden: int,
        num_layers: int,
        mode: str,
        bidirectional: bool = False,
        forget_bias: float = 1.0,
    ) -> None:
        if mode not in _GATES:
            raise ValueError(f"FusedRNN: mode must be one of {', '.join(_GATES)}, not {mode!r}")
        init = create(init) if isinstance(init, str) else init
        super().__init__(
            init=None if init is None else init.dumps(),
            num_hidden=num_hidden,
            num_layers=num_layers,
            mode=mode,
            bidirectional=bidirectional,
            forget_bias=forget_bias,
        )
        self._init, self._num_hidden, self._num_layers = init, num_hidden, num_layers
        self._mode, self._bidirectional, self._forget_bias = mode, bidirectional, forget_bias

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        global_init = getattr(desc, "global_init", None)
        init, start = self._init or global_init, 0
        if init is None:
            raise ValueError(f"FusedRNN: there is no initializer for {desc}, neither its own nor the net's")
        for name, shape in self._parts(arr.size):
            part = ndarray.zeros(shape, arr.context, dtype=arr.dtype)
            if self._mode == "lstm" and name.endswith("_f_bias"):
                part[:] = self._forget_bias
            else:
                init(InitDesc(name, global_init=global_init), part)
            arr[start : start + part.size] = part.reshape(-1)
            start += part.size

    def _parts(self, size: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Names and shapes in their order: all weights, then all biases."""
        hidden, gates = self._num_hidden, _GATES[self._mode]
        directions = "lr" if self._bidirectional else "l"
        wide = len(directions) * hidden
        row = wide * len(gates)  # the rows of all gates and directions of a layer
        inputs = size // row - (self._num_layers - 1) * (hidden + wide + 2) - hidden - 2
        if size % row or inputs < 1:
            raise ValueError(f"FusedRNN: {size} numbers are not the parameters of {self._num_layers} layers")
        cells = [(layer, direction) for layer in range(self._num_layers) for direction in directions]
        for layer, direction in cells:
            for source, width in (("i2h", wide if layer else inputs), ("h2h", hidden)):
                yield from ((f"{direction}{layer}_{source}{g}_weight", (hidden, width)) for g in gates)
        for layer, direction in cells:
            for source in ("i2h", "h2h"):
                yield from ((f"{direction}{layer}_{source}{g}_bias", (hidden,)) for g in gates)
