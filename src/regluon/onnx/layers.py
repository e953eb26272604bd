"""Layers of nets: products, convolutions, normalizations, activations."""

from __future__ import annotations

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import VARY_NOT, Call, converts
from regluon.onnx.windows import channels_first, each_axis, moved_back, places

__all__: list[str] = []


@converts("FullyConnected")
def _dense(call: Call) -> str:
    x, weight, *bias = call.inputs
    if call["flatten"]:
        flat = x if call.shapes[0] and call.rank() == 2 else call.emit("Flatten", x, axis=1)
        return call.emit("Gemm", flat, weight, *bias, transB=1)
    product = call.emit("MatMul", x, call.transpose(weight, (1, 0)))
    return call.emit("Add", product, *bias) if bias else product


@converts("Convolution", "Convolution_v1")
def _convolution(call: Call) -> str:
    count = len(call["kernel"])
    x, moved = channels_first(call, call.node.attributes.get("layout"))
    weight = call.inputs[1]
    if moved:
        weight = call.transpose(weight, (0, count + 1, *range(1, count + 1)))
    found = call.emit(
        "Conv",
        x,
        weight,
        *call.inputs[2:],
        **places(call),
        dilations=each_axis(call["dilate"], count, 1),
        group=call["num_group"],
    )
    return moved_back(call, found, count + 2, moved)


