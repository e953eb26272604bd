"""Programs of mx.mod and mx.model against MXNet 1.9.1 (tests/oracle/record_modules.py)."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

import regluon as mx
from comparing import differences
from module_cases import CASES
from module_examples import EXAMPLES, run

RECORDED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "modules.json").read_text())


@pytest.mark.parametrize("name", [n for n in CASES if n != "messages"])
def test_a_program_computes_what_mxnet_does(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = CASES[name](mx)
    assert differences(found, RECORDED[name], 2e-5) == []


def says_as_much(ours: Any, recorded: Any) -> bool:
    """Whether an error is of MXNet's kind and says what MXNet says; MXNet's KeyErrors say a bare name."""
    if ours is None or recorded is None:
        return ours is recorded
    (kind, text), (wanted, told) = ours, recorded
    return kind == wanted and (kind == "KeyError" or text.startswith(told)) and bool(text)


def test_errors_warnings_and_log_lines_are_mxnets() -> None:
    for name, (error, warned, logged) in CASES["messages"](mx).items():
        wanted, texts, lines = RECORDED["messages"][name]
        assert says_as_much(error, wanted), (name, error, wanted)
        assert (warned, logged) == (texts, lines), name


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_learns_what_it_does_with_mxnet(name: str, tmp_path: Path) -> None:
    found = run(mx, name, str(tmp_path))
    assert differences(found, RECORDED["examples"][name], 1e-4) == []
