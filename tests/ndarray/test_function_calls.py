"""Functions and methods written by hand, held against MXNet's answers to the same calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from ndarray import function_calls

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "functions.json").read_text(encoding="utf-8"))


def close(found: Any, expected: Any) -> bool:
    """Equal, numbers of arrays within 1e-6 of the largest."""
    if isinstance(expected, dict) and "values" in expected:
        same = {k: found[k] for k in ("type", "shape")} == {k: expected[k] for k in ("type", "shape")}
        scale = np.abs(expected["values"]).max()
        return same and np.allclose(found["values"], expected["values"], rtol=0, atol=1e-6 * scale)
    if isinstance(expected, dict):
        return "error" in found  # of which class is told in docs/deviations.md
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(close, found, expected))
    return bool(found == expected)


@pytest.mark.parametrize(("call", "expected"), RECORDED, ids=[call for call, _ in RECORDED])
def test_the_answer_is_mxnets(call: str, expected: Any, tmp_path: Path) -> None:
    found = function_calls.run(call, mx, tmp_path)
    assert close(found, expected), (found, expected)


def test_every_call_is_recorded() -> None:
    assert [call for call, _ in RECORDED] == function_calls.CALLS, "run tests/oracle/record_functions.py"
