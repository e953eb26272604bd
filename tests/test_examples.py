"""The programs in ``examples`` learn as on MXNet; recorded by ``tests/oracle/record_examples.py``."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
RECORDED = json.loads((ROOT / "tests" / "data" / "examples.json").read_text())
SLOW = {"fine_tuning"}


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, marks=[pytest.mark.slow] if words.split()[0] in SLOW else [])
        for words in RECORDED["runs"]
    ],
)
def test_the_losses_are_mxnets(words: str) -> None:
    name, *arguments = words.split()
    main = runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"]
    losses = main([*arguments, "--steps", str(RECORDED["steps"]), "--seed", str(RECORDED["seed"])])
    recorded = RECORDED["runs"][words]
    np.testing.assert_allclose(losses, recorded, rtol=0, atol=1e-3 * max(recorded))


def test_every_program_is_recorded_and_described() -> None:
    programs = {path.stem for path in EXAMPLES.glob("*.py")}
    assert {words.split()[0] for words in RECORDED["runs"]} == programs
    described = re.findall(r"^\| \[(\S+)\.py\]\(\1\.py\)", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
    assert sorted(described) == sorted(programs)
