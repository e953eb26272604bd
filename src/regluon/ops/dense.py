"""A fully connected layer with its activation as one operator: half the dispatch of the two.

MXNet has no such operator; what stands for it in a symbol file is :func:`composition`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch

from regluon.ops.activation import activation
from regluon.ops.nn import fully_connected_call
from regluon.ops.registry import OPERATORS, Tensor, composition, gradient, infer_shape, prepare, register

__all__ = ["dense"]

# In place: what comes out of the layer is nobody else's yet.
_APPLY = {"relu": torch.relu_, "sigmoid": torch.sigmoid_, "tanh": torch.tanh_}
_linear, _activation = OPERATORS["FullyConnected"], OPERATORS["Activation"]


@register("_regluon_dense")
def dense(
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    num_hidden: int,
    no_bias: bool = False,
    flatten: bool = True,
    act_type: Literal["relu", "sigmoid", "tanh"],
) -> Tensor:
    """f(x Wᵀ + b), for the activations whose derivative follows from their value

    The inputs and the attributes are those of FullyConnected and of Activation.
    """
    call = dense_call(num_hidden=num_hidden, no_bias=no_bias, flatten=flatten, act_type=act_type)
    return call(data, weight, bias)


@prepare(dense)
def dense_call(*, act_type: Literal["relu", "sigmoid", "tanh"], **attributes: Any) -> Callable[..., Tensor]:
    """:func:`dense` for these attributes."""
    connected, apply = fully_connected_call(**attributes), _APPLY[act_type]

    def call(data: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        out = connected(data, weight, bias)
        if out.requires_grad or not out.is_floating_point():
            return activation(out, act_type=act_type)
        return apply(out)

    return call


@gradient(dense)
def _(g: Tensor, need: Any, out: Tensor, *inputs: Any, act_type: str, **attributes: Any) -> Any:
    (inner,) = _activation.gradient(g, need, out, out, act_type=act_type)
    return _linear.gradient(inner, need, out, *inputs, **attributes)


@infer_shape(dense)
def _(*shapes: Any, act_type: str, **attributes: Any) -> Any:
    assert _linear.infer is not None
    return _linear.infer(*shapes, **attributes)


@composition(dense)
def _(F: Any, *inputs: Any, act_type: str, name: str | None = None, **attributes: Any) -> Any:
    after = f"{act_type}_{name}" if name else None  # as MXNet's layer calls its activation
    return F.Activation(F.FullyConnected(*inputs, name=name, **attributes), act_type=act_type, name=after)
