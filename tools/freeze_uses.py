"""Freezes how often programs use MXNet's names: ``python tools/freeze_uses.py COUNTS.md``.

Reads the tables of a count (``| `name` | uses | programs |``, and ```name` 12`` in lists) and writes
tests/data/uses.txt, a name with its uses a line. ``F`` is counted as ``nd``, for which it stands in eager
blocks.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from regluon.reference import canonical

TARGET = Path(__file__).parents[1] / "tests" / "data" / "uses.txt"
COUNT = re.compile(r"`([\w.]+)`(?: \|)? (\d+)")
MODULES = {"F": "nd"}


def counted(text: str) -> Counter[str]:
    """Uses by the names' homes. Names that MXNet 1.9.1 lacks, such as those of later versions, stay out."""
    pairs = {name: int(uses) for name, uses in COUNT.findall(text)}
    found: Counter[str] = Counter()
    for name, uses in pairs.items():
        first, dot, rest = name.partition(".")
        home = canonical(MODULES.get(first, first) + dot + rest)
        if home is not None:
            found[home] += uses
    return found


def main(path: str) -> None:
    """The command."""
    found = counted(Path(path).read_text(encoding="utf-8"))
    lines = [f"{name} {uses}\n" for name, uses in sorted(found.items())]
    TARGET.write_text("".join(lines), encoding="utf-8")
    print(f"{TARGET.name}: {len(lines)} names, {found.total()} uses")


if __name__ == "__main__":
    main(sys.argv[1])
