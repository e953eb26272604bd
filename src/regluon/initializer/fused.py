"""The initializer of a recurrent net's parameters in one vector."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from regluon import ndarray
from regluon.initializer.initializer import InitDesc, Initializer, create, register
from regluon.ndarray import NDArray

__all__ = ["GATES", "FusedRNN", "Vector"]

GATES: dict[str, tuple[str, ...]] = {
    "rnn_relu": ("",),
    "rnn_tanh": ("",),
    "lstm": ("_i", "_f", "_c", "_o"),
    "gru": ("_r", "_z", "_o"),
}
"""What the gates are called in names of parameters, in their order."""


class Vector(NamedTuple):
    """How the weights and biases of all layers lie in the vector that operator ``RNN`` takes."""

    num_hidden: int
    num_layers: int
    mode: str
    bidirectional: bool

    @property
    def directions(self) -> str:
        """A letter for each way that a layer goes over the sequence."""
        return "lr" if self.bidirectional else "l"

    def parts(self, inputs: int) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes in their order: all weights, then all biases."""
        hidden, gates = self.num_hidden, GATES[self.mode]
        cells = [(layer, way) for layer in range(self.num_layers) for way in self.directions]
        weights = [
            (f"{way}{layer}_{source}{gate}_weight", (hidden, width))
            for layer, way in cells
            for source, width in (
                ("i2h", len(self.directions) * hidden if layer else inputs),
                ("h2h", hidden),
            )
            for gate in gates
        ]
        return [*weights, *((name.replace("_weight", "_bias"), (hidden,)) for name, _ in weights)]

    def size(self, inputs: int) -> int:
        """How many numbers the vector has."""
        return sum(prod(shape) for _, shape in self.parts(inputs))

    def inputs_of(self, size: int) -> int:
        """For how many inputs the vector has this size, rounded down."""
        wide = len(self.directions) * self.num_hidden
        rows = size // (wide * len(GATES[self.mode]))
        return rows - (self.num_layers - 1) * (self.num_hidden + wide + 2) - self.num_hidden - 2


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
        if mode not in GATES:
            raise ValueError(f"FusedRNN: mode must be one of {', '.join(GATES)}, not {mode!r}")
        init = create(init) if isinstance(init, str) else init
        super().__init__(
            init=None if init is None else init.dumps(),
            num_hidden=num_hidden,
            num_layers=num_layers,
            mode=mode,
            bidirectional=bidirectional,
            forget_bias=forget_bias,
        )
        self._init, self._mode, self._forget_bias = init, mode, forget_bias
        self._vector = Vector(num_hidden, num_layers, mode, bidirectional)

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        global_init = getattr(desc, "global_init", None)
        init, start = self._init or global_init, 0
        if init is None:
            raise ValueError(f"FusedRNN: there is no initializer for {desc}, neither its own nor the net's")
        inputs = self._vector.inputs_of(arr.size)
        if inputs < 1 or self._vector.size(inputs) != arr.size:
            raise ValueError(
                f"FusedRNN: {arr.size} numbers are not the parameters of {self._vector.num_layers} layers"
            )
        for name, shape in self._vector.parts(inputs):
            part = ndarray.zeros(shape, arr.context, dtype=arr.dtype)
            if self._mode == "lstm" and name.endswith("_f_bias"):
                part[:] = self._forget_bias
            else:
                init(InitDesc(name, global_init=global_init), part)
            arr[start : start + part.size] = part.reshape(-1)
            start += part.size
