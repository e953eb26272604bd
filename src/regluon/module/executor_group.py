"""Executors on several contexts, each of which computes its part of every batch."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from regluon.context import Context
from regluon.executor_manager import average_into, split_input_slice
from regluon.io import DataDesc
from regluon.io.batch import described
from regluon.module.parts import load, merged, part_of
from regluon.ndarray import NDArray
from regluon.symbol import Executor, Symbol

__all__ = ["DataParallelExecutorGroup"]

Arrays = dict[str, NDArray]
_WHOLE = slice(None)
_KEPT = 16
"""For so many shapes of batches executors are kept."""


class DataParallelExecutorGroup:
    """An executor of a symbol for each context.

    Parameters
    ----------
    symbol, contexts
        The net and where it is computed.
    workload
        How much of a batch each context gets, in proportion.
    data_shapes, label_shapes
        Descriptions, or pairs of name and shape, of whole batches.
    param_names
        Which arguments are learned.
    for_training, inputs_need_grad
        Whether there are gradients, and whether of the data as well.
    shared_group
        A group whose parameters, gradients and states this one has too.
    fixed_param_names
        Parameters without gradients.
    grad_req
        A text for all parameters, a list for all arguments, or by name.
    state_names
        Inputs that keep their values from batch to batch.
    group2ctxs
        Where groups of nodes are computed: a declared gap, unless it is the executor's own context.
    """

    def __init__(
        self,
        symbol: Symbol,
        contexts: Sequence[Context],
        workload: Sequence[float],
        data_shapes: Any,
        label_shapes: Any,
        param_names: Sequence[str],
        for_training: bool,
        inputs_need_grad: bool,
        shared_group: DataParallelExecutorGroup | None = None,
        logger: Any = logging,
        fixed_param_names: Sequence[str] | None = None,
        grad_req: Any = "write",
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
    ) -> None:
        self.symbol, self.contexts, self.workload, self.logger = symbol, contexts, workload, logger
        self.param_names = list(param_names)
        self.arg_names, self.aux_names = symbol.list_arguments(), symbol.list_auxiliary_states()
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self.fixed_param_names = list(fixed_param_names or ())
        self.state_names = list(state_names or ())
        self.group2ctxs = _groups(group2ctxs, len(contexts))
        data, labels = described(data_shapes), None if label_shapes is None else described(label_shapes)
        self.grad_req = self._requests(grad_req if for_training else "null", [d.name for d in data])
        self.output_names = symbol.list_outputs()
        self.num_outputs = len(self.output_names)
        self.output_layouts = [
            DataDesc.get_batch_axis(symbol[i].attr("__layout__")) for i in range(self.num_outputs)
        ]
        self.execs: list[Executor] = []
        self.batch_size: int | None = None
        self.slices: list[slice] | None = None
        self._first: list[Executor] = []
        self._kept: dict[Any, list[Executor]] = {}
        self.bind_exec(data, labels, shared_group)

    def _requests(self, grad_req: Any, data_names: Sequence[str]) -> dict[str, str]:
        if isinstance(grad_req, (list, tuple)):
            if len(grad_req) != len(self.arg_names):
                raise AssertionError(
                    f"grad_req has {len(grad_req)} texts, but there are {len(self.arg_names)} arguments: "
                    f"{self.arg_names}"
                )
            return dict(zip(self.arg_names, grad_req, strict=True))
        if not isinstance(grad_req, (str, dict)):
            raise ValueError(f"grad_req must be one of str, list, tuple, or dict. (not {grad_req!r})")
        text = grad_req if isinstance(grad_req, str) else "write"
        learned = {*self.param_names} - {*self.fixed_param_names}
        learned |= set(data_names) if self.inputs_need_grad else set()
        found = {name: text if name in learned else "null" for name in self.arg_names}
        return {**found, **grad_req} if isinstance(grad_req, dict) else found

    # Binding

    def decide_slices(self, data_shapes: Sequence[DataDesc]) -> list[int]:
        """Splits the batch; returns the axis of the examples in each array, -1 where there is none."""
        if not data_shapes:
            raise AssertionError("data_shapes is empty: a module needs the names and shapes of its data")
        axes = [DataDesc.get_batch_axis(d.layout) for d in data_shapes]
        for (name, shape), axis in zip(data_shapes, axes, strict=True):
            if axis == -1:
                continue
            if self.batch_size is None:
                self.batch_size = shape[axis]
                self.slices = split_input_slice(shape[axis], self.workload)
            elif shape[axis] != self.batch_size:
                raise AssertionError(
                    f"all data must have the same batch size: batch_size = {self.batch_size}, but {name} has "
                    f"shape {shape}"
                )
        return axes

    def bind_exec(
        self,
        data_shapes: list[DataDesc],
        label_shapes: list[DataDesc] | None,
        shared_group: DataParallelExecutorGroup | None = None,
        reshape: bool = False,
    ) -> None:
        """Binds the executors, or with ``reshape`` makes them of the first ones for other shapes."""
        if self.execs and not reshape:
            raise AssertionError("the executors are bound already; reshape=True makes them anew")
        self.batch_size = None
        self.slices = None
        self.data_layouts = self.decide_slices(data_shapes)
        self.label_layouts = [] if label_shapes is None else self.decide_slices(label_shapes)
        layouts = [*self.data_layouts, *self.label_layouts]
        inputs = [*data_shapes, *(label_shapes or [])]
        key = tuple((d.name, tuple(d.shape)) for d in inputs)
        executors = self._kept.get(key, []) if reshape else []
        for i, part in enumerate(self._slices() if not executors else ()):
            shapes: dict[str, Any] = {
                d.name: _sliced(d.shape, a, part) for d, a in zip(inputs, layouts, strict=True)
            }
            if reshape:
                executors.append(self._first[i].reshape(allow_up_sizing=True, **shapes))
            else:
                shared = None if shared_group is None else shared_group.execs[i]
                executors.append(self._bound(i, shapes, inputs, shared))
        if len(self._kept) >= _KEPT:
            self._kept = {}
        self._kept[key] = self.execs = executors
        self._first = self._first or executors
        self.data_shapes, self.label_shapes = data_shapes, label_shapes
        self.data_names = [d.name for d in data_shapes]
        self.label_names = [d.name for d in label_shapes or ()]
        self._collect()

    def _bound(
        self, i: int, shapes: dict[str, Any], inputs: list[DataDesc], shared: Executor | None
    ) -> Executor:
        # A type that the symbol declares counts more than the data's.
        declared = {n for n, attrs in self.symbol.attr_dict().items() if attrs.get("__dtype__", "-1") != "-1"}
        return self.symbol.simple_bind(
            self.contexts[i],
            grad_req=self.grad_req,
            type_dict={d.name: d.dtype for d in inputs if d.name not in declared},
            shared_arg_names=self.param_names,
            shared_exec=shared,
            group2ctx=self.group2ctxs[i],
            **shapes,
        )

    def _slices(self) -> list[slice]:
        """The part of a batch that each context gets; all of it if data has no examples."""
        return [_WHOLE] * len(self.contexts) if self.slices is None else self.slices

    def _collect(self) -> None:
        """The arrays of all executors, by what they are for."""
        executors, names = self.execs, self.arg_names
        parts = list(zip(self._slices(), [e.arg_dict for e in executors], strict=True))
        known = {name for _, arrays in parts for name in arrays}
        missing = [n for n in [*self.data_names, *self.label_names] if n not in known]
        if missing:
            raise KeyError(f"the symbol has no arguments {missing}; it has {names}")
        self.data_arrays = [[(part, arrays[n]) for part, arrays in parts] for n in self.data_names]
        self.label_arrays = (
            None
            if self.label_shapes is None
            else [[(part, arrays[n]) for part, arrays in parts] for n in self.label_names]
        )
        self.state_arrays = [[arrays[n] for _, arrays in parts] for n in self.state_names]
        learned = [i for i, name in enumerate(names) if name in self.param_names]
        self.param_arrays = [[e.arg_arrays[i] for e in executors] for i in learned]
        self.grad_arrays: Any = (
            [[e.grad_arrays[i] for e in executors] for i in learned] if self.for_training else None
        )
        self.input_grad_arrays: Any = (
            [[e.grad_dict[n] for e in executors] for n in self.data_names] if self.inputs_need_grad else None
        )
        self.aux_arrays = [[e.aux_arrays[i] for e in executors] for i in range(len(self.aux_names))]

    def reshape(self, data_shapes: list[DataDesc], label_shapes: list[DataDesc] | None) -> None:
        """Makes the executors ready for batches of other shapes."""
        if data_shapes != self.data_shapes or label_shapes != self.label_shapes:
            self.bind_exec(data_shapes, label_shapes, reshape=True)

    # Parameters

    def set_params(self, arg_params: Arrays, aux_params: Arrays | None, allow_extra: bool = False) -> None:
        """Copies parameters and states to all contexts."""
        for executor in self.execs:
            executor.copy_params_from(arg_params, aux_params, allow_extra_params=allow_extra)

    def get_params(self, arg_params: Arrays, aux_params: Arrays) -> None:
        """Writes the means of parameters and states over the contexts into the arrays given."""
        average_into(self.param_names, self.param_arrays, arg_params)
        average_into(self.aux_names, self.aux_arrays, aux_params)

    # Computing

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Copies a batch to the contexts and computes the outputs

        Parameters
        ----------
        data_batch
            A batch, or a list of a batch for each context.
        is_train
            Whether for training; as bound if None.
        """
        load(data_batch, "data", self.data_arrays, self.data_layouts)
        if self.label_arrays is not None:
            load(data_batch, "label", self.label_arrays, self.label_layouts)
        training = self.for_training if is_train is None else is_train
        for executor in self.execs:
            executor.forward(is_train=training)

    def backward(self, out_grads: Any = None) -> None:
        """Computes the gradients; ``out_grads`` are those of the outputs, of whole batches."""
        if not self.for_training:
            raise AssertionError("re-bind with for_training=True to run backward")
        grads = [out_grads] if isinstance(out_grads, NDArray) else out_grads or []
        for executor, context, part in zip(self.execs, self.contexts, self._slices(), strict=True):
            own = [part_of(g, a, part) for g, a in zip(grads, self.output_layouts, strict=False)]
            executor.backward([g.as_in_context(context) for g in own])

    def get_output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of the outputs for whole batches."""
        found = []
        for name, output, axis in zip(
            self.output_names, self.execs[0].outputs, self.output_layouts, strict=True
        ):
            shape = tuple(output.shape)
            if axis >= 0 and self.batch_size is not None and len(shape) > axis:
                shape = (*shape[:axis], self.batch_size, *shape[axis + 1 :])
            found.append((name, shape))
        return found

    def get_outputs(self, merge_multi_context: bool = True, begin: int = 0, end: int | None = None) -> Any:
        """The outputs, or those from ``begin`` to ``end``: joined, or a list of each context's."""
        every = [[e.outputs[i] for e in self.execs] for i in range(self.num_outputs)[begin:end]]
        return merged(every, self.output_layouts[begin:end]) if merge_multi_context else every

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """The gradients of the data: joined, or a list of each context's."""
        if not self.inputs_need_grad:
            raise AssertionError("bind with inputs_need_grad=True to get the gradients of inputs")
        if merge_multi_context:
            return merged(self.input_grad_arrays, self.data_layouts)
        return self.input_grad_arrays

    def get_states(self, merge_multi_context: bool = True) -> Any:
        """The states: for each a list of an array per context."""
        if merge_multi_context:
            raise AssertionError("merge_multi_context=True is not supported for get_states yet.")
        return self.state_arrays

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Copies states, for each a list of an array per context, or sets all of them to a number."""
        if states is not None and value is not None:
            raise AssertionError("Only one of states & value can be specified.")
        if states is None and value is None:
            raise AssertionError("At least one of states & value must be specified.")
        for i, targets in enumerate(self.state_arrays):
            for k, target in enumerate(targets):
                if states is None:
                    target[:] = value
                else:
                    states[i][k].copyto(target)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool) -> None:
        """Shows labels and outputs of each context to a metric; ``pre_sliced`` labels are a list for each."""
        for i, (executor, part) in enumerate(zip(self.execs, self._slices(), strict=True)):
            own = (
                labels[i]
                if pre_sliced
                else [
                    part_of(a, axis, part) for a, axis in zip(labels or (), self.label_layouts, strict=False)
                ]
            )
            eval_metric.update_dict(
                dict(zip(self.label_names, own, strict=False)),
                dict(zip(self.output_names, executor.outputs, strict=True)),
            )

    def install_monitor(self, mon: Any) -> None:
        """Has a monitor watch the executors."""
        for executor in self.execs:
            mon.install(executor)
        self._kept = {}


def _sliced(shape: Sequence[int], axis: int, part: slice) -> tuple[int, ...]:
    """The shape of a part of a batch."""
    if axis < 0 or part is _WHOLE:
        return tuple(shape)
    return (*shape[:axis], part.stop - part.start, *shape[axis + 1 :])


def _groups(given: Any, count: int) -> list[dict[str, Context] | None]:
    """Where groups of nodes are, for each executor."""
    if given is None:
        return [None] * count
    if isinstance(given, (list, tuple)):
        if len(given) != count:
            raise AssertionError(f"group2ctxs must have {count} dictionaries, one for each context")
        return list(given)
    if not isinstance(given, dict):
        raise AssertionError(f"group2ctxs must be a dictionary, or a list of them, not {given!r}")
    found: list[dict[str, Context] | None] = []
    for i in range(count):
        contexts = {k: [v] if isinstance(v, Context) else list(v) for k, v in given.items()}
        for key, listed in contexts.items():
            if len(listed) not in (1, count):
                raise AssertionError(f"group2ctxs[{key!r}] must have 1 or {count} contexts")
        found.append({k: listed[i if len(listed) > 1 else 0] for k, listed in contexts.items()})
    return found
