"""The weight decay notebook gives MXNet's numbers; recorded by ``tests/oracle/record_chapter.py``."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gluonbook
import mxnet as mx
from regluon.notebook import dumps, read_notebook
from regluon.notebook.parameters import settable

ROOT = Path(__file__).parents[1]
NOTEBOOKS = [ROOT / "examples" / name for name in ("weight-decay.md", "weight-decay.zh.md")]
RECORDED = json.loads((ROOT / "tests" / "data" / "chapter.json").read_text())["seeds"]


def assert_same(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-5)


def code(path: Path) -> str:
    """The notebook's code as one script."""
    notebook = read_notebook(path)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return dumps(notebook, ".py")


@pytest.mark.parametrize("seed", RECORDED)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_curves_weights_and_bias_are_mxnets(
    path: Path, seed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    curves = []

    def semilogy(x: Any, y: Any, x_label: str, y_label: str, x2: Any, y2: Any, legend: list[str]) -> None:
        assert list(x) == list(x2) == list(range(1, 11))
        curves.append([y, y2])

    monkeypatch.setattr(gluonbook, "semilogy", semilogy)
    script = tmp_path / "notebook.py"
    script.write_text(code(path), encoding="utf-8")
    mx.random.seed(0)
    np.random.seed(int(seed))  # noqa: NPY002 (it is what the DataLoader shuffles by)
    names = runpy.run_path(str(script))
    layers = [layer for layer, _ in names["runs"].values()]
    assert len(layers) == 2
    found = [[layer.weight.data()[:, :10].asnumpy(), layer.bias.data().asnumpy()] for layer in layers]
    assert_same(curves, RECORDED[seed]["curves"])
    for (weight, bias), (_, recorded_weight, _, recorded_bias) in zip(
        found, RECORDED[seed]["values"], strict=True
    ):
        assert_same(weight, recorded_weight)
        assert_same(bias, recorded_bias)


def test_what_the_notebook_says_of_ridge_regression_by_hand_and_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gluonbook, "semilogy", lambda *args: None)
    script = tmp_path / "notebook.py"
    script.write_text(code(NOTEBOOKS[0]), encoding="utf-8")
    mx.random.seed(0)
    np.random.seed(3)  # noqa: NPY002
    names = runpy.run_path(str(script))
    by_trainer = names["layer"].weight.data().asnumpy().T
    np.testing.assert_allclose(names["by_hand"].asnumpy(), by_trainer, rtol=0, atol=1e-6)

    # The formula solves the normal equations of the mean loss, in which the bias is not penalized.
    x, y = (array.asnumpy().astype(float) for array in names["train"])
    with_ones = np.concatenate([x, np.ones((20, 1))], axis=1)
    penalty = 20 * 5 * np.diag([1.0] * 200 + [0.0])
    solution = np.linalg.solve(with_ones.T @ with_ones + penalty, with_ones.T @ y)[:, 0]
    weights, bias = names["ridge"](5)
    np.testing.assert_allclose([*weights, bias], solution, rtol=1e-8, atol=1e-10)

    # After the loop, ``run`` is of all examples a step, with a weight decay of 20.
    assert names["run"].wd == 20
    np.testing.assert_allclose(names["run"].weights, names["ridge"](20)[0], rtol=0, atol=1e-6)
    best = names["path"].best()
    assert (best.value, best.low, best.high) == (30, 10, 100)

    length, without = names["length_after"], names["without"]
    promised = without * (1 - 0.01 * 0.5) ** 200
    assert length(names["adamw"], 0.5) == pytest.approx(promised, rel=1e-2)
    assert length(names["adam"], 0.5) < promised / 10


@pytest.mark.slow
def test_the_notebook_through_the_runner(tmp_path: Path) -> None:
    words = ["run", str(NOTEBOOKS[0]), "--seed", "7", "--show", "summary"]
    done = subprocess.run(
        [sys.executable, "-c", "from regluon.cli import main; main()", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    table, files = done.stdout.split("\n\n")[1:]
    header, *rows = table.splitlines()
    assert re.split(" {2,}", header) == ["weight decay", "train loss", "test loss", "‖w‖₂", "b"]
    fits = zip(rows, RECORDED["7"]["curves"], RECORDED["7"]["values"], strict=True)
    for row, (train, test), (_, _, _, bias) in fits:
        _, on_train, on_test, _, b = map(float, row.split())
        assert_same([on_train, on_test, b], [train[-1], test[-1], bias[0]])
    assert [float(row.split()[0]) for row in rows] == [0, 5]
    assert re.findall(r"^ +(\w+) +(\S+)$", files, re.MULTILINE) == [
        ("notebook", "out/weight-decay.ipynb"),
        ("page", "out/weight-decay.html"),
        ("figure", "out/weight-decay-cell5-1.svg"),
        ("figure", "out/weight-decay-cell5-2.svg"),
        ("figure", "out/weight-decay-cell13-1.svg"),
    ]
    page = (tmp_path / "out" / "weight-decay.html").read_text()
    assert page.count("data:image/svg+xml") == 3
    answers = re.findall(r"<details><summary>Answer</summary>(.*?)</details>", page, re.DOTALL)
    assert len(answers) == 4
    assert "<math" in answers[0]
    assert all("matplotlib" in svg.read_text() for svg in (tmp_path / "out").glob("*.svg"))


def test_both_languages_hold_the_same_program() -> None:
    english, chinese = (ast.dump(_without_texts(ast.parse(code(path)))) for path in NOTEBOOKS)
    assert english == chinese


def _without_texts(tree: ast.Module) -> ast.Module:
    """A program whose printed texts, which are translated, are blank."""
    printed = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]
    for call in printed:
        for constant in (node for node in ast.walk(call) if isinstance(node, ast.Constant)):
            constant.value = ""
    return tree


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_can_be_set_and_shown(path: Path) -> None:
    notebook = read_notebook(path)
    assert settable(notebook) == ["wd", "num_epochs", "lr"]
    assert [cell.metadata["tags"] for cell in notebook.cells if "tags" in cell.metadata] == [
        ["parameters"],
        ["summary"],
    ]
