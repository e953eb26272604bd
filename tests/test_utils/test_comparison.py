"""Comparisons of mx.test_utils: what they accept and what they say, as recorded of MXNet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from regluon import nd, test_utils
from test_utils.cases import FUNCTIONS, PAIRS, outcome

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "test_utils.json").read_text(encoding="utf-8"))


# MXNet's assert_almost_equal_with_err does not count NaNs as equal though told to, and tells a share of a
# single number.
REVIEWED = {("assert_almost_equal_with_err", 16), ("assert_almost_equal_with_err", 22)}


def rounded(found: Any) -> Any:
    """Messages with numbers to three digits."""
    if not isinstance(found, list):
        return found
    return [
        [w if not numeric(w) else float(f"{float(w):.3g}") for w in line.replace("=", " ").split()]
        for line in found
    ]


def numeric(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return word != "nan"


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("i", range(len(PAIRS)))
def test_arrays_of_numpy(name: str, i: int) -> None:
    expected = RECORDED[name][i]
    if expected != "?" and (name, i) not in REVIEWED:
        assert rounded(outcome(mx, name, PAIRS[i], as_ndarray=False)) == rounded(expected)


@pytest.mark.parametrize("i", range(len(PAIRS)))
def test_ndarrays(i: int) -> None:
    expected = RECORDED["of NDArrays"][i]
    expected = RECORDED["assert_almost_equal"][i] if expected == "?" else expected
    assert rounded(outcome(mx, "assert_almost_equal", PAIRS[i], as_ndarray=True)) == rounded(expected)


def test_a_message_tells_the_places(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match=r"maximum error: \(1, 0\), x=3.00000000, y=9") as caught:
        test_utils.assert_almost_equal(
            nd.array([[1, 2], [3, 4]]), np.array([[1, 3], [9, 4.0]]), names=("x", "y")
        )
    assert "(mismatch 50.000000%)" in str(caught.value)
    told = capsys.readouterr().out
    assert "  1: Error" in told
    assert "Location of error: (0, 1), x=2.00000000, y=3.00000000" in told
    before = np.get_printoptions()["threshold"]
    assert before != 4


def test_exact_comparisons() -> None:
    x = nd.array([[1, 2], [3, 4]])
    assert test_utils.same(x.asnumpy(), np.array([[1, 2], [3, 4]]))
    assert not test_utils.same(x.asnumpy(), np.array([1, 2]))
    assert test_utils.same_array(x, x[:])
    assert test_utils.same_array(x[0], x[0:1].reshape((2,)))
    assert not test_utils.same_array(x, x.copy())
    assert x.asnumpy().tolist() == [[1, 2], [3, 4]]


def test_exceptions() -> None:
    test_utils.assert_exception(int, ValueError, "q")
    with pytest.raises(AssertionError, match="int has raised no ValueError"):
        test_utils.assert_exception(int, ValueError, "1")
    with pytest.raises(TypeError):
        test_utils.assert_exception(int, ValueError, [])


def test_tuples_of_arrays() -> None:
    a, b = nd.ones(2), nd.ones(2) * 2
    test_utils.compare_ndarray_tuple((a, (b, None)), (a, (b, a)))
    with pytest.raises(AssertionError, match="Error"):
        test_utils.compare_ndarray_tuple((a, (b, None)), (a, (a, None)))


def test_tolerances() -> None:
    for name in ("default_rtols", "default_atols", "default_numeric_eps"):
        assert {str(k): v for k, v in getattr(test_utils, name)().items()} == RECORDED[name]
    half, double = np.ones(1, "float16"), np.ones(1)
    assert test_utils.get_tols(half, double, None, None) == (1e-2, 1e-1)
    assert test_utils.get_tols(half, double, {np.dtype("float16"): 5}, 3) == (5, 3)
    assert test_utils.get_tols(1, nd.ones(1), None, None) == (1e-4, 1e-3)
    assert (test_utils.get_rtol(), test_utils.get_atol(), test_utils.get_etol()) == (1e-5, 1e-20, 0)
    assert (test_utils.get_rtol(2), test_utils.get_atol(3), test_utils.get_etol(0.5)) == (2, 3, 0.5)
    assert test_utils.effective_dtype(nd.ones(1)) == np.float32


def test_defaults() -> None:
    assert test_utils.default_dtype() is np.float32
    before = test_utils.default_context()
    test_utils.set_default_context(mx.cpu(3))
    try:
        assert test_utils.default_context() is mx.current_context() is mx.cpu(3)
        assert nd.ones(1).context == mx.cpu(3)
    finally:
        test_utils.set_default_context(before)
