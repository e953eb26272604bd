"""Cells that change what another one does."""

from __future__ import annotations

from typing import Any

from regluon import symbol as sym
from regluon.rnn.base_cell import Arrays, BaseRNNCell, RNNParams
from regluon.rnn.fused_cell import FusedRNNCell
from regluon.rnn.sequences import normalize
from regluon.rnn.stacked_cells import BidirectionalCell
from regluon.symbol import Symbol

__all__ = ["ModifierCell", "ResidualCell", "ZoneoutCell"]


class ModifierCell(BaseRNNCell):
    """A cell that changes what another one does; that one is not called by itself any more.

    Parameters
    ----------
    base_cell
        The other cell.
    """

    def __init__(self, base_cell: BaseRNNCell) -> None:
        super().__init__()
        base_cell._modified = True
        self.base_cell = base_cell

    @property
    def params(self) -> RNNParams:
        """The parameters of the other cell."""
        self._own_params = False
        return self.base_cell.params

    @property
    def state_info(self) -> list[Any]:
        """Shape and layout of the states of the other cell."""
        return self.base_cell.state_info

    def begin_state(self, init_sym: Any = sym.zeros, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        """The states of the other cell to begin with, made by ``init_sym``."""
        self._check_unmodified()
        name = "init_sym" if isinstance(self.base_cell, ModifierCell) else "func"
        self.base_cell._modified = False
        try:
            return self.base_cell.begin_state(**{name: init_sym, **kwargs})
        finally:
            self.base_cell._modified = True

    def unpack_weights(self, args: Arrays) -> Arrays:
        """The parameters with the weights of each gate by themselves."""
        return self.base_cell.unpack_weights(args)

    def pack_weights(self, args: Arrays) -> Arrays:
        """The inverse of :meth:`unpack_weights`."""
        return self.base_cell.pack_weights(args)


class ZoneoutCell(ModifierCell):
    """Keeps elements of the output and of the states as they were a step before, at random in training.

    Parameters
    ----------
    base_cell
        The other cell.
    zoneout_outputs, zoneout_states
        The shares that are kept.
    """

    def __init__(
        self, base_cell: BaseRNNCell, zoneout_outputs: float = 0.0, zoneout_states: float = 0.0
    ) -> None:
        if isinstance(base_cell, FusedRNNCell):
            raise AssertionError("FusedRNNCell doesn't support zoneout. Please unfuse first.")
        if isinstance(base_cell, BidirectionalCell):
            raise AssertionError(
                "BidirectionalCell doesn't support zoneout since it doesn't support step. Please add "
                "ZoneoutCell to the cells underneath instead."
            )
        super().__init__(base_cell)
        self.zoneout_outputs, self.zoneout_states = zoneout_outputs, zoneout_states
        self.prev_output: Any = None

    def reset(self) -> None:
        """Begins to count steps anew, for another graph."""
        super().reset()
        self.prev_output = None

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step: see :class:`BaseRNNCell`."""
        output, new = self.base_cell(inputs, states)
        before = sym.zeros((0, 0)) if self.prev_output is None else self.prev_output
        if self.zoneout_outputs != 0.0:
            output = _mixed(self.zoneout_outputs, output, before)
        if self.zoneout_states != 0.0:
            new = [_mixed(self.zoneout_states, a, b) for a, b in zip(new, states, strict=False)]
        self.prev_output = output
        return output, new


def _mixed(share: float, new: Any, old: Any) -> Any:
    """``old`` for a share of the elements, chosen by a mask of dropout; all new where nothing is dropped."""
    return sym.where(sym.Dropout(sym.ones_like(new), p=share), new, old)


class ResidualCell(ModifierCell):
    """Adds the input to the output. Wu et al. 2016, https://arxiv.org/abs/1609.08144

    Parameters
    ----------
    base_cell
        The other cell, whose outputs have the shape of its inputs.
    """

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step: see :class:`BaseRNNCell`."""
        output, states = self.base_cell(inputs, states)
        return _plus(output, inputs), states

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: Any = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence: see :meth:`BaseRNNCell.unroll`."""
        self.reset()
        self.base_cell._modified = False
        try:
            outputs, states = self.base_cell.unroll(length, inputs, begin_state, layout, merge_outputs)
        finally:
            self.base_cell._modified = True
        merged = isinstance(outputs, Symbol) if merge_outputs is None else merge_outputs
        inputs, _ = normalize(length, inputs, layout, merged)
        if merged:
            return _plus(outputs, inputs), states
        return [_plus(o, i) for o, i in zip(outputs, inputs, strict=True)], states


def _plus(output: Any, inputs: Any) -> Any:
    return sym.elemwise_add(output, inputs, name=f"{output.name}_plus_residual")
