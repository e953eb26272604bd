"""Cells one above the other, and in both directions."""

from __future__ import annotations

from typing import Any

from regluon import symbol as sym
from regluon.rnn.base_cell import Arrays, BaseRNNCell, RNNParams
from regluon.rnn.sequences import normalize, steps_of
from regluon.symbol import Symbol

__all__ = ["BidirectionalCell", "SequentialRNNCell"]


class _Stack(BaseRNNCell):
    """A cell that is made of others."""

    def __init__(self, params: RNNParams | None = None) -> None:
        super().__init__(params=params)
        self._override_cell_params = params is not None
        self._cells: list[BaseRNNCell] = []

    def _take(self, cell: BaseRNNCell) -> None:
        """Adds a cell, which shares parameters with this one."""
        if self._override_cell_params:
            if not cell._own_params:
                raise AssertionError(
                    f"Either specify params for {type(self).__name__} or child cells, not both."
                )
            cell.params._params.update(self.params._params)
        self._cells.append(cell)
        self.params._params.update(cell.params._params)

    def _shares(self, states: Any) -> list[Any]:
        """Each cell's part of the states."""
        shares, start = [], 0
        for cell in self._cells:
            stop = start + len(cell.state_info)
            shares.append(states[start:stop])
            start = stop
        return shares

    @property
    def state_info(self) -> list[Any]:
        """Shape and layout of the states of all cells."""
        return [info for cell in self._cells for info in cell.state_info]

    def begin_state(self, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        """The states of all cells to begin with; arguments as of ``BaseRNNCell.begin_state``."""
        self._check_unmodified()
        return [state for cell in self._cells for state in cell.begin_state(**kwargs)]

    def unpack_weights(self, args: Arrays) -> Arrays:
        """The parameters with the weights of each gate by themselves, of all cells."""
        for cell in self._cells:
            args = cell.unpack_weights(args)
        return args

    def pack_weights(self, args: Arrays) -> Arrays:
        """The inverse of :meth:`unpack_weights`."""
        for cell in self._cells:
            args = cell.pack_weights(args)
        return args


class SequentialRNNCell(_Stack):
    """Cells one above the other: the output of each is the input of the next.

    Parameters
    ----------
    params
        Parameters that all of them share; their own if None.
    """

    def add(self, cell: BaseRNNCell) -> None:
        """Puts a cell on top."""
        self._take(cell)

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step of all cells: see :class:`BaseRNNCell`."""
        self._counter += 1
        new: list[Any] = []
        for cell, share in zip(self._cells, self._shares(states), strict=True):
            if isinstance(cell, BidirectionalCell):
                raise AssertionError("BidirectionalCell cannot be stepped. Please use unroll")
            inputs, own = cell(inputs, share)
            new.extend(own)
        return inputs, new

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: Any = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence cell by cell: see :meth:`BaseRNNCell.unroll`."""
        self.reset()
        states = self.begin_state() if begin_state is None else begin_state
        new: list[Any] = []
        last = len(self._cells) - 1
        for i, (cell, share) in enumerate(zip(self._cells, self._shares(states), strict=True)):
            inputs, own = cell.unroll(length, inputs, share, layout, merge_outputs if i == last else None)
            new.extend(own)
        return inputs, new


class BidirectionalCell(_Stack):
    """Two cells, of which one goes over the sequence from its end; their outputs are joined.

    Parameters
    ----------
    l_cell, r_cell
        The one that goes from the beginning, and the one that goes from the end.
    params
        Parameters that both share; their own if None.
    output_prefix
        What the names of the outputs begin with.
    """

    def __init__(
        self,
        l_cell: BaseRNNCell,
        r_cell: BaseRNNCell,
        params: RNNParams | None = None,
        output_prefix: str = "bi_",
    ) -> None:
        super().__init__(params)
        self._output_prefix = output_prefix
        self._take(l_cell)
        self._take(r_cell)

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """Is not there: the second cell begins at the end of a sequence."""
        raise NotImplementedError("Bidirectional cannot be stepped. Please use unroll")

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: Any = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence both ways: see :meth:`BaseRNNCell.unroll`; a list of states for each way."""
        self.reset()
        steps, axis = normalize(length, inputs, layout, False)
        states = self.begin_state() if begin_state is None else begin_state
        first, second = self._cells
        own, others = self._shares(states)
        there, there_states = first.unroll(length, steps, own, layout, merge_outputs)
        back, back_states = second.unroll(length, steps[::-1], others, layout, merge_outputs)
        if merge_outputs is None:
            merge_outputs = isinstance(there, Symbol) and isinstance(back, Symbol)
        prefix = self._output_prefix
        if merge_outputs:
            back = sym.reverse(back, axis=axis)
            outputs: Any = sym.Concat(there, back, dim=2, name=prefix + "out")
        else:
            pairs = zip(steps_of(there, length, axis), steps_of(back, length, axis)[::-1], strict=True)
            outputs = [sym.Concat(a, b, dim=1, name=f"{prefix}t{i}") for i, (a, b) in enumerate(pairs)]
        return outputs, [there_states, back_states]
