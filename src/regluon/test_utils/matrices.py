"""Random matrices with known properties, as NumPy arrays."""

# ruff: noqa: NPY002 (tests are repeated by numpy.random.seed)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "new_matrix_with_real_eigvals_2d",
    "new_matrix_with_real_eigvals_nd",
    "new_orthonormal_matrix_2d",
    "new_sym_matrix_with_real_eigvals_2d",
    "new_sym_matrix_with_real_eigvals_nd",
]

_WELL_CONDITIONED = 3


def new_matrix_with_real_eigvals_2d(n: int) -> Any:
    """A matrix q⁻¹ d q of real eigenvalues between -10 and 10, with q of a condition number below 3."""
    while True:
        stretch = np.diag(np.random.uniform(-1.0, 1.0, n))
        v = np.random.uniform(-1.0, 1.0, n)
        v = v / np.linalg.norm(v)
        q = (np.eye(n) - 2 * np.outer(v, v)) @ stretch
        if np.linalg.cond(q, 2) < _WELL_CONDITIONED:
            break
    return np.linalg.inv(q) @ np.diag(np.random.uniform(-10.0, 10.0, n)) @ q


def new_matrix_with_real_eigvals_nd(shape: tuple[int, ...]) -> Any:
    """Matrices as of :func:`new_matrix_with_real_eigvals_2d`, along the last two axes."""
    return _many(new_matrix_with_real_eigvals_2d, shape)


def new_orthonormal_matrix_2d(n: int) -> Any:
    """A matrix q with qᵀ q = 1."""
    x = np.random.randn(n, n)
    return np.linalg.qr(x.T @ x)[0]


def new_sym_matrix_with_real_eigvals_2d(n: int) -> Any:
    """A symmetric matrix of eigenvalues between -10 and 10."""
    q = new_orthonormal_matrix_2d(n)
    return q.T @ np.diag(np.random.uniform(-10.0, 10.0, n)) @ q


def new_sym_matrix_with_real_eigvals_nd(shape: tuple[int, ...]) -> Any:
    """Matrices as of :func:`new_sym_matrix_with_real_eigvals_2d`, along the last two axes."""
    return _many(new_sym_matrix_with_real_eigvals_2d, shape)


def _many(make: Callable[[int], Any], shape: tuple[int, ...]) -> Any:
    count = int(np.prod(shape[:-2]))
    return np.array([make(shape[-1]) for _ in range(count)]).reshape(shape)
