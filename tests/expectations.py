"""Tests that fail because of a known deviation: listed with it in deviations.ini, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from regluon.reference import Deviation

__all__ = ["UNKNOWN", "expect_failures"]

UNKNOWN = pytest.StashKey[list[str]]()
"""The listed tests that are not there, among the files that were collected as a whole."""


def expect_failures(items: Iterable[Any], entries: Iterable[Deviation]) -> list[str]:
    """Marks the tests that are listed: one that passes fails then, until its line is taken out.

    Returns what is listed and not there, of the files that the items come from.
    """
    reasons = {test: f"{entry.name}: {entry.reason}" for entry in entries for test in entry.fails}
    files = set()
    for item in items:
        files.add(item.nodeid.partition("::")[0])
        reason = reasons.pop(item.nodeid, None)
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
    return [test for test in reasons if test.partition("::")[0] in files]
