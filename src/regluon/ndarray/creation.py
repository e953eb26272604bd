"""New arrays: of constants, of ranges, and of data that other libraries hold."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.dlpack import from_dlpack as tensor_from_dlpack

from regluon.base import DTypeLike, MXNetError, mx_real_t, numpy_dtype, torch_dtype
from regluon.context import Context, as_context, current_context
from regluon.ndarray.dispatch import create
from regluon.ndarray.ndarray import NDArray, stored_class
from regluon.ops.registry import OPERATORS

__all__ = [
    "arange",
    "array",
    "empty",
    "eye",
    "from_dlpack",
    "from_numpy",
    "full",
    "linspace",
    "ones",
    "to_dlpack_for_read",
    "to_dlpack_for_write",
    "zeros",
]


def _extents(shape: Any) -> tuple[int, ...]:
    """A shape from a tuple, a list, or one number."""
    try:
        extents = tuple(shape)
    except TypeError:
        return (operator.index(shape),)
    return tuple([operator.index(n) for n in extents])


def _new(make: Any, shape: Any, ctx: Any, dtype: Any, stype: Any = None) -> NDArray:
    """An array made by ``torch.zeros``, ``ones`` or ``empty``."""
    context = current_context() if ctx is None else as_context(ctx)
    extents = shape if type(shape) is tuple else _extents(shape)
    kind, device = torch_dtype(dtype), context.torch_device
    if stype not in (None, "default"):
        return stored_class(stype)._zeros(tuple(extents), kind, context)  # type: ignore[no-any-return]
    try:
        return NDArray(make(extents, dtype=kind, device=device), context)
    except (RuntimeError, TypeError) as error:
        raise MXNetError(f"{make.__name__}(shape={shape!r}, ctx={context}, dtype={dtype}): {error}") from None


def _written(op: str, shape: Any, ctx: Any, dtype: Any, out: Any = None, **others: Any) -> NDArray:
    unknown = [n for n in others if n != "name" and not (n.startswith("__") and n.endswith("__"))]
    if unknown:
        raise MXNetError(f"{op[1:]} has no argument {', '.join(unknown)}; it takes shape, ctx, dtype, out")
    attributes = {"shape": _extents(shape), "dtype": torch_dtype(dtype)}
    return create(OPERATORS[op], attributes, ctx, out)  # type: ignore[no-any-return]


def zeros(
    shape: int | Sequence[int],
    ctx: Context | None = None,
    dtype: DTypeLike = None,
    stype: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Zeros, of float32 unless ``dtype`` says otherwise, on ``ctx`` or the current context."""
    if kwargs:
        return _written("_zeros", shape, ctx, dtype, **kwargs)
    return _new(torch.zeros, shape, ctx, dtype, stype)


def ones(
    shape: int | Sequence[int], ctx: Context | None = None, dtype: DTypeLike = None, **kwargs: Any
) -> NDArray:
    """Ones, of float32 unless ``dtype`` says otherwise, on ``ctx`` or the current context."""
    if kwargs:
        return _written("_ones", shape, ctx, dtype, **kwargs)
    return _new(torch.ones, shape, ctx, dtype)


def empty(
    shape: int | Sequence[int],
    ctx: Context | None = None,
    dtype: DTypeLike = None,
    stype: str | None = None,
) -> NDArray:
    """An array to be written: its elements are whatever the memory held."""
    return _new(torch.empty, shape, ctx, dtype, stype)


def full(
    shape: int | Sequence[int],
    val: Any,
    ctx: Context | None = None,
    dtype: DTypeLike = mx_real_t,
    out: NDArray | None = None,
) -> NDArray:
    """``val`` everywhere: a number, or anything that can be stretched to ``shape``."""
    found = empty(shape, ctx, dtype) if out is None else out
    found[:] = val
    return found


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: bool | None = None,
    ctx: Context | None = None,
    dtype: DTypeLike = mx_real_t,
) -> NDArray:
    """start, start + step, ... below stop, each ``repeat`` times; ``arange(n)`` is 0...n-1."""
    if infer_range is not None:
        warnings.warn("`infer_range` argument has been deprecated", DeprecationWarning, stacklevel=2)
    given = {
        "start": float(start),
        "stop": None if stop is None else float(stop),
        "step": float(step),
        "repeat": operator.index(repeat),
        "infer_range": False,
        "dtype": torch_dtype(dtype),
    }
    return create(OPERATORS["_arange"], given, ctx)  # type: ignore[no-any-return]


