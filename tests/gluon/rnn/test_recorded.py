"""Recurrent layers and cells, deformable convolutions: all is as MXNet 1.9.1 has it, or within rounding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from gluon.rnn import cases, language_model

DATA = Path(__file__).parents[2] / "data"


def recorded() -> tuple[dict[str, Any], dict[str, dict[str, np.ndarray]]]:
    """What MXNet says of each case, and its arrays."""
    with np.load(DATA / "rnn.npz") as file:
        about, data = json.loads(str(file["index"])), file["data"].tobytes()
    arrays: dict[str, dict[str, np.ndarray]] = {}
    at = 0
    for key, dtype, shape in about["index"]:
        name, what = key.split(": ")
        array = np.frombuffer(data, dtype, int(np.prod(shape)), at).reshape(shape)
        arrays.setdefault(name, {})[what] = array
        at += array.nbytes
    return about["said"], arrays


SAID, ARRAYS = recorded()


@pytest.mark.parametrize("name", cases.CASES)
def test_case(name: str) -> None:
    said, arrays = cases.run(mx, name)
    assert json.loads(json.dumps(said)) == SAID[name]
    assert arrays.keys() == ARRAYS[name].keys()
    for what, array in arrays.items():
        np.testing.assert_allclose(array, ARRAYS[name][what], rtol=1e-4, atol=2e-5, err_msg=what)


@pytest.mark.parametrize("name", cases.MADE)
def test_made(name: str) -> None:
    assert json.loads(json.dumps(cases.made(mx, name))) == SAID["made"][name]


@pytest.mark.parametrize("path", sorted((DATA / "rnn").glob("*.params")), ids=lambda path: path.stem)
def test_files_of_mxnet(path: Path, tmp_path: Path) -> None:
    """They are read, by places and by full names, and written to the same bytes."""
    name = path.stem.removesuffix("-names").replace("-", " ")
    block, inputs, _ = cases.initialized(mx, name)
    expected = [o.asnumpy() for o in cases.flat(cases.CASES[name].call(mx, block, inputs))]
    block.initialize(mx.init.Zero(), force_reinit=True)
    if path.stem.endswith("-names"):
        block.collect_params().load(str(path))
    else:
        block.load_parameters(str(path))
    found = [o.asnumpy() for o in cases.flat(cases.CASES[name].call(mx, block, inputs))]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    written = tmp_path / "written.params"
    if path.stem.endswith("-names"):
        block.collect_params().save(str(written))
    else:
        block.save_parameters(str(written))
    assert written.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("kind", SAID["losses"])
def test_language_model(kind: str) -> None:
    losses = language_model.train(mx, kind)
    assert losses[-1] < losses[0]
    np.testing.assert_allclose(losses, SAID["losses"][kind], rtol=0, atol=1e-3)
