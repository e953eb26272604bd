"""Arrays and shapes for tests: random ones by NumPy's random numbers, and regular ones."""

# ruff: noqa: NPY002 (tests are repeated by numpy.random.seed)
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from regluon.context import Context
from regluon.ndarray import NDArray, arange, array, eye
from regluon.test_utils.defaults import default_context, default_dtype
from regluon.test_utils.sparse import rand_sparse_ndarray

__all__ = [
    "assign_each2",
    "collapse_sum_like",
    "create_2d_tensor",
    "create_vector",
    "get_identity_mat",
    "get_identity_mat_batch",
    "np_reduce",
    "rand_coord_2d",
    "rand_ndarray",
    "rand_shape_2d",
    "rand_shape_3d",
    "rand_shape_nd",
    "random_arrays",
    "random_sample",
    "random_uniform_arrays",
]


def random_arrays(*shapes: Any) -> Any:
    """NumPy arrays of normal numbers in float32, a list of them or the only one."""
    arrays = [np.array(np.random.randn(*shape), dtype=default_dtype()) for shape in shapes]
    return arrays[0] if len(arrays) == 1 else arrays


def random_uniform_arrays(*shapes: Any, **kwargs: Any) -> list[Any]:
    """A list of NumPy arrays of numbers between ``low`` and ``high``, 0 and 1 by default, in ``dtype``."""
    low, high = kwargs.pop("low", 0.0), kwargs.pop("high", 1.0)
    dtype = kwargs.pop("dtype", default_dtype())
    if kwargs:
        raise TypeError(f"Got unexpected argument/s : {', '.join(kwargs)}")
    return [np.random.uniform(low, high, size=shape).astype(dtype) for shape in shapes]


def random_sample(population: Any, k: int) -> Any:
    """``k`` elements of a sequence, none twice, in random order."""
    if not 0 <= k <= len(population):
        raise AssertionError(f"random_sample: {k} of {len(population)} elements can't be chosen")
    copy = population[:]
    np.random.shuffle(copy)
    return copy[:k]


def rand_shape_2d(dim0: int = 10, dim1: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of two axes, of at most these extents."""
    return _shape((dim0, dim1), allow_zero_size)


def rand_shape_3d(
    dim0: int = 10, dim1: int = 10, dim2: int = 10, allow_zero_size: bool = False
) -> tuple[int, ...]:
    """A random shape of three axes, of at most these extents."""
    return _shape((dim0, dim1, dim2), allow_zero_size)


def _shape(limits: Sequence[int], allow_zero_size: bool) -> tuple[int, ...]:
    return tuple([int(np.random.randint(0 if allow_zero_size else 1, limit + 1)) for limit in limits])


def rand_shape_nd(num_dim: int, dim: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of ``num_dim`` axes, of extents up to ``dim``."""
    return tuple(np.random.randint(0 if allow_zero_size else 1, dim + 1, size=num_dim).tolist())


def rand_coord_2d(x_low: int, x_high: int, y_low: int, y_high: int) -> tuple[Any, Any]:
    """Two random numbers, from ``x_low`` below ``x_high`` and from ``y_low`` below ``y_high``."""
    return np.random.randint(x_low, x_high, dtype=np.int64), np.random.randint(y_low, y_high, dtype=np.int64)


def rand_ndarray(
    shape: Any,
    stype: str = "default",
    density: float | None = None,
    dtype: Any = None,
    modifier_func: Callable[[Any], Any] | None = None,
    shuffle_csr_indices: bool = False,
    distribution: str | None = None,
    ctx: Context | None = None,
) -> NDArray:
    """A random array: of normal numbers, or sparse as :func:`rand_sparse_ndarray` makes it."""
    ctx = ctx or default_context()
    if stype == "default":
        return array(random_arrays(shape), dtype=dtype, ctx=ctx)
    return rand_sparse_ndarray(  # type: ignore[no-any-return]
        shape,
        stype,
        density=density,
        modifier_func=modifier_func,
        dtype=dtype,
        shuffle_csr_indices=shuffle_csr_indices,
        distribution=distribution,
        ctx=ctx,
    )[0]


def assign_each2(input1: Any, input2: Any, function: Callable[[Any, Any], Any] | None) -> Any:
    """``function`` of each pair of elements of two NumPy arrays of one shape; a copy if it is None."""
    if function is None:
        return np.array(input1)
    if input1.shape != input2.shape:
        raise AssertionError(f"assign_each2: the shapes {input1.shape} and {input2.shape} differ")
    pairs = zip(input1.ravel(), input2.ravel(), strict=True)
    return np.array([function(a, b) for a, b in pairs], dtype=np.float64).reshape(input1.shape)


def create_2d_tensor(rows: int, columns: int, dtype: Any = np.int64) -> NDArray:
    """A matrix whose row i is all i."""
    return arange(0, rows, dtype=dtype).reshape(rows, 1).broadcast_to((rows, columns))


def create_vector(size: int, dtype: Any = np.int64) -> NDArray:
    """0, 1, ..., size - 1"""
    return arange(0, size, dtype=dtype)


def get_identity_mat(size: int) -> NDArray:
    """The identity matrix."""
    return eye(size)


def get_identity_mat_batch(size: int) -> NDArray:
    """Two identity matrices, in shape (2, size, size)."""
    return array(np.broadcast_to(np.eye(size), (2, size, size)))


def np_reduce(dat: Any, axis: Any, keepdims: bool, numpy_reduce_func: Callable[..., Any]) -> Any:
    """A reducing function of NumPy, over one axis after the other.

    Parameters
    ----------
    axis
        A number, several, or None for all.
    numpy_reduce_func
        One that takes ``axis``, such as ``numpy.sum``.
    """
    axes = [axis] if isinstance(axis, int) else list(range(dat.ndim) if axis is None else axis)
    found = dat
    for i in sorted(axes, reverse=True):
        found = numpy_reduce_func(found, axis=i)
    if keepdims:
        found = found.reshape([1 if i in axes else extent for i, extent in enumerate(dat.shape)])
    return found


def collapse_sum_like(a: Any, shape: tuple[int, ...]) -> Any:
    """The sum of a NumPy array over what would have been stretched if it came from ``shape``."""
    more = a.ndim - len(shape)
    if more < 0:
        raise AssertionError(f"collapse_sum_like: {a.shape} has fewer axes than {shape}")
    if not np.prod(shape) or not a.size:
        return np.zeros(shape, dtype=a.dtype)
    axes = [i + more for i, extent in enumerate(shape) if extent != a.shape[i + more]]
    if any(shape[i - more] != 1 for i in axes):
        raise AssertionError(f"collapse_sum_like: {shape} can't be stretched to {a.shape}")
    return np.sum(a, axis=(*range(more), *axes)).reshape(shape)
