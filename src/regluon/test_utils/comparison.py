"""Whether two arrays are the same, exactly or within tolerances; and what is told where they are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from regluon.ndarray import NDArray
from regluon.test_utils.defaults import Tolerance, get_atol, get_etol, get_rtol, get_tols

__all__ = [
    "almost_equal",
    "assert_allclose",
    "assert_almost_equal",
    "assert_almost_equal_ignore_nan",
    "assert_almost_equal_with_err",
    "assert_exception",
    "checkShapes",
    "compare_ndarray_tuple",
    "locationError",
    "same",
    "same_array",
]

Names = tuple[str, str]


def same(a: Any, b: Any) -> bool:
    """Whether shapes and all elements are equal."""
    return np.array_equal(a, b)


def same_array(array1: NDArray, array2: NDArray) -> bool:
    """Whether two arrays share memory, found out by writing into it for a moment."""
    array1[:] += 1
    shared = same(array1.asnumpy(), array2.asnumpy())
    array1[:] -= 1
    return shared and same(array1.asnumpy(), array2.asnumpy())


def checkShapes(a: Any, b: Any) -> None:
    """Complains of different shapes."""
    if a.shape != b.shape:
        raise AssertionError(f"a.shape = {a.shape} and b.shape = {b.shape} are not equal")


def almost_equal(
    a: Any,
    b: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    use_broadcast: bool = True,
) -> bool:
    """Whether ``|a - b| <= atol + rtol * |b|`` everywhere; the tolerances of float64 if None."""
    if not use_broadcast:
        checkShapes(a, b)
    return bool(np.allclose(a, b, rtol=get_rtol(rtol), atol=get_atol(atol), equal_nan=equal_nan))


def locationError(a: Any, b: Any, index: Any, names: Names, maxError: bool = False) -> str:
    """Where two arrays differ, in words."""
    which = "maximum error" if maxError else "error"
    return f"Location of {which}: {index}, {names[0]}={a[index]:.8f}, {names[1]}={b[index]:.8f}"


def _plain(a: Any) -> Any:
    return a.asnumpy() if isinstance(a, NDArray) else a


def assert_almost_equal(
    a: Any,
    b: Any,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    names: Names = ("a", "b"),
    equal_nan: bool = False,
    use_broadcast: bool = True,
    mismatches: tuple[int, int] = (10, 10),
) -> None:
    """Holds that ``|a - b| <= atol + rtol * |b|`` everywhere.

    Parameters
    ----------
    a, b
        NDArrays, NumPy arrays or numbers.
    rtol, atol
        Numbers, or dicts from type to number. If None, what suits the less precise type of the two.
    names
        What they are called in the message.
    equal_nan
        Whether what is no number in both counts as equal.
    use_broadcast
        Whether the shapes may differ as far as the one can be stretched to the other.
    mismatches
        How many differences are printed, and how many are counted (all if it is 0).

    Raises
    ------
    AssertionError
        With the greatest difference and its place.
    """
    if not use_broadcast:
        checkShapes(a, b)
    rtol, atol = get_tols(a, b, rtol, atol)
    a, b = _plain(a), _plain(b)
    if getattr(a, "dtype", None) == np.bool_ and getattr(b, "dtype", None) == np.bool_:
        np.testing.assert_equal(a, b)
    elif not almost_equal(a, b, rtol, atol, equal_nan=equal_nan):
        raise AssertionError(_difference(a, b, rtol, atol, names, equal_nan, mismatches))


def _difference(
    a: Any, b: Any, rtol: float, atol: float, names: Names, equal_nan: bool, mismatches: tuple[int, int]
) -> str:
    """What differs: the worst first."""
    a, b = np.broadcast_arrays(a, b)
    with np.errstate(all="ignore"):
        distance = np.where(a == b, 0, np.abs(np.subtract(a, b, dtype=np.float64)))
        errors = distance / (atol + rtol * np.abs(b.astype(np.float64)) + 1e-20)
    wrong = np.flatnonzero(~np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan))
    wrong = wrong[np.argsort(-np.nan_to_num(errors.ravel()[wrong], nan=np.inf), kind="stable")]
    limit = mismatches[1] + 1 if mismatches[1] > 0 else len(wrong)
    places = [tuple(int(i) for i in np.unravel_index(place, a.shape)) for place in wrong[:limit]]
    bounds = f"rtol={rtol:e}, atol={atol:e}"
    lines = [f"Error {errors[places[0]]:f} exceeds tolerance {bounds}."]
    if a.ndim:
        print(f"\n*** Maximum errors for vector of size {a.size}:  rtol={rtol}, atol={atol}\n")  # noqa: T201
        for i, place in enumerate(places[: mismatches[0]]):
            print(f"{i + 1:3d}: Error {errors[place]:f}  {locationError(a, b, place, names)}")  # noqa: T201
        more = "at least " if 0 < mismatches[1] < len(places) else ""
        share = f"(mismatch {more}{100 * len(places) / a.size:f}%)"
        lines = [f"Error {errors[places[0]]:f} exceeds tolerance {bounds} {share}."]
        lines.append(locationError(a, b, places[0], names, maxError=True))
    with np.printoptions(threshold=4, suppress=True):
        return "\n".join([*lines, f" {names[0]}: {a!r}", f" {names[1]}: {b!r}"])


def assert_allclose(a: Any, b: Any, rtol: float = 1e-07, atol: float = 0, equal_nan: bool = True) -> None:
    """Like :func:`assert_almost_equal`, with NumPy's tolerances."""
    assert_almost_equal(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)


def assert_almost_equal_with_err(
    a: Any,
    b: Any,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    etol: float | None = None,
    names: Names = ("a", "b"),
    equal_nan: bool = False,
    mismatches: tuple[int, int] = (10, 10),
) -> None:
    """Like :func:`assert_almost_equal`, but a share ``etol`` of the elements may differ."""
    share = get_etol(etol)
    if not share > 0:
        assert_almost_equal(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)
        return
    rtol, atol = get_tols(a, b, rtol, atol)
    a, b = _plain(a), _plain(b)
    equal = np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if 1 - np.count_nonzero(equal) / equal.size > share:
        raise AssertionError(_difference(a, b, rtol, atol, names, equal_nan, mismatches))


def assert_almost_equal_ignore_nan(
    a: Any, b: Any, rtol: Tolerance = None, atol: Tolerance = None, names: Names = ("a", "b")
) -> None:
    """Like :func:`assert_almost_equal`, without the places where either is no number."""
    a, b = np.copy(_plain(a)), np.copy(_plain(b))
    left_out = np.isnan(a) | np.isnan(b)
    a[left_out] = b[left_out] = 0
    assert_almost_equal(a, b, rtol, atol, names)


def assert_exception(
    f: Callable[..., Any], exception_type: type[BaseException], *args: Any, **kwargs: Any
) -> None:
    """Holds that ``f(*args, **kwargs)`` raises an exception of a type."""
    try:
        f(*args, **kwargs)
    except exception_type:
        return
    raise AssertionError(f"{getattr(f, '__name__', f)} has raised no {exception_type.__name__}")


def compare_ndarray_tuple(t1: Any, t2: Any, rtol: Tolerance = None, atol: Tolerance = None) -> None:
    """:func:`assert_almost_equal` of nested tuples of arrays; None goes with everything."""
    if t1 is None or t2 is None:
        return
    if isinstance(t1, tuple):
        for s1, s2 in zip(t1, t2, strict=False):
            compare_ndarray_tuple(s1, s2, rtol, atol)
    else:
        assert_almost_equal(t1, t2, rtol=rtol, atol=atol)
