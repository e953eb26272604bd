"""The table of coverage is fresh, and of what belongs to arrays nothing is missing unsaid."""

from __future__ import annotations

import runpy
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from regluon.reference import canonical, entries
from regluon.reference.standing import deviations

LISTED = (Path(__file__).parent / "data" / "operators.txt").read_text(encoding="utf-8").splitlines()
TOOL = Path(__file__).parents[1] / "tools" / "make_coverage.py"


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(TOOL))


def test_coverage_is_fresh(tool: dict[str, Any]) -> None:
    assert tool["stale"]() == [], "run `make coverage`"


@pytest.mark.parametrize(
    "namespace",
    "nd nd.op nd.random nd.linalg nd.contrib nd.image nd.sparse nd.NDArray random operators".split(),
)
def test_nothing_is_missing(tool: dict[str, Any], namespace: str) -> None:
    missing = [name for name in tool["names_of"](namespace) if tool["state"](name) == "missing"]
    assert not missing, f"build these, or give each an entry in deviations.ini: {', '.join(missing)}"


def test_gaps_are_few(tool: dict[str, Any]) -> None:
    names = {name for namespace in tool["ND"] for name in tool["names_of"](namespace)}
    gaps = [name for name in names if tool["state"](name) == "gap"]
    assert len(gaps) <= 0.03 * len(names), gaps


def test_the_states(tool: dict[str, Any]) -> None:
    names = ("nd.exp", "nd.NDArray.exp", "nd.op.exp", "operators._plus_scalar")
    assert {tool["state"](name) for name in names} == {"same"}
    assert tool["state"]("nd.NDArray.__init__") == "deviates"
    assert tool["state"]("operators._NoGradient") == "senseless"
    assert tool["state"]("np.ndarray.sum") == "missing"


def test_every_entry_is_of_a_name() -> None:
    """An entry for a name that MXNet does not have, or under an alias, would tell nobody anything."""
    operators = {f"operators.{line.partition(';')[0].strip()}" for line in LISTED}
    exact = [e.name for e in deviations() if "*" not in e.name]
    assert [n for n in exact if canonical(n) != n and n not in operators] == []
    patterns = [e.name for e in deviations() if "*" in e.name]
    assert [p for p in patterns if not any(fnmatchcase(n, p) for n in operators | entries().keys())] == []


def test_what_deviates_is_there(tool: dict[str, Any]) -> None:
    deviating = [e.name for e in deviations() if e.kind == "deviates"]
    assert [name for name in deviating if tool["find"](name) is tool["ABSENT"]] == []


def test_uses_are_of_names(tool: dict[str, Any]) -> None:
    uses = tool["uses"]()
    assert len(uses) > 300
    assert [name for name in uses if canonical(name) != name] == []
