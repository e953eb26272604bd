"""Layers of nets: products, convolutions, pooling, normalizations, activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import Call, converts

__all__: list[str] = []


@converts("FullyConnected")
def _dense(call: Call) -> str:
    x, weight, *bias = call.inputs
    if call["flatten"]:
        flat = x if call.shapes[0] and call.rank() == 2 else call.emit("Flatten", x, axis=1)
        return call.emit("Gemm", flat, weight, *bias, transB=1)
    product = call.emit("MatMul", x, call.transpose(weight, (1, 0)))
    return call.emit("Add", product, *bias) if bias else product


def _each(given: Sequence[int], count: int, default: int) -> list[int]:
    return list(given) or [default] * count


def _places(call: Call) -> dict[str, list[int]]:
    """Where the kernel is laid, as ONNX has it."""
    kernel = list(call["kernel"])
    count = len(kernel)
    return {
        "kernel_shape": kernel,
        "strides": _each(call["stride"], count, 1),
        "pads": _each(call["pad"], count, 0) * 2,
    }


def _channels_first(call: Call, layout: str | None) -> tuple[str, bool]:
    """The data with channels on axis 1, and whether they have been at the end."""
    x = call.inputs[0]
    if layout is None or layout[1] == "C":
        return x, False
    call.need(layout[-1] == "C", f"the layout {layout} is not converted")
    rank = len(layout)
    return call.transpose(x, (0, rank - 1, *range(1, rank - 1))), True


def _moved_back(call: Call, x: str, rank: int, moved: bool) -> str:
    return call.transpose(x, (0, *range(2, rank), 1)) if moved else x


@converts("Convolution", "Convolution_v1")
def _convolution(call: Call) -> str:
    count = len(call["kernel"])
    x, moved = _channels_first(call, call.node.attributes.get("layout"))
    weight = call.inputs[1]
    if moved:
        weight = call.transpose(weight, (0, count + 1, *range(1, count + 1)))
    found = call.emit(
        "Conv",
        x,
        weight,
        *call.inputs[2:],
        **_places(call),
        dilations=_each(call["dilate"], count, 1),
        group=call["num_group"],
    )
    return _moved_back(call, found, count + 2, moved)


@converts("Deconvolution")
def _deconvolution(call: Call) -> str:
    count = len(call["kernel"])
    call.need(call["layout"] is None or call["layout"][1] == "C", "channels have to be on axis 1")
    call.need(not any(call["target_shape"]), "target_shape is not converted; pad and adj are")
    return call.emit(
        "ConvTranspose",
        *call.inputs,
        **_places(call),
        dilations=_each(call["dilate"], count, 1),
        output_padding=_each(call["adj"], count, 0),
        group=call["num_group"],
    )


_GLOBAL = {"max": "GlobalMaxPool", "avg": "GlobalAveragePool", "lp": "GlobalLpPool"}


@converts("Pooling", "Pooling_v1")
def _pooling(call: Call) -> str:
    kind, layout = call["pool_type"], call.node.attributes.get("layout")
    x, moved = _channels_first(call, layout)
    of_lp = {}
    if kind == "lp":  # MXNet's powers keep the sign, ONNX's don't
        of_lp = {"p": int(call["p_value"])}
        call.need(of_lp["p"] == 2, f"p_value={of_lp['p']} is not converted; there is 2")
    if call["global_pool"]:
        if kind == "sum":
            axes = call.ints(*range(2, call.rank()))
            found = call.emit("ReduceSum", x, axes, keepdims=1)
        else:
            found = call.emit(_GLOBAL[kind], x, **of_lp)
    else:
        found = _windows(call, x, kind, of_lp)
    return _moved_back(call, found, len(layout or ""), moved)


def _windows(call: Call, x: str, kind: str, of_lp: dict[str, int]) -> str:
    convention = call["pooling_convention"]
    call.need(convention != "same", 'pooling_convention="same" is not converted')
    counted = call.node.attributes.get("count_include_pad")
    given: dict[str, Any] = {**_places(call), "ceil_mode": int(convention == "full"), **of_lp}
    if kind == "max":
        return call.emit("MaxPool", x, **given)
    if kind == "lp":
        return call.emit("LpPool", x, **given)
    call.need(convention == "valid" or kind == "avg", 'a sum with pooling_convention="full" is not converted')
    found = call.emit("AveragePool", x, count_include_pad=int(counted is not False or kind == "sum"), **given)
    if kind == "avg":
        return found
    return call.emit("Mul", found, call.constant(float(np.prod(call["kernel"]))))


# Normalizations


@converts("BatchNorm", "BatchNorm_v1", "_contrib_SyncBatchNorm", "_contrib_BatchNormWithReLU")
def _batch_norm(call: Call) -> str:
    x, gamma, *others = call.inputs
    call.need(not call.node.attributes.get("output_mean_var"), "output_mean_var=True is not converted")
    axis = int(call.node.attributes.get("axis", 1))
    if call["fix_gamma"]:
        gamma = call.constant(np.ones(call.extents(1)), call.dtypes[1])
    if axis != 1:
        rank = call.rank()
        order = list(range(rank))
        order[1], order[axis] = order[axis], order[1]
        x = call.transpose(x, order)
    found = call.emit("BatchNormalization", x, gamma, *others, epsilon=call["eps"])
    if axis != 1:
        found = call.transpose(found, order)
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
    call.need(not call["output_mean_var"], "output_mean_var=True is not converted")
    axis = call["axis"]
    if axis == -1 or (call.shapes[0] and axis == call.rank() - 1):
        return call.emit("LayerNormalization", x, gamma, beta, axis=-1, epsilon=call["eps"])
    return _scaled(call, _normalized(call, x, [axis], call["eps"]), gamma, beta, call.axis(), call.rank())


@converts("GroupNorm")
def _group_norm(call: Call) -> str:
    x, gamma, beta = call.inputs
    call.need(not call["output_mean_var"], "output_mean_var=True is not converted")
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
    total = call.emit("ReduceSumSquare", x, call.ints(*axes), keepdims=1)
    return call.emit("Div", x, call.emit("Sqrt", call.emit("Add", total, call.constant(call["eps"]))))


@converts("LRN")
def _local_response(call: Call) -> str:
    given = {"alpha": call["alpha"], "beta": call["beta"], "bias": call["knorm"], "size": call["nsize"]}
    return call.emit("LRN", call.inputs[0], **given)


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
        slope = call.reshape(call.inputs[1], -1, *[1] * (call.rank() - 2))
        return call.emit("PRelu", x, slope)
    if kind == "selu":
        return call.emit("Selu", x)
    if kind == "elu":
        return call.emit("Elu", x, alpha=call["slope"])
    slope = (call["lower_bound"] + call["upper_bound"]) / 2 if kind == "rrelu" else call["slope"]
    return call.emit("LeakyRelu", x, alpha=slope)


@converts("softmax", "log_softmax", "softmin")
def _softmax(call: Call) -> str:
    call.need(not call["use_length"], "use_length=True is not converted")
    name, x = call.operator, call.inputs[0]
    if name == "softmin":
        x = call.emit("Neg", x)
    if call["temperature"] not in (None, 1):
        x = call.emit("Div", x, call.constant(call["temperature"]))
    found = call.emit("LogSoftmax" if name == "log_softmax" else "Softmax", x, axis=call["axis"])
    dtype = call["dtype"]
    return found if dtype is None else call.cast(found, dtype_name(dtype))


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
