"""mx.metric against MXNet 1.9.1 (tests/oracle/record_metrics.py): values, what is printed, errors."""

from __future__ import annotations

import copy
import json
import pickle
import re
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from metric_cases import BATCHES, CASES, COMPOSITES, CUSTOM, made, watched
from regluon import autograd, metric
from regluon.base import MXNetError, torch_dtype
from regluon.context import gpu, num_gpus
from regluon.ndarray import NDArray
from regluon.ndarray import array as nd_array

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "metrics.json").read_text())
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def array(values: Any) -> NDArray:
    return nd_array(values, dtype=values.dtype)


def same(mine: Any, theirs: Any, tolerance: float = 1e-6) -> None:
    """Equal but for the last digits of numbers, in strings too; the kinds of numbers are Python's."""
    if isinstance(theirs, list):
        assert isinstance(mine, (list, tuple))
        assert len(mine) == len(theirs)
        for a, b in zip(mine, theirs, strict=True):
            same(a, b, tolerance)
    elif isinstance(theirs, str):
        assert NUMBER.sub("#", mine) == NUMBER.sub("#", theirs)
        same([float(n) for n in NUMBER.findall(mine)], [float(n) for n in NUMBER.findall(theirs)], tolerance)
    else:
        assert type(mine) in (float, int)
        assert mine == pytest.approx(theirs, rel=tolerance, abs=tolerance, nan_ok=True)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{CASES[n][0]}-{CASES[n][2]}-{n}")
def test_metrics_are_mxnets(number: int) -> None:
    kind, arguments, batches = CASES[number]
    recorded = RECORDED["cases"][number]
    if "error" in recorded:
        with pytest.raises((AssertionError, TypeError, ValueError)) as caught:
            watched(metric.create(kind, **arguments), BATCHES[batches], array)
        assert type(caught.value).__name__ == recorded["error"]
        return
    made_of = metric.create(kind, **arguments)
    same(watched(made_of, BATCHES[batches], array), recorded["said"], 2e-3 if batches == "half" else 1e-6)
    assert {k: str(v) for k, v in made_of.get_config().items()} == {
        k: str(v) for k, v in recorded["config"].items()
    }


