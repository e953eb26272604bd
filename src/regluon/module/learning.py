"""How a module learns: its optimizer, where that runs, and what it keeps."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from regluon import optimizer as opt
from regluon.context import Context
from regluon.fileio import atomic_write
from regluon.model.stores import (
    create_kvstore,
    index_names,
    initialize_kvstore,
    prepared_update,
    update_params,
    update_params_on_kvstore,
    workers,
)
from regluon.module.base_module import BaseModule
from regluon.module.guards import initialized, optimized, require
from regluon.module.interface import RATE, Arrays
from regluon.module.sparse_rows import pull_all_rows

__all__ = ["LearningModule"]


class LearningModule(BaseModule):
    """A module with executors, whose parameters an optimizer moves."""

    _context: Sequence[Context]
    _exec_group: Any
    _param_names: list[str]
    _compression_params: dict[str, Any] | None
    _arg_params: Arrays | None
    _aux_params: Arrays | None

    def __init__(self, logger: Any = logging) -> None:
        super().__init__(logger=logger)
        self._params_dirty = False
        self._optimizer: Any = None
        self._kvstore: Any = None
        self._update_on_kvstore: bool | None = None
        self._updater: Any = None
        self._preload_opt_states: str | None = None
        self._prepared: tuple[Any, ...] = ()
        self._step: Callable[[], None] | None = None

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = RATE,
        force_init: bool = False,
    ) -> None:
        """Makes what :meth:`update` uses: see :meth:`BaseModule.init_optimizer`."""
        initialized(self, "init_optimizer")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring...")
            return
        if self._params_dirty:
            self._sync_params_from_devices()
        group = self._exec_group
        store, on_store = create_kvstore(kvstore, len(self._context), self._arg_params or {})
        names = index_names(group.param_names, len(self._context), on_store)
        rescale = 1.0 / ((group.batch_size or 1) * workers(store))
        self._optimizer = self._make_optimizer(optimizer, optimizer_params, names, rescale)
        self._kvstore, self._update_on_kvstore = store, on_store
        self._updater = None if on_store else opt.get_updater(self._optimizer)
        if store is not None:
            if self._compression_params:
                store.set_gradient_compression(self._compression_params)  # type: ignore[attr-defined]
            if on_store:
                store.set_optimizer(self._optimizer)
            initialize_kvstore(store, group.param_arrays, self._arg_params or {}, self._param_names, on_store)
        self.optimizer_initialized = True
        if self._preload_opt_states is not None:
            self.load_optimizer_states(self._preload_opt_states)
            self._preload_opt_states = None

    def _make_optimizer(
        self, optimizer: Any, params: Any, names: dict[int, str], rescale: float
    ) -> opt.Optimizer:
        if isinstance(optimizer, str):
            given = {"rescale_grad": rescale, **dict(params)}
            return opt.create(optimizer, sym=self.symbol, param_idx2name=names, **given)
        require(
            isinstance(optimizer, opt.Optimizer),
            f"optimizer must be an Optimizer or the name of one, not {optimizer!r}",
        )
        if optimizer.rescale_grad != rescale:
            warnings.warn(
                "Optimizer created manually outside Module but rescale_grad is not normalized to "
                f"1.0/batch_size/num_workers ({optimizer.rescale_grad} vs. {rescale}). Is this intended?",
                stacklevel=3,
            )
        if not optimizer.idx2name:
            optimizer.idx2name = dict(names)
        return optimizer  # type: ignore[no-any-return]

    def borrow_optimizer(self, shared_module: Any) -> None:
        """Has the optimizer of another module, which has the same parameters."""
        optimized(shared_module, "borrow_optimizer")
        self._optimizer, self._updater = shared_module._optimizer, shared_module._updater
        self._kvstore = shared_module._kvstore
        self._update_on_kvstore = shared_module._update_on_kvstore
        self.optimizer_initialized = True

    def update(self) -> None:
        """Moves the parameters by their gradients."""
        if not (self.binded and self.params_initialized and self.optimizer_initialized):
            initialized(self, "update")
            optimized(self, "update")
        self._params_dirty = True
        group, updater = self._exec_group, self._updater
        if self._update_on_kvstore:
            update_params_on_kvstore(group.param_arrays, group.grad_arrays, self._kvstore, group.param_names)
        elif self._kvstore is None and type(updater) is opt.Updater and len(self._context) == 1:
            # Holds as long as arrays, states and optimizer are these very ones.
            holds = (group.param_arrays, updater, updater.states, updater.optimizer)
            if len(self._prepared) != len(holds) or any(
                a is not b for a, b in zip(self._prepared, holds, strict=True)
            ):
                self._step = prepared_update(group.param_arrays, group.grad_arrays, updater)
                self._prepared = holds
            assert self._step is not None
            self._step()
        else:
            update_params(
                group.param_arrays,
                group.grad_arrays,
                updater,
                len(self._context),
                self._kvstore,
                group.param_names,
            )

    def _sync_params_from_devices(self) -> None:
        """Brings the parameters on the CPU up to date with those of the contexts."""
        self._exec_group.get_params(self._arg_params, self._aux_params)
        if self._kvstore and self._update_on_kvstore:
            pull_all_rows(self._kvstore, self._arg_params or {})
        self._params_dirty = False

    def save_optimizer_states(self, fname: str) -> None:
        """Writes what the optimizer keeps for each parameter, atomically; MXNet can read it."""
        optimized(self, "save_optimizer_states")
        if self._update_on_kvstore:
            self._kvstore.save_optimizer_states(fname)
            return
        with atomic_write(fname) as file:
            file.write(self._updater.get_states())

    def load_optimizer_states(self, fname: str) -> None:
        """Takes over states from a file, written here or by MXNet. It runs no code."""
        optimized(self, "load_optimizer_states")
        if self._update_on_kvstore:
            self._kvstore.load_optimizer_states(fname)
            return
        with open(fname, "rb") as file:
            self._updater.set_states(file.read())
