"""What all cells have in common: states, and unrolling over a sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regluon import ndarray
from regluon.gluon.block import Block
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.parameter import ParameterDict
from regluon.gluon.rnn.sequences import begin_state_of, format_sequence, mask_sequence

__all__ = ["HybridRecurrentCell", "RecurrentCell", "activate"]

_BY_NAME = ("tanh", "relu", "sigmoid", "softsign")


class RecurrentCell(Block):
    """One step of a recurrent net: ``output, states = cell(input, states)``."""

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._modified = False
        self.reset()

    def reset(self) -> None:
        """Forgets what belongs to the last sequence; :meth:`unroll` does it on its own."""
        self._init_counter = -1
        self._counter = -1
        for cell in self._children.values():
            if isinstance(cell, RecurrentCell):
                cell.reset()

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        raise NotImplementedError(f"{type(self).__name__} does not define state_info")

    def begin_state(
        self, batch_size: int = 0, func: Callable[..., Any] = ndarray.zeros, **kwargs: Any
    ) -> list[Any]:
        """States to begin with.

        Parameters
        ----------
        batch_size
            The number of samples.
        func
            What makes a state: ``nd.zeros``, ``nd.ones``, ``nd.random.uniform``...
        kwargs
            Given to ``func`` as well: ``ctx``, ``dtype``...
        """
        self._check_unmodified()
        states = []
        for info in self.state_info(batch_size):
            self._init_counter += 1
            name = f"{self._prefix}begin_state_{self._init_counter}"
            states.append(func(name=name, **{**(info or {}), **kwargs}))
        return states

    def _check_unmodified(self) -> None:
        if self._modified:
            raise AssertionError(
                f"{self.name} belongs to a modifier cell, such as ZoneoutCell: call that one instead"
            )

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: list[Any] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
        valid_length: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence.

        Parameters
        ----------
        length
            The number of steps.
        inputs
            One array of the axes in ``layout``, or a list of an array (batch, ...) for each step.
        begin_state
            From :meth:`begin_state`, or the last states of another sequence; zeros if None.
        layout
            The order of batch N, time T and channels C in merged inputs and outputs.
        merge_outputs
            Whether the outputs are one array, or a list of the steps; whichever is at hand if None.
        valid_length
            For each sample how many steps count: outputs behind are 0, and the states are those after the
            last of them.

        Returns
        -------
        The outputs, and the states after the last step.
        """
        self.reset()
        inputs, axis, F, batch_size = format_sequence(length, inputs, layout, False)
        states = begin_state_of(self, F, begin_state, inputs, batch_size)
        outputs: Any = []
        every: list[Any] = []
        for i in range(length):
            output, states = self(inputs[i], states)
            outputs.append(output)
            if valid_length is not None:
                every.append(states)
        if valid_length is not None:
            states = [_last_of(F, steps, valid_length) for steps in zip(*every, strict=True)]
            outputs = mask_sequence(F, outputs, length, valid_length, axis, True)
        outputs, _, _, _ = format_sequence(length, outputs, layout, merge_outputs)
        return outputs, states

    def _get_activation(self, F: Any, inputs: Any, activation: Any, **kwargs: Any) -> Any:
        """``activation`` of the inputs: a name, a block, or a function."""
        return activate(F, inputs, activation, **kwargs)

    def forward(self, inputs: Any, states: Any) -> Any:
        """One step.

        Parameters
        ----------
        inputs
            (batch, ...)
        states
            The list that came out of the step before, or :meth:`begin_state`'s.

        Returns
        -------
        The output, and the new states.
        """
        self._counter += 1
        return super().forward(inputs, states)


class HybridRecurrentCell(RecurrentCell, HybridBlock):
    """A cell whose computation is written for arrays and symbols alike."""

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None) -> None:
        super().__init__(prefix=prefix, params=params)

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """One step, with the operators of ``F``; subclasses define it."""
        raise NotImplementedError(f"{type(self).__name__} does not define hybrid_forward")


def activate(F: Any, inputs: Any, activation: Any, **kwargs: Any) -> Any:
    """``activation`` of the inputs: a name, a block, or a function."""
    if activation in _BY_NAME:
        return getattr(F, activation)(inputs, **kwargs)
    if isinstance(activation, str):
        return F.Activation(inputs, act_type=activation, **kwargs)
    return activation(inputs) if isinstance(activation, Block) else activation(inputs, **kwargs)


def _last_of(F: Any, steps: Any, valid_length: Any) -> Any:
    stacked = F.stack(*steps, axis=0)
    return F.SequenceLast(stacked, sequence_length=valid_length, use_sequence_length=True, axis=0)
