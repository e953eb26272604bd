"""Checks of results and gradients: they accept what is right and refuse what is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mxnet as mx
from regluon import MXNetError, autograd, gluon, nd, test_utils
from regluon.test_utils.executor import FunctionExecutor

A, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])


class Wrong(autograd.Function):
    """The square, whose gradient is not."""

    def forward(self, x: Any) -> Any:
        self.save_for_backward(x)
        return x * x

    def backward(self, dy: Any) -> Any:
        return dy * self.saved_tensors[0] * 2.5


def product(lhs: Any, rhs: Any) -> Any:
    return nd.dot(lhs, rhs)


@pytest.mark.parametrize("location", [[A, B], {"rhs": B, "lhs": A}, (nd.array(A), nd.array(B))])
def test_forward(location: Any) -> None:
    (found,) = test_utils.check_symbolic_forward(product, location, [A @ B])
    assert found.asnumpy().tolist() == (A @ B).tolist()
    test_utils.check_symbolic_forward(product, location, {"output": A @ B})
    with pytest.raises(AssertionError, match="EXPECTED_output"):
        test_utils.check_symbolic_forward(product, location, [A @ B + 1])


@pytest.mark.parametrize("req", ["write", "add", "null", ["write", "add"], {"lhs": "null", "rhs": "write"}])
def test_backward(req: Any) -> None:
    g = np.array([[1.0, -1.0], [0.5, 2.0]])
    expected = [g @ B.T, A.T @ g]
    found = test_utils.check_symbolic_backward(product, [A, B], [g], expected, grad_req=req)
    assert list(found) == ["lhs", "rhs"]
    ones = np.ones((2, 2))
    test_utils.check_symbolic_backward(product, {"lhs": A, "rhs": B}, None, {"rhs": A.T @ ones}, grad_req=req)
    if req == "write":
        with pytest.raises(AssertionError, match="BACKWARD_rhs"):
            test_utils.check_symbolic_backward(product, [A, B], {"output": g}, [expected[0], expected[1] * 2])
    with pytest.raises(ValueError, match="grad_req"):
        test_utils.check_symbolic_backward(
            product, [A, B], [g], expected, grad_req={"lhs": "no", "rhs": "write"}
        )


def test_several_outputs() -> None:
    def both(x: Any) -> Any:
        return [x * 2, x * x]

    test_utils.check_symbolic_forward(both, [A], {"output0": A * 2, "output1": A * A})
    heads = {"output1": B, "output0": A}
    test_utils.check_symbolic_backward(both, [A], heads, [2 * A + 2 * A * B])
    test_utils.check_numeric_gradient(both, [A])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, "asnumpy"])
def test_types(dtype: Any) -> None:
    a = A.astype("float16") if dtype == "asnumpy" else A
    (found,) = test_utils.check_symbolic_forward(lambda x: x * 2, [a], [a * 2], dtype=dtype)
    assert found.dtype == (np.float16 if dtype == "asnumpy" else dtype)
    test_utils.check_symbolic_backward(lambda x: x * 2, [a], [a], [a * 2], dtype=dtype)
    with pytest.raises(AssertionError, match="dtype"):
        test_utils.check_symbolic_forward(lambda x: x, [a], [a], dtype=np.int32)


def test_differences() -> None:
    test_utils.check_numeric_gradient(product, [A, B], dtype=np.float64)
    test_utils.check_numeric_gradient(nd.tanh, [A / 4], rtol=1e-2)
    test_utils.check_numeric_gradient(product, {"lhs": A, "rhs": B}, grad_nodes=["rhs"], rtol=1e-2)
    test_utils.check_numeric_gradient(
        product, [A, B], grad_nodes={"lhs": "add", "rhs": "null"}, rtol=1e-2, atol=1e-2
    )
    with pytest.raises(AssertionError, match="NUMERICAL_x"):
        test_utils.check_numeric_gradient(lambda x: Wrong()(x), [A], rtol=1e-2)  # noqa: PLW0108
    with pytest.raises(AssertionError, match="too small"):
        test_utils.check_numeric_gradient(product, [A, B], numeric_eps=1e-7)
    with pytest.raises(AssertionError, match="no floating type"):
        test_utils.check_numeric_gradient(product, [A, B], dtype=np.int32)


def test_training_mode() -> None:
    modes: list[tuple[bool, bool]] = []

    def noted(x: Any) -> Any:
        modes.append((autograd.is_training(), autograd.is_recording()))
        return x * 2

    test_utils.check_symbolic_forward(noted, [A], [A * 2])
    assert modes == [(False, False)]
    test_utils.check_numeric_gradient(noted, [A], use_forward_train=False)
    assert modes[1:] == [(True, True)] + [(False, False)] * 8


def test_auxiliary_states() -> None:
    def normalized(data: Any, gamma: Any, beta: Any, mean: Any, var: Any) -> Any:
        return nd.BatchNorm(data, gamma, beta, mean, var, fix_gamma=False, eps=1e-3)

    data, ones, zeros = np.random.RandomState(0).randn(6, 2), np.ones(2), np.zeros(2)
    for states in ({"var": ones * 4, "mean": ones}, [ones, ones * 4]):
        expected = (data - 1) / np.sqrt(4 + 1e-3)
        test_utils.check_symbolic_forward(
            normalized, {"data": data, "gamma": ones, "beta": zeros}
            if isinstance(states, dict) else [data, ones, zeros], [expected], aux_states=states,
        )  # fmt: skip
        location = {"data": data, "gamma": ones, "beta": zeros}
        test_utils.check_numeric_gradient(
            normalized, location if isinstance(states, dict) else list(location.values()),
            aux_states=states, rtol=1e-2, atol=1e-3, dtype=np.float64,
        )  # fmt: skip


def test_sparse_gradients() -> None:
    data = np.array([1.0, 0.0])

    def looked_up(index: Any, weight: Any) -> Any:
        return nd.Embedding(index, weight, input_dim=3, output_dim=2, sparse_grad=True)

    weight = np.arange(6.0).reshape(3, 2)
    found = test_utils.check_symbolic_backward(
        looked_up, [data, weight], [A], {"weight": np.array([[3, 4], [1, 2], [0, 0.0]])},
        grad_req={"index": "null", "weight": "write"}, grad_stypes={"weight": "row_sparse"},
    )  # fmt: skip
    assert found["weight"].stype == "row_sparse"
    test_utils.check_numeric_gradient(
        looked_up, [data, weight], grad_nodes=["weight"], grad_stype_dict={"weight": "row_sparse"}, rtol=1e-2
    )


def test_blocks_and_builtin_operators() -> None:
    net = gluon.nn.Dense(1, use_bias=False)
    net.initialize(mx.init.One())
    test_utils.check_symbolic_forward(net, [A], [A.sum(1, keepdims=True)])
    test_utils.check_symbolic_backward(net, {"data": A}, None, {"data": np.ones((2, 2))})
    test_utils.check_numeric_gradient(nd.broadcast_mul, [A, B], rtol=1e-2, atol=1e-2)


def test_simple_forward() -> None:
    assert test_utils.simple_forward(product, lhs=A, rhs=B).tolist() == (A @ B).tolist()
    found = test_utils.simple_forward(lambda x: [x, x * 2], is_train=True, x=A)
    assert [a.tolist() for a in found] == [A.tolist(), (A * 2).tolist()]


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(MXNetError, match="symbols are a declared gap"):
        test_utils.check_symbolic_forward("dot", [A, B], [A])
    with pytest.raises(ValueError, match="do not match"):
        test_utils.check_symbolic_forward(Bound(), {"lhs": A}, [A])
    with pytest.raises(TypeError, match="rhs"):
        test_utils.check_symbolic_forward(product, {"lhs": A}, [A])
    with pytest.raises(AssertionError, match="a dict, list or tuple"):
        test_utils.check_symbolic_forward(product, A, [A])


class Bound:
    """What stands for a symbol: it knows its names and binds itself."""

    def list_arguments(self) -> list[str]:
        return ["lhs", "rhs"]

    def list_outputs(self) -> list[str]:
        return ["dot0_output"]

    def bind(self, ctx: Any, args: Any, args_grad: Any, grad_req: Any, aux_states: Any) -> Any:
        return FunctionExecutor(product, ctx, args, args_grad, grad_req, aux_states or {})


def test_what_binds_itself() -> None:
    test_utils.check_symbolic_forward(Bound(), [A, B], {"dot0_output": A @ B})
    with pytest.raises(AssertionError, match="EXPECTED_dot0_output"):
        test_utils.check_symbolic_forward(Bound(), [A, B], [A])
    test_utils.check_numeric_gradient(Bound(), [A, B], rtol=1e-2, atol=1e-2)


def test_numeric_grad() -> None:
    x = nd.array(A)
    executor = FunctionExecutor(lambda x: x * x, mx.cpu(), {"x": x}, {}, "null", {})
    found = test_utils.numeric_grad(executor, {"x": A}, eps=1e-2)
    np.testing.assert_allclose(found["x"], 2 * A, rtol=1e-3)
    assert x.asnumpy().tolist() == A.tolist()
    with pytest.raises(AssertionError, match="dtype"):
        test_utils.numeric_grad(executor, {"x": A}, dtype=np.int32)
