"""The reviewed file of deviations and gaps, and the failures that it makes expected."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from expectations import UNKNOWN, expect_failures
from regluon.reference import Deviation, deviations, standing
from regluon.reference.standing import read

PAGE = Path(__file__).parents[1] / "docs" / "deviations.md"
ENTRY = "[nd.dot]\nkind = {}\nreason = {}\n"


def test_an_entry() -> None:
    text = """
    [nd.dot]
    kind = deviates
    reason = it takes integers,
        which MXNet refuses
    alternative = x = y
    fails = tests/a.py::test_b[c-1]
        tests/a.py::test_d
    """.replace("\n    ", "\n")
    tests = ("tests/a.py::test_b[c-1]", "tests/a.py::test_d")
    expected = Deviation("nd.dot", "deviates", "it takes integers, which MXNet refuses", "x = y", fails=tests)
    assert read(text) == (expected,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY.format("odd", "x"), r"\[nd.dot\] kind is 'odd', not one of deviates, gap, senseless"),
        (ENTRY.format("gap", ""), r"\[nd.dot\] has no reason"),
        (ENTRY.format("gap", "x") + "why = y\n", r"\[nd.dot\] has the unknown field why"),
        (ENTRY.format("gap", "x") * 2, "section 'nd.dot' already exists"),
    ],
)
def test_what_is_no_entry(text: str, message: str) -> None:
    with pytest.raises(Exception, match=message):
        read(text)


def test_standings() -> None:
    assert standing("nd.exp").state == "there"
    assert standing("nd.NDArray.__init__").state == "deviates"
    assert standing("nd.NDArray.exp").state == "there"
    assert standing("nd.contrib.backward_quadratic").alternative == "backward()"
    assert standing("np.ndarray.sum").state == "missing"


def test_headings_that_entries_point_to() -> None:
    headings = re.findall(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [e.name for e in deviations() if e.see and e.see not in headings] == []


class Item(SimpleNamespace):
    def add_marker(self, mark: Any) -> None:
        self.mark = mark


def test_failures_are_expected() -> None:
    items = [Item(nodeid=f"tests/a.py::test_{n}", mark=None) for n in "xyz"]
    fails = ("tests/a.py::test_y", "tests/a.py::test_w", "tests/b.py::test_x")
    unknown = expect_failures(items, [Deviation("nd.dot", "deviates", "why", fails=fails)])
    assert [item.mark and (item.mark.name, item.mark.kwargs) for item in items] == [
        None,
        ("xfail", {"reason": "nd.dot: why", "strict": True}),
        None,
    ]
    assert unknown == ["tests/a.py::test_w"]


def test_listed_tests_are_there(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.stash[UNKNOWN] == []
