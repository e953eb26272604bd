"""Whole convolutional nets: losses while training are MXNet's, and files go from one to the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import regluon as mx
from gluon import convnets

FOLDER = Path(__file__).parents[1] / "data"
DATA = np.load(FOLDER / "layers.npz")


def built(name: str) -> mx.gluon.Block:
    with mx.name.NameManager():
        return convnets.NETS[name][0](mx)


@pytest.mark.parametrize("name", convnets.NETS)
def test_trains_as_in_mxnet(name: str) -> None:
    net, losses = convnets.train(mx, name)
    near = 1e-7 if losses.dtype == "float64" else 1e-4
    np.testing.assert_allclose(losses, DATA[f"losses_{name}"], rtol=near)
    wanted = DATA[f"output_{name}"]
    np.testing.assert_allclose(convnets.output(mx, net, name), wanted, rtol=10 * near, atol=10 * near)


@pytest.mark.parametrize("name", convnets.NETS)
def test_files_go_from_mxnet_to_here_and_back(name: str, tmp_path: Path) -> None:
    file, net = FOLDER / "layers" / f"{name}.params", built(name)
    net.cast(convnets.NETS[name][1])
    net.load_parameters(str(file))
    found = convnets.output(mx, net, name)
    np.testing.assert_allclose(found, DATA[f"output_{name}"], rtol=1e-4, atol=1e-5)
    net.save_parameters(str(tmp_path / "found"))
    assert (tmp_path / "found").read_bytes() == file.read_bytes()


def test_tables_side_by_side_move_as_in_mxnet() -> None:
    printed, values = convnets.tables(mx)
    assert printed == str(DATA["tables_printed"])
    np.testing.assert_allclose(values, DATA["tables"], rtol=1e-5, atol=1e-6)
