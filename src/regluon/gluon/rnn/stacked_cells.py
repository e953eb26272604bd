"""Cells on top of each other, and two cells in opposite directions."""

from __future__ import annotations

from itertools import chain
from typing import Any

from regluon.gluon.block import Block
from regluon.gluon.parameter import ParameterDict
from regluon.gluon.rnn.basic_cells import GatedCell
from regluon.gluon.rnn.recurrent_cell import HybridRecurrentCell, RecurrentCell
from regluon.gluon.rnn.sequences import (
    begin_state_of,
    format_sequence,
    is_merged,
    mask_sequence,
    reverse_sequence,
)

__all__ = ["BidirectionalCell", "HybridSequentialRNNCell", "SequentialRNNCell", "is_bidirectional"]


class _Compound(RecurrentCell):
    """A cell whose states are those of its children, one after the other."""

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        return list(chain.from_iterable(c.state_info(batch_size) for c in self._cells()))

    def begin_state(self, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        """States to begin with, of all cells; see :meth:`RecurrentCell.begin_state`."""
        self._check_unmodified()
        return list(chain.from_iterable(c.begin_state(**kwargs) for c in self._cells()))

    def _cells(self) -> list[Any]:
        return list(self._children.values())

    def _shares(self, states: Any) -> list[list[Any]]:
        """Each cell's part of the states."""
        shares, at = [], 0
        for cell in self._cells():
            count = len(cell.state_info())
            shares.append(list(states[at : at + count]))
            at += count
        return shares


class _Stack(_Compound):
    """What the two stacks have in common."""

    def add(self, cell: Block) -> None:
        """Puts a cell on top."""
        self.register_child(cell)

    def __repr__(self) -> str:
        cells = [
            f"({name}): {repr(cell).replace(chr(10), chr(10) + '  ')}"
            for name, cell in self._children.items()
        ]
        return "\n".join([f"{type(self).__name__}(", *cells, ")"])

    def __call__(self, inputs: Any, states: Any) -> Any:
        self._counter += 1
        cells = self._cells()
        if any(isinstance(cell, BidirectionalCell) for cell in cells):
            raise AssertionError("a stack with a BidirectionalCell cannot be stepped: use unroll()")
        every = []
        for cell, share in zip(cells, self._shares(states), strict=True):
            inputs, new = cell(inputs, share)
            every += new
        return inputs, every

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: list[Any] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
        valid_length: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence cell by cell, as :meth:`RecurrentCell.unroll` says."""
        self.reset()
        inputs, _, F, batch_size = format_sequence(length, inputs, layout, None)
        states = begin_state_of(self, F, begin_state, inputs, batch_size)
        cells, every = self._cells(), []
        for cell, above, share in zip(cells, [*cells[1:], None], self._shares(states), strict=True):
            # Between cells that take all steps at once they stay one array. Others get what they get in
            # MXNet: dropout draws its numbers otherwise for one array than for a list.
            whole = isinstance(cell, GatedCell) and isinstance(above, GatedCell)
            merge = merge_outputs if above is None else whole or None
            inputs, new = cell.unroll(
                length,
                inputs=inputs,
                begin_state=share,
                layout=layout,
                merge_outputs=merge,
                valid_length=valid_length,
            )
            every += new
        return inputs, every

    def __getitem__(self, i: int) -> Any:
        return self._children[str(i)]

    def __len__(self) -> int:
        return len(self._children)


class SequentialRNNCell(_Stack):
    """Cells on top of each other: the output of one is the input of the next.

    ::

        cell = rnn.SequentialRNNCell()
        cell.add(rnn.LSTMCell(100))
        cell.add(rnn.LSTMCell(50))
    """

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None) -> None:
        super().__init__(prefix=prefix, params=params)

    def hybrid_forward(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing: the stack of hybrid cells is :class:`HybridSequentialRNNCell`."""
        raise NotImplementedError("a SequentialRNNCell is called, or goes over a sequence by unroll()")


class HybridSequentialRNNCell(_Stack, HybridRecurrentCell):
    """Hybrid cells on top of each other."""

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None) -> None:
        super().__init__(prefix=prefix, params=params)

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:
        """One step of all cells"""
        return self(inputs, states)


class BidirectionalCell(_Compound, HybridRecurrentCell):
    """Two cells, one from the first step to the last, one backwards; their outputs beside each other.

    It goes over whole sequences only, by :meth:`unroll`.

    Parameters
    ----------
    l_cell, r_cell
        The cell forwards, and the cell backwards.
    output_prefix
        Begins the names of outputs.
    """

    def __init__(self, l_cell: Any, r_cell: Any, output_prefix: str = "bi_") -> None:
        super().__init__(prefix="", params=None)
        self.register_child(l_cell, "l_cell")
        self.register_child(r_cell, "r_cell")
        self._output_prefix = output_prefix

    def __call__(self, inputs: Any, states: Any) -> Any:
        raise NotImplementedError("Bidirectional cannot be stepped. Please use unroll")

    def __repr__(self) -> str:
        forward, backward = self._cells()
        return f"{type(self).__name__}(forward={forward}, backward={backward})"

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: list[Any] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
        valid_length: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence in both directions, as :meth:`RecurrentCell.unroll` says."""
        self.reset()
        steps, axis, F, batch_size = format_sequence(length, inputs, layout, False)
        states = begin_state_of(self, F, begin_state, steps, batch_size)
        (l_cell, r_cell), (l_begin, r_begin) = self._cells(), self._shares(states)
        given = {"layout": layout, "valid_length": valid_length}
        l_outputs, l_states = l_cell.unroll(
            length, inputs=steps, begin_state=l_begin, merge_outputs=merge_outputs, **given
        )
        backwards = reverse_sequence(steps, length, valid_length)
        r_outputs, r_states = r_cell.unroll(
            length, inputs=backwards, begin_state=r_begin, merge_outputs=False, **given
        )
        r_outputs = reverse_sequence(r_outputs, length, valid_length)
        merge = is_merged(l_outputs) if merge_outputs is None else merge_outputs
        if merge:
            pair = [l_outputs, F.stack(*r_outputs, axis=axis)]
            outputs = F.concat(*pair, dim=2, name=f"{self._output_prefix}out")
        else:
            outputs = [
                F.concat(*pair, dim=1, name=f"{self._output_prefix}t{i}")
                for i, pair in enumerate(zip(l_outputs, r_outputs, strict=True))
            ]
        if valid_length is not None:
            outputs = mask_sequence(F, outputs, length, valid_length, axis, merge)
        return outputs, l_states + r_states


def is_bidirectional(cell: Any) -> bool:
    """Whether the cell needs whole sequences: a BidirectionalCell, or a stack with one."""
    if isinstance(cell, _Stack):
        return any(map(is_bidirectional, cell._cells()))
    return isinstance(cell, BidirectionalCell)
