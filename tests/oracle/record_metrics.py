"""Records what MXNet 1.9.1's metrics say of batches, in tests/data/metrics.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_metrics.py
"""

import json
import sys
import warnings
from collections import OrderedDict
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from metric_cases import BATCHES, CASES, COMPOSITES, CUSTOM, made, watched  # noqa: E402

warnings.simplefilter("ignore")


def array(values):
    return mx.nd.array(values, dtype=values.dtype)


def plain(value):
    return value.item() if isinstance(value, np.generic) else str(value)


def run(kind, arguments, batches):
    try:
        metric = mx.metric.create(kind, **arguments)
        return {"said": watched(metric, BATCHES[batches], array), "config": metric.get_config()}
    except Exception as error:
        return {"error": type(error).__name__, "text": str(error)}


def custom(function, name):
    return watched(mx.metric.np(function, name), BATCHES["numbers"], array)


def composite(batches, children):
    metric = mx.metric.create(made(mx.metric.create, children))
    return watched(metric, BATCHES[batches], array)


def by_name():
    label, pred = map(array, BATCHES["many"][0])
    other, wrong = map(array, BATCHES["many"][1])
    labels = OrderedDict([("a", label), ("b", other)])
    preds = OrderedDict([("x", pred), ("y", wrong)])
    said = []
    for options in ({}, {"label_names": ["b"], "output_names": ["y"]}):
        metric = mx.metric.Accuracy(**options)
        metric.update_dict(labels, preds)
        both = mx.metric.CompositeEvalMetric(["acc", "ce"], **options)
        both.update_dict(labels, preds)
        said.append([metric.get(), both.get()])
    return said


recorded = {
    "cases": [run(*case) for case in CASES],
    "custom": [custom(*case) for case in CUSTOM],
    "composites": [composite(*case) for case in COMPOSITES],
    "by_name": by_name(),
}
text = json.dumps(recorded, default=plain, separators=(",", ":"))
(TESTS / "data" / "metrics.json").write_text(text.replace('{"said"', '\n{"said"') + "\n")
print(len(CASES), "cases,", len(text), "bytes")
