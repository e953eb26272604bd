"""A net as one computation for many runs: its parameters stacked, its layers' products batched.

Runs are numbered seed by seed, and within a seed value by value. A parameter of shape (...) is stacked as
(seeds, values, ...). Examples lie along one axis: (seeds · batch, ...) before the first layer with
parameters, as all values of a seed see the same, and (seeds · values · batch, ...) after it. What treats
examples apart from each other runs on that as it is; a fully connected layer is one batched product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from threading import get_ident
from typing import Any, NamedTuple

import torch
from torch import Tensor

from regluon import symbol
from regluon.base import MXNetError
from regluon.lab.experiment import places
from regluon.lab.straight import Plain, Straight, plain, steps_of_loss
from regluon.ndarray import NDArray
from regluon.ndarray.calls import prepare
from regluon.ndarray.ndarray import wrap
from regluon.symbol.graph import Node, postorder
from regluon.tape import node_of, recorders

__all__ = ["Runs", "Stacked", "spread"]


class Runs(NamedTuple):
    """How many there are."""

    seeds: int
    values: int


Call = Callable[..., NDArray]

_ELEMENTWISE = """
    Activation relu sigmoid hard_sigmoid softsign tanh erf exp expm1 log log1p sqrt square
    abs negative reciprocal sin cos arctan arcsinh sinh cosh clip smooth_l1 identity _copy
    elemwise_add elemwise_sub elemwise_mul elemwise_div _plus_scalar _minus_scalar _rminus_scalar _mul_scalar
    _div_scalar _rdiv_scalar _power_scalar _maximum_scalar _minimum_scalar Flatten
