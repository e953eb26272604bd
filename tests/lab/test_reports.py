"""What an experiment hands over."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch

from lab.nets import experiment
from mxnet import nd
from regluon import lab
from regluon.lab.reports import MIME, plain


def test_numbers_curves_and_weights_of_all_kinds_become_plain() -> None:
    found = plain(
        {
            "a": 1,
            "b": np.float32(0.1),
            "c": nd.array([2.5]),
            "d": torch.tensor(3.0),
            "e": [nd.array([1]), 2.0, np.float64(0.25)],
            "f": nd.array([1, 2]),
            "g": [4],
            "weights": nd.array([[0.1, 2], [3, 4]]),
        }
    )
    assert found == {
        "numbers": {"a": 1, "b": 0.1, "c": 2.5, "d": 3.0},
        "curves": {"e": [1.0, 2.0, 0.25], "f": [1.0, 2.0], "g": [4]},
        "weights": [0.1, 2.0, 3.0, 4.0],
    }


def test_what_is_not_finite_is_none() -> None:
    found = plain({"a": float("nan"), "b": [1.0, float("inf")]})
    assert (found["numbers"], found["curves"]) == ({"a": None}, {"b": [1.0, None]})


@pytest.mark.parametrize(
    ("results", "kind", "message"),
    [
        ({}, ValueError, "nothing to report"),
        ({"a": "x"}, TypeError, "lab.report: a is str 'x', no number"),
        ({"a": None}, TypeError, "a is NoneType None"),
        ({"a": []}, ValueError, "a is a curve without points"),
        ({"a": np.ones((2, 2))}, ValueError, r"a has the shape \(2, 2\).*'weights'"),
        ({"a": [1, [2, 3]]}, ValueError, "the points of a curve are numbers"),
    ],
)
def test_errors(results: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        plain(results)


def test_a_run_of_an_experiment_can_be_reported() -> None:
    run = experiment()(wd=1)
    assert set(plain(run)["curves"]) == {"train_loss", "test_loss"}
    assert len(plain(run)["weights"]) == 6
    with pytest.raises(KeyError):
        run["parameters"]


def test_in_a_notebook_the_report_is_an_output(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []

    class Shell:
        class display_pub:
            publish = staticmethod(shown.append)

    module = type("IPython", (), {"get_ipython": staticmethod(lambda: Shell)})
    monkeypatch.setitem(sys.modules, "IPython", module)
    lab.report(test_loss=[3, 0.5], accuracy=float("nan"), weights=[1, 2])
    assert shown[0][MIME]["curves"] == {"test_loss": [3.0, 0.5]}
    assert shown[0]["text/plain"] == "reported: accuracy not finite, test_loss 0.5, 2 weights"


def test_elsewhere_it_does_nothing_and_loads_no_torch() -> None:
    code = (
        "import sys; from regluon import lab; lab.report(a=1); "
        "assert not {'torch', 'IPython', 'matplotlib'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_names_of_the_package() -> None:
    assert all(getattr(lab, name) for name in lab.__all__)
    assert set(lab.__all__) <= set(dir(lab))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        lab.nothing  # noqa: B018
