"""Parameter and Constant: from their making through initialization to their values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import nd
from regluon.gluon import Constant, DeferredInitializationError, Parameter


def made(shape: Any = (2, 3), **kwargs: Any) -> Parameter:
    parameter = Parameter("w_weight", shape=shape, allow_deferred_init=True)
    parameter.initialize(**kwargs)
    return parameter


def values(array: Any) -> Any:
    return array.asnumpy().tolist()


def test_not_initialized() -> None:
    parameter = Parameter("w", shape=(2,))
    for call in (
        parameter.data,
        parameter.list_data,
        parameter.grad,
        parameter.list_grad,
        parameter.list_ctx,
    ):
        with pytest.raises(RuntimeError, match="'w' has not been initialized"):
            call()
    with pytest.raises(ValueError, match="reset context"):
        parameter.reset_ctx(mx.cpu(1))
    with pytest.raises(AssertionError, match="has not been initialized"):
        parameter.set_data(nd.ones((2,)))
    parameter.zero_grad()


@pytest.mark.parametrize(
    ("own", "given", "default", "expected"),
    [
        (None, None, "ones", 1.0),
        ("ones", None, "zeros", 1.0),
        ("ones", "zeros", None, 0.0),
        (None, "ones", None, 1.0),
    ],
)
def test_which_initializer_counts(own: Any, given: Any, default: Any, expected: float) -> None:
    parameter = Parameter("w_bias", shape=(2,), init=own)
    parameter.initialize(given, default_init=default)
    assert values(parameter.data()) == [expected, expected]


def test_a_second_initialization_is_ignored_with_a_warning() -> None:
    parameter = made(init="ones")
    with pytest.warns(UserWarning, match="'w_weight' is already initialized, ignoring"):
        parameter.initialize("zeros")
    assert values(parameter.data()) == [[1.0] * 3] * 2
    parameter.initialize("zeros", force_reinit=True)
    assert values(parameter.data()) == [[0.0] * 3] * 2


@pytest.mark.parametrize("shape", [(2, 0), None, (), (-1, 3)])
def test_an_unknown_shape_has_to_be_allowed(shape: Any) -> None:
    with pytest.raises(ValueError, match="invalid shape"):
        Parameter("w_weight", shape=shape).initialize()


def test_deferred() -> None:
    parameter = made((2, 0), init="ones", ctx=[mx.cpu(1), mx.cpu(2)])
    for call in (parameter.data, parameter.list_data, parameter.grad):
        with pytest.raises(DeferredInitializationError, match="deferred"):
            call()
    assert parameter.list_ctx() == [mx.cpu(1), mx.cpu(2)]
    parameter.reset_ctx(mx.cpu(3))
    with pytest.raises(AssertionError, match="invalid shape"):
        parameter._finish_deferred_init()
    parameter.shape = (2, 2)
    parameter._finish_deferred_init()
    assert parameter.data().context is mx.cpu(3)
    assert values(parameter.data()) == [[1.0, 1.0]] * 2


def test_set_data() -> None:
    parameter = made((2, 0))
    parameter.set_data(nd.array([[1, 2], [3, 4]]))
    with pytest.raises(DeferredInitializationError):
        parameter.data()
    parameter._finish_deferred_init()
    array = parameter.data()
    assert values(array) == [[1.0, 2.0], [3.0, 4.0]]
    for data in (np.array([[5, 6], [7, 8]]), nd.array([[5, 6], [7, 8]], dtype="int32", ctx=mx.cpu(2))):
        parameter.set_data(data)
        assert values(array) == [[5.0, 6.0], [7.0, 8.0]]
        assert array.dtype is np.float32
    with pytest.raises(
        AssertionError, match=r"Expected shape \(3, 2\) is incompatible with given shape \(2, 2\)"
    ):
        parameter.set_data(nd.ones((3, 2)))


def test_shape_is_refined_only() -> None:
    parameter = Parameter("w", shape=(0, 3))
    with pytest.raises(AssertionError, match="incompatible"):
        parameter.shape = (2, 4)
    parameter.shape = (2, 3)
    with pytest.raises(AssertionError, match="incompatible"):
        parameter.shape = (0, 3)
    assert repr(parameter) == "Parameter w (shape=(2, 3), dtype=<class 'numpy.float32'>)"
    assert Parameter("b", shape=4).shape == (4,)


def test_storage() -> None:
    with pytest.raises(AssertionError, match="stype for Parameter 'w' must be one of"):
        Parameter("w", stype="foo")
    sparse = Parameter("w", stype="row_sparse", shape=(3, 2))
    sparse.initialize()
    with pytest.raises(RuntimeError, match=r"storage type is row_sparse. Please use row_sparse_data\(\)"):
        sparse.data()
    with pytest.raises(RuntimeError, match="when no Trainer is created with it"):
        sparse.row_sparse_data(nd.array([0]))
    for call in (made().row_sparse_data, made().list_row_sparse_data):
        with pytest.raises(RuntimeError, match=r"storage type is default. Please use data\(\) instead"):
            call(nd.array([0]))


def test_constant() -> None:
    constant = Constant("c", [[1, 2]])
    assert repr(constant) == "Constant c (shape=(1, 2), dtype=<class 'numpy.float32'>)"
    constant.initialize()
    assert values(constant.data()) == [[1.0, 2.0]]
    with pytest.warns(UserWarning, match='"c" does not support grad_req other than "null"'):
        constant.grad_req = "write"
    with pytest.raises(RuntimeError, match="grad_req='null'"):
        constant.grad()
    constant.set_data(nd.array([[3, 4]]))
    assert values(constant.data()) == [[3.0, 4.0]]
    assert values(constant.value) == [[1.0, 2.0]]


def test_a_constants_type() -> None:
    constant = Constant("c", nd.array([1, 2], dtype="int32"))
    constant.initialize()
    assert constant.data().dtype is np.int32
    constant.cast("float32")
    constant.initialize(force_reinit=True)
    assert constant.data().dtype is np.float32
