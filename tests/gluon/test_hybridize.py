"""Hybridized blocks answer as MXNet's: what can't be traced, structures, changes, hooks, initialization."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from gluon import hybrid_cases as cases

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "hybridize.json").read_text(encoding="utf-8"))


def same(found: Any, wanted: Any) -> None:
    if isinstance(wanted, dict) and "values" in wanted:
        assert found["shape"] == wanted["shape"]
        np.testing.assert_allclose(found["values"], wanted["values"], rtol=1e-5, atol=2e-6)
    elif isinstance(wanted, list):
        assert len(found) == len(wanted)
        for a, b in zip(found, wanted, strict=True):
            same(a, b)
    else:
        assert found == wanted


@pytest.mark.parametrize("name", cases.CASES)
def test_as_in_mxnet(name: str) -> None:
    found, wanted = cases.ask(mx, name), RECORDED[name]
    assert found.get("error") == wanted.get("error")
    same(found.get("value"), wanted.get("value"))
    assert found["warnings"] == wanted["warnings"]
