"""Exported nets: MXNet's files open here with its outputs, and the same nets give the same bytes."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mxnet.gluon import SymbolBlock

import mxnet as mx
from gluon.export_cases import (
    FILES,
    OLD,
    ZOO,
    flat,
    from_zoo,
    inputs_of,
    names_of,
    number,
    older,
    prepared,
    renamed,
    shapes_of,
)
from mxnet import nd
from symbol_control_cases import fresh

DATA = Path(__file__).parents[1] / "data"
RECORDED = json.loads((DATA / "exports.json").read_text())


@pytest.fixture(autouse=True)
def names() -> Any:
    with fresh(mx):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("exports")
    with zipfile.ZipFile(DATA / "exports.zip") as packed:
        packed.extractall(found)
    return found


def close(found: Any, name: str, kind: str = "outputs") -> None:
    outputs = RECORDED[name][kind]
    for ours, theirs in zip(flat(found), map(np.array, outputs), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * max(1, np.abs(theirs).max()))


def imported(folder: Path, name: str) -> tuple[Any, list[Any]]:
    inputs = inputs_of(mx, name, shapes_of(mx, name))
    files = str(folder / f"{name}-symbol.json"), str(folder / f"{name}-0000.params")
    return SymbolBlock.imports(files[0], names_of(inputs), files[1]), inputs


@pytest.mark.parametrize("name", FILES)
def test_files_of_mxnet_give_its_outputs(folder: Path, name: str) -> None:
    block, inputs = imported(folder, name)
    for _ in range(2):  # the first call goes operator by operator
        close(block(*inputs), name)


@pytest.mark.parametrize("name", FILES)
def test_files_of_mxnet_come_back_as_they_were(folder: Path, name: str, tmp_path: Path) -> None:
    block, _ = imported(folder, name)
    block.export(str(tmp_path / name))
    for suffix in ("-symbol.json", "-0000.params"):
        assert (tmp_path / (name + suffix)).read_bytes() == (folder / (name + suffix)).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_the_same_net_is_exported_to_the_same_bytes(folder: Path, name: str, tmp_path: Path) -> None:
    net, inputs = prepared(mx, name)
    close(net(*inputs), name)
    net.export(str(tmp_path / name))
    assert (tmp_path / f"{name}-0000.params").read_bytes() == (folder / f"{name}-0000.params").read_bytes()
    ours, theirs = [(place / f"{name}-symbol.json").read_text() for place in (tmp_path, folder)]
    if name == "pair":  # how a constant begins is in MXNet's files as the place where it was in memory
        ours, theirs = [re.sub(r'"__init__": ".*[0-9]+.*"', "", text) for text in (ours, theirs)]
    assert ours == theirs


@pytest.mark.parametrize("name", OLD)
def test_symbols_in_the_form_of_0_8(folder: Path, name: str, tmp_path: Path) -> None:
    (tmp_path / "old-symbol.json").write_text(older((folder / f"{name}-symbol.json").read_text()))
    arrays = nd.load(str(folder / f"{name}-0000.params"))
    nd.save(str(tmp_path / "old.params"), {renamed(key): array for key, array in arrays.items()})
    block = SymbolBlock.imports(str(tmp_path / "old-symbol.json"), "data", str(tmp_path / "old.params"))
    close(block(*inputs_of(mx, name, shapes_of(mx, name))), name, "old")


@pytest.mark.parametrize("name", ZOO)
def test_nets_of_the_model_zoo(name: str, tmp_path: Path) -> None:
    """A symbol that is MXNet's to the letter, with parameters of equal numbers, gives MXNet's outputs."""
    symbol = from_zoo(mx, name)(mx.sym.var("data"))
    text = symbol.tojson()
    assert hashlib.sha256(text.encode()).hexdigest() == RECORDED[name]["symbol"]
    (tmp_path / "net-symbol.json").write_text(text)
    (shape,) = shapes_of(mx, name)
    arguments, _, states = symbol.infer_shape(data=shape)
    shapes = dict(zip(symbol.list_arguments(), arguments, strict=True))
    arrays = {f"arg:{n}": number(n, s) for n, s in shapes.items() if n != "data"}
    for n, s in zip(symbol.list_auxiliary_states(), states, strict=True):
        arrays[f"aux:{n}"] = number(n, s)
    nd.save(str(tmp_path / "net-0000.params"), {n: nd.array(a) for n, a in arrays.items()})
    block = SymbolBlock.imports(str(tmp_path / "net-symbol.json"), "data", str(tmp_path / "net-0000.params"))
    close(block(*inputs_of(mx, name, [shape])), name)


def test_mxnet_has_opened_what_is_exported_here() -> None:
    """Recorded by tests/oracle/check_exports.py: how far its outputs are from these, over their scale."""
    opened = json.loads((DATA / "exports_opened.json").read_text())
    assert opened.keys() == {**FILES, **ZOO}.keys()
    assert max(opened.values()) < 1e-5
