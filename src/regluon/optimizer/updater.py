"""The updater: an optimizer with the states of all the weights that it updates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regluon.base import MXNetError
from regluon.context import Context
from regluon.ndarray.ndarray import NDArray
from regluon.optimizer.batch import arrays_of
from regluon.optimizer.optimizer import Optimizer
from regluon.optimizer.states import dump_states, load_states

__all__ = ["Updater", "get_updater"]


class Updater:
    """Called with indices, gradients and weights, it updates the weights and keeps a state for each."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.states: dict[Any, Any] = {}
        # Whether a state is where its weight is: loaded ones are not.
        self.states_synced: dict[Any, bool] = {}
        self.aggregate_updates = optimizer.aggregate_num > 0

    def __call__(self, index: Any, grad: Any, weight: Any) -> None:
        """Updates a weight, or several where all three arguments are lists."""
        if not isinstance(index, (list, tuple)):
            index, grad, weight = [index], [grad], [weight]
        indices = [i.decode() if isinstance(i, bytes) else i for i in index]
        if indices:
            self.prepare(indices, grad, weight)()

    def prepare(
        self, indices: Sequence[Any], grads: Sequence[NDArray], weights: Sequence[NDArray]
    ) -> Callable[[], None]:
        """A function that updates these weights by what is in ``grads`` whenever it is called.

        It holds as long as their arrays are the same and no states are loaded.
        """
        optimizer, device = self.optimizer, weights[0].context.device_id
        for index, weight in zip(indices, weights, strict=True):
            self._make_state(index, weight)
        if not optimizer.has_formula:
            return lambda: self._update_by_method(device, indices, grads, weights)
        batches = optimizer.batches(indices, weights, grads, [self.states[i] for i in indices])
        optimizer._set_current_context(device)
        counts, apply = optimizer._index_update_count, optimizer.apply

        def update() -> None:
            optimizer._index_update_count = counts
            for batch in batches:
                apply(batch)

        return update

    def _make_state(self, index: Any, weight: NDArray) -> None:
        if index not in self.states:
            self.states[index] = self.optimizer.create_state_multi_precision(index, weight)
        elif not self.states_synced.get(index):
            fresh = self.optimizer.create_state_multi_precision(index, weight)
            self.states[index] = self.sync_state_context(self.states[index], weight.context)
            _check_loaded(index, arrays_of(self.states[index]), arrays_of(fresh))
        self.states_synced[index] = True

    def _update_by_method(
        self, device: int, indices: Sequence[Any], grads: Sequence[NDArray], weights: Sequence[NDArray]
    ) -> None:
        """Through an optimizer's own ``update``: one weight at a time, or as many as it asks for."""
        optimizer = self.optimizer
        optimizer._set_current_context(device)
        if not self.aggregate_updates:
            for i, w, g in zip(indices, weights, grads, strict=True):
                optimizer.update_multi_precision(i, w, g, self.states[i])
            return
        kinds: dict[Any, list[Any]] = {}
        for row in zip(indices, weights, grads, strict=True):
            kinds.setdefault(row[1].dtype, []).append((*row, self.states[row[0]]))
        size = optimizer.aggregate_num
        for rows in kinds.values():
            for start in range(0, len(rows), size):
                optimizer.update_multi_precision(*map(list, zip(*rows[start : start + size], strict=True)))

    def sync_state_context(self, state: Any, context: Context) -> Any:
        """The state with its arrays on ``context``."""
        if isinstance(state, NDArray):
            return state.as_in_context(context)
        if isinstance(state, (tuple, list)):
            return type(state)([self.sync_state_context(inner, context) for inner in state])
        return state

    def get_states(self, dump_optimizer: bool = False) -> bytes:
        """The states as bytes, together with the optimizer if asked for. MXNet can read them."""
        return dump_states((self.states, self.optimizer) if dump_optimizer else self.states)

    def set_states(self, states: bytes) -> None:
        """Takes over states, and the optimizer if it is with them, from here or from MXNet.

        Nothing in them is executed.

        Raises
        ------
        MXNetError
            If they are damaged, or hold anything else than arrays, plain data and known optimizers.
        """
        self.states, optimizer = load_states(states)
        if optimizer is not None:
            self.optimizer = optimizer
            self.aggregate_updates = optimizer.aggregate_num > 0
        self.states_synced = dict.fromkeys(self.states, False)


def _check_loaded(index: Any, loaded: list[NDArray], fresh: list[NDArray]) -> None:
    found = [(a.shape, a.dtype.__name__) for a in loaded]
    wanted = [(a.shape, a.dtype.__name__) for a in fresh]
    if found != wanted:
        raise MXNetError(
            f"the loaded state of weight {index!r} does not fit it: it holds arrays {found}, but {wanted} "
            "are needed"
        )


def get_updater(optimizer: Optimizer) -> Updater:
    """The updater of an optimizer."""
    return Updater(optimizer)
