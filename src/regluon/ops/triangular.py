"""Triangular matrices: products, solutions, packing; diagonals."""

from __future__ import annotations

import math

import torch

from regluon.ops.constants import constant
from regluon.ops.decompositions import at_least_one, require_matrices, require_square
from regluon.ops.registry import Tensor, register


def _require_fit(A: Tensor, B: Tensor, rightside: bool) -> None:
    require_square(A)
    if A.shape[:-2] != B.shape[:-2] or B.dim() < 2:
        raise ValueError("A and B must have the same axes before the last two")
    if B.size(-1 if rightside else -2) != A.size(-1):
        side = "columns" if rightside else "rows"
        raise ValueError(f"B must have as many {side} as A, {A.size(-1)}")


def _scaled(x: Tensor, alpha: float) -> Tensor:
    return x if alpha == 1 else torch.mul(x, constant(alpha, x.dtype))


@register("_linalg_trmm", aliases=("linalg_trmm",), same_type=True)
def trmm(
    A: Tensor,
    B: Tensor,
    *,
    transpose: bool = False,
    rightside: bool = False,
    lower: bool = True,
    alpha: float = 1.0,
) -> Tensor:
    """alpha op(A) B for a triangular A, op being the transposition or nothing

    Parameters
    ----------
    transpose
        Whether A is transposed.
    rightside
        Whether A is on the right: alpha B op(A).
    lower
        Which triangle of A is read, the lower or the upper one; the other counts as 0.

    Inputs
    ------
    A : (..., n, n)
    B : (..., n, k), with ``rightside`` (..., k, n)

    Outputs
    -------
    out : like B
    """
    _require_fit(A, B, rightside)
    triangle = torch.tril(A) if lower else torch.triu(A)
    if transpose:
        triangle = triangle.mT
    return _scaled(torch.matmul(B, triangle) if rightside else torch.matmul(triangle, B), alpha)


@register("_linalg_trsm", aliases=("linalg_trsm",), same_type=True)
def trsm(
    A: Tensor,
    B: Tensor,
    *,
    transpose: bool = False,
    rightside: bool = False,
    lower: bool = True,
    alpha: float = 1.0,
) -> Tensor:
    """X with op(A) X = alpha B for a triangular A; with ``rightside`` X op(A) = alpha B

    The parameters and inputs are those of linalg_trmm.

    Outputs
    -------
    X : like B
    """
    _require_fit(A, B, rightside)
    upper = lower is transpose
    triangle = A.mT if transpose else A
    found: Tensor = torch.linalg.solve_triangular(
        triangle, _scaled(B, alpha), upper=upper, left=not rightside
    )
    return found.contiguous()


@register("_linalg_sumlogdiag", aliases=("linalg_sumlogdiag",))
def sumlogdiag(A: Tensor) -> Tensor:
    """Σᵢ log A[i, i], the logarithm of a triangular matrix's determinant

    Inputs
    ------
    A : (..., n, n), positive on its diagonal

    Outputs
    -------
    out : (...), for one matrix (1,)
    """
    require_square(A)
    return at_least_one(torch.sum(torch.log(torch.diagonal(A, 0, -2, -1)), -1))


def _require_diagonal(A: Tensor, offset: int) -> None:
    require_square(A)
    if abs(offset) >= A.size(-1):
        raise ValueError(f"matrices of {A.size(-1)} rows have no diagonal at offset={offset}")


@register("_linalg_extractdiag", aliases=("linalg_extractdiag",), view=True)
def extractdiag(A: Tensor, *, offset: int = 0) -> Tensor:
    """The diagonal of A

    Parameters
    ----------
    offset
        Which one: 0 is the main diagonal, 1 the one above it, -1 the one below it.

    Inputs
    ------
    A : (..., n, n)

    Outputs
    -------
    out : (..., n - |offset|)
    """
    _require_diagonal(A, offset)
    return torch.diagonal(A, offset, -2, -1)


@register("_linalg_makediag", aliases=("linalg_makediag",))
def makediag(A: Tensor, *, offset: int = 0) -> Tensor:
    """Matrices with A on their diagonal at ``offset``, and 0 elsewhere: the inverse of linalg_extractdiag

    Inputs
    ------
    A : (..., n)

    Outputs
    -------
    out : (..., n + |offset|, n + |offset|)
    """
    require_matrices(A.unsqueeze(0))
    return torch.diag_embed(A, offset)


def _triangle(rows: int, offset: int, lower: bool, device: torch.device) -> tuple[Tensor, Tensor]:
    """The places of a packed triangle, row by row, or column by column of an upper one."""
    below = lower if offset == 0 else offset < 0
    size = rows - abs(offset)
    first, second = torch.tril_indices(size, size, device=device)
    # An upper triangle is packed as the lower one of the transposed matrix is.
    return (first + abs(offset), second) if below else (second, first + abs(offset))


@register("_linalg_extracttrian", aliases=("linalg_extracttrian",))
def extracttrian(A: Tensor, *, offset: int = 0, lower: bool = True) -> Tensor:
    """The elements of A's triangle in one vector: (0, 0), (1, 0), (1, 1), (2, 0) ... of the lower one

    Those of the upper triangle come as the lower one of Aᵀ would.

    Parameters
    ----------
    offset
        Where the triangle ends: at the main diagonal, or at the one above it for 1, below it for -1.
    lower
        Which triangle, if ``offset`` is 0; it is the upper one for an offset above 0, else the lower one.

    Inputs
    ------
    A : (..., n, n)

    Outputs
    -------
    out : (..., m (m + 1) / 2), where m = n - |offset|
    """
    _require_diagonal(A, offset)
    return A[(..., *_triangle(A.size(-1), offset, lower, A.device))]


@register("_linalg_maketrian", aliases=("linalg_maketrian",))
def maketrian(A: Tensor, *, offset: int = 0, lower: bool = True) -> Tensor:
    """Matrices with the elements of A in a triangle, and 0 elsewhere: the inverse of linalg_extracttrian

    Inputs
    ------
    A : (..., m (m + 1) / 2)

    Outputs
    -------
    out : (..., n, n), where n = m + |offset|
    """
    require_matrices(A.unsqueeze(0))
    size = (math.isqrt(8 * A.size(-1) + 1) - 1) // 2
    if size * (size + 1) // 2 != A.size(-1):
        raise ValueError(f"{A.size(-1)} elements make no triangle: it takes 1, 3, 6, 10, ...")
    rows = size + abs(offset)
    first, second = _triangle(rows, offset, lower, A.device)
    whole = torch.zeros((*A.shape[:-1], rows * rows), dtype=A.dtype, device=A.device)
    return torch.index_copy(whole, -1, first * rows + second, A).reshape(*A.shape[:-1], rows, rows)
