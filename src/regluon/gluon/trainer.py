"""Trainer: an optimizer at work on parameters."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NoReturn

from regluon import optimizer as opt
from regluon.context import Context
from regluon.fileio import atomic_write
from regluon.gluon.parameter import Parameter, ParameterDict
from regluon.gluon.plan import Plan, sums_only
from regluon.kvstore.base import DISTRIBUTED, create
from regluon.kvstore.sums import broadcast
from regluon.ndarray import NDArray

__all__ = ["Trainer"]


class Trainer:
    """Updates parameters by their gradients, with one state of the optimizer for each.

    Parameters
    ----------
    params
        What ``collect_params()`` returns, a dict or a list of parameters. Those of a dict are taken in the
        order of their names.
    optimizer
        A name such as ``"sgd"``, or an Optimizer.
    optimizer_params
        Arguments for the optimizer of that name: ``{"learning_rate": 0.1, "wd": 1e-4}``.
    kvstore
        How gradients of several contexts come together: ``"device"`` or ``"local"`` sum them in this process,
        None leaves them apart; or a store, see :func:`mx.kv.create`.
    compression_params
        Passed to the store.
    update_on_kvstore
        With several contexts: whether one copy is updated and then copied to the others (True), or the sums
        are written into all gradients, by which each copy is updated (False). Only the latter allows
        ``allreduce_grads`` and ``update`` one by one. None is True, unless the environment's
        MXNET_UPDATE_ON_KVSTORE is 0 or gradients are stored by rows. Weights that are stored by rows are
        updated in the store, always.

    Raises
    ------
    ValueError
        If there is no such optimizer, or ``params`` holds anything else.
    """

    _amp_loss_scaler: Any = None
    """The loss scale of mixed precision, see ``contrib.amp``."""
    _amp_original_scale: float

    def __init__(
        self,
        params: ParameterDict | dict[str, Parameter] | Sequence[Parameter],
        optimizer: str | opt.Optimizer,
        optimizer_params: dict[str, Any] | None = None,
        kvstore: Any = "device",
        compression_params: dict[str, Any] | None = None,
        update_on_kvstore: bool | None = None,
    ) -> None:
        self._params = _as_list(params)
        self._param2idx = {p.name: i for i, p in enumerate(self._params)}
        for parameter in self._params:
            parameter._set_trainer(self)
        self._compression_params = compression_params
        self._contexts = self._check_contexts()
        self._init_optimizer(optimizer, optimizer_params or {})
        self._scale = self._optimizer.rescale_grad
        self._kvstore_params = {"kvstore": kvstore, "update_on_kvstore": update_on_kvstore}
        self._reset_kvstore()

    def _check_contexts(self) -> list[Context]:
        contexts: list[Context] | None = None
        for parameter in self._params:
            own = parameter.list_ctx()
            if contexts is not None and contexts != own:
                raise AssertionError(
                    "All Parameters must be initialized on the same set of contexts, but Parameter "
                    f"{parameter.name} is initialized on {own} while previous Parameters are initialized on "
                    f"{contexts}."
                )
            contexts = own
        return contexts or []

    def _init_optimizer(self, optimizer: str | opt.Optimizer, arguments: dict[str, Any]) -> None:
        by_index = dict(enumerate(self._params))
        if isinstance(optimizer, opt.Optimizer):
            if arguments:
                raise AssertionError(
                    "optimizer_params must be None if optimizer is an instance of Optimizer instead of str"
                )
            self._optimizer = optimizer
            optimizer.param_dict = by_index
        else:
            self._optimizer = opt.create(optimizer, param_dict=by_index, **arguments)
        self._updaters = [opt.get_updater(self._optimizer) for _ in self._contexts]

    # The store

    def _reset_kvstore(self) -> None:
        self._kv_initialized = False
        self._kvstore: Any = None
        self._update_on_kvstore = False
        self._distributed = False
        self._params_to_init = list(self._params)
        self._plan: Plan | None = None

    def _init_kvstore(self) -> None:
        wanted = self._kvstore_params["update_on_kvstore"]
        sparse_weights = any(p.stype != "default" for p in self._params)
        sparse_grads = any(p._grad_stype != "default" for p in self._params)
        store = _as_store(self._kvstore_params["kvstore"], len(self._contexts), sparse_weights)
        able = store is not None and store.is_capable("optimizer")
        if wanted and not able and not (store is None and sparse_grads):
            raise ValueError(f"Please set update_on_kvstore=False when training with kvstore={store!r}")
        if wanted is False and sparse_weights:
            raise ValueError("Cannot set update_on_kvstore=False when sparse weights are present.")
        default = sparse_weights or (not sparse_grads and os.getenv("MXNET_UPDATE_ON_KVSTORE", "1") != "0")
        self._kvstore = store
        self._update_on_kvstore = able and (default if wanted is None else wanted)
        self._distributed = store is not None and "dist" in store.type
        if store is not None and self._compression_params:
            store.set_gradient_compression(self._compression_params)
        if self._update_on_kvstore and not sums_only(store):
            store.set_optimizer(self._optimizer)
        self._kv_initialized = True

    def _init_params(self) -> None:
        """Gives all copies of a parameter the values of the first, as soon as it has any."""
        waiting = []
        for parameter in self._params_to_init:
            if parameter._deferred_init:
                waiting.append(parameter)
            elif self._kvstore is not None:
                self._share(self._param2idx[parameter.name], parameter._list_arrays())
        self._params_to_init = waiting

    def _share(self, index: int, arrays: list[NDArray]) -> None:
        if sums_only(self._kvstore):
            self._kvstore._adopt(index, arrays[0], self._updaters[0] if self._update_on_kvstore else None)
            broadcast(arrays[0], arrays)
        else:
            self._kvstore.broadcast(index, arrays[0], arrays)

    # The plan

    def _current_plan(self) -> Plan:
        return self._make_plan() if self._plan is None or self._plan.is_stale() else self._plan

    def _make_plan(self) -> Plan:
        self._follow_contexts()
        if not self._kv_initialized:
            self._init_kvstore()
        if self._params_to_init:
            self._init_params()
        self._plan = Plan(self._params, self._updaters, self._kvstore, self._update_on_kvstore)
        return self._plan

    def _follow_contexts(self) -> None:
        """Lets the states move along when parameters were moved to other contexts."""
        contexts = self._check_contexts()
        if contexts == self._contexts:
            return
        states = self._updaters[0].states if self._updaters else {}
        self._contexts = contexts
        self._updaters = [opt.get_updater(self._optimizer) for _ in contexts]
        for updater in self._updaters:
            updater.states = dict(states)
            updater.states_synced = dict.fromkeys(states, False)
        self._reset_kvstore()

    # The optimizer

    @property
    def learning_rate(self) -> Any:
        """The optimizer's current learning rate."""
        return self._optimizer.learning_rate

    @property
    def optimizer(self) -> opt.Optimizer:
        """The optimizer."""
        return self._optimizer

    def set_learning_rate(self, lr: float) -> None:
        """Sets the optimizer's learning rate.

        Raises
        ------
        UserWarning
            If a scheduler decides it.
        """
        self._optimizer.set_learning_rate(lr)

    # A step

    def step(self, batch_size: float, ignore_stale_grad: bool = False) -> None:
        """Updates all parameters by their gradients, divided by ``batch_size``.

        Parameters
        ----------
        batch_size
            The number of examples, if the loss was their sum; 1 if it was their mean.
        ignore_stale_grad
            Whether parameters whose gradient no backward has written since the last step stay as they are.

        Raises
        ------
        UserWarning
            If there are any and this is False. No parameter is changed then.
        """
        scale = self._scale / batch_size
        if self._distributed:
            self._check_scale(scale)
        self._optimizer.rescale_grad = scale
        plan = self._plan
        if plan is None or plan.is_stale():
            plan = self._make_plan()
        if plan.reduce is not None:
            plan.reduce()
        self._update(plan, ignore_stale_grad)

    def allreduce_grads(self) -> None:
        """Makes every gradient the sum over all contexts: the first half of :meth:`step`."""
        plan = self._current_plan()
        self._check_apart("allreduce_grads")
        if plan.reduce is not None:
            plan.reduce()

    def update(self, batch_size: float, ignore_stale_grad: bool = False) -> None:
        """Updates all parameters by their gradients, as they are: the second half of :meth:`step`."""
        plan = self._current_plan()
        self._check_apart("update")
        scale = self._scale / batch_size
        if self._distributed:
            self._check_scale(scale)
        self._optimizer.rescale_grad = scale
        self._update(plan, ignore_stale_grad)

    def _check_apart(self, method: str) -> None:
        if self._update_on_kvstore:
            raise AssertionError(
                f"{method}() when parameters are updated on kvstore is not supported. Try setting "
                "`update_on_kvstore` to False when creating trainer."
            )

    def _check_scale(self, scale: float) -> None:
        if self._update_on_kvstore and self._optimizer.rescale_grad != scale:
            raise UserWarning(
                "the batch size changed, but a distributed store that updates the parameters goes on with a "
                f"factor of {self._optimizer.rescale_grad} on gradients, not {scale}"
            )

    def _update(self, plan: Plan, ignore_stale_grad: bool) -> None:
        if self._amp_loss_scaler is not None and self._amp_loss_scaler.has_overflow(self._params):
            return
        if self._update_on_kvstore:
            stale = None if ignore_stale_grad else next((d for d in plan.datas if not d._ag.fresh), None)
            if stale is not None:
                self._complain(stale)
        else:
            for n, data in enumerate(plan.datas):
                leaf = data._ag
                if not leaf.fresh:
                    self._update_fresh(plan, n, ignore_stale_grad)
                    return
                leaf.fresh = False
        for update in plan.updates:
            update()

    def _update_fresh(self, plan: Plan, done: int, ignore_stale_grad: bool) -> None:
        """Updates those with a fresh gradient, of which the flags of ``done`` are already taken down."""
        for data in plan.datas[:done]:
            data._ag.fresh = True
        if not ignore_stale_grad:
            self._complain(plan.datas[done])
        for n, updater in enumerate(self._updaters):
            rows = []
            for i, parameter in enumerate(self._params):
                if parameter.grad_req != "null":
                    data = parameter._list_arrays()[n]
                    if data._fresh_grad:
                        rows.append((i, parameter.list_grad()[n], data))
                        data._fresh_grad = False
            if rows:
                updater(*map(list, zip(*rows, strict=True)))

    def _complain(self, data: NDArray) -> NoReturn:
        name = next(
            p.name for p in self._params if p.grad_req != "null" and any(data is d for d in p._list_arrays())
        )
        raise UserWarning(
            f"Gradient of Parameter `{name}` on context {data.context} has not been updated by backward "
            "since last `step`. This could mean a bug in your model that made it only use a subset of the "
            "Parameters (Blocks) for this iteration. If you are intentionally only using a subset, call step "
            "with ignore_stale_grad=True to suppress this warning and skip updating of Parameters with stale "
            "gradient"
        )

    # States

    def save_states(self, fname: str) -> None:
        """Writes the optimizer and its states to a file, atomically. MXNet can read it.

        The parameters' own ``lr_mult`` and ``wd_mult`` are not saved.
        """
        if self._store_has_states():
            self._kvstore.save_optimizer_states(fname, dump_optimizer=True)
            return
        states = self._updaters[0].get_states(dump_optimizer=True)
        with atomic_write(fname) as file:
            file.write(states)

    def load_states(self, fname: str) -> None:
        """Takes over the optimizer and its states from a file, written here or by MXNet. It runs no code.

        Raises
        ------
        MXNetError
            If the file is damaged or holds anything else.
        """
        if self._store_has_states():
            self._kvstore.load_optimizer_states(fname)
            self._optimizer = self._kvstore._updater.optimizer
        else:
            with open(fname, "rb") as file:
                states = file.read()
            for updater in self._updaters:
                updater.set_states(states)
                updater.optimizer = self._updaters[0].optimizer
            self._optimizer = self._updaters[0].optimizer
        self._optimizer.param_dict = dict(enumerate(self._params))
        self._plan = None

    def _store_has_states(self) -> bool:
        if not self._kv_initialized:
            self._init_kvstore()
        return self._update_on_kvstore and not sums_only(self._kvstore)


def _as_store(kvstore: Any, contexts: int, sparse_weights: bool) -> Any:
    """The store that ``kvstore`` stands for; one context alone needs none, unless it is given or has to hold
    weights that are stored by rows."""
    if hasattr(kvstore, "pushpull") or (kvstore is None and not sparse_weights):
        return kvstore
    if not isinstance(kvstore, str):
        rows = "Cannot create a KVStore with row_sparse parameters: " if sparse_weights else ""
        wanted = "KVStore or str" if sparse_weights else "KVStore, str or None"
        raise TypeError(f"{rows}kvstore must be {wanted}, not {kvstore!r}")
    alone = contexts <= 1 and not any(kind in kvstore for kind in DISTRIBUTED)
    return None if alone and not sparse_weights else create(kvstore)


def _as_list(params: Any) -> list[Parameter]:
    if isinstance(params, (dict, ParameterDict)):
        params = [params[key] for key in sorted(params.keys())]
    if not isinstance(params, (list, tuple)):
        raise ValueError(f"First argument must be a list or dict of Parameters, got {type(params)}.")
    for parameter in params:
        if not isinstance(parameter, Parameter):
            raise ValueError(
                f"First argument must be a list or dict of Parameters, got list of {type(parameter)}."
            )
    return list(params)
