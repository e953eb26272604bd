"""``mx.executor_manager``: executors on several contexts, as ``FeedForward`` uses them.

``mx.mod`` has executor groups of its own; both split batches by what is here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from regluon.context import Context, cpu
from regluon.io.batch import described
from regluon.ndarray import NDArray
from regluon.reference import absent
from regluon.symbol import Executor, Symbol

__all__ = [
    "DataParallelExecutorGroup",
    "DataParallelExecutorManager",
    "average_into",
    "check_arguments",
    "split_input_slice",
]

Arrays = dict[str, NDArray]


def split_input_slice(batch_size: int, work_load_list: Sequence[float]) -> list[slice]:
    """Which examples of a batch each context gets, in proportion to its work load

    Shares are rounded; what is left over goes to the last context.

    Raises
    ------
    ValueError
        If a context would get none.
    """
    total = sum(work_load_list)
    shares = [round(load * batch_size / total) for load in work_load_list]
    shares[-1] += max(0, batch_size - sum(shares))
    slices, end = [], 0
    for share in shares:
        begin, end = end, min(end + int(share), batch_size)
        if begin >= end:
            raise ValueError(
                "Too many slices. Some splits are empty. "
                f"(a batch of {batch_size} over {len(shares)} contexts, work loads {list(work_load_list)})"
            )
        slices.append(slice(begin, end))
    return slices


def check_arguments(symbol: Symbol) -> None:
    """Raises a ValueError if two arguments, or two auxiliary states, have one name."""
    arguments, states = symbol.list_arguments(), symbol.list_auxiliary_states()
    for what, names in (("argument", arguments), ("auxiliary param", states)):
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(
                f'Find duplicated {what} name "{twice}", please make the weight name non-duplicated(using '
                f"name arguments), arguments are {arguments}, auxiliary params are {states}"
            )


def average_into(names: Sequence[str], arrays: Sequence[Sequence[NDArray]], targets: Arrays) -> None:
    """Writes the mean of each parameter over the contexts into the array of its name."""
    for name, block in zip(names, arrays, strict=True):
        first, target = block[0], targets[name]
        if len(block) > 1:
            total = sum((a.as_in_context(cpu()) for a in block[1:]), first.as_in_context(cpu()))
            first = total / len(block)
        (first if first.dtype == target.dtype else first.astype(target.dtype)).copyto(target)


def _load(arrays: Sequence[NDArray], targets: Sequence[Sequence[tuple[slice, NDArray]]]) -> None:
    for array, parts in zip(arrays, targets, strict=True):
        expected = parts[-1][0].stop
        if expected != array.shape[0]:
            raise AssertionError(f"Batch size miss match. Expected {expected}, got {array.shape[0]}")
        for part, target in parts:
            array[part].copyto(target)


class DataParallelExecutorGroup:
    """An executor for each context, which computes its part of each batch.

    Parameters
    ----------
    sym, arg_names, param_names
        The net, the names of its arguments, and which of them are learned.
    ctx, slices
        Contexts, and the part of a batch that each gets.
    train_data
        Anything with ``provide_data`` and ``provide_label``.
    shared_group
        A group whose parameters, gradients and states this one has too.
    """

    def __init__(
        self,
        sym: Symbol,
        arg_names: Sequence[str],
        param_names: Sequence[str],
        ctx: Sequence[Context],
        slices: Sequence[slice],
        train_data: Any,
        shared_group: DataParallelExecutorGroup | None = None,
    ) -> None:
        check_arguments(sym)
        data, labels = described(train_data.provide_data), described(train_data.provide_label)
        self.data_names, self.label_names = [d.name for d in data], [d.name for d in labels]
        self.aux_names = sym.list_auxiliary_states()
        self.param_idx = [i for i, name in enumerate(arg_names) if name in param_names]
        self.param_names = [arg_names[i] for i in self.param_idx]
        self.slices = slices
        learned = {name: "write" if name in self.param_names else "null" for name in arg_names}
        self.train_execs: list[Executor] = [
            sym.simple_bind(
                context,
                grad_req=learned,
                type_dict={d.name: d.dtype for d in data + labels},
                shared_arg_names=self.param_names,
                shared_exec=shared_group and shared_group.train_execs[i],
                **{d.name: (slices[i].stop - slices[i].start, *d.shape[1:]) for d in data + labels},
            )
            for i, context in enumerate(ctx)
        ]
        self.data_arrays = [self._parts(name) for name in self.data_names]
        self.label_arrays = [self._parts(name) for name in self.label_names]
        self.param_arrays = [[e.arg_arrays[i] for e in self.train_execs] for i in self.param_idx]
        self.grad_arrays = [[e.grad_arrays[i] for e in self.train_execs] for i in self.param_idx]
        self.aux_arrays = [[e.aux_arrays[i] for e in self.train_execs] for i in range(len(self.aux_names))]

    def _parts(self, name: str) -> list[tuple[slice, NDArray]]:
        return [(part, e.arg_dict[name]) for part, e in zip(self.slices, self.train_execs, strict=True)]

    def load_data_batch(self, data_batch: Any) -> None:
        """Copies a batch, each part to its context."""
        _load(data_batch.data, self.data_arrays)
        _load(data_batch.label, self.label_arrays)

    def forward(self, is_train: bool = False) -> None:
        """Computes the outputs."""
        for executor in self.train_execs:
            executor.forward(is_train=is_train)

    def backward(self) -> None:
        """Computes the gradients; the net must end in losses."""
        for executor in self.train_execs:
            executor.backward()

    def update_metric(self, metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Shows the labels and outputs to a metric; ``pre_sliced`` labels are a list for each context."""
        for i, (executor, part) in enumerate(zip(self.train_execs, self.slices, strict=True)):
            own = labels[i] if pre_sliced else [label[part] for label in labels]
            metric.update(own, executor.outputs)


