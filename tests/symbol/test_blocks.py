"""Hybrid blocks called with symbols: MXNet's JSON to the letter, and the values of the block."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import mxnet as mx
from symbol_blocks import BLOCKS, ZOO, called, from_zoo
from symbol_values import values_for

DATA = Path(__file__).parents[1] / "data" / "symbols.json.gz"
_ALL = json.loads(gzip.decompress(DATA.read_bytes()))
RECORDED, NETS = _ALL["blocks"], _ALL["zoo"]


@pytest.mark.parametrize("name", BLOCKS)
def test_json(name: str) -> None:
    _, _, symbol = called(mx, name)
    assert symbol.tojson() == RECORDED[name]


@pytest.mark.parametrize("name", BLOCKS)
def test_values(name: str) -> None:
    block, shapes, symbol = called(mx, name)
    block.initialize(mx.init.Normal(0.5))
    given = values_for({f"data{i}": shape for i, shape in enumerate(shapes)})
    given = {key: mx.nd.array(np.floor(value * 2)) for key, value in given.items()}
    expected = block(*given.values())
    parameters = {key: p.data() for key, p in block.collect_params().items()}
    executor = symbol.simple_bind(mx.cpu(), **{key: value.shape for key, value in given.items()})
    executor.copy_params_from({**parameters, **given}, parameters, allow_extra_params=True)
    (found,) = executor.forward()
    np.testing.assert_allclose(found.asnumpy(), expected.asnumpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ZOO)
def test_json_of_the_model_zoo(name: str) -> None:
    assert hashlib.sha256(from_zoo(mx, name).tojson().encode()).hexdigest() == NETS[name]


def test_symbols_and_arrays_are_not_mixed() -> None:
    loss = mx.gluon.loss.L2Loss()
    with pytest.raises(ValueError, match="mixed"):
        loss(mx.sym.var("x"), mx.nd.ones((2, 3)))


def test_a_parameter_is_one_variable() -> None:
    parameter = mx.gluon.Parameter("w", shape=(2, 0), lr_mult=2.0, init="zeros")
    assert parameter.var() is parameter.var()
    assert parameter.var().list_attr()["__shape__"] == "(2, 0)"
    assert parameter.var().attr("lr_mult") == "2.0"
