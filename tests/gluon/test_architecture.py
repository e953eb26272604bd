"""Block.save and Block.load: parameters beside the names of a net's blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import regluon as mx
from gluon import nets
from regluon.gluon import Block, nn

FILES = Path(__file__).parents[1] / "data" / "gluon"


def build(name: str = "nested") -> Block:
    return nets.NETS[name](mx)[0]


def names(net: Block) -> list[str]:
    found: list[str] = []
    net.apply(lambda block: found.append(block.name))
    return found


def without_graphs(entry: Any) -> Any:
    """What is known of a net without the graphs that MXNet keeps of blocks that waited for their shapes."""
    if not isinstance(entry, dict):
        return entry
    kept = {k: v for k, v in entry.items() if k not in ("in_format", "out_format", "inputs", "symbol")}
    return {k: False if k == "hybridized" else without_graphs(v) for k, v in kept.items()}


def test_reads_what_mxnet_wrote() -> None:
    net = build()
    net.load(str(FILES / "nested"))
    assert names(net) == ["pair0_dense0", "pair0_dense1_relu", "pair0_dense1", "pair0"]
    assert list(net.collect_params()) == [
        "pair0_dense0_weight",
        "pair0_dense0_bias",
        "pair0_dense1_weight",
        "pair0_dense1_bias",
    ]
    recorded = json.loads((FILES.parent / "gluon.json").read_text())["files"]["nested-model.params"]
    assert {p: nets.numbers(v.data()) for p, v in net._collect_params_with_prefix().items()} == recorded


def test_writes_what_mxnet_reads(tmp_path: Path) -> None:
    with mx.name.NameManager():
        net = build()
    net.load(str(FILES / "nested"))
    net.save(str(tmp_path / "net"))
    found, expected = [
        json.loads((f / "x").with_name(n).read_text())
        for f, n in [(tmp_path, "net-model.json"), (FILES, "nested-model.json")]
    ]
    assert found == without_graphs(expected)
    assert (tmp_path / "net-model.params").read_bytes() == (FILES / "nested-model.params").read_bytes()


def test_back_and_forth(tmp_path: Path) -> None:
    one, other = build("scoped"), build("scoped")
    one.initialize()
    one(*nets.scoped(mx)[1])
    one.save(str(tmp_path / "net"))
    other.load(str(tmp_path / "net"))
    assert names(other) == names(one)
    assert list(other.collect_params()) == list(one.collect_params())
    x = nets.scoped(mx)[1][0]
    assert (one(x) == other(x)).asnumpy().all()


@pytest.mark.parametrize("contents", ["", "[]", "{}", '{"sequential0": {}}', '{"sequential0": 3}', "\0"])
def test_another_architecture(contents: str, tmp_path: Path) -> None:
    net = nn.Sequential(prefix="mine_")
    net.add(nn.Dense(2))
    (tmp_path / "net-model.json").write_text(contents)
    with pytest.raises(mx.MXNetError, match=r"net-model.json does not describe a net like this Sequential"):
        net.load(str(tmp_path / "net"))
    with pytest.raises(mx.MXNetError, match="does not describe"):
        net.load(str(FILES / "nested"))
    assert net.name == "mine"
