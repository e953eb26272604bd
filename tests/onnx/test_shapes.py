"""Conversions to ONNX: shapes that are computed, and constants of a shape."""

from __future__ import annotations

from pathlib import Path

import pytest

import mxnet as mx
from mxnet import nd, sym
from onnx_runs import array, session

x = sym.var("x")

CODES = [(-1,), (0, -1), (2, 12), (-2,), (-3, 0), (0, -3), (-4, 1, 2, -2), (-4, -1, 2, 0, 0)]
CODES += [(0, -4, 3, -1, -2), (-2, 1), (0, 0, -4, 2, -1), (0, 0, -4, -1, 2)]


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


def test_zeros_of_a_shape_that_follows(tmp_path: Path) -> None:
    path = str(tmp_path / "x.onnx")
    mx.onnx.export_model(x + sym.zeros((0, 3)), {}, [(2, 3)], onnx_file_path=path)
    given = array(2, 3).asnumpy()
    assert session(path).run(None, {"x": given})[0].tolist() == given.tolist()
