"""Conversions to ONNX: layers of nets."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from mxnet import nd, sym
from onnx_runs import Case, array, case, check

x, y, z = sym.var("x"), sym.var("y"), sym.var("z")
STATISTICS = ("gamma", "beta", "moving_mean", "moving_var")
variables = {name: sym.var(name) for name in STATISTICS}


def statistics(count: int) -> dict[str, Any]:
    return {**{name: array(count) for name in STATISTICS}, "moving_var": array(count, low=0.5)}


def pooling() -> list[Case]:
    found = []
    for convention, kind, pad, counted, size in product(
        ("valid", "full"), ("max", "avg", "sum", "lp"), ((0, 0), (1, 1)), (True, False), ((8, 8), (7, 6))
    ):
        if convention == "valid" or kind in ("max", "avg"):
            given = {
                "pool_type": kind,
                "pooling_convention": convention,
                "pad": pad,
                "count_include_pad": counted,
            }
            given |= {"p_value": 2} if kind == "lp" else {}
            name = f"Pooling {convention} {kind} {pad[0]} {counted} {size}"
            found.append(
                case(name, sym.Pooling(x, kernel=(3, 3), stride=(2, 2), **given), x=array(1, 2, *size))
            )
    return found


CASES: list[Case] = [
    case("Convolution", sym.Convolution(x, y, z, kernel=(3, 3), num_filter=4, stride=(2, 2), pad=(1, 1)),
         x=array(1, 2, 7, 7), y=array(4, 2, 3, 3), z=array(4)),
    case("Convolution in groups",
         sym.Convolution(x, y, kernel=(3, 3), num_filter=4, num_group=2, no_bias=True, dilate=(2, 2)),
         x=array(1, 2, 7, 7), y=array(4, 1, 3, 3)),
    case("Convolution 1D", sym.Convolution(x, y, kernel=(3,), num_filter=4, no_bias=True),
         x=array(1, 2, 7), y=array(4, 2, 3)),
    case("Convolution 3D", sym.Convolution(x, y, kernel=(1, 2, 2), num_filter=4, no_bias=True),
         x=array(1, 2, 3, 4, 4), y=array(4, 2, 1, 2, 2)),
    case("Convolution NHWC", sym.Convolution(x, y, z, kernel=(3, 3), num_filter=4, layout="NHWC"),
         x=array(1, 7, 7, 2), y=array(4, 3, 3, 2), z=array(4)),
    case("Convolution_v1", sym.Convolution_v1(x, y, kernel=(3, 3), num_filter=4, no_bias=True),
         x=array(1, 2, 7, 7), y=array(4, 2, 3, 3)),
    case("Deconvolution",
         sym.Deconvolution(x, y, kernel=(3, 3), num_filter=4, stride=(2, 2), pad=(1, 1), adj=(1, 1)),
         x=array(1, 2, 5, 5), y=array(2, 4, 3, 3)),
    case("Deconvolution in groups",
         sym.Deconvolution(x, y, z, kernel=(2, 2), num_filter=4, num_group=2, no_bias=False),
         x=array(1, 2, 5, 5), y=array(2, 2, 2, 2), z=array(4)),
    *pooling(),
    *[case(f"Pooling all {kind}", sym.Pooling(x, global_pool=True, pool_type=kind, kernel=(2, 2)),
           x=array(1, 2, 4, 5)) for kind in ("max", "avg", "sum")],
    case("Pooling all lp", sym.Pooling(x, global_pool=True, pool_type="lp", p_value=2, kernel=(2, 2)),
         x=array(1, 2, 4, 5)),
    case("Pooling 1D", sym.Pooling(x, kernel=(2,), stride=(2,), pool_type="avg"), x=array(1, 2, 8)),
    case("Pooling 3D", sym.Pooling(x, kernel=(2, 2, 2)), x=array(1, 2, 4, 4, 4)),
    case("Pooling NHWC", sym.Pooling(x, kernel=(2, 2), stride=(2, 2), layout="NHWC"), x=array(1, 4, 4, 2)),
    case("Pooling_v1", sym.Pooling_v1(x, kernel=(2, 2), stride=(2, 2), pool_type="max"), x=array(1, 2, 4, 4)),
    case("FullyConnected", sym.FullyConnected(x, y, z, num_hidden=4),
         x=array(2, 3, 2), y=array(4, 6), z=array(4)),
    case("FullyConnected of the last axis", sym.FullyConnected(x, y, z, num_hidden=4, flatten=False),
         x=array(2, 3, 2), y=array(4, 2), z=array(4)),
    case("FullyConnected without bias", sym.FullyConnected(x, y, no_bias=True, num_hidden=4),
         x=array(2, 3), y=array(4, 3)),
    case("BatchNorm", sym.BatchNorm(x, **variables), STATISTICS, x=array(2, 3, 4, 4), **statistics(3)),
    case("BatchNorm with gamma", sym.BatchNorm(x, fix_gamma=False, **variables), STATISTICS,
         x=array(2, 3), **statistics(3)),
    case("BatchNorm of the last axis", sym.BatchNorm(x, fix_gamma=False, axis=-1, **variables), STATISTICS,
         x=array(2, 4, 4, 3), **statistics(3)),
    case("BatchNorm_v1", sym.BatchNorm_v1(x, fix_gamma=False, **variables), STATISTICS,
         x=array(2, 3, 4, 4), **statistics(3)),
    case("BatchNormWithReLU", sym.contrib.BatchNormWithReLU(x, fix_gamma=False, **variables), STATISTICS,
         x=array(2, 3, 4, 4), **statistics(3)),
    case("SyncBatchNorm", sym.contrib.SyncBatchNorm(x, key="k", fix_gamma=False, **variables), STATISTICS,
         x=array(2, 3, 4, 4), **statistics(3)),
    case("LayerNorm", sym.LayerNorm(x, y, z), x=array(2, 3, 4), y=array(4), z=array(4)),
    case("LayerNorm of axis 1", sym.LayerNorm(x, y, z, axis=1), x=array(2, 3, 4), y=array(3), z=array(3)),
    case("GroupNorm", sym.GroupNorm(x, y, z, num_groups=2), x=array(2, 4, 3, 3), y=array(2), z=array(2)),
    case("InstanceNorm", sym.InstanceNorm(x, y, z), x=array(2, 3, 4, 4), y=array(3), z=array(3)),
    *[case(f"L2Normalization {mode}", sym.L2Normalization(x, mode=mode), x=array(2, 3, 4))
      for mode in ("instance", "channel", "spatial")],
    case("LRN", sym.LRN(x, nsize=3, alpha=0.1), x=array(2, 5, 3, 3)),
    *[case(f"Activation {kind}", sym.Activation(x, act_type=kind), x=array(2, 3))
      for kind in ("relu", "sigmoid", "tanh", "softrelu", "softsign")],
    *[case(f"LeakyReLU {kind}", sym.LeakyReLU(x, act_type=kind, slope=0.3), x=array(2, 3))
      for kind in ("leaky", "elu", "selu", "gelu", "rrelu")],
    case("prelu", sym.LeakyReLU(x, y, act_type="prelu"), x=array(2, 3, 4, 4), y=array(3)),
    case("prelu of two axes", sym.LeakyReLU(x, y, act_type="prelu"), x=array(2, 3), y=array(3)),
    case("softmax", sym.softmax(x, axis=1), x=array(2, 3, 4)),
    case("softmax, warm", sym.softmax(x, temperature=2.0), x=array(2, 3)),
    case("log_softmax", sym.log_softmax(x), x=array(2, 3)),
    case("softmin", sym.softmin(x), x=array(2, 3)),
    case("SoftmaxActivation", sym.SoftmaxActivation(x), x=array(2, 3, 4)),
    case("SoftmaxActivation channel", sym.SoftmaxActivation(x, mode="channel"), x=array(2, 3, 4)),
    case("SoftmaxOutput", sym.SoftmaxOutput(x, y), x=array(2, 3, 4), y=nd.zeros((2, 3))),
    case("SoftmaxOutput multi", sym.SoftmaxOutput(x, y, multi_output=True), x=array(2, 3, 4),
         y=nd.zeros((2, 4))),
    case("SoftmaxOutput last", sym.SoftmaxOutput(x, y, preserve_shape=True), x=array(2, 3, 4),
         y=nd.zeros((2, 3))),
]  # fmt: skip


@pytest.mark.parametrize("given", CASES, ids=str)
def test_equal_in_onnx_runtime(given: Case, tmp_path: Path) -> None:
    check(given, tmp_path)
