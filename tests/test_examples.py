"""The programs in ``examples`` learn as on MXNet; recorded by ``tests/oracle/record_examples.py``."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mxnet.gluon.model_zoo.vision import resnet18_v1

import mxnet as mx

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
RECORDED = json.loads((ROOT / "tests" / "data" / "examples.json").read_text())
SLOW = {"fine_tuning"}


def program(name: str) -> Any:
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, marks=[pytest.mark.slow] if words.split()[0] in SLOW else [])
        for words in RECORDED["runs"]
    ],
)
def test_the_losses_are_mxnets(words: str) -> None:
    name, *arguments = words.split()
    losses = program(name)([*arguments, "--steps", str(RECORDED["steps"]), "--seed", str(RECORDED["seed"])])
    recorded = RECORDED["runs"][words]
    np.testing.assert_allclose(losses, recorded, rtol=0, atol=1e-3 * max(recorded))


def test_data_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, ratings = tmp_path / "book.txt", tmp_path / "u.data"
    book.write_text("the fox sleeps\nthe birds sing\n" * 100, encoding="utf-8")
    ratings.write_text("".join(f"{i % 7}\t{i % 11}\t{1 + i % 5}\t0\n" for i in range(300)), encoding="utf-8")
    words = ["--steps", "3", "--batch-size", "8"]
    assert len(program("language_model")([*words, "--data", str(book)])) == 3
    assert len(program("factorization")([*words, "--data", str(ratings)])) == 3
    language, factorization = capsys.readouterr().out.splitlines()
    assert language.startswith("7 words: 3 steps, loss ")
    assert factorization.startswith("adam: 3 steps, loss ")


@pytest.mark.slow
def test_fine_tuning_from_a_file(tmp_path: Path) -> None:
    net = resnet18_v1(classes=10, thumbnail=True)
    net.initialize(mx.init.Xavier())
    net(mx.nd.zeros((1, 3, 16, 16)))
    net.save_parameters(str(tmp_path / "trained.params"))
    losses = program("fine_tuning")(["--params", str(tmp_path / "trained.params"), "--steps", "1"])
    assert len(losses) == 1
    assert np.isfinite(losses[0])


def test_every_program_is_recorded_and_described() -> None:
    programs = {path.stem for path in EXAMPLES.glob("*.py")}
    assert {words.split()[0] for words in RECORDED["runs"]} == programs
    described = re.findall(r"^\| \[(\S+)\.py\]\(\1\.py\)", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
    assert sorted(described) == sorted(programs)
