"""Conversions to ONNX: elements arranged anew, and constants of a shape."""

from __future__ import annotations

from pathlib import Path

import pytest

import mxnet as mx
from mxnet import nd, sym
from onnx_runs import Case, array, case, check, session

x, y = sym.var("x"), sym.var("y")

CODES = [(-1,), (0, -1), (2, 12), (-2,), (-3, 0), (0, -3), (-4, 1, 2, -2), (-4, -1, 2, 0, 0)]
CODES += [(0, -4, 3, -1, -2), (-2, 1), (0, 0, -4, 2, -1), (0, 0, -4, -1, 2)]

CASES: list[Case] = [
    case("Flatten", sym.Flatten(x), x=array(2, 3, 4)),
    *[case(f"reshape {codes}", sym.reshape(x, shape=codes), x=array(2, 3, 4)) for codes in CODES],
    case("reshape from the end", sym.reshape(x, shape=(-1, 0), reverse=True), x=array(2, 3, 4)),
    case("reshape_like", sym.reshape_like(x, y), x=array(2, 6), y=array(3, 4)),
    case("transpose", sym.transpose(x), x=array(2, 3, 4)),
    case("transpose axes", sym.transpose(x, axes=(1, 0, 2)), x=array(2, 3, 4)),
    case("swapaxes", sym.swapaxes(x, dim1=0, dim2=2), x=array(2, 3, 4)),
    case("expand_dims", sym.expand_dims(x, axis=-1), x=array(2, 3)),
    case("squeeze", sym.squeeze(x), x=array(2, 1, 3, 1)),
    case("squeeze an axis", sym.squeeze(x, axis=1), x=array(2, 1, 3, 1)),
    case("squeeze all", sym.squeeze(x), x=array(1, 1)),
    case("concat", sym.concat(x, y, dim=1), x=array(2, 3), y=array(2, 1)),
    case("stack", sym.stack(x, y, axis=1), x=array(2, 3), y=array(2, 3)),
    case("split", sym.split(x, num_outputs=3, axis=1), x=array(2, 3, 4)),
    case("split, squeezed", sym.split(x, num_outputs=3, axis=1, squeeze_axis=True), x=array(2, 3, 4)),
    case("split_v2 at places", sym.split_v2(x, (1, 3), axis=2), x=array(2, 3, 4)),
    case("split_v2 in parts", sym.split_v2(x, 2, axis=2), x=array(2, 3, 4)),
    case("tile", sym.tile(x, reps=(2, 1, 3)), x=array(2, 3)),
    case("tile, fewer", sym.tile(x, reps=(2,)), x=array(2, 3)),
    case("repeat", sym.repeat(x, repeats=2), x=array(2, 3)),
    *[case(f"repeat {axis}", sym.repeat(x, repeats=2, axis=axis), x=array(2, 3, 4)) for axis in (0, 1, -1)],
    *[
        case(
            mode,
            sym.pad(x, mode=mode, pad_width=(0, 0, 0, 0, 1, 2, 1, 0), constant_value=3),
            x=array(1, 2, 4, 4),
        )
        for mode in ("constant", "edge", "reflect")
    ],
    case("depth_to_space", sym.depth_to_space(x, block_size=2), x=array(1, 8, 2, 3)),
    case("space_to_depth", sym.space_to_depth(x, block_size=2), x=array(1, 2, 4, 6)),
    case("broadcast_to", sym.broadcast_to(x, shape=(2, 3)), x=array(1, 3)),
    case("broadcast_to with 0", sym.broadcast_to(x, shape=(2, 0)), x=array(1, 3)),
    case("broadcast_axis", sym.broadcast_axis(x, axis=(0, 2), size=(2, 4)), x=array(1, 3, 1)),
    case("broadcast_like", sym.broadcast_like(x, y), x=array(1, 3), y=array(2, 3)),
    case("shape_array", sym.shape_array(x), x=array(2, 3)),
    case("size_array", sym.size_array(x), x=array(2, 3)),
    case("zeros_like", sym.zeros_like(x), x=array(2, 3)),
    case("ones_like", sym.ones_like(x), x=array(2, 3)),
    case("zeros", x + sym.zeros((2, 3)), x=array(2, 3)),
    case("zeros of a shape that follows", x + sym.zeros((0, 3)), x=array(2, 3)),
    case("ones", x + sym.ones((2, 3)), x=array(2, 3)),
    case("full", x + sym.full((2, 3), 5), x=array(2, 3)),
    case("arange", sym.broadcast_add(x, sym.arange(3)), x=array(2, 3)),
    case("arange in steps", sym.broadcast_add(x, sym.arange(1, 7, 2)), x=array(2, 3)),
    case("arange_like", sym.contrib.arange_like(x, axis=1), x=array(2, 3)),
    case("arange_like in steps", sym.contrib.arange_like(x, axis=0, start=2, step=0.5), x=array(2, 3)),
]


@pytest.mark.parametrize("given", CASES, ids=str)
def test_equal_in_onnx_runtime(given: Case, tmp_path: Path) -> None:
    check(given, tmp_path)


@pytest.mark.parametrize("codes", CODES[4:])
def test_codes_hold_for_other_extents(codes: tuple[int, ...], tmp_path: Path) -> None:
    path, symbol = str(tmp_path / "reshape.onnx"), sym.reshape(x, shape=codes)
    varying = [("a", "b", "c")] if codes[:2] != (-4, 1) else [(2, "b", "c")]
    mx.onnx.export_model(
        symbol, {}, [(2, 3, 4)], onnx_file_path=path, dynamic=True, dynamic_input_shapes=varying
    )
    other = array(2, 9, 8)
    found = session(path).run(None, {"x": other.asnumpy()})[0]
    assert found.tolist() == nd.reshape(other, shape=codes).asnumpy().tolist()


def test_zeros_of_a_shape_that_varies(tmp_path: Path) -> None:
    with pytest.raises(mx.MXNetError, match=r"onnx: _zeros begin: its shape \(0, 3\) varies"):
        mx.onnx.export_model(
            sym.broadcast_add(x, sym.zeros((0, 3), name="begin")),
            {},
            [(2, 3)],
            onnx_file_path=str(tmp_path / "x.onnx"),
            dynamic=True,
            dynamic_input_shapes=[("n", 3)],
        )