@converts("Deconvolution")
def _deconvolution(call: Call) -> str:
    count = len(call["kernel"])
    x, moved = channels_first(call, call["layout"])
    weight = call.inputs[1]
    if moved:
        weight = call.transpose(weight, (0, count + 1, *range(1, count + 1)))
    given = places(call)
    adj = each_axis(call["adj"], count, 0)
    if any(call["target_shape"]):
        cuts = _cuts(call, moved)
        given["pads"], adj = [(cut + 1) // 2 for cut in cuts] * 2, [cut % 2 for cut in cuts]
    found = call.emit(
        "ConvTranspose",
        x,
        weight,
        *call.inputs[2:],
        **given,
        dilations=each_axis(call["dilate"], count, 1),
        output_padding=adj,
        group=call["num_group"],
    )
    return moved_back(call, found, count + 2, moved)


def _cuts(call: Call, moved: bool) -> list[int]:
    """How much longer than ``target_shape`` each axis would be without padding."""
    target, count = call["target_shape"], len(call["kernel"])
    space = (call.shapes[0][1:-1] if moved else call.shapes[0][2:]) or (0,)
    call.need(
        0 not in space,
        f"target_shape={target} needs the space of its input: {VARY_NOT}; or pad and adj instead",
    )
    steps, spread = each_axis(call["stride"], count, 1), each_axis(call["dilate"], count, 1)
    each = zip(steps, space, spread, call["kernel"], target, strict=True)
    return [s * (n - 1) + d * (k - 1) + 1 - t for s, n, d, k, t in each]


# Normalizations


@converts("BatchNorm", "BatchNorm_v1", "_contrib_SyncBatchNorm", "_contrib_BatchNormWithReLU")
def _batch_norm(call: Call) -> str:
    x, gamma, *others = call.inputs
    call.need(
        not call.node.attributes.get("output_mean_var"),
        "output_mean_var=True is not converted; sym.moments gives the mean and the variance",
    )
    if call["fix_gamma"]:
        gamma = call.constant(np.ones(call.extents(1)), call.dtypes[1])
    axis = int(call.node.attributes.get("axis", 1))
    order: list[int] = []
    if axis != 1:
        order = list(range(call.rank()))
        order[min(1, len(order) - 1)], order[axis] = order[axis], order[min(1, len(order) - 1)]
    alone = len(order) == 1  # channels without samples, which ONNX does not have
    x = call.emit("Unsqueeze", x, call.ints(0)) if alone else call.transpose(x, order) if order else x
    found = call.emit("BatchNormalization", x, gamma, *others, epsilon=call["eps"])
    if order:
        found = call.emit("Squeeze", found, call.ints(0)) if alone else call.transpose(found, order)
    return call.emit("Relu", found) if call.operator.endswith("ReLU") else found


def _normalized(call: Call, x: str, axes: list[int], eps: float) -> str:
    """(x - mean) / sqrt(var + eps) over axes"""
    over = call.ints(*axes)
    centered = call.emit("Sub", x, call.emit("ReduceMean", x, over, keepdims=1))
    variance = call.emit("ReduceMean", call.emit("Mul", centered, centered), over, keepdims=1)
    return call.emit("Div", centered, call.emit("Sqrt", call.emit("Add", variance, call.constant(eps))))


def _scaled(call: Call, x: str, gamma: str, beta: str, axis: int, rank: int) -> str:
    """x gamma + beta along an axis"""
    shape = [1] * rank
    shape[axis] = -1
    return call.emit("Add", call.emit("Mul", x, call.reshape(gamma, *shape)), call.reshape(beta, *shape))


@converts("LayerNorm")
def _layer_norm(call: Call) -> str:
    x, gamma, beta = call.inputs
    call.need(
        not call["output_mean_var"],
        "output_mean_var=True is not converted; sym.moments gives the mean and the variance",
    )
    axis = call["axis"]
    if axis == -1 or (call.shapes[0] and axis == call.rank() - 1):
        return call.emit("LayerNormalization", x, gamma, beta, axis=-1, epsilon=call["eps"])
    return _scaled(call, _normalized(call, x, [axis], call["eps"]), gamma, beta, call.axis(), call.rank())


@converts("GroupNorm")
def _group_norm(call: Call) -> str:
    x, gamma, beta = call.inputs
    call.need(
        not call["output_mean_var"],
        "output_mean_var=True is not converted; sym.moments gives the mean and the variance",
    )
    grouped = call.reshape(x, 0, call["num_groups"], -1)
    found = _scaled(call, _normalized(call, grouped, [2], call["eps"]), gamma, beta, 1, 3)
    return call.emit("Reshape", found, call.emit("Shape", x))


@converts("InstanceNorm")
def _instance_norm(call: Call) -> str:
    return call.emit("InstanceNormalization", *call.inputs, epsilon=call["eps"])


@converts("L2Normalization")
def _l2_normalization(call: Call) -> str:
    x, mode = call.inputs[0], call["mode"]
    axes = [1] if mode == "channel" else list(range(1 if mode == "instance" else 2, call.rank()))
    total = call.emit("ReduceSumSquare", x, call.ints(*axes), keepdims=1) if axes else call.emit("Mul", x, x)
    return call.emit("Div", x, call.emit("Sqrt", call.emit("Add", total, call.constant(call["eps"]))))


@converts("LRN")
def _local_response(call: Call) -> str:
    """MXNet takes as many channels on either side, so that of an even size one is left out of the sum."""
    x, size = call.inputs[0], call["nsize"] - 1 + call["nsize"] % 2
    alpha = call["alpha"] * size / call["nsize"]
    given = {"alpha": alpha, "beta": call["beta"], "bias": call["knorm"], "size": size}
    if call.rank() == 4:
        return call.emit("LRN", x, **given)
    found = call.emit("LRN", call.emit("Unsqueeze", x, call.ints(2, 3)), **given)
    return call.emit("Squeeze", found, call.ints(2, 3))


# Activations

_ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh"}
_ACTIVATIONS |= {"softrelu": "Softplus", "softsign": "Softsign"}


@converts("Activation")
def _activation(call: Call) -> str:
    return call.emit(_ACTIVATIONS[call["act_type"]], call.inputs[0])


@converts("LeakyReLU")
def _leaky(call: Call) -> str:
    x, kind = call.inputs[0], call["act_type"]
    if kind == "gelu":
        half = call.emit("Mul", x, call.constant(0.5))
        share = call.emit("Erf", call.emit("Mul", x, call.constant(0.5**0.5)))
        return call.emit("Mul", half, call.emit("Add", share, call.constant(1)))
    if kind == "prelu":
        return call.emit("PRelu", x, call.reshape(call.inputs[1], *_slopes(call)))
    if kind == "selu":
        return call.emit("Selu", x)
    if kind == "elu":
        return call.emit("Elu", x, alpha=call["slope"])
    slope = (call["lower_bound"] + call["upper_bound"]) / 2 if kind == "rrelu" else call["slope"]
    return call.emit("LeakyRelu", x, alpha=slope)


def _slopes(call: Call) -> list[int]:
    """The shape in which prelu's slopes stretch: MXNet fits them to the second axis, or else to the first."""
    shape, left = [1] * call.rank(), list(call.extents(1))
    for axis in reversed(range(min(call.rank(), 2))):
        if left and left[-1] in (1, call.shapes[0][axis]):
            shape[axis] = left.pop()
    call.need(
        not left,
        f"slopes of shape {call.shapes[1]} fit no channels of {call.shapes[0]}, where 0 varies: {VARY_NOT}",
    )
    return shape


@converts("softmax", "log_softmax", "softmin")
def _softmax(call: Call) -> str:
    name, x, beyond = call.operator, call.inputs[0], ""
    if call["use_length"]:
        call.need(name == "softmax", "use_length=True is not converted here; softmax has it")
        beyond = _beyond(call)
        x = call.emit("Where", beyond, call.constant(-np.inf), x)
    if name == "softmin":
        x = call.emit("Neg", x)
    dtype = call.dtype if call["dtype"] is None else np.dtype(dtype_name(call["dtype"]))
    wide = dtype.itemsize > call.dtype.itemsize
    x = call.cast(x, dtype) if wide else x
    if call["temperature"] not in (None, 1):
        x = call.emit("Div", x, call.constant(call["temperature"], dtype if wide else None))
    found = call.emit("LogSoftmax" if name == "log_softmax" else "Softmax", x, axis=call["axis"])
    found = found if wide or dtype == call.dtype else call.cast(found, dtype)
    return call.emit("Where", beyond, call.constant(0, dtype), found) if beyond else found


def _beyond(call: Call) -> str:
    """Where the place along the axis is not below the length."""
    axis, rank = call.axis(), call.rank()
    one = call.constant(1, np.int64)
    places = call.emit("Range", call.constant(0, np.int64), call.extent(axis), one)
    places = call.reshape(places, *[-1 if i == axis else 1 for i in range(rank)])
    lengths = call.emit("Unsqueeze", call.cast(call.inputs[1], np.int64), call.ints(axis))
    return call.emit("GreaterOrEqual", places, lengths)


@converts("SoftmaxActivation")
def _softmax_activation(call: Call) -> str:
    return _over(call, on_axis_1=call["mode"] == "channel", last=True)


@converts("SoftmaxOutput")
def _softmax_output(call: Call) -> str:
    return _over(call, on_axis_1=call["multi_output"], last=call["preserve_shape"])


def _over(call: Call, on_axis_1: bool, last: bool) -> str:
    """Softmax over axis 1, over the last one, or over all but the first."""
    x = call.inputs[0]
    if on_axis_1 or last or (call.shapes[0] and call.rank() == 2):
        return call.emit("Softmax", x, axis=1 if on_axis_1 else -1)
    flat = call.emit("Softmax", call.emit("Flatten", x, axis=1), axis=1)
    return call.emit("Reshape", flat, call.emit("Shape", x))
