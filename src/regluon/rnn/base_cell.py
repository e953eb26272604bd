"""What all symbolic cells have in common: parameters, states, and unrolling over a sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regluon import symbol as sym
from regluon.ndarray import NDArray, concatenate
from regluon.rnn.sequences import normalize
from regluon.symbol import Symbol

__all__ = ["BaseRNNCell", "RNNParams", "activate"]

Arrays = dict[str, NDArray]


class RNNParams:
    """Variables by name, made when they are first asked for; cells that share them share their weights.

    Parameters
    ----------
    prefix
        What all names begin with.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._params: dict[str, Symbol] = {}

    def get(self, name: str, **kwargs: Any) -> Symbol:
        """The variable ``prefix + name``; if it is new, with what else ``sym.var`` takes."""
        name = self._prefix + name
        if name not in self._params:
            self._params[name] = sym.var(name, **kwargs)
        return self._params[name]


class BaseRNNCell:
    """One step of a recurrent net over symbols: ``output, states = cell(input, states)``.

    A subclass defines that call, :attr:`state_info`, and the names of its gates if it has any.

    Parameters
    ----------
    prefix
        What the names of its nodes begin with, and those of its parameters if they are its own.
    params
        Parameters that it shares with other cells.
    """

    _num_hidden: int

    def __init__(self, prefix: str = "", params: RNNParams | None = None) -> None:
        self._own_params = params is None
        self._prefix = prefix
        self._params = RNNParams(prefix) if params is None else params
        self._modified = False
        self.reset()

    def reset(self) -> None:
        """Begins to count steps anew, for another graph."""
        self._init_counter = -1
        self._counter = -1
        for cell in getattr(self, "_cells", ()):
            cell.reset()

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step

        Parameters
        ----------
        inputs
            (batch, ...)
        states
            Those of the step before, or of :meth:`begin_state`.

        Returns
        -------
        The output, and the new states.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define a single step")

    @property
    def params(self) -> RNNParams:
        """Its parameters; once they have been asked for they count as shared."""
        self._own_params = False
        return self._params

    @property
    def state_info(self) -> list[Any]:
        """Shape and layout of each state; the batch has 0, which is unknown."""
        raise NotImplementedError(f"{type(self).__name__} does not define state_info")

    @property
    def state_shape(self) -> list[tuple[int, ...]]:
        """The shape of each state."""
        return [info["shape"] for info in self.state_info]

    @property
    def _gate_names(self) -> tuple[str, ...]:
        return ()

    def _next_name(self) -> str:
        """What the names of the next step's nodes begin with."""
        self._counter += 1
        return f"{self._prefix}t{self._counter}_"

    def _check_unmodified(self) -> None:
        if self._modified:
            raise AssertionError(
                "After applying modifier cells (e.g. DropoutCell) the base cell cannot be called directly. "
                "Call the modifier cell instead."
            )

    def begin_state(self, func: Callable[..., Any] = sym.zeros, **kwargs: Any) -> list[Any]:
        """States to begin with

        Parameters
        ----------
        func
            What makes a state: ``sym.zeros``, ``sym.var`` to give values to it, ``sym.random.uniform``...
        **kwargs
            Given to ``func`` as well.
        """
        self._check_unmodified()
        states = []
        for info in self.state_info:
            self._init_counter += 1
            name = f"{self._prefix}begin_state_{self._init_counter}"
            states.append(func(name=name, **{**kwargs, **(info or {})}))
        return states

    def unpack_weights(self, args: Arrays) -> Arrays:
        """The parameters with the weights of each gate by themselves: ``lstm_i2h_i_weight``..."""
        args = dict(args)
        for group in ("i2h", "h2h") if self._gate_names else ():
            for kind in ("weight", "bias"):
                whole = args.pop(f"{self._prefix}{group}_{kind}")
                for j, gate in enumerate(self._gate_names):
                    part = whole[j * self._num_hidden : (j + 1) * self._num_hidden]
                    args[f"{self._prefix}{group}{gate}_{kind}"] = part.copy()
        return args

    def pack_weights(self, args: Arrays) -> Arrays:
        """The inverse of :meth:`unpack_weights`."""
        args = dict(args)
        for group in ("i2h", "h2h") if self._gate_names else ():
            for kind in ("weight", "bias"):
                parts = [args.pop(f"{self._prefix}{group}{gate}_{kind}") for gate in self._gate_names]
                args[f"{self._prefix}{group}_{kind}"] = concatenate(parts)
        return args

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: Any = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence

        Parameters
        ----------
        length
            The number of steps.
        inputs
            A symbol with the axes of ``layout``, or a list of one (batch, ...) for each step.
        begin_state
            States; :meth:`begin_state` if None.
        layout
            The order of batch N, time T and channels C.
        merge_outputs
            Whether the outputs are one symbol, or a list of the steps'; whichever is at hand if None.

        Returns
        -------
        The outputs, and the states after the last step.
        """
        self.reset()
        steps, _ = normalize(length, inputs, layout, False)
        states = self.begin_state() if begin_state is None else begin_state
        outputs = []
        for i in range(length):
            output, states = self(steps[i], states)
            outputs.append(output)
        joined, _ = normalize(length, outputs, layout, merge_outputs)
        return joined, states

    def _get_activation(self, inputs: Any, activation: Any, **kwargs: Any) -> Any:
        """``activation`` of the inputs: a name or a function."""
        return activate(inputs, activation, **kwargs)


def activate(inputs: Any, activation: Any, **kwargs: Any) -> Any:
    """``activation`` of the inputs: a name or a function."""
    if isinstance(activation, str):
        return sym.Activation(inputs, act_type=activation, **kwargs)  # type: ignore[arg-type]
    return activation(inputs, **kwargs)