class DataParallelExecutorManager:
    """Executor groups by buckets; one group if there are no buckets.

    Parameters
    ----------
    symbol, ctx, arg_names, param_names, aux_names
        As of a group.
    train_data
        An iterator.
    work_load_list
        How much of a batch each context gets, in proportion; as much as the others if None.
    logger
        ``logging`` if None.
    sym_gen
        Makes the symbol of a bucket by its key.
    """

    def __init__(
        self,
        symbol: Symbol,
        ctx: Sequence[Context],
        train_data: Any,
        arg_names: Sequence[str],
        param_names: Sequence[str],
        aux_names: Sequence[str],
        work_load_list: list[float] | None = None,
        logger: Any = None,
        sym_gen: Callable[[Any], Symbol] | None = None,
    ) -> None:
        (logger or logging).info("Start training with %s", str(ctx))
        loads = [1.0] * len(ctx) if work_load_list is None else work_load_list
        if type(loads) is not list or len(loads) != len(ctx):
            raise AssertionError(
                f"Invalid settings for work load: {loads!r} for {len(ctx)} contexts; a list of as many "
                "numbers is needed"
            )
        self.symbol, self.ctx, self.sym_gen = symbol, ctx, sym_gen
        self.arg_names, self.param_names, self.aux_names = arg_names, param_names, aux_names
        self.slices = split_input_slice(train_data.batch_size, loads)
        self.execgrp = self._group(symbol, train_data, None)
        self.curr_execgrp = self.execgrp
        if sym_gen is not None:
            self.execgrp_bucket = {train_data.default_bucket_key: self.execgrp}

    def _group(
        self, symbol: Symbol, data: Any, shared: DataParallelExecutorGroup | None
    ) -> DataParallelExecutorGroup:
        return DataParallelExecutorGroup(
            symbol, self.arg_names, self.param_names, self.ctx, self.slices, data, shared
        )

    def install_monitor(self, monitor: Any) -> None:
        """Has a monitor watch the executors."""
        if self.sym_gen is not None:
            raise NotImplementedError("Monitoring is not implemented for bucketing")
        for executor in self.execgrp.train_execs:
            monitor.install(executor)

    def set_params(self, arg_params: Arrays, aux_params: Arrays) -> None:
        """Copies parameters and states to all contexts."""
        for executor in self.execgrp.train_execs:
            executor.copy_params_from(arg_params, aux_params)

    def copy_to(self, arg_params: Arrays, aux_params: Arrays) -> None:
        """Writes the means over the contexts into the arrays given."""
        average_into(self.param_names, self.param_arrays, arg_params)
        average_into(self.aux_names, self.aux_arrays, aux_params)

    @property
    def param_arrays(self) -> list[list[NDArray]]:
        """The parameters, on each context."""
        return self.execgrp.param_arrays

    @property
    def grad_arrays(self) -> list[list[Any]]:
        """Their gradients."""
        return self.execgrp.grad_arrays

    @property
    def aux_arrays(self) -> list[list[NDArray]]:
        """The auxiliary states."""
        return self.execgrp.aux_arrays

    def load_data_batch(self, data_batch: Any) -> None:
        """Copies a batch to the contexts, for the net of its bucket."""
        if self.sym_gen is not None:
            key = data_batch.bucket_key
            if key not in self.execgrp_bucket:
                self.execgrp_bucket[key] = self._group(self.sym_gen(key), data_batch, self.execgrp)
            self.curr_execgrp = self.execgrp_bucket[key]
        self.curr_execgrp.load_data_batch(data_batch)

    def forward(self, is_train: bool = False) -> None:
        """Computes the outputs of the batch."""
        self.curr_execgrp.forward(is_train=is_train)

    def backward(self) -> None:
        """Computes the gradients."""
        self.curr_execgrp.backward()

    def update_metric(self, metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Shows labels and outputs of the batch to a metric."""
        self.curr_execgrp.update_metric(metric, labels, pre_sliced)


# As they are called in MXNet.
_split_input_slice, _check_arguments = split_input_slice, check_arguments

__getattr__ = absent(__name__, "executor_manager")
