"""Programs of mx.rnn against MXNet 1.9.1 (tests/oracle/record_cells.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import regluon as mx
from comparing import differences
from rnn_cases import CASES

RECORDED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "cells.json").read_text())


@pytest.mark.parametrize("name", [n for n in CASES if n != "messages"])
def test_a_program_computes_what_mxnet_does(name: str) -> None:
    assert differences(CASES[name](mx), RECORDED[name], 2e-5) == []


def test_errors_and_warnings_are_mxnets() -> None:
    for name, (error, warned) in CASES["messages"](mx).items():
        wanted, texts = RECORDED["messages"][name]
        assert warned == texts, name
        assert (error is None) is (wanted is None), (name, error, wanted)
        if error is not None:
            assert error[0] == wanted[0], (name, error, wanted)
            assert error[1].startswith(wanted[1].partition("%s")[0]), (name, error, wanted)
