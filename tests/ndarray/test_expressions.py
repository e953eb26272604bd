"""Methods, operators, writes and gradients of arrays: what a line of a program gives is what MXNet gives."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

import mxnet as mx
from ndarray.expression_samples import EXPRESSIONS, RECORDED, STATEMENTS, evaluated, executed, recorded

ANSWERS = json.loads((Path(__file__).parents[1] / "data" / "expressions.json").read_text(encoding="utf-8"))

# Where it is otherwise, and why: more is taken than MXNet takes, or an error is of another kind.
LENIENT = {
    "x.as_in_context('cpu')": "a context's name stands for it",
    "x.astype('q')": "what NumPy takes as a type",
    "np.array(x)": "MXNet's array is no array for NumPy: it makes one of objects",
    "x.transpose(1, 0)": "axes one by one, as reshape takes them",
    "t.transpose(2, 0, 1)": "axes one by one, as reshape takes them",
    "nd.ones(1).broadcast_to(3)": "a number for a shape of one axis",
    "nd.array([x, x])": "a list of arrays",
    "nd.array([v, v])": "a list of arrays",
    "nd.array([s, s])": "a list of arrays",
    "x.copyto(x)": "it returns the array, not False",
    "y = x.sort()": "it has a gradient",
    "y = nd.concatenate([x, x * 2])": "it has a gradient",
}
OTHER_ERROR = {
    "x.reshape()": "ValueError",
    "x.expand_dims(5, inplace=True)": "IndexError",
    "nd.ones((1, 2, 1)).squeeze(1, inplace=True)": "ValueError",
    "x.transpose(0, 0)": "MXNetError",
    "t.transpose(-1, 0, 1)": "MXNetError",
    "x.transpose(None)": "TypeError",
    "x.broadcast_to(4)": "ValueError",
    "x.softmax(0)": "TypeError",
    "x.attach_grad('q')": "ValueError",
}


def assert_same(found: Any, expected: Any) -> None:
    if isinstance(expected, list) and isinstance(found, list):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    elif isinstance(expected, float) and isinstance(found, (float, int)):
        assert found == pytest.approx(expected, rel=1e-3, abs=2e-3, nan_ok=True)
    else:
        assert found == expected


def check(run: Any, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = json.loads(json.dumps(run(mx, text)))
    if text in LENIENT:
        assert found != ANSWERS[text], "it is as in MXNet: take it out"
        assert not isinstance(found, str)
    elif text in OTHER_ERROR:
        assert ANSWERS[text].startswith("error")
        assert found == "error " + OTHER_ERROR[text]
    else:
        assert_same(found, ANSWERS[text])


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expression(text: str) -> None:
    check(evaluated, text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_statement(text: str) -> None:
    check(executed, text)


@pytest.mark.parametrize("text", RECORDED)
def test_while_recording(text: str) -> None:
    check(recorded, text)
