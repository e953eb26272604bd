"""``mx.onnx.export_model``: what it takes, what it writes, what it refuses."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
import onnx
from mxnet import nd, sym
from onnx_runs import array, session
from regluon.onnx.call import CONVERTERS
from regluon.ops.registry import OPERATORS


def small() -> tuple[Any, dict[str, Any]]:
    data = sym.var("data")
    hidden = sym.Activation(sym.FullyConnected(data, num_hidden=4, name="fc"), act_type="relu", name="act")
    out = sym.SoftmaxOutput(hidden, sym.var("softmax_label"), name="softmax")
    return out, {"fc_weight": array(4, 3), "fc_bias": array(4)}


def test_names_opset_and_label(tmp_path: Path) -> None:
    symbol, params = small()
    path = mx.onnx.export_model(symbol, params, [(2, 3)], onnx_file_path=str(tmp_path / "m.onnx"))
    model = onnx.load(path)
    assert [i.name for i in model.graph.input] == ["data"]
    assert [o.name for o in model.graph.output] == ["softmax"]
    assert sorted(i.name for i in model.graph.initializer) == ["fc_bias", "fc_weight"]
    assert [node.op_type for node in model.graph.node] == ["Gemm", "Relu", "Softmax"]
    assert model.opset_import[0].version == 18
    onnx.checker.check_model(model, full_check=True)


def test_a_module_of_symbols_with_its_two_dictionaries(tmp_path: Path) -> None:
    symbol, params = small()
    path = str(tmp_path / "m.onnx")
    mx.onnx.export_model(symbol, [params, {}], [(2, 3), (2,)], np.float32, path)
    x = array(2, 3)
    expected = symbol.eval(data=x, softmax_label=nd.zeros(2), **params)[0]
    assert np.allclose(session(path).run(None, {"data": x.asnumpy()})[0], expected.asnumpy(), atol=1e-6)


def test_extents_that_vary(tmp_path: Path) -> None:
    symbol, params = small()
    path = str(tmp_path / "m.onnx")
    mx.onnx.export_model(symbol, params, [(2, 3)], onnx_file_path=path, dynamic=True)
    assert session(path).get_inputs()[0].shape == [None, None]
    given = {"dynamic": True, "dynamic_input_shapes": [("batch", 3)]}
    mx.onnx.export_model(symbol, params, [(2, 3)], onnx_file_path=path, **given)
    run = session(path)
    assert run.get_inputs()[0].shape == ["batch", 3]
    assert run.run(None, {"data": np.ones((7, 3), np.float32)})[0].shape == (7, 4)


def test_shapes_of_what_is_between(tmp_path: Path) -> None:
    symbol, params = small()
    path = str(tmp_path / "m.onnx")
    mx.onnx.export_model(symbol, params, [(2, 3)], onnx_file_path=path, run_shape_inference=True)
    assert {v.name for v in onnx.load(path).graph.value_info} == {"fc", "act"}


def test_other_types(tmp_path: Path) -> None:
    path = str(tmp_path / "m.onnx")
    symbol = sym.FullyConnected(sym.var("data"), num_hidden=2, no_bias=True, name="fc")
    params = {"fc_weight": nd.ones((2, 3), dtype="float64")}
    mx.onnx.export_model(symbol, params, input_shape=[(1, 3)], input_type=np.float64, onnx_file_path=path)
    assert session(path).run(None, {"data": np.ones((1, 3))})[0].tolist() == [[3.0, 3.0]]


def test_an_output_that_is_a_parameter_or_an_input(tmp_path: Path) -> None:
    path, data = str(tmp_path / "m.onnx"), sym.var("data")
    symbol = sym.Group([data, sym.var("w"), data * 2])
    mx.onnx.export_model(symbol, {"w": nd.ones(2)}, [(2,)], onnx_file_path=path)
    found = session(path).run(None, {"data": np.array([1, 2], np.float32)})
    assert [list(f) for f in found] == [[1, 2], [1, 1], [2, 4]]


def test_the_old_place(tmp_path: Path) -> None:
    symbol, params = small()
    with pytest.warns(DeprecationWarning, match=r"mx\.onnx\.export_model"):
        path = mx.contrib.onnx.export_model(symbol, params, [(2, 3)], np.float32, str(tmp_path / "m.onnx"))
    assert Path(path).exists()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"sym": sym.contrib.box_nms(sym.var("data"))}, "no conversion of _contrib_box_nms is there"),
        ({"in_shapes": None}, "the inputs are data, for which in_shapes=None is not enough"),
        ({"params": {}}, "the inputs are data, fc_weight, fc_bias, for which"),
        ({"params": [nd.ones(2)]}, "must be a dictionary of arrays"),
        (
            {
                "sym": sym.Pooling(sym.var("data"), kernel=(2,), pooling_convention="same", name="p"),
                "in_shapes": [(1, 2, 4)],
                "dynamic": True,
            },
            "onnx: Pooling p: pooling_convention='same' and pad=() with this kernel and stride need the",
        ),
        (
            {"sym": sym.exp(sym.var("data"), name="e"), "in_types": "int32"},
            "onnx: exp e: its input is of type int32, which is not converted; sym.cast(x, dtype=",
        ),
        (
            {
                "sym": sym.broadcast_add(sym.var("data"), sym.var("b"), name="s"),
                "in_shapes": [(2,)] * 2,
                "in_types": "bool",
            },
            "onnx: broadcast_add s: ONNX has no such node: ",
        ),
        (
            {"sym": sym.squeeze(sym.var("data"), name="s"), "in_shapes": [(2, 1)], "dynamic": True},
            "onnx: squeeze s: axis=None leaves out what depends on the extents, of which (0, 0) are",
        ),
    ],
)
def test_what_is_refused(change: dict[str, Any], text: str, tmp_path: Path) -> None:
    symbol, params = small()
    path = tmp_path / "m.onnx"
    path.write_text("old")
    given = {"sym": symbol, "params": params, "in_shapes": [(2, 3)], "onnx_file_path": str(path), **change}
    with pytest.raises(mx.MXNetError, match=re.escape(text)):
        mx.onnx.export_model(**given)
    assert path.read_text() == "old"


def test_weights_of_an_rnn_have_to_be_parameters(tmp_path: Path) -> None:
    names = [sym.var(name) for name in ("data", "parameters", "state")]
    symbol = sym.RNN(*names, state_size=2, num_layers=1, mode="gru", name="net")
    with pytest.raises(
        mx.MXNetError, match="net: its input parameters has to follow from the parameters alone"
    ):
        mx.onnx.export_model(
            symbol, {}, [(3, 1, 4), (48,), (1, 1, 2)], onnx_file_path=str(tmp_path / "m.onnx")
        )


def test_operators_that_are_supported_are_operators() -> None:
    supported = mx.onnx.get_operator_support()
    assert len(supported) > 150
    assert supported == mx.onnx.mx2onnx.get_operator_support(13)
    assert {OPERATORS[name].name for name in supported} == set(supported) == set(CONVERTERS)


def test_types_go_on_from_operator_to_operator(tmp_path: Path) -> None:
    path, x = str(tmp_path / "m.onnx"), sym.var("x")
    best = sym.argmax(x, axis=1) * 3 > 2
    both = sym.topk(x, k=1, ret_typ="both", dtype="int32")
    symbol = sym.Group([best, both[0] + 1, both[1] % 2, sym.cast(x, "float64") * 2, (x > 3) + (x + 2) / 2])
    given = nd.array([[0, 7, 4], [5, -1, 2]], dtype="int32")
    mx.onnx.export_model(symbol, {}, [(2, 3)], "int32", path)
    for found, ours in zip(
        session(path).run(None, {"x": given.asnumpy()}), symbol.eval(x=given), strict=True
    ):
        assert (found.dtype, found.tolist()) == (ours.dtype, ours.asnumpy().tolist())


def test_without_the_library() -> None:
    program = """
import sys
sys.modules["onnx"] = None
import mxnet as mx
print(len(mx.onnx.get_operator_support()) > 0)
try:
    mx.onnx.export_model(mx.sym.var("data") * 2, {}, [(1,)])
except ImportError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "True\nonnx is missing: pip install 'regluon[onnx]'\n"
