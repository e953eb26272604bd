"""Blocks called from operator to operator, and hybridized: what must come out the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

from mxnet import autograd, nd, random
from regluon.symbol import compiled

MODES = ("predict", "train", "record", "record for prediction")


def flat(value: Any) -> list[Any]:
    """The arrays in nested lists."""
    if isinstance(value, (list, tuple)):
        return [array for part in value for array in flat(part)]
    return [value]


def outcome(block: Any, inputs: list[Any], mode: str, learned: list[Any]) -> dict[str, np.ndarray[Any, Any]]:
    """What a call in one of MODES gives: results, gradients, and statistics."""
    random.seed(11)
    training = mode in ("train", "record")
    scope = autograd.record(training) if mode.startswith("record") else autograd.pause(training)
    with scope:
        results = flat(block(*inputs))
        stream = np.random.default_rng(5)
        weights = [nd.array(stream.normal(size=r.shape), dtype=r.dtype) for r in results]
        heads = [(r * w).sum() for r, w in zip(results, weights, strict=True) if r._ag is not None]
    found = {f"out{i}": r for i, r in enumerate(results)}
    heads = [h for h in heads if h._ag is not None]
    if heads:
        autograd.backward(heads)
        found |= {f"grad{i}": x.grad for i, x in enumerate(learned)}
    for name, p in block.collect_params().items():
        if p.grad_req != "null" and heads:
            found["grad_" + name] = p.grad()
        elif p.grad_req == "null":
            found[name] = p.data()
    return {name: array.asnumpy() for name, array in found.items()}


def agrees(
    block: Any, inputs: list[Any], learned: list[Any] | None = None, times: int = 3, tolerance: float = 1e-5
) -> None:
    """Holds a block, hybridized, against itself."""
    if learned is None:
        learned = [x for x in flat(inputs) if x is not None]
    for x in learned:
        x.attach_grad()
    block(*inputs)
    start = {name: p.data().copy() for name, p in block.collect_params().items()}

    def from_start(run: Callable[[], Any]) -> Any:
        for name, p in block.collect_params().items():
            p.set_data(start[name])
            if p.grad_req != "null":
                p.grad()[:] = 0
        return run()

    steps: list[Any] = []
    run = compiled.run_steps
    expected = {m: from_start(lambda m=m: outcome(block, inputs, m, learned)) for m in MODES}
    block.hybridize()
    with mock.patch.object(compiled, "run_steps", lambda *args: steps.append(1) or run(*args)):
        _compare(block, from_start, expected, inputs, learned, times, tolerance)
    block.hybridize(False)
    assert len(steps) <= len(MODES)  # only the first call of a kind goes from operator to operator


def _compare(
    block: Any,
    from_start: Callable[..., Any],
    expected: dict[str, Any],
    inputs: list[Any],
    learned: list[Any],
    times: int,
    tolerance: float,
) -> None:
    for mode in MODES:
        for _ in range(times):
            found = from_start(lambda m=mode: outcome(block, inputs, m, learned))
            assert found.keys() == expected[mode].keys()
            for name, value in expected[mode].items():
                assert found[name].shape == value.shape
                scale = max(1e-3, float(np.abs(value[np.isfinite(value)]).max(initial=0)))
                np.testing.assert_allclose(
                    found[name], value, rtol=0, atol=tolerance * scale, err_msg=f"{mode}: {name}"
                )


def warm(net: Any, x: Any) -> None:
    """Calls until everything is compiled that will be."""
    for _ in range(4):
        net(x)
