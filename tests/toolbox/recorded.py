"""What the recorder made of the trainings in setups.py, and the numbers that were printed here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "toolbox.json").read_text(encoding="utf-8")
)

EPOCH = r"epoch (\d+), loss (\d\.\d{4}), train acc (\d\.\d{3}), test acc (\d\.\d{3})"
TIMED = EPOCH + r", time \d+\.\d sec"


def numbers(pattern: str, lines: list[str]) -> list[list[float]]:
    """The numbers of each line, every one of which is of that form; the first counts them from 1."""
    found = []
    for i, line in enumerate(lines, 1):
        parts = re.fullmatch(pattern, line)
        assert parts is not None, line
        count, *values = parts.groups()
        assert int(count) == i
        found.append([float(v) for v in values])
    return found
