"""Programs answer what they answer on MXNet, as tests/oracle/record_programs.py has recorded it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from programs import kvstore, modules, pictures, profiler, text, trainers, utilities
from programs.answers import plain

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "programs.json").read_text(encoding="utf-8"))
PROGRAMS = {
    f"{family.__name__.partition('.')[2]}-{program.__name__}": (family, program)
    for family in (kvstore, text, modules, utilities, pictures, profiler, trainers)
    for program in family.PROGRAMS
}


@cache
def names_of(family: ModuleType) -> mx.name.NameManager:
    """Counts automatic names through the family, whatever other tests have made in this process."""
    return mx.name.NameManager()


@cache
def answer(name: str) -> Any:
    """A program's answer; those before it in its family go first, as they went on MXNet."""
    family, program = PROGRAMS[name]
    for before in family.PROGRAMS[: family.PROGRAMS.index(program)]:
        answer(name.replace(program.__name__, before.__name__))
    with names_of(family), TemporaryDirectory() as folder:
        return json.loads(json.dumps(plain(program(mx, Path(folder)), mx)))


def same(mine: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return mine.keys() == wanted.keys() and all(same(mine[k], wanted[k]) for k in wanted)
    if isinstance(wanted, list):
        return len(mine) == len(wanted) and all(map(same, mine, wanted))
    if isinstance(wanted, float):
        return bool(np.isclose(mine, wanted, rtol=1e-6, atol=1e-7))
    return type(mine) is type(wanted) and mine == wanted


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    mine = answer(name)
    assert same(mine, RECORDED[name]), f"{mine}\n{RECORDED[name]}"


def test_every_recording_has_its_program() -> None:
    assert RECORDED.keys() == PROGRAMS.keys()
