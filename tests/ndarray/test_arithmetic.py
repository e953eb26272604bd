"""Python's operators on arrays and numbers, and the functions of two operands, against MXNet 1.9.1."""

from __future__ import annotations

import json
import operator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from regluon import autograd
from regluon import ndarray as nd
from regluon.base import MXNetError, dtype_name, torch_dtype
from regluon.context import cpu
from regluon.ndarray.ndarray import NDArray

CASES = json.loads((Path(__file__).parents[1] / "data" / "arithmetic.json").read_text())


def array(values: Any, dtype: str = "float32", ctx: Any = None) -> NDArray:
    return NDArray(torch.tensor(values, dtype=torch_dtype(dtype)), ctx or cpu())


def operands(dtype: str) -> dict[str, NDArray]:
    if dtype == "uint8":
        return {"x": array([7, 249, 3, 2], dtype), "y": array([2, 2, 254, 2], dtype)}
    return {"x": array([7, -7, 3, 2], dtype), "y": array([2, 2, -2, 2], dtype)}


def operand(value: Any, given: dict[str, NDArray]) -> Any:
    if isinstance(value, list):
        return getattr(np, value[0])(value[1])
    return given[value] if isinstance(value, str) else value


def grouped() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for case, expected in CASES:
        found.setdefault(f"{case[0]}-{case[1]}", []).append((case, expected))
    return found


@pytest.mark.parametrize("cases", grouped().values(), ids=grouped())
def test_as_mxnet_has_it(cases: list[Any]) -> None:
    for (name, dtype, left, right), (kind, values) in cases:
        given = operands(dtype)
        function = getattr(nd, name[3:]) if name.startswith("nd.") else getattr(operator, name)
        result = function(operand(left, given), operand(right, given))
        what = f"{name}({left}, {right}) of {dtype}"
        if isinstance(result, NDArray):
            assert dtype_name(result._data.dtype) == kind, what
            close = {"float16": 3e-3, "float64": 1e-12}.get(kind, 1e-6)
            np.testing.assert_allclose(result.asnumpy(), values, rtol=close, err_msg=what)
        else:
            assert (type(result).__name__, result) == (kind, values), what


@pytest.mark.parametrize("name", ["iadd", "isub", "imul", "itruediv", "imod"])
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_in_place_keeps_the_memory(name: str, dtype: str) -> None:
    for other in (2, 1.5, array([2, 2, 3, 2], dtype)):
        x = array([7, -7, 3, 2], dtype)
        memory, before = x._data.data_ptr(), x
        assert getattr(operator, name)(x, other) is before
        assert x._data.data_ptr() == memory


def test_in_place_with_overlapping_memory() -> None:
    x = array([1.0, 2.0, 3.0, 4.0])
    head, tail = NDArray(x._data[:3], cpu()), NDArray(x._data[1:], cpu())
    tail += head
    assert x.asnumpy().tolist() == [1, 3, 5, 7]


def test_in_place_refuses_to_grow() -> None:
    x = array([[1.0, 2.0]])
    with pytest.raises(MXNetError, match=r"\(3, 2\).*\(1, 2\)"):
        x += array([[1.0, 2.0]] * 3)
    assert x.asnumpy().tolist() == [[1, 2]]


def test_in_place_while_recording_is_an_error() -> None:
    x = array([1.0])
    x.attach_grad()
    with autograd.record():
        y = x * 2
        with pytest.raises(MXNetError, match="recording"):
            y += 1
    assert y.asnumpy().tolist() == [2]


def test_negative_and_abs() -> None:
    x = array([1, -2, 0], "int32")
    assert (-x).asnumpy().tolist() == [-1, 2, 0]
    assert abs(x).asnumpy().tolist() == [1, 2, 0]
    with pytest.raises(TypeError):
        operator.pos(x)


def test_a_numpy_array_is_refused_on_both_sides() -> None:
    x, numpy = array([1.0, 2.0]), np.ones(2)
    for function in (operator.add, operator.mul, operator.pow, operator.eq, operator.lt, nd.maximum):
        for left, right in ((x, numpy), (numpy, x)):
            with pytest.raises(TypeError, match="ndarray"):
                function(left, right)


@pytest.mark.parametrize("other", [None, "a", [1, 2], (1,), 1 + 2j, object()])
def test_what_is_no_number_is_refused(other: Any) -> None:
    x = array([1.0, 2.0])
    for function in (operator.add, operator.truediv, operator.eq, operator.ne, operator.ge, nd.add):
        with pytest.raises(TypeError, match="not supported"):
            function(x, other)
    with pytest.raises(TypeError, match="not supported"):
        nd.add(1, other)
    with pytest.raises(TypeError):
        x += other


def test_mixed_types_name_the_operator_and_the_types() -> None:
    with pytest.raises(MXNetError, match=r"broadcast_add.*float32.*float64.*astype"):
        array([1.0]) + array([1.0], "float64")
    x = array([1.0])
    with pytest.raises(MXNetError, match=r"broadcast_mul.*float32.*int32"):
        x *= array([2], "int32")


def test_mixed_contexts_name_both() -> None:
    with pytest.raises(MXNetError, match=r"broadcast_sub.*cpu\(0\).*cpu\(1\)"):
        array([1.0]) - array([1.0], ctx=cpu(1))
    x = array([1.0])
    with pytest.raises(MXNetError, match="broadcast_add"):
        x += array([1.0], ctx=cpu(1))


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(MXNetError, match=r"broadcast_div.*\(2, 3\).*\(2, 2\)"):
        nd.ones((2, 3)) / nd.ones((2, 2))
    with pytest.raises(MXNetError, match=r"elemwise_add.*\(2, 3\).*\(1, 3\)"):
        nd.elemwise_add(nd.ones((2, 3)), nd.ones((1, 3)))


def test_integers_are_not_divided_by_zero() -> None:
    with pytest.raises(MXNetError, match=r"_div_scalar.*[Zz]ero"):
        array([1], "int32") / 0


def test_gradients_pass_through_operators() -> None:
    x, y = array([1.0, 2.0]), array([3.0, 4.0])
    x.attach_grad()
    y.attach_grad()
    with autograd.record():
        z = (2 * x - y / x + x**2) * -y + 1 / y - abs(x % 3) + (x > y)
    z.backward()
    x0, y0 = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    np.testing.assert_allclose(x.grad.asnumpy(), -(2 + y0 / x0**2 + 2 * x0) * y0 - 1, rtol=1e-6)
    np.testing.assert_allclose(y.grad.asnumpy(), -(2 * x0 + x0**2) + 2 * y0 / x0 - 1 / y0**2, rtol=1e-6)
