"""Files of parameters: those of MXNet 1.9.1 are read, and the same bytes are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from gluon import nets
from regluon import init, nd
from regluon.gluon import Block, nn

FILES = Path(__file__).parents[1] / "data" / "gluon"
OTHERS = FILES.with_name("params")
RECORDED = json.loads((FILES.parent / "gluon.json").read_text())["files"]
X = nd.ones((2, 3))


def built(name: str) -> Block:
    with mx.name.NameManager():
        return nets.NETS[name](mx)[0]


def trained(name: str) -> Block:
    """The net with the values that it had when MXNet wrote its file."""
    with mx.name.NameManager():
        net, inputs = nets.NETS[name](mx)
    mx.random.seed(nets.SEED)
    net.initialize(mx.init.Normal(0.5))
    net(*inputs)
    return net


def values(net: Block) -> dict[str, Any]:
    return {place: nets.numbers(p.data()) for place, p in net._collect_params_with_prefix().items()}


@pytest.mark.parametrize("initialize", [False, True])
@pytest.mark.parametrize("name", ["custom", "shared", "deduplicated"])
def test_reads_what_mxnet_wrote(name: str, initialize: bool) -> None:
    net = built("custom" if name == "custom" else "shared")
    if initialize:
        net.initialize()
    net.load_parameters(str(FILES / f"{name}.params"))
    expected = RECORDED[f"{name}.params"]
    # Parameters that waited for their shapes have them now.
    assert {place: value for place, value in values(net).items() if place in expected} == expected
    assert len({p.name: p.data() for p in net.collect_params().values()}) == (14 if name == "custom" else 2)


@pytest.mark.parametrize(
    ("name", "net", "deduplicate"),
    [("custom", "custom", False), ("shared", "shared", False), ("deduplicated", "shared", True)],
)
def test_writes_what_mxnet_writes(name: str, net: str, deduplicate: bool, tmp_path: Path) -> None:
    trained(net).save_parameters(str(tmp_path / "found"), deduplicate)
    assert (tmp_path / "found").read_bytes() == (FILES / f"{name}.params").read_bytes()


def test_full_names(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="save_params is deprecated"):
        trained("scoped").save_params(str(tmp_path / "legacy"))
    assert (tmp_path / "legacy").read_bytes() == (FILES / "legacy.params").read_bytes()
    trained("custom").collect_params().save(str(tmp_path / "full"))
    assert (tmp_path / "full").read_bytes() == (FILES / "full-names.params").read_bytes()
    net = built("scoped")
    with pytest.warns(UserWarning, match="load_params is deprecated"):
        net.load_params(str(FILES / "legacy.params"))
    expected = RECORDED["legacy.params"]
    assert {
        n.removeprefix("net_"): nets.numbers(p.data()) for n, p in net.collect_params().items()
    } == expected


class Normalized(Block):
    """The parameters of MXNet's BatchNorm."""

    def __init__(self) -> None:
        super().__init__()
        for name in ("gamma", "beta", "running_mean", "running_var"):
            setattr(self, name, self.params.get(name, shape=(4,)))


def test_a_net_with_layers_of_ones_own() -> None:
    net = nn.Sequential()
    net.add(nn.Dense(4, in_units=3), Normalized(), nn.Dense(2))
    net.load_parameters(str(OTHERS / "net.params"))
    recorded = json.loads((OTHERS / "manifest.json").read_text(encoding="utf-8"))["net"]
    found = values(net)
    assert list(found) == recorded["names"]
    assert list(found.values()) == [array["values"] for array in recorded["arrays"]]


def test_names_of_attributes_without_a_dot_are_places(tmp_path: Path) -> None:
    class Scale(Block):
        def __init__(self) -> None:
            super().__init__()
            self.factor = self.params.get("weight", shape=(1,))

    one, other = Scale(), Scale()
    one.initialize(init.One())
    one.save_parameters(str(tmp_path / "scale"))
    other.load_parameters(str(tmp_path / "scale"))
    assert values(other) == {"factor": [1.0]}


