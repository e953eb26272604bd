"""Layers' operators: fully connected, embedding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import linear

from regluon.ops.accumulation import factored
from regluon.ops.kernels import kernel
from regluon.ops.outlines import outline
from regluon.ops.registry import DType, Tensor, gradient, infer_shape, prepare, register
from regluon.ops.storage import by_rows, wants_rows
from regluon.ops.threads import SMALL, product, small_linear

# torch has a module-level __getattr__, which makes looking a name up in it slow.
_mul = torch.mul
_embedding = torch.embedding

_embedding_backward = kernel("embedding_dense_backward")


@register("FullyConnected", aliases=("fully_connected",))
def fully_connected(
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    num_hidden: int,
    no_bias: bool = False,
    flatten: bool = True,
) -> Tensor:
    """y = x Wᵀ + b

    Inputs
    ------
    data : (batch, ...), flattened to (batch, in); with ``flatten=False`` (..., in)
    weight : (num_hidden, in)
    bias : (num_hidden,), none with ``no_bias=True``

    Outputs
    -------
    out : (batch, num_hidden); with ``flatten=False`` (..., num_hidden)
    """
    return fully_connected_call(num_hidden=num_hidden, no_bias=no_bias, flatten=flatten)(data, weight, bias)


@prepare(fully_connected)
def fully_connected_call(*, num_hidden: int, no_bias: bool, flatten: bool) -> Callable[..., Tensor]:
    """:func:`fully_connected` for these attributes."""

    # torch would also take a bias that it can stretch; one of 2 numbers or more it holds against the weight.
    stretches = num_hidden == 1

    def call(data: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        rows = _rows(data) if flatten and data.dim() != 2 else data
        if bias is None:
            fits = no_bias and weight.size(0) == num_hidden
        elif no_bias or (stretches and weight.size(0) != 1):
            fits = False
        else:
            fits = bias.numel() == num_hidden and bias.dim() == 1
        try:
            if fits:
                if data.is_meta and rows.size(-1) == weight.size(1):
                    return outline(data, (*rows.shape[:-1], num_hidden))
                if rows.numel() * num_hidden in SMALL:
                    return small_linear(rows, weight, bias)
                return linear(rows, weight, bias)
            reason = ""
        except RuntimeError as error:
            reason = str(error)
        raise ValueError(_misfit(rows.size(-1), weight, bias, num_hidden, no_bias) or reason)

    return call


def _rows(data: Tensor) -> Tensor:
    return data.flatten(1) if data.dim() > 1 else data.unsqueeze(1)


def _misfit(width: int, weight: Tensor, bias: Tensor | None, num_hidden: int, no_bias: bool) -> str:
    if bias is None and not no_bias:
        return "without no_bias=True it needs a bias"
    if bias is not None and no_bias:
        return "with no_bias=True it takes no bias"
    if weight.shape != (num_hidden, width):
        return (
            f"num_hidden={num_hidden} and rows of {width} numbers need a weight of shape "
            f"{(num_hidden, width)}, but it has {tuple(weight.shape)}"
        )
    if bias is not None and bias.shape != (num_hidden,):
        return f"the bias must have shape {(num_hidden,)}, but it has {tuple(bias.shape)}"
    return ""


@gradient(fully_connected, uses="inputs")
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    num_hidden: int,
    no_bias: bool,
    flatten: bool,
) -> Any:
    of_data = None
    if data.dim() == 2:
        rows, inputs = g, data
    else:
        rows = g.reshape(-1, num_hidden)
        inputs = data.reshape(rows.shape[0], weight.shape[1])
    if need[0]:
        of_data = product(rows, weight)
        if inputs is not data:
            of_data = of_data.reshape(data.shape)
    if num_hidden == 1 == rows.shape[0]:
        of_weight = _mul(rows, inputs) if need[1] else None
    else:
        of_weight = factored(need[1], rows, inputs)
    if bias is None:
        return of_data, of_weight
    return of_data, of_weight, factored(need[2], rows)


@infer_shape(fully_connected)
def _(data: Any, weight: Any, bias: Any = None, *, num_hidden: int, no_bias: bool, flatten: bool) -> Any:
    width = torch.Size(data[1:]).numel() if flatten else data[-1]
    return data, (num_hidden, width), (num_hidden,)


@register("Embedding", visible=1)
def embedding(
    data: Tensor,
    weight: Tensor,
    *,
    input_dim: int,
    output_dim: int,
    dtype: DType = torch.float32,
    sparse_grad: bool = False,
) -> tuple[Tensor, Tensor]:
    """out[..., :] = weight[data[...], :]

    Fractions are cut off; indices below 0 are taken for 0 and those above for the last row. The row numbers
    that come of that are a hidden output.

    Parameters
    ----------
    dtype
        The weight's type, for symbols that do not know it.
    sparse_grad
        Asks for a gradient of the rows in use alone.

    Inputs
    ------
    data : (...), indices of any type
    weight : (input_dim, output_dim)

    Outputs
    -------
    out : (..., output_dim)
    """
    return embedding_call(input_dim=input_dim, output_dim=output_dim)(data, weight)


@prepare(embedding)
def embedding_call(
    *, input_dim: int, output_dim: int, **attributes: Any
) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """:func:`embedding` for these attributes."""
    shape = torch.Size((input_dim, output_dim))

    def call(data: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        if weight.shape != shape:
            raise ValueError(
                f"input_dim and output_dim need a weight of shape {tuple(shape)}, "
                f"but it has {tuple(weight.shape)}"
            )
        rows = data.long()
        if not rows.is_cuda:
            if weight.is_meta:
                return outline(weight, (*data.shape, output_dim)), rows
            try:
                return _embedding(weight, rows), rows
            except (IndexError, RuntimeError):  # a GPU finds out too late
                pass
        rows = row_numbers(data, input_dim)
        return _embedding(weight, rows), rows

    return call


def row_numbers(data: Tensor, count: int) -> Tensor:
    """Indices of any type as whole numbers from 0 to ``count`` - 1, the nearest where they lie outside."""
    return torch.clamp(data.to(torch.int64), 0, max(count - 1, 0))


@gradient(embedding)
def _(
    g: Tensor,
    need: Any,
    out: tuple[Tensor, Tensor],
    data: Tensor,
    weight: Tensor,
    *,
    input_dim: int,
    output_dim: int,
    dtype: DType,
    sparse_grad: bool,
) -> Any:
    if need[1] is None:
        return None, None
    if sparse_grad and wants_rows(need[1]) and not g.requires_grad:
        return None, _gradient_of_rows(g, out[1], weight)
    return None, _embedding_backward(g, out[1], input_dim, -1, False)


def _gradient_of_rows(g: Tensor, rows: Tensor, weight: Tensor) -> Tensor:
    used, places = torch.unique(rows, return_inverse=True)
    return by_rows(used, _embedding_backward(g, places, used.numel(), -1, False), tuple(weight.shape))


@infer_shape(embedding)
def _(data: Any, weight: Any, *, input_dim: int, output_dim: int, dtype: Any, sparse_grad: bool) -> Any:
    return data, (input_dim, output_dim)


@register("_contrib_SparseEmbedding", visible=1)
def sparse_embedding(
    data: Tensor,
    weight: Tensor,
    *,
    input_dim: int,
    output_dim: int,
    dtype: DType = torch.float32,
    sparse_grad: bool = False,
) -> tuple[Tensor, Tensor]:
    """out[..., :] = weight[data[...], :], with a gradient of the rows in use alone

    An old form of Embedding with ``sparse_grad=True``, and like it in all else.

    Inputs
    ------
    data : (...), indices of any type
    weight : (input_dim, output_dim)

    Outputs
    -------
    out : (..., output_dim)
    """
    return embedding(data, weight, input_dim=input_dim, output_dim=output_dim)


@gradient(sparse_embedding)
def _(g: Tensor, need: Any, out: Any, data: Tensor, weight: Tensor, **attributes: Any) -> Any:
    if need[1] is None:
        return None, None
    if wants_rows(need[1]) and not g.requires_grad:
        return None, _gradient_of_rows(g, out[1], weight)
    return None, _embedding_backward(g, out[1], attributes["input_dim"], -1, False)


@infer_shape(sparse_embedding)
def _(data: Any, weight: Any, *, input_dim: int, output_dim: int, **attributes: Any) -> Any:
    return data, (input_dim, output_dim)