""".split()


def _along_features(attributes: Mapping[str, Any]) -> bool:
    return attributes.get("axis") == -1 and not attributes.get("use_length")


# Operators that treat each example apart, whatever the number of examples; for some, with which attributes.
_APART: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    **dict.fromkeys(_ELEMENTWISE, lambda attributes: True),
    "LeakyReLU": lambda attributes: attributes["act_type"] not in ("prelu", "rrelu"),
    "softmax": _along_features,
    "log_softmax": _along_features,
}

_WHY = {
    "Dropout": "it draws a mask for each run",
    "BatchNorm": "its statistics are a state of each run",
    "Convolution": "only fully connected layers have a batched form here",
}


class Step(NamedTuple):
    """A call on values of earlier steps, by their places; the same on tensors, where that is possible."""

    call: Call
    plain: Plain | None
    inputs: tuple[int, ...]


class Stacked:
    """The net for all runs, called with inputs and the stacked parameters.

    Parameters
    ----------
    net
        A block whose layers take symbols, with initialized parameters.
    runs
        How many seeds and values.

    Raises
    ------
    MXNetError
        If the net has a layer that cannot be batched; names the layer and the reason.
    """

    def __init__(self, net: Any, runs: Runs) -> None:
        self.net, self.runs = net, runs
        by_name = {p.name: place for place, p in places(net).items()}
        nodes = postorder(_traced(net)._heads)
        at: dict[int, int] = {}
        for_runs: set[int] = set()
        self.parameters: list[str] = []
        self.steps: list[Step] = []
        for node in nodes:
            if node.op is None:
                place = by_name.get(node.name)
                if place is not None and place not in self.parameters:
                    self.parameters.append(place)
                at[id(node)] = 0 if place is None else self.parameters.index(place) + 1
        stacked = set(range(1, len(self.parameters) + 1))
        count = len(stacked) + 1
        for node in (node for node in nodes if node.op is not None):
            inputs = tuple(at[id(entry.node)] for entry in node.inputs)
            call, plain = _call_for(node, inputs, stacked, for_runs, runs)
            if stacked & set(inputs) or for_runs & set(inputs):
                for_runs.add(count)
            self.steps.append(Step(call, plain, inputs))
            at[id(node)] = count
            count += 1
        if not self.steps or count - 1 not in for_runs:
            raise MXNetError("lab.path: the net's result depends on no parameter")

    def __call__(self, x: NDArray, parameters: Sequence[NDArray]) -> NDArray:
        """Results for all runs, (seeds · values · batch, ...), of inputs (seeds · batch, ...)."""
        values: list[NDArray] = [x, *parameters]
        for call, _, inputs in self.steps:
            values.append(call(*[values[i] for i in inputs]))
        return values[-1]

    def for_runs(self, runs: Runs) -> Stacked:
        """The same net for other runs."""
        return self if runs == self.runs else Stacked(self.net, runs)

    def straight(self, loss: Any, learned: Sequence[bool]) -> Straight | None:
        """What gives gradients without a tape; None where an operator or the loss has no such form."""
        net = [(step.plain, step.inputs) for step in self.steps if step.plain is not None]
        after = steps_of_loss(loss, len(self.parameters) + len(net))
        return None if after is None or len(net) < len(self.steps) else Straight(net, after, learned)


def spread(x: Tensor, runs: Runs) -> Tensor:
    """What belongs to seeds, (seeds · batch, ...), for every value: (seeds · values · batch, ...)."""
    parts = x.reshape(runs.seeds, 1, -1, *x.shape[1:])
    return parts.expand(-1, runs.values, *parts.shape[2:]).reshape(-1, *x.shape[1:])


def _traced(net: Any) -> Any:
    try:
        made = net(symbol.var("data"))
    except Exception as error:
        raise MXNetError(
            f"lab.path: {type(net).__name__} does not run on symbols ({type(error).__name__}: {error}); a "
            "net of HybridBlocks does. Any net runs one after another: experiment(wd=..., seed=...)"
        ) from error
    if not isinstance(made, symbol.Symbol) or len(made._heads) != 1:
        raise MXNetError("lab.path: the net must have one result")
    return made


def _call_for(
    node: Node, inputs: tuple[int, ...], stacked: set[int], for_runs: set[int], runs: Runs
) -> tuple[Call, Plain | None]:
    """What computes a node for all runs: on arrays, and on tensors."""
    assert node.op is not None
    name, attributes = node.op.name, node.attributes
    data = [i for i in inputs if i not in stacked]
    if name == "FullyConnected" and data == [inputs[0]]:
        return _connected(runs, bool(attributes["flatten"]), shared=inputs[0] not in for_runs)
    apart = _APART.get(name)
    if apart is None or len(data) < len(inputs) or not apart(attributes):
        reason = _WHY.get(name, f"{name} with {dict(node.attrs)} has no batched form here")
        raise MXNetError(
            f"lab.path: layer {node.name!r} cannot be trained for all runs at once: {reason}. Nets of Dense "
            "layers and of functions of single elements can; any net runs one after another: "
            "experiment(wd=..., seed=...)"
        )
    call: Call = prepare(node.op, len(inputs), attributes)
    operation = plain(node.op, attributes)
    lifted = [bool(for_runs & set(inputs)) and i not in for_runs for i in inputs]
    if not any(lifted):
        return call, operation

    def mixed(*arrays: NDArray) -> NDArray:
        return call(*[_spread_array(a, runs) if up else a for a, up in zip(arrays, lifted, strict=True)])

    return mixed, operation and _mixed(operation, lifted, runs)


def _mixed(operation: Plain, lifted: Sequence[bool], runs: Runs) -> Plain:
    """An operation some of whose inputs are the same for all values, and need no gradient."""

    def all_spread(tensors: Sequence[Tensor]) -> list[Tensor]:
        return [spread(x, runs) if up else x for x, up in zip(tensors, lifted, strict=True)]

    def compute(*tensors: Tensor) -> Any:
        return operation.compute(*all_spread(tensors))

    def back(g: Tensor, needs: Sequence[Any], out: Any, *tensors: Tensor) -> Sequence[Any]:
        return operation.back(g, needs, out, *all_spread(tensors))

    return Plain(compute, back, operation.single)


def _spread_array(x: NDArray, runs: Runs) -> NDArray:
    return wrap(spread(x._data, runs), x._ctx, None)


def _connected(runs: Runs, flatten: bool, shared: bool) -> tuple[Call, Plain]:
    """x Wᵀ + b of stacked W and b; a ``shared`` x is the same for all values of a seed."""
    values = runs.values if shared else 1
    attributes: dict[str, Any] = {
        "groups": runs.seeds * runs.values // values,
        "values": values,
        "flatten": flatten,
    }

    def call(x: NDArray, weight: NDArray, bias: NDArray | None = None) -> NDArray:
        arrays = (x, weight) if bias is None else (x, weight, bias)
        tensors = [a._data for a in arrays]
        out = _products(*tensors, **attributes)
        node = None
        if get_ident() in recorders:
            node = node_of(_products, _products_back, tensors, attributes, out, [a._ag for a in arrays])
        return wrap(out, x._ctx, node)

    return call, Plain(partial(_products, **attributes), partial(_products_back, **attributes))


def _products(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, *, groups: int, values: int, flatten: bool
) -> Tensor:
    """One product a group: rows (groups, rows, in) by (groups, values · out, in)."""
    outputs, width = weight.shape[2:]
    rows = x.view(groups, -1, width)
    matrices = weight.view(groups, -1, width).transpose(1, 2)
    if bias is None:
        out = torch.bmm(rows, matrices)
    else:
        out = torch.baddbmm(bias.view(groups, 1, -1), rows, matrices)
    if rows.shape[1] > 1:
        out = out.view(groups, -1, values, outputs).transpose(1, 2)
    return out.reshape(-1, outputs) if flatten else out.reshape(-1, *x.shape[1:-1], outputs)


def _products_back(
    g: Tensor,
    need: Sequence[Any],
    out: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    groups: int,
    values: int,
    flatten: bool,
) -> tuple[Tensor | None, ...]:
    outputs, width = weight.shape[2:]
    rows, of_x = x.view(groups, -1, width), None
    if need[0] is not None:
        of_x = torch.bmm(g.reshape(groups, -1, outputs), weight.view(groups, outputs, -1)).view(x.shape)
    if rows.shape[1] == 1:  # products of numbers instead of matrices, which is faster
        of_weight = g.reshape(groups, -1, 1) * rows
        of_bias = None if bias is None else g.reshape(bias.shape)
    else:
        columns = g.reshape(groups, values, -1, outputs).transpose(2, 3).reshape(groups, values * outputs, -1)
        of_weight = torch.bmm(columns, rows)
        of_bias = None if bias is None else columns.sum(-1).view(bias.shape)
    return of_x, of_weight.view(weight.shape), of_bias
