"""Products of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import torch

from regluon.ops.accumulation import factored, whole
from regluon.ops.constants import constant
from regluon.ops.decompositions import require_matrices
from regluon.ops.registry import Tensor, gradient, register
from regluon.ops.threads import product

Storage = Literal["default", "row_sparse", "csr"]
Multiply: TypeAlias = Callable[[Tensor, Tensor], Tensor]


@register("dot")
def dot(
    lhs: Tensor,
    rhs: Tensor,
    *,
    transpose_a: bool = False,
    transpose_b: bool = False,
    forward_stype: Storage | None = None,
) -> Tensor:
    """Σₖ lhs[..., k] rhs[k, ...]: the last axis of lhs with the first axis of rhs

    Parameters
    ----------
    transpose_a
        Takes the first axis of lhs instead: Σₖ lhs[k, ...] rhs[k, ...].
    transpose_b
        Takes the last axis of rhs instead: Σₖ lhs[..., k] rhs[..., k].
    forward_stype
        The storage of the result; dense arrays give dense ones.

    Inputs
    ------
    lhs, rhs : any shapes that agree in the axis that is summed over

    Outputs
    -------
    out : the other axes of lhs, then those of rhs; (1,) for two vectors
    """
    if lhs.dim() == 2 == rhs.dim():
        return _product(product, lhs, rhs, transpose_a, transpose_b)
    if lhs.dim() == 1 == rhs.dim():
        if transpose_a or transpose_b:
            raise ValueError("vectors can't be transposed")
        return torch.dot(lhs, rhs).reshape(1)
    a, b, transpose_a, transpose_b = _as_matrices(lhs, rhs, transpose_a, transpose_b)
    outer = lhs.shape[1:] if transpose_a else lhs.shape[:-1]
    inner = rhs.shape[:-1] if transpose_b else rhs.shape[1:]
    return _product(product, a, b, transpose_a, transpose_b).reshape(outer + inner)


def _product(multiply: Multiply, a: Tensor, b: Tensor, turned_a: bool, turned_b: bool) -> Tensor:
    return multiply(a.mT if turned_a else a, b.mT if turned_b else b)


def _as_matrices(
    lhs: Tensor, rhs: Tensor, transpose_a: bool, transpose_b: bool
) -> tuple[Tensor, Tensor, bool, bool]:
    """Two matrices with the same product, and whether each is to be transposed: a vector is not."""
    turned_a, turned_b = transpose_a and lhs.dim() > 1, transpose_b and rhs.dim() > 1
    a = lhs.flatten(1) if turned_a else lhs.reshape(-1, lhs.shape[-1])
    if turned_b:
        b = rhs.reshape(-1, rhs.shape[-1])
    else:
        b = rhs.flatten(1) if rhs.dim() > 1 else rhs.unsqueeze(1)
    return a, b, turned_a, turned_b


@gradient(dot, uses="inputs")
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    lhs: Tensor,
    rhs: Tensor,
    *,
    transpose_a: bool,
    transpose_b: bool,
    forward_stype: Any,
) -> Any:
    if lhs.dim() == 2 == rhs.dim():
        return _of_factors(product, g, need, lhs, rhs, transpose_a, transpose_b)
    if lhs.dim() == 1 == rhs.dim():
        return torch.mul(rhs, g) if need[0] else None, torch.mul(lhs, g) if need[1] else None
    a, b, turned_a, turned_b = _as_matrices(lhs, rhs, transpose_a, transpose_b)
    rows = g.reshape(a.shape[-1 if turned_a else 0], b.shape[0 if turned_b else -1])
    of_a, of_b = _of_factors(product, rows, need, a, b, turned_a, turned_b)
    return (
        None if of_a is None else of_a.reshape(lhs.shape),
        None if of_b is None else whole(of_b).reshape(rhs.shape),
    )


def _of_factors(
    multiply: Multiply, g: Tensor, need: Any, a: Tensor, b: Tensor, turned_a: bool, turned_b: bool
) -> tuple[Tensor | None, Any]:
    """The gradients of a product with respect to a and b."""
    of_a: Any = None
    of_b: Any = None
    if need[0]:
        of_a = (
            _product(multiply, b, g, turned_b, True)
            if turned_a
            else _product(multiply, g, b, False, not turned_b)
        )
    if need[1]:
        if turned_b:
            of_b = _product(multiply, g, a, True, turned_a)
        elif a.dim() == 2 and not turned_a:
            of_b = factored(need[1], a, g)
        else:
            of_b = _product(multiply, a, g, not turned_a, False)
    return of_a, of_b


@register("batch_dot")
def batch_dot(
    lhs: Tensor,
    rhs: Tensor,
    *,
    transpose_a: bool = False,
    transpose_b: bool = False,
    forward_stype: Storage | None = None,
) -> Tensor:
    """out[i] = lhs[i] rhs[i], products of the matrices in the last two axes

    Parameters
    ----------
    transpose_a, transpose_b
        Whether to transpose the matrices of one side before.
    forward_stype
        The storage of the result; dense arrays give dense ones.

    Inputs
    ------
    lhs : (..., n, m)
    rhs : (..., m, k), with the same leading axes, at least one

    Outputs
    -------
    out : (..., n, k)
    """
    if lhs.dim() < 3 or lhs.shape[:-2] != rhs.shape[:-2]:
        raise ValueError("both need 3 axes or more, all but the last two of the same extents")
    return _product(_batched(lhs), lhs, rhs, transpose_a, transpose_b)


def _batched(x: Tensor) -> Multiply:
    return torch.bmm if x.dim() == 3 else torch.matmul


@gradient(batch_dot, uses="inputs")
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    lhs: Tensor,
    rhs: Tensor,
    *,
    transpose_a: bool,
    transpose_b: bool,
    forward_stype: Any,
) -> Any:
    return _of_factors(_batched(lhs), g, need, lhs, rhs, transpose_a, transpose_b)


@register("_linalg_gemm", aliases=("linalg_gemm",), same_type=True)
def linalg_gemm(
    A: Tensor,
    B: Tensor,
    C: Tensor,
    *,
    transpose_a: bool = False,
    transpose_b: bool = False,
    alpha: float = 1.0,
    beta: float = 1.0,
    axis: int = -2,
) -> Tensor:
    """alpha op(A) op(B) + beta C, op being the transposition or nothing

    Parameters
    ----------
    axis
        The axis of the matrices' rows; their columns are the last one.

    Inputs
    ------
    A, B, C : (..., n, m), (..., m, k), (..., n, k) with the same leading axes, if any

    Outputs
    -------
    out : like C
    """
    product = linalg_gemm2(A, B, transpose_a=transpose_a, transpose_b=transpose_b, alpha=alpha, axis=axis)
    if C.shape != product.shape:
        raise ValueError(
            f"C must have the product's shape {tuple(product.shape)}, but it has {tuple(C.shape)}"
        )
    return torch.add(product, torch.mul(C, constant(beta, C.dtype)))


@register("_linalg_gemm2", aliases=("linalg_gemm2",), same_type=True)
def linalg_gemm2(
    A: Tensor,
    B: Tensor,
    *,
    transpose_a: bool = False,
    transpose_b: bool = False,
    alpha: float = 1.0,
    axis: int = -2,
) -> Tensor:
    """alpha op(A) op(B); the parameters are those of linalg_gemm"""
    require_matrices(A)
    row = axis % A.dim() if -A.dim() <= axis < A.dim() else axis
    if A.dim() != B.dim() or not 0 <= row < A.dim() - 1:
        raise ValueError(f"A and B need as many axes as each other, and axis={axis} before the last one")
    a, b = A.swapaxes(row, -2), B.swapaxes(row, -2)
    if a.shape[:-2] != b.shape[:-2]:
        raise ValueError("A and B must have the same extents on all axes that hold no rows or columns")
    product = _product(torch.matmul, a, b, transpose_a, transpose_b)
    scaled = product if alpha == 1 else torch.mul(product, constant(alpha, product.dtype))
    return scaled.swapaxes(row, -2).contiguous()


@register("_linalg_syrk", aliases=("linalg_syrk",))
def linalg_syrk(A: Tensor, *, transpose: bool = False, alpha: float = 1.0) -> Tensor:
    """alpha A Aᵀ, or with ``transpose`` alpha Aᵀ A

    Inputs
    ------
    A : (..., n, m)

    Outputs
    -------
    out : (..., n, n), with ``transpose`` (..., m, m)
    """
    return linalg_gemm2(A, A, transpose_a=transpose, transpose_b=not transpose, alpha=alpha)
