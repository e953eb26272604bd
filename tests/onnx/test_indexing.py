"""Conversions to ONNX: parts of arrays, orders, products of matrices, images in other sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mxnet import nd, sym
from onnx_runs import Case, array, case, check

x, y = sym.var("x"), sym.var("y")
regions = [[0, 1, 1, 9, 9], [0, 4, 2, 14, 12]]

CASES: list[Case] = [
    case("slice", sym.slice(x, begin=(0, 1), end=(2, None)), x=array(3, 4)),
    case("slice back", sym.slice(x, begin=(None, 3), end=(None, None), step=(1, -2)), x=array(3, 4)),
    case("slice from the end", sym.slice(x, begin=(-2,), end=(-1,)), x=array(3, 4)),
    case("slice_axis", sym.slice_axis(x, axis=1, begin=1, end=3), x=array(3, 4)),
    case("slice_axis to the end", sym.slice_axis(x, axis=-1, begin=-2, end=None), x=array(3, 4)),
    case("slice_like", sym.slice_like(x, y), x=array(3, 4), y=array(2, 2)),
    case("slice_like, an axis", sym.slice_like(x, y, axes=(-1,)), x=array(3, 4), y=array(2, 2)),
    case("reverse", sym.reverse(x, axis=1), x=array(2, 3)),
    case("reverse both", sym.reverse(x, axis=(0, 1)), x=array(2, 3)),
    case("Crop", sym.Crop(x, offset=(1, 1), h_w=(2, 2)), x=array(1, 2, 4, 4)),
    case("Crop like", sym.Crop(x, y, num_args=2, offset=(1, 1)), x=array(1, 2, 4, 4), y=array(1, 1, 2, 3)),
    case(
        "Embedding",
        sym.Embedding(x, y, input_dim=5, output_dim=3),
        x=nd.array([[0, 4], [7, -2]]),
        y=array(5, 3),
    ),
    case("take", sym.take(x, y), x=array(4, 3), y=nd.array([[0, 3], [5, -1]])),
    case("take around", sym.take(x, y, axis=1, mode="wrap"), x=array(4, 3), y=nd.array([0, -1, 4])),
    case("pick", sym.pick(x, y, axis=1), x=array(4, 3), y=nd.array([0, 2, 1, 5])),
    case("pick, axis kept", sym.pick(x, y, keepdims=True), x=array(4, 3), y=nd.array([0, 2, 1, 5])),
    case("gather_nd", sym.gather_nd(x, y), x=array(4, 3), y=nd.array([[0, 1, 3], [2, 1, 0]])),
    case("one_hot", sym.one_hot(x, 4), x=nd.array([0, 2, 3])),
    case(
        "one_hot of others", sym.one_hot(x, 4, on_value=2, off_value=-1, dtype="int32"), x=nd.array([0, 2, 9])
    ),
    case("one_hot of none", sym.one_hot(x, 4), x=nd.array([-1, 2, 9])),
    case("topk", sym.topk(x, k=2), x=array(4, 5)),
    case("topk values", sym.topk(x, k=2, ret_typ="value"), x=array(4, 5)),
    case("topk both", sym.topk(x, k=3, ret_typ="both", axis=0), x=array(4, 5)),
    case("topk ascending", sym.topk(x, k=2, is_ascend=True), x=array(4, 5)),
    case("sort", sym.sort(x), x=array(3, 4)),
    case("sort columns", sym.sort(x, axis=0), x=array(3, 4)),
    case("argsort", sym.argsort(x, is_ascend=False), x=array(3, 4)),
    case("dot", sym.dot(x, y), x=array(2, 3), y=array(3, 4)),
    case("dot, transposed", sym.dot(x, y, transpose_a=True, transpose_b=True), x=array(3, 2), y=array(4, 3)),
    case("dot of 3 axes", sym.dot(x, y), x=array(2, 3, 4), y=array(4, 5)),
    case("dot with 3 axes", sym.dot(x, y), x=array(2, 3), y=array(3, 4, 5)),
    case("dot of vectors", sym.dot(x, y), x=array(3), y=array(3)),
    case("dot with a vector", sym.dot(x, y), x=array(2, 3), y=array(3)),
    case("batch_dot", sym.batch_dot(x, y, transpose_b=True), x=array(2, 3, 4), y=array(2, 5, 4)),
    case("gemm2", sym.linalg.gemm2(x, y, alpha=2.0, transpose_a=True), x=array(2, 4, 3), y=array(2, 4, 5)),
    case("div_sqrt_dim", sym.contrib.div_sqrt_dim(x), x=array(2, 4)),
    case("scores", sym.contrib.interleaved_matmul_selfatt_qk(x, heads=2), x=array(5, 3, 24)),
    case(
        "averages",
        sym.contrib.interleaved_matmul_selfatt_valatt(x, y, heads=2),
        x=array(5, 3, 24),
        y=array(6, 5, 5),
    ),
    case("UpSampling", sym.UpSampling(x, scale=2, sample_type="nearest"), x=array(1, 2, 3, 3)),
    *[
        case(
            f"UpSampling by {scale}, learned",
            sym.UpSampling(x, y, scale=scale, sample_type="bilinear", num_filter=2),
            x=array(1, 2, 3, 3),
            y=array(2, 1, size, size),
        )
        for scale, size in ((2, 4), (3, 5), (4, 8))
    ],
    *[
        case(
            f"BilinearResize2D {corners}",
            sym.contrib.BilinearResize2D(x, height=5, width=7, align_corners=corners),
            x=array(1, 2, 3, 4),
        )
        for corners in (True, False)
    ],
    *[
        case(
            f"BilinearResize2D {mode} {scale} {corners}",
            sym.contrib.BilinearResize2D(
                x, scale_height=scale, scale_width=scale, mode=mode, align_corners=corners
            ),
            x=array(1, 2, 3, 4),
        )
        for mode in ("size", "odd_scale")
        for scale in (2.0, 1.5)
        for corners in (True, False)
    ],
    case(
        "BilinearResize2D like",
        sym.contrib.BilinearResize2D(x, y, mode="like"),
        x=array(1, 2, 3, 4),
        y=array(1, 1, 6, 6),
    ),
    case("AdaptiveAvgPooling2D", sym.contrib.AdaptiveAvgPooling2D(x), x=array(1, 2, 4, 6)),
    case("AdaptiveAvgPooling2D 2", sym.contrib.AdaptiveAvgPooling2D(x, output_size=2), x=array(1, 2, 4, 6)),
    case(
        "ROIPooling",
        sym.ROIPooling(x, y, pooled_size=(2, 2), spatial_scale=0.5),
        x=array(1, 2, 8, 8),
        y=nd.array(regions),
    ),
    *[
        case(
            f"ROIAlign {aligned}",
            sym.contrib.ROIAlign(
                x, y, pooled_size=(2, 2), spatial_scale=0.5, sample_ratio=2, aligned=aligned
            ),
            x=array(1, 2, 8, 8),
            y=nd.array(regions),
        )
        for aligned in (True, False)
    ],
]


@pytest.mark.parametrize("given", CASES, ids=str)
def test_equal_in_onnx_runtime(given: Case, tmp_path: Path) -> None:
    check(given, tmp_path)