def linspace(
    start: float,
    stop: float,
    num: int,
    endpoint: bool = True,
    ctx: Context | None = None,
    dtype: DTypeLike = mx_real_t,
) -> NDArray:
    """``num`` numbers at equal distances from start to stop, stop itself only if ``endpoint``."""
    given = {"start": start, "stop": stop, "num": num, "endpoint": endpoint, "dtype": dtype}
    return _made("_linspace", given, ctx)


def eye(
    N: int, M: int = 0, k: int = 0, ctx: Context | None = None, dtype: DTypeLike = None, **kwargs: Any
) -> NDArray:
    """(N, M), square if M is 0, with ones on the k-th diagonal and zeros elsewhere."""
    return _made("_eye", {"N": N, "M": M, "k": k, "dtype": torch_dtype(dtype)}, ctx, **kwargs)


def _made(operator_name: str, given: dict[str, Any], ctx: Any, out: Any = None, name: Any = None) -> NDArray:
    op = OPERATORS[operator_name]
    return create(op, op.read_all(given), ctx, out)  # type: ignore[no-any-return]


def array(source_array: Any, ctx: Context | None = None, dtype: DTypeLike = None) -> NDArray:
    """A copy of data: of an NDArray, a NumPy array, a number, or numbers in (nested) lists.

    Parameters
    ----------
    dtype
        By default that of an NDArray, and float32 for everything else, also for NumPy's float64.

    Raises
    ------
    TypeError
        For what is no array of numbers: ragged lists, sets, texts.
    """
    context = current_context() if ctx is None else as_context(ctx)
    if isinstance(source_array, NDArray):
        kept = dtype is None or torch_dtype(dtype) is source_array._data.dtype
        source = source_array if kept else source_array.astype(dtype)
        return source._to(context, copy=True)
    kind = torch_dtype(dtype)
    data = numbers(source_array, kind)
    device = context.torch_device
    return NDArray(data if device.type == "cpu" else data.to(device), context)


def numbers(source: Any, kind: torch.dtype) -> Tensor:
    """A copy of array-like data as a tensor."""
    if kind is torch.bfloat16:
        return numbers(source, torch.float32).to(kind)
    target = numpy_dtype(kind)
    try:
        return torch.from_numpy(np.array(source, target, order="C"))
    except OverflowError:
        # Lists of integers that the type does not hold: they wrap around.
        return torch.from_numpy(np.array(source).astype(target))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"source_array must be array like object: {type(source).__name__} has no numbers of type "
            f"{target.__name__} in rows of equal length ({error})"
        ) from None


# What MXNet shares with NumPy without a copy.
_SHARED = ("int32", "int64", "bool", "uint8", "float16", "float32", "float64")


def from_numpy(ndarray: Any, zero_copy: bool = True, array_cls: type[NDArray] = NDArray) -> NDArray:
    """An array in the memory of a NumPy array, which becomes read-only there.

    Parameters
    ----------
    zero_copy
        Whether to share memory; False makes a copy.

    Raises
    ------
    ValueError
        If memory is to be shared and the array is not contiguous, or of a type that can't be shared.
    """
    if not zero_copy:
        return array(ndarray, dtype=ndarray.dtype)
    if not ndarray.flags["C_CONTIGUOUS"]:
        raise ValueError("Only c-contiguous arrays are supported for zero-copy")
    if str(ndarray.dtype) not in _SHARED:
        raise ValueError(f"{ndarray.dtype} is not supported; zero_copy=False makes a copy")
    with warnings.catch_warnings():
        # An array that from_numpy was given before is read-only already, which torch warns of.
        warnings.simplefilter("ignore", UserWarning)
        data = torch.from_numpy(ndarray)
    ndarray.flags["WRITEABLE"] = False
    return array_cls(data, Context("cpu", 0))


def from_dlpack(dlpack: Any) -> NDArray:
    """An array in the memory that a DLPack capsule, or an object that gives one, stands for.

    Raises
    ------
    MXNetError
        If the memory is not contiguous, as an array's is: nothing is copied.
    """
    data = tensor_from_dlpack(dlpack)
    if not data.is_contiguous():
        raise MXNetError(
            f"from_dlpack: only compact memory is supported, not shape {tuple(data.shape)} with strides "
            f"{data.stride()}; make a contiguous copy first"
        )
    device = data.device
    return NDArray(data, Context("cpu", 0) if device.type == "cpu" else Context("gpu", device.index))


def to_dlpack_for_read(data: NDArray) -> Any:
    """A DLPack capsule of an array's memory, to be read."""
    return data.to_dlpack_for_read()


def to_dlpack_for_write(data: NDArray) -> Any:
    """A DLPack capsule of an array's memory, to be read and written."""
    return data.to_dlpack_for_write()
