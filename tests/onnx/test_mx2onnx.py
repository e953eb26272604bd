"""``mx.onnx.export_model``: what it takes, what it writes, what it refuses."""

from __future__ import annotations

import runpy
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
from regluon.symbol.graph import postorder


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
            },
            'onnx: Pooling p: pooling_convention="same" is not converted',
        ),
        (
            {
                "sym": sym.Pooling(sym.var("data"), kernel=(2,), pool_type="lp", p_value=3, name="p"),
                "in_shapes": [(1, 2, 4)],
            },
            "onnx: Pooling p: p_value=3 is not converted; there is 2",
        ),
    ],
)
def test_what_is_refused(change: dict[str, Any], text: str, tmp_path: Path) -> None:
    symbol, params = small()
    path = tmp_path / "m.onnx"
    path.write_text("old")
    given = {"sym": symbol, "params": params, "in_shapes": [(2, 3)], "onnx_file_path": str(path), **change}
    with pytest.raises(mx.MXNetError, match=text.replace("(", r"\(")):
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


def test_every_conversion_has_a_case() -> None:
    files = [
        Path(__file__).with_name(f"test_{n}.py") for n in ("elementwise", "indexing", "layers", "shapes")
    ]
    cases = [given for file in files for given in runpy.run_path(str(file))["CASES"]]
    nodes = [node for given in cases for node in postorder(given.symbol._heads)]
    elsewhere = {"RNN", "_rnn_param_concat"}  # test_nets.py
    assert set(CONVERTERS) - {node.op.name for node in nodes if node.op is not None} == elsewhere


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
