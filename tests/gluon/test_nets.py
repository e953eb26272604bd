"""Nets as a whole: what they print, how they are named and initialized and what they compute is MXNet's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from gluon import nets

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "gluon.json").read_text())["nets"]


@pytest.fixture(scope="module", params=nets.NETS)
def net(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is known of a net here, as JSON keeps it, and what MXNet says."""
    return json.loads(json.dumps(nets.run(mx, request.param))), RECORDED[request.param]


@pytest.mark.parametrize("what", ["repr", "params", "blocks", "places", "after", "values", "summary"])
def test_is_as_in_mxnet(net: Any, what: str) -> None:
    found, expected = net
    assert found.get(what) == expected.get(what)


def flat(value: Any) -> list[float]:
    return [n for part in value for n in flat(part)] if isinstance(value, list) else [value or 0.0]


def test_computes_what_mxnet_computes(net: Any) -> None:
    found, expected = [flat(side.get("output")) for side in net]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