def test_missing_and_extra() -> None:
    path = str(FILES / "nested-model.params")
    pair, dense = built("nested"), nn.Sequential()
    dense.add(nn.Dense(2, in_units=3))
    with pytest.raises(AssertionError, match=r"'0.weight' is missing in file .*'left.weight', 'left.bias', "):
        dense.load_parameters(path)
    with pytest.raises(
        ValueError, match=r"'left.weight' loaded from file .*contains parameters '0.weight', '0.bias'"
    ):
        dense.load_parameters(path, allow_missing=True)
    dense.load_parameters(path, allow_missing=True, ignore_extra=True)
    pair.more = nn.Dense(1)
    with pytest.raises(AssertionError, match=r"'more.weight' is missing"):
        pair.load_parameters(path)
    pair.load_parameters(path, allow_missing=True)
    assert values(pair.left) == {"weight": RECORDED["nested-model.params"]["left.weight"], "bias": [0.0, 0.0]}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"right.weight": nd.zeros((3, 5))}, r"'pair0_dense1_weight' .*shape incompatible expected \(3, 4\)"),
        (
            {"right.bias": nd.zeros((3,), dtype="float64")},
            "'pair0_dense1_bias' .*dtype incompatible .*float32",
        ),
        ({"other": nd.zeros((1,))}, "'other' loaded from file"),
        ({"right.bias": None}, "'right.bias' is missing"),
    ],
)
def test_nothing_is_loaded_when_anything_does_not_fit(change: Any, problem: str, tmp_path: Path) -> None:
    path, net = str(tmp_path / "changed"), trained("nested")
    arrays = {**nd.load(str(FILES / "nested-model.params")), **change}
    nd.save(path, {name: array * 0 for name, array in arrays.items() if array is not None})
    before = values(net)
    with pytest.raises((AssertionError, ValueError), match=problem):
        net.load_parameters(path)
    assert values(net) == before


def test_types() -> None:
    path, net = str(FILES / "float64.params"), built("nested")
    with pytest.raises(AssertionError, match="dtype incompatible expected float32 vs saved float64"):
        net.load_parameters(path)
    with pytest.raises(AssertionError, match="dtype_source"):
        net.load_parameters(path, cast_dtype=True, dtype_source="foo")
    net.load_parameters(path, cast_dtype=True)
    assert net.left.weight.data().dtype is np.float32
    net.load_parameters(path, cast_dtype=True, dtype_source="saved")
    assert net.left.weight.data().dtype is np.float64
    assert net.left.weight.dtype is np.float64
    assert values(net) == RECORDED["float64.params"]


def test_contexts() -> None:
    path, both = str(FILES / "custom.params"), [mx.cpu(1), mx.cpu(2)]
    net = built("custom")
    net.load_parameters(path, ctx=both)
    assert net.collect_params().list_ctx() == both
    net.load_parameters(path, ctx=both[::-1])
    for wrong in (mx.cpu(1), [mx.cpu(0), mx.cpu(1)]):
        with pytest.raises(AssertionError, match=r"it was previously initialized on \[cpu\(1\), cpu\(2\)\]"):
            net.load_parameters(path, ctx=wrong)
    waiting = built("custom")
    waiting.initialize(ctx=mx.cpu(3))
    with pytest.raises(AssertionError, match=r"initialized on \[cpu\(3\)\]"):
        waiting.load_parameters(path, ctx=mx.cpu(0))
    waiting.load_parameters(path)
    assert waiting.collect_params().list_ctx() == [mx.cpu(3)]


def test_loaded_parameters_are_trained_on(tmp_path: Path) -> None:
    net = built("nested")
    net.load_parameters(str(FILES / "nested-model.params"))
    with mx.autograd.record():
        loss = net.left(X).sum()
    loss.backward()
    assert net.left.bias.grad().asnumpy().tolist() == [2.0, 2.0]


def test_files_without_names_or_arrays(tmp_path: Path) -> None:
    path = str(tmp_path / "file")
    nd.save(path, [X])
    with pytest.raises(ValueError, match="holds arrays without names"):
        nn.Dense(2).load_parameters(path)
    nn.Flatten().save_parameters(path)
    nn.Flatten().load_parameters(path)
    with pytest.raises(AssertionError, match="'weight' is missing"):
        nn.Dense(2).load_parameters(path)
    with pytest.raises(RuntimeError, match="not been initialized"):
        nn.Dense(2).save_parameters(path)
    with pytest.raises(mx.MXNetError, match="none"):
        nn.Dense(2).load_parameters(str(tmp_path / "none"))
