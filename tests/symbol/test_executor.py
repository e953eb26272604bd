"""Executors: binding, gradients by request, states, monitors, other shapes, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mxnet as mx


def bound(grad_req: Any = "write", **given: Any) -> Any:
    net = mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=3, name="f")
    return net.simple_bind(mx.cpu(), grad_req=grad_req, **(given or {"x": (2, 4)}))


def equal(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found.asnumpy(), expected, rtol=1e-6)


def test_bind() -> None:
    a, b = mx.sym.var("a"), mx.sym.var("b")
    arrays, grads = [mx.nd.array([1, 2]), mx.nd.array([3, 4])], [mx.nd.zeros(2), mx.nd.zeros(2)]
    executor = mx.sym.elemwise_mul(a, b, name="product").bind(mx.cpu(), arrays, grads)
    (out,) = executor.forward(is_train=True)
    equal(out, [3, 8])
    executor.backward(mx.nd.array([1, 10]))
    equal(grads[0], [3, 40])
    equal(executor.grad_dict["b"], [1, 20])
    assert executor.arg_dict["a"] is arrays[0]
    assert list(executor.output_dict) == ["product_output"]


def test_requests() -> None:
    executor = bound({"f_weight": "add", "f_bias": "write"})
    executor.arg_dict["x"][:] = 1
    for _ in range(2):
        executor.forward(is_train=True)
        executor.backward([mx.nd.ones((2, 3))])
    assert executor.grad_dict["x"] is None
    equal(executor.grad_dict["f_weight"], np.full((3, 4), 4))
    equal(executor.grad_dict["f_bias"], np.full(3, 2))
    assert bound("null").grad_arrays == [None] * 3


def test_backward_after_a_forward_for_prediction() -> None:
    executor = bound()
    executor.forward()
    executor.backward(mx.nd.ones((2, 3)))
    equal(executor.grad_dict["f_bias"], [2, 2, 2])


def test_a_loss_needs_no_head_gradient() -> None:
    data = mx.sym.var("data")
    loss = mx.sym.MakeLoss(data * 2)
    executor = mx.sym.Group([loss, mx.sym.BlockGrad(data)]).simple_bind(mx.cpu(), data=(3,))
    executor.forward(is_train=True)
    executor.backward()
    equal(executor.grad_dict["data"], [2, 2, 2])
    plain = bound()
    plain.forward(is_train=True)
    with pytest.raises(mx.MXNetError, match="head_gradient is required"):
        plain.backward()


def test_what_the_loss_does_not_reach_has_no_gradient() -> None:
    a, b = mx.sym.var("a"), mx.sym.var("b")
    executor = mx.sym.Group([a * 2, mx.sym.BlockGrad(b)]).simple_bind(mx.cpu(), a=(1,), b=(1,))
    executor.grad_dict["b"][:] = 7
    executor.forward(is_train=True)
    executor.backward([mx.nd.ones(1), mx.nd.ones(1)])
    equal(executor.grad_dict["b"], [0])


def test_states() -> None:
    net = mx.sym.BatchNorm(mx.sym.var("x"), momentum=0.5, fix_gamma=False, name="bn")
    executor = net.simple_bind(mx.cpu(), x=(4, 2))
    executor.arg_dict["x"][:] = 3
    executor.forward(is_train=False)
    equal(executor.aux_dict["bn_moving_mean"], [0, 0])
    executor.forward(is_train=True)
    equal(executor.aux_dict["bn_moving_mean"], [0, 0])  # as in MXNet, it is the way back that changes them
    executor.backward(mx.nd.ones((4, 2)))
    equal(executor.aux_dict["bn_moving_mean"], [1.5, 1.5])


@pytest.mark.parametrize("watched", [False, True])
def test_states_that_no_gradient_comes_to_stay(watched: bool) -> None:
    """As MXNet has it; the numbers are its own."""
    net = mx.sym.BatchNorm(mx.sym.var("data"), fix_gamma=False, name="a")
    net = mx.sym.FullyConnected(net, num_hidden=3, name="fc")
    net = mx.sym.BatchNorm(net, fix_gamma=False, name="b")
    for request, means in (
        ({"fc_weight": "write"}, (0, 0)),
        ("null", (0, 0)),
        ({"a_gamma": "write"}, (4.75, 0)),
    ):
        executor = net.simple_bind(mx.cpu(), grad_req=request, data=(4, 5))
        if watched:
            executor.set_monitor_callback(lambda name, array: None)
        for name in ("fc_weight", "a_gamma", "b_gamma"):
            executor.arg_dict[name][:] = 1
        executor.arg_dict["data"][:] = mx.nd.arange(20).reshape((4, 5))
        for _ in range(2):  # the first call is checked step by step, the second goes straight
            for state in executor.aux_arrays:
                state[:] = 0
            executor.forward(is_train=True)
            executor.backward([mx.nd.ones((4, 3))])
        found = [float(executor.aux_dict[f"{n}_moving_mean"].sum().asscalar()) for n in "ab"]
        assert found == pytest.approx(means, abs=1e-5)
        last = float(executor.aux_dict["b_moving_var"].sum().asscalar())
        assert last == pytest.approx(0 if request == "null" else 7.49976, abs=1e-4)


def test_a_loss_that_hands_its_data_on_runs_again() -> None:
    net = mx.sym.LinearRegressionOutput(mx.sym.var("data") * 2, name="lro")
    executor = net.simple_bind(mx.cpu(), data=(2, 1), lro_label=(2, 1))
    executor.arg_dict["data"][:] = 3
    for _ in range(3):
        (out,) = executor.forward(is_train=True)
        executor.backward()
        equal(out, [[6], [6]])
        equal(executor.grad_dict["data"], [[12], [12]])


def test_arrays_that_are_exchanged() -> None:
    executor = bound()
    for value in (1, 2, 3):
        executor.arg_arrays[0] = mx.nd.ones((2, 4)) * value
        executor.arg_dict["f_weight"][:] = 1
        for _ in range(2):
            equal(executor.forward(is_train=True)[0], np.full((2, 3), 4 * value))
            executor.backward(mx.nd.ones((2, 3)))
            equal(executor.grad_dict["f_weight"], np.full((3, 4), 2 * value))


def test_new_values() -> None:
    executor = bound()
    executor.forward(x=mx.nd.ones((2, 4)))
    equal(executor.arg_dict["x"], np.ones((2, 4)))
    executor.forward(x=np.zeros((2, 4), "float32"))
    equal(executor.arg_dict["x"], np.zeros((2, 4)))
    with pytest.raises(ValueError, match="only accept"):
        executor.forward(x=1)
    with pytest.raises(TypeError, match="Unknown argument"):
        executor.forward(y=mx.nd.ones(2))
    with pytest.raises(ValueError, match="Shape not match"):
        executor.forward(x=mx.nd.ones(2))


def test_parameters() -> None:
    executor = bound()
    executor.copy_params_from({"f_bias": mx.nd.array([1, 2, 3], dtype="float64")})
    equal(executor.arg_dict["f_bias"], [1, 2, 3])
    executor.copy_params_from({"other": mx.nd.ones(1)}, {"more": mx.nd.ones(1)}, allow_extra_params=True)
    with pytest.raises(ValueError, match="not in the arguments"):
        executor.copy_params_from({"other": mx.nd.ones(1)})
    with pytest.raises(ValueError, match="not in the auxiliary states"):
        executor.copy_params_from({}, {"other": mx.nd.ones(1)})


def test_monitors() -> None:
    executor, seen = bound(), []
    executor.set_monitor_callback(lambda name, array: seen.append((name, array.shape)))
    executor.forward()
    assert seen == [("f_output", (2, 3))]
    seen.clear()
    executor.set_monitor_callback(lambda name, array: seen.append(name), monitor_all=True)
    executor.forward()
    assert seen == ["x", "f_data", "f_weight", "f_weight", "f_bias", "f_bias", "f_output"]


def test_a_monitor_sees_executors() -> None:
    executor, monitor = bound(), mx.mon.Monitor(1, pattern="f_.*")
    monitor.install(executor)
    monitor.tic()
    executor.forward()
    assert {name for _, name, _ in monitor.toc()} == {"f_output", "f_weight", "f_bias"}


def test_other_shapes_in_the_same_memory() -> None:
    executor = bound()
    small = executor.reshape(x=(1, 4))
    small.arg_dict["x"][:] = 5
    small.arg_dict["f_bias"][:] = 1
    equal(executor.arg_dict["x"][0], [5] * 4)
    equal(executor.arg_dict["f_bias"], [1] * 3)
    assert small.forward()[0].shape == (1, 3)
    with pytest.raises(mx.MXNetError, match="larger than original"):
        executor.reshape(x=(5, 4))
    large = executor.reshape(allow_up_sizing=True, x=(5, 4))
    assert large.forward()[0].shape == (5, 3)
    with pytest.raises(mx.MXNetError, match="unspecifie arg: f_weight changed"):
        executor.reshape(x=(1, 2))
    assert executor.reshape(partial_shaping=True, x=(1, 2)).arg_dict["f_weight"].shape == (3, 2)


def test_outputs_are_there_before_forward() -> None:
    assert [o.shape for o in bound().outputs] == [(2, 3)]


def test_eval() -> None:
    x = mx.sym.var("x")
    (out,) = (x + 1).eval(ctx=mx.cpu(), x=mx.nd.ones(2))
    equal(out, [2, 2])
    with pytest.raises(ValueError, match="`x` is missing"):
        (x + 1).eval()


def test_arguments_that_do_not_fit() -> None:
    net = mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=3, name="f")
    with pytest.raises(ValueError, match="`f_weight` is missing"):
        net.bind(mx.cpu(), {"x": mx.nd.ones((2, 3))})
    with pytest.raises(ValueError, match="Length of args"):
        net.bind(mx.cpu(), [mx.nd.ones((2, 3))])
    with pytest.raises(TypeError, match="NDArrays"):
        net.bind(mx.cpu(), [1, 2, 3])
    with pytest.raises(TypeError, match="Context"):
        net.bind("cpu", [])
    with pytest.raises(RuntimeError, match="simple_bind error"):
        net.simple_bind(mx.cpu())
    with pytest.raises(ValueError, match="grad_req"):
        net.simple_bind(mx.cpu(), grad_req="sum", x=(2, 3))
    with pytest.raises(mx.MXNetError, match="declared gap"):
        net.simple_bind(mx.cpu(), group2ctx={"a": mx.cpu(1)}, x=(2, 3))


def test_an_error_names_the_node() -> None:
    a, b = mx.sym.var("a"), mx.sym.var("b")
    with pytest.raises(mx.MXNetError, match="Error in operator dotted"):
        mx.sym.dot(a, b, name="dotted").eval(a=mx.nd.ones((2, 3)), b=mx.nd.ones((2, 3)))


def test_types_of_arrays() -> None:
    executor = bound(x=(2, 4), type_dict={"x": "float16"})
    assert {a.dtype for a in executor.arg_arrays} == {np.float16}
    assert executor.forward()[0].dtype == np.float16


def test_shared_arrays() -> None:
    first = bound()
    net = mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=3, name="f")
    second = net.simple_bind(mx.cpu(), shared_arg_names=["f_weight"], shared_exec=first, x=(5, 4))
    assert second.arg_dict["f_weight"] is first.arg_dict["f_weight"]
    buffer: dict[str, Any] = {}
    third = net.simple_bind(mx.cpu(), shared_buffer=buffer, x=(5, 4))
    assert buffer["f_weight"] is third.arg_dict["f_weight"]
