"""Factors, inverses and determinants of matrices: of one, or of each in the last two axes."""

from __future__ import annotations

from typing import Any

import torch

from regluon.base import dtype_name
from regluon.ops.registry import Tensor, gradient, register

__all__ = ["at_least_one", "require_matrices", "require_square"]

_EXACT = (torch.float32, torch.float64)


def require_matrices(A: Tensor) -> None:
    """Complains of what holds no matrices of float32 or float64."""
    if A.dtype not in _EXACT:
        raise ValueError(f"linear algebra is for float32 and float64, not {dtype_name(A.dtype)}")
    if A.dim() < 2:
        raise ValueError("it takes matrices, in the last two of 2 axes or more")


def require_square(A: Tensor) -> None:
    """Complains of what holds no square matrices of float32 or float64."""
    require_matrices(A)
    if A.size(-1) != A.size(-2):
        raise ValueError(f"the matrices must be square, but they are {A.size(-2)} by {A.size(-1)}")


def at_least_one(x: Tensor) -> Tensor:
    """A number without axes as a vector of one: MXNet has no arrays without axes."""
    return x if x.dim() else x.reshape(1)


@register("_linalg_potrf", aliases=("linalg_potrf",))
def potrf(A: Tensor) -> Tensor:
    """L, lower triangular, with L Lᵀ = A (Cholesky)

    Only the lower triangle of A is read; its gradient is that of a symmetric matrix.

    Inputs
    ------
    A : (..., n, n), symmetric and positive definite

    Outputs
    -------
    L : like A

    Raises
    ------
    MXNetError
        If A is not positive definite.
    """
    require_square(A)
    factor: Tensor = torch.linalg.cholesky(A)
    return factor.contiguous()


@register("_linalg_potri", aliases=("linalg_potri",))
def potri(A: Tensor) -> Tensor:
    """(A Aᵀ)⁻¹, for a lower triangular A as potrf gives it

    Inputs
    ------
    A : (..., n, n), of which the lower triangle is read

    Outputs
    -------
    out : like A
    """
    require_square(A)
    unit = torch.eye(A.size(-1), dtype=A.dtype, device=A.device).expand(A.shape)
    inverse = torch.linalg.solve_triangular(A, unit, upper=False)
    return torch.matmul(inverse.mT, inverse)


@register("_linalg_inverse", aliases=("linalg_inverse",))
def inverse(A: Tensor) -> Tensor:
    """A⁻¹

    Inputs
    ------
    A : (..., n, n)

    Outputs
    -------
    out : like A

    Raises
    ------
    MXNetError
        If A is singular.
    """
    require_square(A)
    found: Tensor = torch.linalg.inv(A)
    return found.contiguous()


@register("_linalg_det", aliases=("linalg_det",))
def det(A: Tensor) -> Tensor:
    """det A, the determinant; its gradient is det(A) A⁻ᵀ, and 0 where det A is 0

    Inputs
    ------
    A : (..., n, n)

    Outputs
    -------
    out : (...), for one matrix (1,)
    """
    require_square(A)
    return at_least_one(torch.linalg.det(A))


@gradient(det)
def _(g: Tensor, need: Any, out: Tensor, A: Tensor) -> Any:
    return (_inverse_times(torch.mul(g, out), out, A),)


def _inverse_times(factor: Tensor, determinant: Tensor, A: Tensor) -> Tensor:
    """factor A⁻ᵀ, or 0 where A is singular."""
    singular = torch.eq(determinant, 0).reshape(A.shape[:-2])[..., None, None]
    unit = torch.eye(A.size(-1), dtype=A.dtype, device=A.device)
    # A singular matrix would make all of the batch fail.
    inverses = torch.linalg.inv(torch.where(singular, unit, A)).mT
    return torch.mul(inverses, factor.reshape(singular.shape)).masked_fill(singular, 0.0)


@register("_linalg_slogdet", aliases=("linalg_slogdet",))
def slogdet(A: Tensor) -> tuple[Tensor, Tensor]:
    """The sign of det A, and log |det A|, whose gradient is A⁻ᵀ, and 0 where det A is 0

    Inputs
    ------
    A : (..., n, n)

    Outputs
    -------
    sign, logabsdet : (...), for one matrix (1,); 0 and -inf for a singular one
    """
    require_square(A)
    sign, logarithm = torch.linalg.slogdet(A)
    return at_least_one(sign), at_least_one(logarithm)


@gradient(slogdet)
def _(g: Any, need: Any, out: tuple[Tensor, Tensor], A: Tensor) -> Any:
    return (_inverse_times(g[1], out[0], A),)


@register("_linalg_gelqf", aliases=("linalg_gelqf",))
def gelqf(A: Tensor) -> tuple[Tensor, Tensor]:
    """Q and L with A = L Q, L lower triangular and Q Qᵀ = I

    The numbers on the diagonal of L may be negative.

    Inputs
    ------
    A : (..., n, m), with n <= m

    Outputs
    -------
    Q : (..., n, m)
    L : (..., n, n)
    """
    require_matrices(A)
    if A.size(-2) > A.size(-1):
        raise ValueError("the matrices must not have more rows than columns")
    q, r = torch.linalg.qr(A.mT)
    return q.mT.contiguous(), r.mT.contiguous()


@register("_linalg_syevd")
def syevd(A: Tensor) -> tuple[Tensor, Tensor]:
    """U and λ with U A = diag(λ) U, for a symmetric A; the rows of U are eigenvectors

    Only the lower triangle of A is read; its gradient is that of a symmetric matrix. Of an eigenvector and
    its opposite U has the one whose largest component, the first of these if there are several, is positive.

    Inputs
    ------
    A : (..., n, n), symmetric

    Outputs
    -------
    U : (..., n, n)
    lambda : (..., n), in ascending order
    """
    require_square(A)
    values, vectors = torch.linalg.eigh(A)
    rows = vectors.mT
    largest = torch.gather(rows, -1, torch.argmax(torch.abs(rows.detach()), -1, keepdim=True)).detach()
    return torch.where(largest < 0, torch.neg(rows), rows).contiguous(), values
