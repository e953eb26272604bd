"""Symbols without inputs, and the functions of symbols with signatures of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.base import DTypeLike
from regluon.ops.registry import OPERATORS
from regluon.symbol.functions import create
from regluon.symbol.symbol import Symbol

__all__ = ["arange", "eye", "full", "histogram", "linspace", "ones", "split_v2", "zeros"]

Shape = int | Sequence[int]


def _call(called: str, inputs: dict[str, Symbol], given: dict[str, Any], kwargs: dict[str, Any]) -> Symbol:
    name, attr = kwargs.pop("name", None), kwargs.pop("attr", None)
    if given.get("dtype", 0) is None:
        given["dtype"] = "float32"
    return create(OPERATORS[called], called, inputs, {**given, **kwargs}, name, attr)


def zeros(shape: Shape, dtype: DTypeLike = None, **kwargs: Any) -> Symbol:
    """Zeros of that shape"""
    return _call("_zeros", {}, {"shape": shape, "dtype": dtype}, kwargs)


def ones(shape: Shape, dtype: DTypeLike = None, **kwargs: Any) -> Symbol:
    """Ones of that shape"""
    return _call("_ones", {}, {"shape": shape, "dtype": dtype}, kwargs)


def full(shape: Shape, val: float, dtype: DTypeLike = None, **kwargs: Any) -> Symbol:
    """That shape, filled with the number ``val``"""
    return _call("_full", {}, {"shape": shape, "dtype": dtype, "value": float(val)}, kwargs)


def eye(N: int, M: int = 0, k: int = 0, dtype: DTypeLike = None, **kwargs: Any) -> Symbol:
    """N×M (N×N for 0) zeros with ones on the k-th diagonal"""
    return _call("_eye", {}, {"N": N, "M": M, "k": k, "dtype": dtype}, kwargs)


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: bool = False,
    name: str | None = None,
    dtype: DTypeLike = None,
) -> Symbol:
    """Numbers from ``start`` up to ``stop``, ``step`` apart, each ``repeat`` times"""
    given = {"start": start, "stop": stop, "step": step, "repeat": repeat, "infer_range": infer_range}
    return _call("_arange", {}, {**given, "dtype": dtype}, {"name": name})


def linspace(
    start: float,
    stop: float,
    num: int,
    endpoint: bool = True,
    name: str | None = None,
    dtype: DTypeLike = None,
) -> Symbol:
    """``num`` numbers from ``start`` to ``stop``, equally far apart"""
    given = {"start": start, "stop": stop, "num": num, "endpoint": endpoint, "dtype": dtype}
    return _call("_linspace", {}, given, {"name": name})


def histogram(
    a: Symbol, bins: int | Symbol = 10, range: tuple[float, float] | None = None, **kwargs: Any
) -> Symbol:
    """How many elements of ``a`` are in each bin, and where the bins begin and end"""
    if isinstance(bins, Symbol):
        return _call("_histogram", {"data": a, "bins": bins}, {}, kwargs)
    if range is None:
        raise ValueError("null range is not supported in symbol mode")
    return _call("_histogram", {"data": a}, {"bin_cnt": bins, "range": range}, kwargs)


def split_v2(
    ary: Symbol, indices_or_sections: int | tuple[int, ...], axis: int = 0, squeeze_axis: bool = False
) -> Symbol:
    """``ary`` in equal sections, or cut at indices, along ``axis``"""
    given = {"indices": [], "axis": axis, "squeeze_axis": squeeze_axis, "sections": 0}
    if isinstance(indices_or_sections, int):
        given["sections"] = indices_or_sections
    elif isinstance(indices_or_sections, tuple):
        given["indices"] = [0, *indices_or_sections]
    else:
        raise ValueError("indices_or_sections must either int or tuple of ints")
    return _call("_split_v2", {"data": ary}, given, {})
