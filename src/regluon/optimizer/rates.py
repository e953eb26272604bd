"""Learning rates and weight decays of single weights, and how often each was updated."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from regluon.lr_scheduler import LRScheduler

__all__ = ["Rates"]


class Rates:
    """The half of an optimizer that says how fast each weight moves, not where to.

    For the parameters, see :class:`~regluon.optimizer.Optimizer`.
    """

    def __init__(
        self,
        param_idx2name: dict[Any, str] | None,
        wd: float,
        learning_rate: float | None,
        lr_scheduler: LRScheduler | None,
        sym: Any,
        begin_num_update: int,
        param_dict: dict[Any, Any] | None,
    ) -> None:
        self.lr_scheduler = lr_scheduler
        self.lr: Any = 0.01 if learning_rate is None and lr_scheduler is None else learning_rate
        self._agree_on_rate()
        self.wd = wd
        self.begin_num_update = self.num_update = begin_num_update
        # Each device counts the updates of its own copy of a parameter.
        self._all_index_update_counts: dict[int, dict[Any, int]] = {0: {}}
        self._index_update_count = self._all_index_update_counts[0]
        if param_idx2name is not None and not isinstance(param_idx2name, dict):
            raise AssertionError(
                f"param_idx2name should be a dict of param indexes to names, not {param_idx2name!r}"
            )
        self.idx2name = dict(param_idx2name or {})
        self.sym_info: tuple[Any, ...] = () if sym is None else (sym.attr_dict(), sym.list_arguments())
        self.param_dict = param_dict or {}
        self.set_lr_mult({})
        self.set_wd_mult({})

    def _agree_on_rate(self) -> None:
        scheduler = self.lr_scheduler
        if scheduler is not None and self.lr is not None and scheduler.base_lr != self.lr:
            warnings.warn(
                f"the learning rate {self.lr} of the optimizer takes the place of its scheduler's "
                f"base_lr, {scheduler.base_lr}",
                UserWarning,
                stacklevel=5,
            )
            scheduler.base_lr = self.lr

    @property
    def learning_rate(self) -> Any:
        """The current learning rate, before a parameter's own factor."""
        return self.lr if self.lr_scheduler is None else self.lr_scheduler(self.num_update)

    def set_learning_rate(self, lr: float) -> None:
        """Sets it.

        Raises
        ------
        UserWarning
            If there is a scheduler, which decides it.
        """
        if self.lr_scheduler is not None:
            raise UserWarning(
                f"set_learning_rate({lr}): this optimizer has an LRScheduler, which decides its learning rate"
            )
        self.lr = lr

    def set_lr_scale(self, args_lrscale: Any) -> None:
        """Gone: use :meth:`set_lr_mult`."""
        raise DeprecationWarning("set_lr_scale is gone: use set_lr_mult")

    def set_lr_mult(self, args_lr_mult: dict[Any, float]) -> None:
        """Sets factors on the learning rate, by the names or indices of parameters."""
        self.lr_mult: dict[Any, float] = {**self._of_symbol("__lr_mult__"), **args_lr_mult}

    def set_wd_mult(self, args_wd_mult: dict[Any, float]) -> None:
        """Sets factors on the weight decay, by the names or indices of parameters.

        Of the names in ``param_idx2name``, those that do not end in ``_weight`` or ``_gamma`` have 0.
        """
        exempt = {n: 0.0 for n in self.idx2name.values() if not n.endswith(("_weight", "_gamma"))}
        self.wd_mult: dict[Any, float] = {**exempt, **self._of_symbol("__wd_mult__"), **args_wd_mult}

    def _of_symbol(self, key: str) -> dict[Any, float]:
        if not self.sym_info:
            return {}
        attributes, names = self.sym_info
        return {n: float(attributes[n][key]) for n in names if key in attributes.get(n, ())}

    def _factor(self, index: Any, factors: dict[Any, float]) -> float:
        if index in factors:
            return factors[index]
        return factors.get(self.idx2name.get(index), 1.0)

    def _get_lrs(self, indices: Sequence[Any]) -> list[float]:
        lr, known = self.learning_rate, self.param_dict
        return [lr * (known[i].lr_mult if i in known else self._factor(i, self.lr_mult)) for i in indices]

    def _get_lr(self, index: Any) -> float:
        return self._get_lrs([index])[0]

    def _get_wds(self, indices: Sequence[Any]) -> list[float]:
        wd, known = self.wd, self.param_dict
        return [wd * (known[i].wd_mult if i in known else self._factor(i, self.wd_mult)) for i in indices]

    def _get_wd(self, index: Any) -> float:
        return self._get_wds([index])[0]

    def _set_current_context(self, device_id: int) -> None:
        counts = self._all_index_update_counts
        if device_id not in counts:
            counts[device_id] = {}
        self._index_update_count = counts[device_id]

    def _update_count(self, index: Any) -> None:
        counts = self._index_update_count
        for i in index if isinstance(index, (list, tuple)) else [index]:
            n = counts[i] = counts.get(i, self.begin_num_update) + 1
            self.num_update = max(self.num_update, n)
