"""Symbols against MXNet's: JSON to the letter, lists, shapes, types, and what executors compute."""

from __future__ import annotations

import copy
import gzip
import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from symbol_cases import FILES, NETS
from symbol_values import values_for, without_batch

DATA = Path(__file__).parents[1] / "data" / "symbols.json.gz"
RECORDED = json.loads(gzip.decompress(DATA.read_bytes()))


def built(name: str) -> Any:
    with mx.name.NameManager():
        return NETS[name][0](mx)


@pytest.fixture(params=NETS)
def net(request: pytest.FixtureRequest) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    return built(request.param), NETS[request.param][1], RECORDED["nets"][request.param]


def plain(found: Any) -> Any:
    """Shapes as JSON has them."""
    return [None if part is None else [list(shape) for shape in part] for part in found]


def test_json(net: Any) -> None:
    symbol, _, recorded = net
    assert symbol.tojson() == recorded["json"]


def test_json_comes_back(net: Any) -> None:
    symbol, _, recorded = net
    assert mx.sym.load_json(symbol.tojson()).tojson() == recorded["json"]
    assert pickle.loads(pickle.dumps(symbol)).tojson() == recorded["json"]
    assert copy.deepcopy(symbol).tojson() == recorded["json"]


def test_a_file_comes_back(net: Any, tmp_path: Path) -> None:
    symbol, _, recorded = net
    symbol.save(str(tmp_path / "net.json"))
    assert mx.sym.load(str(tmp_path / "net.json")).tojson() == recorded["json"]
    assert (tmp_path / "net.json").read_text(encoding="utf-8") == recorded["json"]


def test_names(net: Any) -> None:
    symbol, _, recorded = net
    assert symbol.list_arguments() == recorded["arguments"]
    assert symbol.list_auxiliary_states() == recorded["auxiliary"]
    assert symbol.list_outputs() == recorded["outputs"]
    assert symbol.list_inputs() == recorded["inputs"]
    assert symbol.attr_dict() == recorded["attributes"]
    assert symbol.get_internals().list_outputs() == recorded["internals"]
    assert symbol.get_children().list_outputs() == recorded["children"]
    assert symbol.debug_str() == recorded["debug"]
    assert repr(symbol) == recorded["repr"]


def test_shapes(net: Any) -> None:
    symbol, given, recorded = net
    assert plain(symbol.infer_shape(**given)) == recorded["shapes"]


def test_unknown_batch(net: Any) -> None:
    symbol, given, recorded = net
    found = plain(symbol.infer_shape_partial(**without_batch(given)))
    for ours, theirs in zip(found, recorded["partial"] or [], strict=False):
        for shape, known in zip(ours, theirs or [], strict=False):
            # Here more may be known, or nothing where an extent can't be any number as another is given.
            assert len(shape) == len(known) or not known or not shape
            assert all(a == b or not b for a, b in zip(shape, known, strict=False))


def test_types(net: Any) -> None:
    symbol, _, recorded = net
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = symbol.infer_type(**{symbol.list_arguments()[0]: "float32"})
    assert [p and [np.dtype(t).name for t in p] for p in found] == recorded["types"]


@pytest.mark.parametrize("name", NETS)
def test_values(name: str) -> None:
    recorded, (_, given, grad_req) = RECORDED["nets"][name]["values"], NETS[name]
    executor = built(name).simple_bind(mx.cpu(), grad_req=grad_req or "null", **given)
    arrays = {**executor.arg_dict, **executor.aux_dict}
    for key, value in values_for({key: a.shape for key, a in arrays.items()}).items():
        arrays[key][:] = value
    same(executor.forward(is_train=False), recorded["predicted"])
    if grad_req is None:
        return
    for _ in range(2):
        outputs = executor.forward(is_train=True)
        executor.backward([mx.nd.ones(o.shape) * (i + 1) for i, o in enumerate(outputs)])
    same(outputs, recorded["trained"])
    gradients = {key: grad for key, grad in executor.grad_dict.items() if grad is not None}
    assert gradients.keys() == recorded["gradients"].keys()
    # MXNet's executor writes the gradient of PReLU's data over the head gradient before it takes the slope's
    # from that: it comes out times the slope.
    gradients |= {key: grad * arrays[key] for key, grad in gradients.items() if key.startswith("act")}
    same([gradients[key] for key in recorded["gradients"]], recorded["gradients"].values())
    same([executor.aux_dict[key] for key in recorded["auxiliary"]], recorded["auxiliary"].values())


def same(found: Any, recorded: Any) -> None:
    for ours, theirs in zip(found, recorded, strict=True):
        np.testing.assert_allclose(ours.asnumpy(), np.array(theirs), rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("name", FILES)
def test_files_of_older_versions(name: str) -> None:
    recorded = RECORDED["files"][name]
    if recorded is None:
        with pytest.raises(mx.MXNetError):
            mx.sym.load_json(FILES[name])
    else:
        assert mx.sym.load_json(FILES[name]).tojson() == recorded
