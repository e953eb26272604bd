"""The arrays of an executor as variables of the tape, and the function that computes with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

from regluon import autograd
from regluon.context import Context
from regluon.ndarray import NDArray
from regluon.symbol.compiled import Compiled
from regluon.symbol.statistics import Statistics

__all__ = ["Attached"]


class Attached:
    """Dense arrays that a compiled graph is bound to; it holds as long as they are the same.

    Parameters
    ----------
    compiled
        The graph, of which all inputs stay; what it counts as data is given at each call as well.
    arguments, grads, states
        In the order of the graph's arguments and auxiliary states; a gradient may be None.
    requests
        What becomes of each gradient: "write", "add" or "null".
    """

    def __init__(
        self,
        compiled: Compiled,
        ctx: Context,
        arguments: Sequence[NDArray],
        grads: Sequence[NDArray | None],
        states: Sequence[NDArray],
        requests: Sequence[str],
    ) -> None:
        self._held: tuple[list[Any], ...] = (list(arguments), list(grads), list(states))
        leaves = [a.detach() for a in arguments]
        marked = [
            (leaf, grad, request)
            for leaf, grad, request in zip(leaves, grads, requests, strict=True)
            if grad is not None and request != "null"
        ]
        if marked:
            variables, buffers, asked = zip(*marked, strict=True)
            autograd.mark_variables(variables, buffers, asked)
        self.wanted = bool(marked)
        """Whether there is a gradient at all."""
        self._overwritten: list[tuple[Any, Any]] = [
            (leaf._ag, grad) for leaf, grad, request in marked if request == "write"
        ]
        symbol = compiled.symbol
        arguments_by_name = dict(zip(symbol.list_arguments(), leaves, strict=True))
        wanted = [name for name, leaf in arguments_by_name.items() if leaf._ag is not None]
        self.statistics = Statistics(symbol, states, wanted)
        states_by_name = zip(symbol.list_auxiliary_states(), self.statistics.arrays, strict=True)
        arrays = {**arguments_by_name, **dict(states_by_name)}
        self._data = [arrays[name] for name in compiled.data]
        self._bound = compiled.bind(arrays, ctx)

    @staticmethod
    def fits(compiled: Compiled, arrays: Sequence[NDArray | None]) -> bool:
        """Whether all arrays are dense, and known apart by their names."""
        names = compiled.program.inputs
        return len(set(names)) == len(names) and all(a is None or a.stype == "default" for a in arrays)

    def holds(self, *lists: Sequence[Any]) -> bool:
        """Whether arguments, gradients and states are still these."""
        return all(all(map(is_, now, held)) for now, held in zip(lists, self._held, strict=True))

    def compute(self, training: bool, recording: bool) -> list[NDArray]:
        """The outputs."""
        self.statistics.begin()
        with autograd.record(training) if recording else autograd.pause(training):
            return self._bound.call(*self._data)  # type: ignore[no-any-return]

    def backward(self, going_back: Callable[[], None]) -> None:
        """Goes back; what no gradient comes to, and is to be written, is 0."""
        for leaf, _ in self._overwritten:
            leaf.fresh = False
        going_back()
        self.statistics.hand_over()
        for leaf, grad in self._overwritten:
            if not leaf.fresh:
                grad[:] = 0
