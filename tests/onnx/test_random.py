"""Conversions to ONNX of random numbers: other ones in every run, of the same distributions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from mxnet import sym
from onnx_runs import session

p = sym.var("p")
ROWS = np.array([[0.1, 0.2, 0.7], [0, 0.5, 0.5]], np.float32)


def drawn(symbol: Any, folder: Path, arrays: dict[str, Any]) -> list[Any]:
    path, shapes = str(folder / "random.onnx"), [x.shape for x in arrays.values()]
    mx.onnx.export_model(symbol, {}, shapes, onnx_file_path=path)
    run = session(path)
    return list(run.run(None, {i.name: arrays[i.name] for i in run.get_inputs()}))


@pytest.mark.parametrize("like", [False, True])
def test_uniform_and_normal_numbers(like: bool, tmp_path: Path) -> None:
    given: dict[str, Any] = {"data": p} if like else {"shape": (60, 100)}
    tail = "_like" if like else ""
    uniform, normal = (getattr(sym.random, f"{name}{tail}") for name in ("uniform", "normal"))
    symbol = sym.Group([uniform(low=-1, high=3, **given), normal(loc=2, scale=0.5, **given)])
    arrays = {"p": np.zeros((60, 100), np.float32)} if like else {}
    for found, mean, spread in zip(drawn(symbol, tmp_path, arrays), (1, 2), (4 / 12**0.5, 0.5), strict=True):
        assert (found.shape, found.dtype) == ((60, 100), np.float32)
        assert abs(found.mean() - mean) < 5 * spread / 6000**0.5
        assert abs(found.std() - spread) < 0.05 * spread


@pytest.mark.parametrize(("rows", "shape"), [(ROWS, (4000,)), (ROWS, (40, 100)), (ROWS[0], (4000,))])
def test_outcomes(rows: Any, shape: tuple[int, ...], tmp_path: Path) -> None:
    symbol = sym.sample_multinomial(p, shape=shape, get_prob=True)
    outcomes, logs = drawn(symbol, tmp_path, {"p": rows})
    assert (outcomes.shape, outcomes.dtype) == ((*rows.shape[:-1], *shape), np.int32)
    for row, found, log in zip(
        *(x.reshape(-1, x.size // (rows.size // 3)) for x in (rows, outcomes, logs)), strict=True
    ):
        assert np.allclose(np.bincount(found, minlength=3) / 4000, row, atol=0.05)
        assert np.allclose(np.exp(log), row[found])


def test_one_outcome_of_a_row(tmp_path: Path) -> None:
    (found,) = drawn(
        sym.sample_multinomial(p, dtype="float32"), tmp_path, {"p": np.array([0, 1, 0], np.float32)}
    )
    assert (found.tolist(), found.dtype) == ([1.0], np.float32)


def test_a_shape_that_varies_is_refused(tmp_path: Path) -> None:
    path, symbol = str(tmp_path / "x.onnx"), sym.sample_multinomial(p, name="s")
    with pytest.raises(mx.MXNetError, match=r"_sample_multinomial s: it needs the whole shape .* \(0, 0\)"):
        mx.onnx.export_model(symbol, {}, [(2, 3)], onnx_file_path=path, dynamic=True)
