"""The generated type stubs say what the registry says."""

import runpy
from pathlib import Path

TOOL = Path(__file__).parents[1] / "tools" / "make_stubs.py"


def test_stubs_are_fresh() -> None:
    tool = runpy.run_path(str(TOOL))
    assert tool["stale"]() == [], "run `make stubs`"
