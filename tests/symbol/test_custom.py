"""Symbols of operators written in Python, against MXNet's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from mxnet import autograd, gluon, nd
from operator_cases import LOG, kinds_of
from symbol_custom_cases import run, summing, symbols

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "symbol_custom.json").read_text())
BLOCK = RECORDED.pop("block")


@pytest.fixture(scope="module")
def built() -> Any:
    return symbols(mx)


@pytest.mark.parametrize("name", RECORDED)
def test_json(built: Any, name: str) -> None:
    recorded = RECORDED[name]
    assert built[name].tojson() == recorded["json"]
    assert mx.sym.load_json(recorded["json"]).tojson() == recorded["json"]


@pytest.mark.parametrize("name", RECORDED)
def test_lists_and_shapes(built: Any, name: str) -> None:
    symbol, recorded = built[name], RECORDED[name]
    lists = [symbol.list_arguments(), symbol.list_auxiliary_states(), symbol.list_outputs()]
    assert lists == recorded["lists"]
    shapes = symbol.infer_shape(**dict.fromkeys(lists[0], (2, 3)))
    assert [[list(s) for s in part] for part in shapes] == recorded["shapes"]
    types = symbol.infer_type(**dict.fromkeys(lists[0], "float64"))
    assert {t for part in types for t in part} == {np.float64}


@pytest.mark.parametrize("name", RECORDED)
def test_values(built: Any, name: str) -> None:
    for ours, theirs in zip(run(mx, built[name]), RECORDED[name]["values"], strict=True):
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5)


def test_its_class_is_made_once_for_a_symbol() -> None:
    symbols(mx)
    LOG.clear()
    symbol = mx.sym.Custom(mx.sym.var("x"), op_type="sum_of_all", foo=3, attr={"__mood__": "good"})
    symbol.tojson()
    run(mx, symbol)
    assert [entry for entry in LOG if entry[0] == "prop"] == [["prop", "1", "1", "0", [("foo", "3")]]]


@pytest.mark.parametrize("active", [True, False])
def test_in_a_block(active: bool, tmp_path: Path) -> None:
    symbols(mx)
    block, x = summing(mx), nd.array([1.0, 2.0])
    block.hybridize(active)
    x.attach_grad()
    for _ in range(2):
        with autograd.record():
            y = block(x)
        y.backward()
    assert y.asnumpy().tolist() == [6, 12]
    assert x.grad.asnumpy().tolist() == [6, 6]
    if active:
        block.export(str(tmp_path / "net"))
        assert (tmp_path / "net-symbol.json").read_text() == BLOCK["json"]
        again = gluon.SymbolBlock.imports(str(tmp_path / "net-symbol.json"), "data")
        assert again(x).asnumpy().tolist() == [6, 12]


def test_inside_of_a_loop() -> None:
    symbols(mx)

    def body(d: Any, s: Any) -> Any:
        y = mx.sym.Custom(d, op_type="sum_of_all")
        return y, s + y

    found = mx.sym.Group(mx.sym.contrib.foreach(body, mx.sym.var("x"), mx.sym.var("s")))
    x, s = nd.array([[1.0], [2.0]]), nd.array([0.0])
    assert [a.asnumpy().tolist() for a in found.eval(x=x, s=s)] == [[[2], [4]], [6]]


def test_what_is_refused() -> None:
    symbols(mx)
    x = mx.sym.var("x")
    with pytest.raises(mx.MXNetError, match="Required argument `op_type` is missing"):
        mx.sym.Custom(x)
    with pytest.raises(mx.MXNetError, match=r"Cannot find custom operator nope; registered are .*sum_of_all"):
        mx.sym.Custom(x, op_type="nope")
    with pytest.raises(mx.MXNetError, match="argument name zz not found"):
        mx.sym.Custom(zz=x, op_type="sum_of_all")
    with pytest.raises(mx.MXNetError, match="argument name 2 not found"):
        mx.sym.Custom(x, x, op_type="sum_of_all")
    with pytest.raises(AssertionError, match="must be Symbol instances"):
        mx.sym.Custom(nd.ones(2), op_type="sum_of_all")
    with pytest.raises(mx.MXNetError, match=r"its class can't be made with .*'inputs': 'many'"):
        mx.sym.Custom(x, op_type="sum_of_all", inputs="many")
    text = mx.sym.Custom(x, op_type="sum_of_all").tojson()
    with pytest.raises(mx.MXNetError, match=r"Failed loading|Cannot find custom operator gone"):
        mx.sym.load_json(text.replace("sum_of_all", "gone"))


def test_a_class_that_fails_at_a_shape() -> None:
    told = kinds_of(mx)
    told.does.update(shape=lambda shapes: 1 / 0)
    symbol = mx.sym.Custom(mx.sym.var("x"), op_type="told")
    with pytest.raises(mx.MXNetError, match="infer_shape failed with ZeroDivisionError"):
        symbol.infer_shape(x=(2,))
    with pytest.raises(mx.MXNetError, match=r"Error in operator custom.*ZeroDivisionError"):
        symbol.eval(x=nd.ones(2))
    told.does.clear()