@pytest.mark.parametrize(
    ("name", "labels", "shape", "error", "said"),
    [
        ("acc", (2,), (3,), MXNetError, r"accuracy: labels .* \(2,\) .* \(3,\) do not fit, .* no axis 1"),
        (
            "mae",
            (2,),
            (3,),
            ValueError,
            r"mae: labels of shape \(2,\) and predictions of shape \(3,\) do not",
        ),
        ("rmse", (2, 3), (2, 4), ValueError, r"rmse: labels of shape \(2, 3\) and .* \(2, 4\) do not fit"),
        ("f1", (2,), (2,), ValueError, r"f1: labels .* do not fit: \(n,\) and \(n, 2\) do"),
        ("mcc", (2, 3), (2, 2), ValueError, r"mcc: labels .* do not fit"),
        ("pearsonr", (2,), (2, 1), ValueError, r"labels \(2,\) does not match .* predictions \(2, 1\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(
    name: str, labels: Any, shape: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        metric.create(name).update([array(np.zeros(labels, "f"))], [array(np.zeros(shape, "f"))])
    assert type(caught.value) is error


def test_perplexity_says_how_sequences_become_examples() -> None:
    told = metric.Perplexity(ignore_label=None)
    probabilities, labels = np.full((2, 3, 4), 0.25, "f"), np.zeros((2, 3), "f")
    with pytest.raises(MXNetError, match=r"shape \(2, 3, 4\) are not .* reshape\(\(-1, 4\)\)"):
        told.update([array(labels)], [array(probabilities)])
    told.update([array(labels)], [array(probabilities).reshape((-1, 4))])
    assert told.get() == ("perplexity", pytest.approx(4))


@pytest.mark.parametrize("number", range(len(CUSTOM)))
def test_functions_as_metrics(number: int) -> None:
    function, name = CUSTOM[number]
    same(watched(metric.np(function, name), BATCHES["numbers"], array), RECORDED["custom"][number])
    with pytest.raises(NotImplementedError, match="cannot be serialized"):
        metric.create(function).get_config()


@pytest.mark.parametrize("number", range(len(COMPOSITES)))
def test_composites(number: int) -> None:
    batches, children = COMPOSITES[number]
    together = metric.create(made(metric.create, children))
    same(watched(together, BATCHES[batches], array), RECORDED["composites"][number])
    assert together.get_metric(0) is together.metrics[0]
    assert isinstance(together.get_metric(9), ValueError)


def test_batches_by_name() -> None:
    label, pred = map(array, BATCHES["many"][0])
    other, wrong = map(array, BATCHES["many"][1])
    labels = OrderedDict([("a", label), ("b", other)])
    preds = OrderedDict([("x", pred), ("y", wrong)])
    said = []
    for options in ({}, {"label_names": ["b"], "output_names": ["y"]}):
        one: Any = metric.Accuracy(**options)
        one.update_dict(labels, preds)
        both = metric.CompositeEvalMetric(["acc", "ce"], **options)
        both.update_dict(labels, preds)
        said.append([one.get(), both.get()])
    same(said, RECORDED["by_name"])


def test_every_metric_is_recorded() -> None:
    known = {name for name in metric.__all__ if name[0].isupper()}
    seen = {
        type(metric.create(k, **a)).__name__
        for (k, a, _), r in zip(CASES, RECORDED["cases"], strict=True)
        if "said" in r
    }
    assert known - seen == {"CompositeEvalMetric", "CustomMetric", "EvalMetric"}


@pytest.mark.parametrize("kind", ["acc", "mae", "pcc", "f1"])
def test_metrics_are_made_again_and_copied(kind: str) -> None:
    first = metric.create(kind)
    label, pred = BATCHES["two"][0] if kind != "mae" else BATCHES["numbers"][0]
    first.update(array(label), array(pred))  # bare arrays do as well
    again = metric.create(json.dumps(first.get_config()))
    assert type(again) is type(first)
    for twin in (copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
        assert twin.get() == first.get()


def test_a_metric_of_ones_own() -> None:
    @metric.register
    @metric.alias("three_fold")
    class Threefold(metric.EvalMetric):
        def __init__(self, name: str = "threefold") -> None:
            super().__init__(name)

        def update(self, labels: Any, preds: Any) -> None:
            for pred in preds:
                self.sum_metric += pred.sum().asnumpy()[0] * 3
                self.num_inst += 1

    own = metric.create("three_fold")
    own.update([], [array(np.float32([0.1, 0.2]))])
    expected = float(np.float32(np.float32(0.1) + np.float32(0.2)) * np.float32(3))
    assert str(own) == f"EvalMetric: {{'threefold': {expected}}}"
    assert own.get_global() == own.get()
    assert isinstance(metric.create("threefold"), Threefold)
    with pytest.raises(NotImplementedError):
        metric.EvalMetric("nothing").update([], [])


@pytest.mark.parametrize("labels", [[np.ones(2)], [1.0, 1.0]])
@pytest.mark.parametrize("kind", ["acc", "mse", "f1"])
def test_other_things_than_arrays_are_named(kind: str, labels: Any) -> None:
    name = type(labels[0]).__name__
    with pytest.raises(AttributeError, match=f"metrics take NDArrays, not {name}"):
        metric.create(kind).update(labels, [nd_array([[1, 0], [0, 1]])] * len(labels))


def test_nothing_is_recorded_for_gradients() -> None:
    label, pred = map(array, BATCHES["many"][0])
    pred.attach_grad()
    with autograd.record():
        loss = pred.sum()
        for kind in ("acc", "ce", "loss"):
            metric.create(kind).update([label], [pred])
    loss.backward()
    assert pred.grad.asnumpy().tolist() == np.ones(pred.shape).tolist()


def test_totals_of_an_accelerator_are_fetched_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """On an accelerator ``_wait`` takes what ``_add`` is given; here it does on the CPU."""
    waited = metric.create("perplexity", ignore_label=2)
    plain = metric.create("perplexity", ignore_label=2)
    cpu = torch.device("cpu")
    monkeypatch.setattr(waited, "_add", lambda value, number: waited._wait(value, number, cpu))
    for label, pred in BATCHES["many"]:
        waited.update([array(label)], [array(pred)])
        plain.update([array(label)], [array(pred)])
    monkeypatch.undo()
    assert waited._waiting is not None
    waited.reset_local()
    assert waited.get_global() == plain.get_global()
    assert np.isnan(waited.get()[1])


@pytest.mark.gpu
@pytest.mark.skipif(not num_gpus(), reason="needs a GPU")
def test_metrics_on_a_gpu() -> None:
    for number, (kind, arguments, batches) in enumerate(CASES):
        recorded = RECORDED["cases"][number]
        if "said" in recorded:
            said = watched(
                metric.create(kind, **arguments), BATCHES[batches], lambda v: array(v).as_in_context(gpu())
            )
            same(said, recorded["said"], 2e-3 if batches == "half" else 1e-5)


def test_types_are_numpys() -> None:
    ours = {torch_dtype(name): name for name in ("float16", "float32", "float64", "int32", "uint8", "int64")}
    for a, left in ours.items():
        for b, right in ours.items():
            pair = metric.metric.common(torch.ones(1, dtype=a), torch.ones(1, dtype=b))
            assert {t.dtype for t in pair} == {torch_dtype(np.result_type(left, right))}
