"""Recorded values against ours: numbers within a tolerance, everything else equal."""

from __future__ import annotations

import math
import re
from typing import Any

__all__ = ["differences"]

NUMBER = re.compile(r"(\d+\.\d+)")


def differences(found: Any, expected: Any, tolerance: float, place: str = "") -> list[str]:
    """Where two nested values differ; a number by more than ``tolerance`` of the larger of 1 and itself."""
    if isinstance(expected, float) and isinstance(found, (int, float)):
        close = math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)
        both_nan = math.isnan(found) and math.isnan(expected)
        return [] if close or both_nan else [f"{place}: {found}, recorded {expected}"]
    if isinstance(expected, dict) and isinstance(found, dict):
        if sorted(map(str, found)) != sorted(expected):
            return [f"{place}: {sorted(map(str, found))}, recorded {sorted(expected)}"]
        return [
            d for k, v in found.items() for d in differences(v, expected[str(k)], tolerance, f"{place}.{k}")
        ]
    if isinstance(expected, list) and isinstance(found, (list, tuple)):
        if len(found) != len(expected):
            return [f"{place}: {len(found)} values, recorded {len(expected)}: {found} {expected}"]
        pairs = enumerate(zip(found, expected))  # noqa: B905 (recorders run on Python 3.8)
        return [d for i, (a, b) in pairs for d in differences(a, b, tolerance, f"{place}[{i}]")]
    if isinstance(expected, str) and isinstance(found, str):  # numbers within, such as those of log lines
        ours, theirs = (NUMBER.split(text) for text in (found, expected))
        if len(ours) == len(theirs) and ours[::2] == theirs[::2]:
            numbers = [[float(n) for n in parts[1::2]] for parts in (ours, theirs)]
            return differences(*numbers, tolerance, f"{place} {expected!r}")
    return [] if found == expected else [f"{place}: {found!r}, recorded {expected!r}"]
