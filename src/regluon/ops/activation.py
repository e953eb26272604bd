"""Activation functions as operators of their own: Activation and the family of LeakyReLU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch
from torch.nn.functional import elu, gelu, leaky_relu, selu, softplus, softsign

from regluon.ops.constants import constant
from regluon.ops.kernels import kernel, tanh
from regluon.ops.outlines import outline
from regluon.ops.registry import Generator, Mode, Tensor, gradient, infer_shape, register

# torch has a module-level __getattr__, which makes looking a name up in it slow.
_sigmoid = torch.sigmoid
_mul = torch.mul
_relu = torch.relu

# torch's own backward kernels: one pass instead of two to four. They are differentiable.
_relu_backward = kernel("threshold_backward")
_sigmoid_backward = kernel("sigmoid_backward")
_tanh_backward = kernel("tanh_backward")
_elu_backward = kernel("elu_backward")
_gelu_backward = kernel("gelu_backward")
_leaky_backward = kernel("leaky_relu_backward")

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": _relu,
    "sigmoid": _sigmoid,
    "softrelu": softplus,
    "softsign": softsign,
    "tanh": tanh,
}


def softsign_backward(g: Tensor, out: Tensor, data: Tensor) -> Tensor:
    """The gradient of data / (1 + |data|)."""
    return torch.div(g, torch.square(torch.add(torch.abs(data), constant(1.0, data.dtype))))


_BACK: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "relu": lambda g, out, data: _relu_backward(g, out, 0.0),
    "sigmoid": lambda g, out, data: _sigmoid_backward(g, out),
    "softrelu": lambda g, out, data: _mul(g, _sigmoid(data)),
    "softsign": softsign_backward,
    "tanh": lambda g, out, data: _tanh_backward(g, out),
}


def require_floating(data: Tensor) -> None:
    """Complains of whole numbers, which torch would turn into others silently."""
    if not data.is_floating_point():
        raise ValueError("it is for floating-point types only; astype('float32') makes one")


@register("Activation")
def activation(
    data: Tensor, *, act_type: Literal["relu", "sigmoid", "softrelu", "softsign", "tanh"]
) -> Tensor:
    """A function of each element.

    Parameters
    ----------
    act_type
        relu: max(x, 0); sigmoid: 1 / (1 + e⁻ˣ); tanh; softrelu: log(1 + eˣ); softsign: x / (1 + \\|x\\|).
    """
    require_floating(data)
    if data.is_meta:
        return outline(data, data.shape)
    return _ACTIVATIONS[act_type](data)


def _uses(act_type: str) -> Literal["inputs", "out"]:
    return "out" if act_type in ("relu", "sigmoid", "tanh") else "inputs"


@gradient(activation, uses=_uses)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, act_type: str) -> Any:
    return (_BACK[act_type](g, out, data),)


_SELU_SCALE, _SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def _selu_backward(g: Tensor, data: Tensor) -> Tensor:
    """MXNet's: λ (α + y) for x <= 0, although y holds a λ already and the derivative is λ α + y."""
    below = _mul(torch.add(selu(data), constant(_SELU_ALPHA, data.dtype)), g)
    return _mul(torch.where(data > 0, g, below), constant(_SELU_SCALE, data.dtype))


_LEAKY: dict[str, Callable[[Tensor, float], Tensor]] = {
    "leaky": leaky_relu,
    "elu": elu,
    "selu": lambda data, slope: selu(data),
    "gelu": lambda data, slope: gelu(data),
}
_LEAKY_BACK: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "leaky": lambda g, data, slope: _leaky_backward(g, data, slope, False),
    "elu": lambda g, data, slope: _elu_backward(g, slope, 1.0, 1.0, False, data),
    "selu": lambda g, data, slope: _selu_backward(g, data),
    "gelu": lambda g, data, slope: _gelu_backward(g, data),
}


@register("LeakyReLU", same_type=True)
def leaky_relu_family(
    data: Tensor,
    gamma: Tensor | None = None,
    *,
    act_type: Literal["elu", "gelu", "leaky", "prelu", "rrelu", "selu"] = "leaky",
    slope: float = 0.25,
    lower_bound: float = 0.125,
    upper_bound: float = 0.334,
    training: Mode,
    random: Generator,
) -> Tensor | tuple[Tensor, Tensor]:
    """x where x > 0, else something small and negative.

    Parameters
    ----------
    act_type
        leaky: slope x; elu: slope (eˣ - 1); selu: λ α (eˣ - 1), and λ x where x > 0; gelu: x Φ(x) everywhere;
        prelu: gamma x; rrelu: a random slope for each element, the middle of its bounds outside training.
    slope
        Of leaky and elu.
    lower_bound, upper_bound
        Of rrelu's slopes.

    Inputs
    ------
    data : (...)
    gamma : for prelu, (1,), (k,) for k channels on axis 1, or what fits the first two axes

    Outputs
    -------
    out : like data; with rrelu also the slopes
    """
    require_floating(data)
    if (gamma is None) is (act_type == "prelu"):
        raise ValueError(f"act_type={act_type!r} takes {'a' if gamma is None else 'no'} gamma")
    if gamma is not None:
        return torch.where(data > 0, data, _mul(data, spread_slopes(gamma, data)))
    if act_type != "rrelu":
        return _LEAKY[act_type](data, slope)
    if training:
        slopes = random.uniform(lower_bound, upper_bound, tuple(data.shape), data.dtype)
    else:
        slopes = torch.full_like(data, (lower_bound + upper_bound) / 2)
    return torch.where(data > 0, data, _mul(data, slopes)), slopes


def spread_slopes(gamma: Tensor, data: Tensor) -> Tensor:
    """prelu's slopes in a shape that stretches over data's.

    MXNet fits gamma's axes, from its last one on, into the first two of data, from the second one on.
    """
    left, shape = list(gamma.shape), [1] * data.dim()
    for axis in reversed(range(min(data.dim(), 2))):
        if left and left[-1] in (1, data.size(axis)):
            shape[axis] = left.pop()
    if left:
        raise ValueError(
            f"gamma of shape {tuple(gamma.shape)} fits no channels of data of shape {tuple(data.shape)}: "
            f"(1,) or {(data.size(min(data.dim() - 1, 1)),)} would"
        )
    return gamma.reshape(shape)


@gradient(leaky_relu_family)
def _(
    g: Any,
    need: Any,
    out: Any,
    data: Tensor,
    gamma: Tensor | None = None,
    *,
    act_type: str,
    slope: float,
    lower_bound: float,
    upper_bound: float,
    training: bool,
    random: Any,
) -> Any:
    if act_type in _LEAKY_BACK:
        return (_LEAKY_BACK[act_type](g, data, slope),)
    if gamma is None:
        return (torch.where(data > 0, g[0], _mul(g[0], out[1])),)
    slopes = spread_slopes(gamma, data)
    of_slopes = _mul(g, torch.clamp(data, max=0)).sum_to_size(slopes.shape)
    return torch.where(data > 0, g, _mul(g, slopes)), of_slopes.reshape(gamma.shape)


@infer_shape(leaky_relu_family)
def _(data: Any, gamma: Any = None, **attributes: Any) -> Any:
    return data, (data[1],)
