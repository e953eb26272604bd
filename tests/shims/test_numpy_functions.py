from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np
import pytest

from regluon.lazy import resolve
from regluon.shims import RETURNED
from regluon.shims.numpy_functions import asfarray, asscalar, in1d


@pytest.mark.parametrize("name", ["bool", "float", "int", "complex", "object", "str"])
def test_numpys_names_of_python_types_are_the_types(name: str) -> None:
    assert resolve(RETURNED["numpy"][name]) is getattr(builtins, name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("float_", "f8"),
        ("complex_", "c16"),
        ("cfloat", "c16"),
        ("bool8", "?"),
        ("unicode_", "U"),
        ("string_", "S"),
    ],
)
def test_numpys_old_types_have_their_codes(name: str, code: str) -> None:
    assert np.dtype(resolve(RETURNED["numpy"][name])) == np.dtype(code)


@pytest.mark.parametrize("name", ["Inf", "Infinity", "infty", "PINF"])
def test_infinities(name: str) -> None:
    assert resolve(RETURNED["numpy"][name]) == math.inf
    assert resolve(RETURNED["numpy"]["NINF"]) == -math.inf
    assert math.isnan(resolve(RETURNED["numpy"]["NaN"]))
    assert math.isnan(resolve(RETURNED["numpy"]["NAN"]))


@pytest.mark.parametrize(
    ("name", "argument", "expected"),
    [
        ("product", [2, 3, 4], 24),
        ("cumproduct", [2, 3, 4], [2, 6, 24]),
        ("sometrue", [0, 1], True),
        ("alltrue", [0, 1], False),
        ("trapz", [1.0, 2.0, 4.0], 4.5),
        ("msort", [[3, 1], [2, 5]], [[2, 1], [3, 5]]),
        ("row_stack", ([1, 2], [3, 4]), [[1, 2], [3, 4]]),
        ("round_", [0.4, 2.6], [0, 3]),
    ],
)
def test_numpys_old_functions(name: str, argument: Any, expected: Any) -> None:
    assert np.array_equal(resolve(RETURNED["numpy"][name])(argument), expected)


def test_mat_is_asmatrix() -> None:
    assert resolve(RETURNED["numpy"]["mat"]) is np.asmatrix


def test_asscalar_gives_a_python_number() -> None:
    value = asscalar(np.array([[2.5]], dtype=np.float32))
    assert type(value) is float
    assert value == 2.5
    with pytest.raises(ValueError, match="size 1"):
        asscalar(np.array([1, 2]))


def test_asfarray_makes_floats_and_keeps_them() -> None:
    assert asfarray([1, 2]).dtype == asfarray([1, 2], dtype=int).dtype == np.float64
    assert asfarray([1], dtype="float32").dtype == np.float32
    assert asfarray([1j], dtype=np.complex64).dtype == np.complex64


def test_in1d_flattens() -> None:
    assert in1d([[1, 2], [3, 4]], [2, 3]).tolist() == [False, True, True, False]
    assert in1d([1, 2], [2], invert=True).tolist() == [True, False]
