"""Symbols and nets exported and run by ONNX Runtime, beside what they are here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime

import mxnet as mx
from mxnet import nd, sym

__all__ = ["Case", "array", "case", "check", "check_net", "closeness", "session"]

_random = np.random.RandomState(0)


class Case(NamedTuple):
    """A symbol and its arrays by name."""

    name: str
    symbol: Any
    arrays: dict[str, Any]
    params: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def array(*shape: int, low: float = -2, high: float = 2) -> Any:
    return nd.array(_random.uniform(low, high, shape).astype(np.float32))


def case(name: str, symbol: Any, params: Sequence[str] = (), **arrays: Any) -> Case:
    return Case(name, symbol, arrays, tuple(params))


def session(path: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def check(given: Case, folder: Path) -> None:
    """The results of ONNX Runtime are ours in shape, type and value."""
    symbol, path = given.symbol, str(folder / "case.onnx")
    params = {name: given.arrays[name] for name in given.params}
    names = [name for name in symbol.list_inputs() if name not in params]
    arrays = [given.arrays[name] for name in names]
    mx.onnx.export_model(symbol, params, [a.shape for a in arrays], [a.dtype for a in arrays], path)
    run = session(path)
    feeds = {i.name: given.arrays[i.name].asnumpy() for i in run.get_inputs()}
    states = {name: given.arrays[name] for name in symbol.list_auxiliary_states()}
    arguments = {name: value for name, value in given.arrays.items() if name not in states}
    expected = symbol.bind(mx.cpu(), arguments, aux_states=states).forward()
    for found, ours in zip(run.run(None, feeds), expected, strict=True):
        assert found.shape == ours.shape
        assert found.dtype == ours.dtype
        assert np.allclose(found, ours.asnumpy(), rtol=1e-5, atol=1e-5)


def check_net(net: Any, shape: tuple[int, ...], varying: tuple[Any, ...], folder: Path) -> None:
    """A net, exported for extents that vary, gives our results for others than it was exported with."""
    path = str(folder / "net.onnx")
    net(nd.zeros(shape))
    outputs = net(sym.var("data"))
    params = {p.name: p.data() for p in net.collect_params().values()}
    mx.onnx.export_model(
        outputs, params, [shape], onnx_file_path=path, dynamic=True, dynamic_input_shapes=[varying]
    )
    run = session(path)
    other = tuple(n if isinstance(n, int) else 2 for n in varying)
    x = nd.array(_random.normal(size=other).astype(np.float32))
    assert closeness(run.run(None, {"data": x.asnumpy()})[0], net(x)) < 1e-4


def closeness(found: Any, ours: Any) -> float:
    """The largest difference, in units of our largest number."""
    expected = ours.asnumpy()
    assert found.shape == expected.shape
    assert np.abs(expected).max() > 0
    return float(np.abs(found - expected).max() / np.abs(expected).max())
