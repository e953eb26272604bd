"""Files that are damaged: a symbol or an MXNetError, never another error."""

from __future__ import annotations

import contextlib
import copy
import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

import mxnet as mx

DATA = Path(__file__).parents[1] / "data"


def recorded(name: str, part: str) -> list[str]:
    nets = json.loads(gzip.decompress((DATA / f"{name}.json.gz").read_bytes()))[part]
    return [net["json"] for net in nets.values()]


TEXTS = [*recorded("symbols", "nets"), *recorded("symbol_control", "symbols")]
VALUES = [None, -1, 0, 1, 2, 10**30, 0.5, "", "x", "(1, 2)", "None", [], [[]], {}, {"a": "b"}, True]


def opened(text: str) -> None:
    with contextlib.suppress(mx.MXNetError):
        symbol = mx.sym.load_json(text)
        symbol.tojson()
        symbol.list_outputs()
        symbol.infer_shape_partial()


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a JSON value, with each of its keys."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@pytest.mark.parametrize("seed", range(150))
def test_another_value(seed: int) -> None:
    rng = random.Random(seed)
    graph = json.loads(rng.choice(TEXTS))
    for _ in range(rng.randint(1, 3)):
        container, key = rng.choice(places(graph))
        container[key] = copy.deepcopy(rng.choice(VALUES))
    opened(json.dumps(graph))


@pytest.mark.parametrize("seed", range(100))
def test_other_bytes(seed: int) -> None:
    rng = random.Random(seed)
    text = list(rng.choice(TEXTS))
    for _ in range(rng.randint(1, 5)):
        text[rng.randrange(len(text))] = rng.choice('{}[]",:0123456789abcnull() \\')
    opened("".join(text))


def test_depth() -> None:
    opened("[" * 100000)
    opened('{"nodes":' * 5000)


def test_auxiliary_states_that_are_missing() -> None:
    """MXNet reads such a file as well, and complains when shapes are asked for."""
    graph = json.loads(mx.sym.BatchNorm(mx.sym.var("data"), name="bn").tojson())
    del next(node for node in graph["nodes"] if node["op"] == "BatchNorm")["inputs"][3:]
    symbol = mx.sym.load_json(json.dumps(graph))
    assert symbol.list_arguments() == ["data", "bn_gamma", "bn_beta"]
    assert symbol.list_auxiliary_states() == []
    with pytest.raises(mx.MXNetError, match="bn"):
        symbol.infer_shape(data=(2, 3))


def test_an_attribute_nested_too_deeply() -> None:
    graph = json.loads(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc").tojson())
    for text in ("-" * 5000 + "1", "(" * 5000, "(" * 90 + ")" * 90, "[" * 150 + "]" * 150):
        next(node for node in graph["nodes"] if node["op"] != "null")["attrs"]["num_hidden"] = text
        with pytest.raises(mx.MXNetError, match="num_hidden"):
            mx.sym.load_json(json.dumps(graph))


def test_outputs_beyond_all_bounds() -> None:
    graph = json.loads(mx.sym.split(mx.sym.var("data"), num_outputs=2, name="parts").tojson())
    next(node for node in graph["nodes"] if node["op"] != "null")["attrs"]["num_outputs"] = "2147483648"
    with pytest.raises(mx.MXNetError, match="parts has 2147483648 outputs"):
        mx.sym.load_json(json.dumps(graph))
