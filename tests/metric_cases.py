"""Metrics and batches for tests/oracle/record_metrics.py and tests/metric.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import numpy as np

RANDOM = np.random.RandomState(5)


def probabilities(*shape):
    values = RANDOM.uniform(0.05, 1, shape)
    return (values / values.sum(-1, keepdims=True)).astype("float32")


def classes(count, *shape):
    return RANDOM.randint(0, count, shape).astype("float32")


# Batches by name: lists of (labels, predictions).
MANY = [(classes(5, n), probabilities(n, 5)) for n in (6, 9, 1)]
TWO = [(classes(2, n), probabilities(n, 2)) for n in (7, 12, 10)]
NUMBERS = [(RANDOM.normal(size=n), RANDOM.normal(size=n)) for n in (4, 8)]
NUMBERS = [tuple(a.astype("float32") for a in pair) for pair in NUMBERS]
BATCHES = {
    "many": MANY,
    "integers": [(label.astype("int32"), pred) for label, pred in MANY],
    "found": [(label, classes(5, len(label))) for label, _ in MANY],
    "channels": [(classes(3, 2, 4), probabilities(2, 4, 3).transpose(0, 2, 1))],
    "last": [(classes(3, 2, 4), probabilities(2, 4, 3))],
    "steps": [(classes(5, 3, 2), probabilities(6, 5))],
    "two": TWO,
    "one_sided": [(np.zeros(4, "float32"), probabilities(4, 2)), TWO[0]],
    "sure": [(np.float32([0, 1, 1]), np.float32([[1, 0], [0, 1], [0, 1]]))],
    "numbers": NUMBERS,
    "columns": [(a.reshape(-1, 1), b.reshape(-1, 1)) for a, b in NUMBERS],
    "mixed_columns": [(a, b.reshape(-1, 1)) for a, b in NUMBERS],
    "doubles": [(a.astype("float64"), b.astype("float64")) for a, b in NUMBERS],
    "whole": [((10 * a).astype("int32"), b) for a, b in NUMBERS],
    "wholes": [((10 * a).astype("int32"), (10 * b).astype("int32")) for a, b in NUMBERS],
    "half": [(a.astype("float16"), b.astype("float16")) for a, b in NUMBERS],
    "growing": [(classes(2, 6), probabilities(6, 2)), MANY[0], MANY[1]],
    "zeros": [(np.float32([1, 0]), np.float32([[1, 0], [0, 1]]))],
    "constant": [(np.float32([1, 1, 1]), np.float32([0.5, 1, 2]))],
    "none": [],
}

# (name of the metric, arguments, batches)
CASES = [
    ("acc", {}, "many"),
    ("Accuracy", {"axis": 1}, "channels"),
    ("accuracy", {"axis": 2}, "last"),
    ("accuracy", {"axis": -1, "name": "mine"}, "last"),
    ("accuracy", {}, "found"),
    ("accuracy", {}, "integers"),
    ("accuracy", {}, "none"),
    ("top_k_acc", {"top_k": 2}, "many"),
    ("top_k_accuracy", {"top_k": 5, "name": "top"}, "integers"),
    ("f1", {}, "two"),
    ("f1", {"average": "micro"}, "two"),
    ("f1", {"average": "micro"}, "one_sided"),
    ("f1", {}, "one_sided"),
    ("f1", {}, "none"),
    ("mcc", {}, "two"),
    ("mcc", {"average": "micro"}, "two"),
    ("mcc", {}, "one_sided"),
    ("mcc", {"average": "micro"}, "sure"),
    ("perplexity", {"ignore_label": None}, "many"),
    ("perplexity", {"ignore_label": 2}, "many"),
    ("perplexity", {"ignore_label": 2}, "integers"),
    ("perplexity", {"ignore_label": -1}, "steps"),
    ("perplexity", {"ignore_label": None}, "zeros"),
    ("perplexity", {"ignore_label": None}, "none"),
    ("mae", {}, "numbers"),
    ("mae", {}, "columns"),
    ("mae", {}, "mixed_columns"),
    ("mae", {}, "whole"),
    ("mae", {}, "wholes"),
    ("mae", {}, "half"),
    ("mse", {}, "numbers"),
    ("mse", {}, "doubles"),
    ("mse", {}, "wholes"),
    ("mse", {}, "half"),
    ("rmse", {}, "numbers"),
    ("rmse", {"name": "root"}, "mixed_columns"),
    ("rmse", {}, "none"),
    ("ce", {}, "many"),
    ("cross-entropy", {}, "many"),
    ("crossentropy", {"eps": 1e-3}, "zeros"),
    ("ce", {}, "steps"),
    ("nll_loss", {}, "integers"),
    ("NegativeLogLikelihood", {"eps": 1e-8}, "zeros"),
    ("pearsonr", {}, "numbers"),
    ("pearsonr", {}, "columns"),
    ("pearsonr", {"average": "micro"}, "numbers"),
    ("pearsonr", {"average": "micro"}, "doubles"),
    ("pearsonr", {}, "constant"),
    ("pearsonr", {"average": "micro"}, "none"),
    ("pcc", {}, "two"),
    ("pcc", {}, "many"),
    ("pcc", {}, "growing"),
    ("pcc", {}, "found"),
    ("pcc", {"has_global_stats": False}, "many"),
    ("loss", {}, "numbers"),
    ("torch", {}, "columns"),
    ("caffe", {"name": "old"}, "numbers"),
    # Wrong calls: the error stands in place of values.
    ("accuracy", {}, "steps"),
    ("accuracy", {}, "numbers_short"),
    ("top_k_acc", {"top_k": 1}, "many"),
    ("top_k_acc", {"top_k": 7}, "many"),
    ("f1", {}, "many"),
    ("mcc", {}, "many"),
    ("perplexity", {"ignore_label": None}, "numbers_short"),
    ("ce", {}, "numbers_short"),
    ("pearsonr", {}, "mixed_columns"),
    ("nothing", {}, "many"),
    ("perplexity", {}, "many"),
]
BATCHES["numbers_short"] = [(classes(5, 3), probabilities(4, 5))]


def sum_and_number(label, pred):
    return (label - pred).sum(), label.size


def largest(label, pred):
    return np.abs(label - pred).max()


# What custom metrics are made of, and what composites.
CUSTOM = [(sum_and_number, None), (largest, None), (largest, "max"), (lambda label, pred: 1.5, None)]
COMPOSITES = [
    ("two", ["acc", ("f1", {"average": "micro"}), "mcc"]),
    ("many", [("perplexity", {"ignore_label": None}), ("top_k_acc", {"top_k": 2}), "ce"]),
    ("numbers", ["rmse", "mae", largest]),
]


def watched(metric, batches, array):
    """All that a metric says after each batch, with its local totals reset after the second."""
    said = []
    for step, (label, pred) in enumerate(batches):
        metric.update([array(label)], [array(pred)])
        said.append([metric.get(), metric.get_global(), str(metric)])
        if step == 1:
            metric.reset_local()
            said.append([metric.get(), metric.get_global(), metric.get_global_name_value()])
    said.append([metric.get_name_value(), metric.get_global_name_value()])
    metric.reset()
    return [*said, [metric.get_name_value(), metric.get_global_name_value()]]


def made(create, children):
    """A list of what metric.create takes, of names and (name, arguments)."""
    return [create(c[0], **c[1]) if isinstance(c, tuple) else c for c in children]
