"""A cell that drops elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon import symbol as sym
from regluon.rnn.base_cell import BaseRNNCell, RNNParams
from regluon.rnn.sequences import normalize
from regluon.symbol import Symbol

__all__ = ["DropoutCell"]


class DropoutCell(BaseRNNCell):
    """Drops elements of its input in training.

    Parameters
    ----------
    dropout
        The share that is dropped.
    prefix, params
        As of ``BaseRNNCell``.
    """

    def __init__(self, dropout: float, prefix: str = "dropout_", params: RNNParams | None = None) -> None:
        super().__init__(prefix, params)
        if not isinstance(dropout, (int, float, np.generic)):
            raise AssertionError(f"dropout probability must be a number, not {dropout!r}")
        self.dropout = dropout

    @property
    def state_info(self) -> list[Any]:
        """It has no states."""
        return []

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step: see :class:`BaseRNNCell`."""
        if self.dropout > 0:
            inputs = sym.Dropout(data=inputs, p=self.dropout)
        return inputs, states

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: Any = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence, all steps at once where they come as one: see :meth:`BaseRNNCell.unroll`."""
        self.reset()
        inputs, _ = normalize(length, inputs, layout, merge_outputs)
        if isinstance(inputs, Symbol):
            return self(inputs, [])
        return super().unroll(length, inputs, begin_state, layout, merge_outputs)
