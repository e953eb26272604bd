"""Dropout as a cell, and cells that change what another cell does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regluon import ndarray
from regluon.gluon.parameter import ParameterDict
from regluon.gluon.rnn.recurrent_cell import HybridRecurrentCell
from regluon.gluon.rnn.sequences import format_sequence, is_merged, mask_sequence
from regluon.gluon.rnn.stacked_cells import BidirectionalCell, is_bidirectional

__all__ = ["DropoutCell", "ModifierCell", "ResidualCell", "ZoneoutCell", "refuse_bidirectional"]


class DropoutCell(HybridRecurrentCell):
    """Drops elements of its input, as ``nn.Dropout``; has no state.

    Parameters
    ----------
    rate
        The probability of zero.
    axes
        Axes along which all elements share their fate.

    Inputs
    ------
    x : (batch, ...)
    states : passed on

    Outputs
    -------
    out : like x
    states : those given
    """

    def __init__(
        self,
        rate: float,
        axes: tuple[int, ...] = (),
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        super().__init__(prefix, params)
        if not isinstance(rate, (int, float)):
            raise AssertionError(f"rate must be a number, not {rate!r}")
        self._rate, self._axes = rate, axes

    def __repr__(self) -> str:
        return f"{type(self).__name__}(rate={self._rate}, axes={self._axes})"

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Nothing: it has no state."""
        return []

    def _alias(self) -> str:
        return "dropout"

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:
        """One step"""
        if self._rate > 0:
            inputs = F.Dropout(data=inputs, p=self._rate, axes=self._axes, name=f"t{self._counter}_fwd")
        return inputs, states

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: list[Any] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
        valid_length: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence, over a merged one in one operation; lengths change nothing."""
        self.reset()
        inputs, _, F, _ = format_sequence(length, inputs, layout, merge_outputs)
        if is_merged(inputs):
            return self.hybrid_forward(F, inputs, begin_state or [])  # type: ignore[no-any-return]
        return super().unroll(length, inputs, begin_state, layout, merge_outputs, None)


class ModifierCell(HybridRecurrentCell):
    """A cell that changes what a base cell does; the base cell is not to be called on its own any more.

    Parameters
    ----------
    base_cell
        The cell to be changed, which may itself be a modifier.
    """

    def __init__(self, base_cell: Any) -> None:
        if base_cell._modified:
            raise AssertionError(
                f"Cell {base_cell.name} is already modified. One cell cannot be modified twice"
            )
        base_cell._modified = True
        super().__init__(prefix=base_cell.prefix + self._alias(), params=None)
        self.base_cell = base_cell

    @property
    def params(self) -> ParameterDict:
        """Those of the base cell."""
        return self.base_cell.params  # type: ignore[no-any-return]

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        return self.base_cell.state_info(batch_size)  # type: ignore[no-any-return]

    def begin_state(self, func: Callable[..., Any] = ndarray.zeros, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        """States to begin with, the base cell's; see :meth:`RecurrentCell.begin_state`."""
        self._check_unmodified()
        self.base_cell._modified = False
        try:
            return self.base_cell.begin_state(func=func, **kwargs)  # type: ignore[no-any-return]
        finally:
            self.base_cell._modified = True

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:
        """One step; subclasses define it."""
        raise NotImplementedError(f"{type(self).__name__} does not define hybrid_forward")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_cell})"


def refuse_bidirectional(cell: Any, what: str, modifier: str) -> None:
    """Complains of cells that cannot be stepped."""
    if is_bidirectional(cell):
        kind = (
            "BidirectionalCell" if isinstance(cell, BidirectionalCell) else "Bidirectional SequentialRNNCell"
        )
        raise AssertionError(
            f"{kind} doesn't support {what}, as it cannot be stepped. Please add {modifier} to the cells "
            "underneath instead."
        )


class ZoneoutCell(ModifierCell):
    """Keeps elements of the last step's output and states at random (Krueger et al., "Zoneout", 2016).

    Parameters
    ----------
    base_cell
        The cell whose results are kept.
    zoneout_outputs, zoneout_states
        The probabilities that an element keeps its value of the step before.
    """

    def __init__(self, base_cell: Any, zoneout_outputs: float = 0.0, zoneout_states: float = 0.0) -> None:
        refuse_bidirectional(base_cell, "zoneout", "ZoneoutCell")
        super().__init__(base_cell)
        self.zoneout_outputs, self.zoneout_states = zoneout_outputs, zoneout_states

    def __repr__(self) -> str:
        kept = f"p_out={self.zoneout_outputs}, p_state={self.zoneout_states}"
        return f"{type(self).__name__}({kept}, {self.base_cell})"

    def _alias(self) -> str:
        return "zoneout"

    def reset(self) -> None:
        """Forgets the last output."""
        super().reset()
        self._prev_output: Any = None

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:
        """One step"""

        def mixed(p: float, new: Any, old: Any) -> Any:
            return F.where(F.Dropout(F.ones_like(new), p=p), new, old)

        output, new_states = self.base_cell(inputs, states)
        if self.zoneout_outputs != 0.0:
            before = F.zeros_like(output) if self._prev_output is None else self._prev_output
            output = mixed(self.zoneout_outputs, output, before)
        if self.zoneout_states != 0.0:
            pairs = zip(new_states, states, strict=True)
            new_states = [mixed(self.zoneout_states, new, old) for new, old in pairs]
        self._prev_output = output
        return output, new_states


class ResidualCell(ModifierCell):
    """Adds the input to the base cell's output (Wu et al., "Google's Neural Machine Translation", 2016).

    Parameters
    ----------
    base_cell
        The cell, with an output of the input's shape.
    """

    def __init__(self, base_cell: Any) -> None:
        super().__init__(base_cell)

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:
        """One step"""
        output, states = self.base_cell(inputs, states)
        return F.elemwise_add(output, inputs, name=f"t{self._counter}_fwd"), states

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: list[Any] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
        valid_length: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence, as :meth:`RecurrentCell.unroll` says."""
        self.reset()
        self.base_cell._modified = False
        try:
            outputs, states = self.base_cell.unroll(
                length,
                inputs=inputs,
                begin_state=begin_state,
                layout=layout,
                merge_outputs=merge_outputs,
                valid_length=valid_length,
            )
        finally:
            self.base_cell._modified = True
        merge = is_merged(outputs) if merge_outputs is None else merge_outputs
        inputs, axis, F, _ = format_sequence(length, inputs, layout, merge)
        if valid_length is not None:
            inputs = mask_sequence(F, inputs, length, valid_length, axis, merge)
        if merge:
            return F.elemwise_add(outputs, inputs), states
        return [F.elemwise_add(o, i) for o, i in zip(outputs, inputs, strict=True)], states
