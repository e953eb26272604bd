"""The base of optimizers: it owns the loop, a subclass the arithmetic."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any, ClassVar, TypeVar

from regluon.lr_scheduler import LRScheduler
from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import decayed, scaled
from regluon.ops.many import Many
from regluon.optimizer.batch import Batch, as_lists, gather, is_half
from regluon.optimizer.rates import Rates
from regluon.optimizer.rows import RowBatch, is_stored

__all__ = ["Optimizer", "create", "register"]

T = TypeVar("T", bound="type[Optimizer]")


class Optimizer(Rates):
    """How weights follow their gradients.

    A subclass defines either :meth:`formula`, the update of many tensors at once, or as in MXNet
    :meth:`update`, the update of one NDArray; and :meth:`create_state`, if it keeps any.

    Parameters
    ----------
    rescale_grad
        A factor on gradients; a Trainer sets it to 1 / batch size.
    param_idx2name
        Names of parameters by their indices. Of those, only what ends in ``_weight`` or ``_gamma`` decays,
        unless :meth:`set_wd_mult` says otherwise.
    wd
        Weight decay: ``wd * weight`` is added to the gradient.
    clip_gradient
        Gradients, rescaled, are cut to ``[-clip_gradient, clip_gradient]``.
    learning_rate
        0.01 if None and there is no scheduler; else it takes the place of the scheduler's ``base_lr``.
    lr_scheduler
        Gives the learning rate for each number of updates.
    sym
        A symbol whose variables' ``__lr_mult__`` and ``__wd_mult__`` are used.
    begin_num_update
        The number of updates to count from.
    multi_precision
        Whether weights of 16 bits have a float32 copy which is updated in their place.
    param_dict
        Gluon's parameters by their indices, with their ``lr_mult`` and ``wd_mult``.
    """

    opt_registry: ClassVar[dict[str, type[Optimizer]]] = {}

    def __init__(
        self,
        rescale_grad: float = 1.0,
        param_idx2name: dict[Any, str] | None = None,
        wd: float = 0.0,
        clip_gradient: float | None = None,
        learning_rate: float | None = None,
        lr_scheduler: LRScheduler | None = None,
        sym: Any = None,
        begin_num_update: int = 0,
        multi_precision: bool = False,
        param_dict: dict[Any, Any] | None = None,
    ) -> None:
        super().__init__(param_idx2name, wd, learning_rate, lr_scheduler, sym, begin_num_update, param_dict)
        self.rescale_grad = rescale_grad
        self.clip_gradient = clip_gradient
        self.multi_precision = multi_precision
        self.aggregate_num = 0
        self.allow_np_array = False

    # The registry

    @staticmethod
    def register(klass: T) -> T:
        """Makes a class known to :meth:`create_optimizer` by its name; a decorator."""
        if not isinstance(klass, type):
            raise AssertionError(f"a class is needed, not {klass!r}")
        known, name = Optimizer.opt_registry, klass.__name__.lower()
        if name in known:
            warnings.warn(
                f"optimizer {name!r}: {klass.__module__}.{klass.__name__} takes the place of "
                f"{known[name].__module__}.{known[name].__name__}",
                stacklevel=2,
            )
        known[name] = klass
        return klass

    @staticmethod
    def create_optimizer(name: str, **kwargs: Any) -> Optimizer:
        """An optimizer by the name of its class, in any case: ``create("sgd", momentum=0.9)``.

        Raises
        ------
        ValueError
            If there is none of that name; lists those there are.
        """
        known = Optimizer.opt_registry
        if not isinstance(name, str):
            raise TypeError(f"the name of an optimizer is needed, not {type(name).__name__} {name!r}")
        if name.lower() not in known:
            raise ValueError(f"Cannot find optimizer {name}; there are {', '.join(sorted(known))}")
        return known[name.lower()](**kwargs)

    # States

    def create_state(self, index: Any, weight: NDArray) -> Any:
        """What is kept for a weight between updates: None, an NDArray or a tuple of them."""

    def create_state_multi_precision(self, index: Any, weight: NDArray) -> Any:
        """``create_state``, together with the float32 copy of a weight of 16 bits if it is to have one."""
        if not is_half(weight):
            return self.create_state(index, weight)
        if self.multi_precision:
            master = weight.astype("float32")
            return self._with_master(self.create_state(index, master), master)
        warnings.warn(
            f"{type(self).__name__} updates a weight of type {weight.dtype.__name__}, in which small steps "
            "get lost; multi_precision=True keeps a float32 copy of it",
            stacklevel=2,
        )
        return self.create_state(index, weight)

    @staticmethod
    def _with_master(state: Any, master: NDArray) -> tuple[Any, Any]:
        return master, state

    @staticmethod
    def _split_master(state: Any) -> tuple[Any, NDArray]:
        """The inverse of ``_with_master``."""
        return state[1], state[0]

    # The update

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        """Updates tensors in place.

        Parameters
        ----------
        w, g
            The weights and their gradients, which must not be changed.
        state
            For each array that ``create_state`` makes, those of all weights.
        lr, wd
            The learning rate and the weight decay of all of them.
        t
            How many updates they had, this one included.
        """
        raise NotImplementedError(f"{type(self).__name__} defines neither formula() nor update()")

    @property
    def has_formula(self) -> bool:
        """Whether updates go through :meth:`formula`, not through a subclass' own ``update``."""
        own, base = type(self), Optimizer
        return own.update is base.update and own.update_multi_precision is base.update_multi_precision

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Updates a weight, or several where all four arguments are lists."""
        indices, weights, grads, states = as_lists(index, weight, grad, state)
        for batch in self._gathered(indices, weights, grads, states, [None] * len(indices)):
            self.apply(batch)

    def update_multi_precision(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """``update``, by way of the float32 copy of weights of 16 bits if they have one."""
        if type(self).update is Optimizer.update:
            for batch in self.batches(*as_lists(index, weight, grad, state)):
                self.apply(batch)
        elif self.multi_precision and isinstance(weight, NDArray) and is_half(weight):
            inner, master = self._split_master(state)
            self.update(index, master, grad.astype("float32"), inner)
            master.copyto(weight)
        else:
            self.update(index, weight, grad, state)

    def batches(
        self,
        indices: Sequence[Any],
        weights: Sequence[NDArray],
        grads: Sequence[NDArray],
        states: Sequence[Any],
    ) -> list[Batch]:
        """What :meth:`apply` needs to update these weights again and again."""
        split = [
            self._split_master(s) if self.multi_precision and is_half(w) else (s, None)
            for w, s in zip(weights, states, strict=True)
        ]
        inner, masters = [inner for inner, _ in split], [master for _, master in split]
        return self._gathered(indices, weights, grads, inner, masters)

    def _gathered(
        self,
        indices: Sequence[Any],
        weights: Sequence[NDArray],
        grads: Sequence[NDArray],
        states: Sequence[Any],
        masters: Sequence[NDArray | None],
    ) -> list[Batch]:
        """Batches of the dense weights, and one for each that is sparse or has a sparse gradient."""
        rows = list(zip(indices, weights, grads, states, masters, strict=True))
        sparse = [RowBatch(*row, self.is_lazy(row[1])) for row in rows if is_stored(row[1], row[2])]
        if not sparse:
            return gather(indices, weights, grads, states, masters)
        dense = [row for row in rows if not is_stored(row[1], row[2])]
        return [*(gather(*map(list, zip(*dense, strict=True))) if dense else []), *sparse]

    def is_lazy(self, weight: NDArray) -> bool:
        """Whether a gradient by rows moves these rows of a weight alone, and not all of it."""
        return False

    def apply(self, batch: Batch) -> None:
        """One update of a batch: counts it and calls :meth:`formula` for all that have equal rates."""
        if batch.halves:
            batch.load()
        index = batch.single
        parameter = None if index is None else self.param_dict.get(index)
        if parameter is None:
            self._apply_to_many(batch)
        else:
            counts = self._index_update_count
            t = counts[index] = counts.get(index, self.begin_num_update) + 1
            if t > self.num_update:  # noqa: PLR1730 (on the path of every step)
                self.num_update = t
            lr = self.lr if self.lr_scheduler is None else self.lr_scheduler(self.num_update)
            lr, wd = lr * parameter.lr_mult, self.wd * parameter.wd_mult
            self.formula(batch.weights, batch.grads, batch.states, lr, wd, t)
        if batch.halves:
            batch.store()

    def _apply_to_many(self, batch: Batch) -> None:
        self._update_count(batch.indices)
        indices, counts = batch.indices, self._index_update_count
        rates = list(
            zip(self._get_lrs(indices), self._get_wds(indices), [counts[i] for i in indices], strict=True)
        )
        first = rates[0]
        if rates.count(first) == len(rates):
            self.formula(batch.weights, batch.grads, batch.states, *first)
            return
        for rate in dict.fromkeys(rates):
            part = batch.part([i for i, r in enumerate(rates) if r == rate])
            self.formula(*part, *rate)

    def _scaled(self, g: Many) -> tuple[Many, float]:
        """``clip(rescale_grad * g)`` as a product of tensors and a number."""
        if not self.clip_gradient:
            return g, self.rescale_grad
        return scaled(g, self.rescale_grad, self.clip_gradient)

    def _decayed(self, w: Many, g: Many, wd: float) -> Many:
        """``clip(rescale_grad * g + wd * w)``."""
        return decayed(w, g, wd, self.rescale_grad, self.clip_gradient or None)

    # Pickles

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "param_dict"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Optimizer.__init__(self)
        self.__dict__.update(state)
        self.param_dict = {}
        counts = self._all_index_update_counts
        if not any(self._index_update_count is c for c in counts.values()):
            self._set_current_context(next(iter(counts), 0))


register = Optimizer.register
create = Optimizer.create_optimizer


def __getattr__(name: str) -> Any:
    """The optimizers, which MXNet has in this module, from the package above them all."""
    package = import_module(__package__)
    if name not in package.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    return getattr(package, name)
