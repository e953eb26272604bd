"""Products of attention over queries, keys and values that lie interleaved in one array."""

from __future__ import annotations

import torch

from regluon.ops.constants import constant
from regluon.ops.registry import Tensor, register


def _parts(x: Tensor, heads: int, count: int, name: str) -> list[Tensor]:
    """The ``count`` parts of each head, as (n * heads, length, size) each."""
    if x.dim() != 3 or heads < 1 or x.shape[2] % (heads * count):
        raise ValueError(
            f"{name} must have 3 axes: length, samples, and heads * {count} * size numbers; "
            f"it has shape {tuple(x.shape)}, and heads={heads}"
        )
    length, samples, width = x.shape
    rows = x.reshape(length, samples * heads, width // heads).transpose(0, 1)
    return list(torch.chunk(rows, count, 2))


def _scores(queries: Tensor, keys: Tensor) -> Tensor:
    size = constant(queries.shape[2] ** 0.5, queries.dtype)
    return torch.bmm(torch.div(queries, size), keys.transpose(1, 2))


def _average(attention: Tensor, values: Tensor, samples: int) -> Tensor:
    rows, length, size = values.shape
    if attention.dim() != 3 or attention.shape[0] != rows or attention.shape[2] != length:
        raise ValueError(
            f"the attention must have shape ({rows}, any, {length}), but it has {tuple(attention.shape)}"
        )
    found = torch.bmm(attention, values).transpose(0, 1)
    return found.reshape(found.shape[0], samples, rows // samples * size)


@register("_contrib_interleaved_matmul_selfatt_qk")
def selfatt_qk(queries_keys_values: Tensor, *, heads: int) -> Tensor:
    """Q Kᵀ / √size for each sample and head

    Inputs
    ------
    queries_keys_values : (length, n, heads * 3 * size), for each head its query, its key and its value

    Outputs
    -------
    out : (n * heads, length, length)
    """
    queries, keys, _ = _parts(queries_keys_values, heads, 3, "queries_keys_values")
    return _scores(queries, keys)


@register("_contrib_interleaved_matmul_selfatt_valatt", same_type=True)
def selfatt_valatt(queries_keys_values: Tensor, attention: Tensor, *, heads: int) -> Tensor:
    """A V for each sample and head

    Inputs
    ------
    queries_keys_values : (length, n, heads * 3 * size), for each head its query, its key and its value
    attention : (n * heads, length, length)

    Outputs
    -------
    out : (length, n, heads * size)
    """
    values = _parts(queries_keys_values, heads, 3, "queries_keys_values")[2]
    return _average(attention, values, queries_keys_values.shape[1])


@register("_contrib_interleaved_matmul_encdec_qk", same_type=True)
def encdec_qk(queries: Tensor, keys_values: Tensor, *, heads: int) -> Tensor:
    """Q Kᵀ / √size for each sample and head

    Inputs
    ------
    queries : (length, n, heads * size)
    keys_values : (sources, n, heads * 2 * size), for each head its key and its value

    Outputs
    -------
    out : (n * heads, length, sources)
    """
    (rows,) = _parts(queries, heads, 1, "queries")
    keys, _ = _parts(keys_values, heads, 2, "keys_values")
    if rows.shape[0] != keys.shape[0] or rows.shape[2] != keys.shape[2]:
        raise ValueError(
            f"queries of shape {tuple(queries.shape)} need keys_values of shape "
            f"(any, {queries.shape[1]}, {2 * queries.shape[2]}), but it is {tuple(keys_values.shape)}"
        )
    return _scores(rows, keys)


@register("_contrib_interleaved_matmul_encdec_valatt", same_type=True)
def encdec_valatt(keys_values: Tensor, attention: Tensor, *, heads: int) -> Tensor:
    """A V for each sample and head

    Inputs
    ------
    keys_values : (sources, n, heads * 2 * size), for each head its key and its value
    attention : (n * heads, length, sources)

    Outputs
    -------
    out : (length, n, heads * size)
    """
    values = _parts(keys_values, heads, 2, "keys_values")[1]
    return _average(attention, values, keys_values.shape[1])
