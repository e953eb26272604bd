"""Samples of ops/hawkes.py.

MXNet has no gradients of the other inputs than lda, alpha and beta.
"""

from ops.samples.spec import S, array, ints, uniform

NAME = "_contrib_hawkesll"


def inputs(n, k, lengths, end=12.0, kind="float32", **others):
    t = max(1, *lengths)
    made = {
        "lda": uniform((n, k), 0.5, 2.0, kind),
        "alpha": uniform((k,), 0.1, 0.5, kind),
        "beta": uniform((k,), 0.5, 2.0, kind),
        "state": uniform((n, k), 0.0, 1.0, kind),
        "lags": uniform((n, t), 0.1, 2.0, kind),
        "marks": ints((n, t), 0, k, "int32"),
        "valid_length": array(lengths, kind),
        "max_time": array([end] * n, kind),
    }
    made.update(others)
    return list(made.values())


SAMPLES = [
    S(NAME, inputs(3, 2, [1, 0, 4]), grad=(0, 1, 2)),
    S(NAME, inputs(2, 3, [6, 5]), grad=(0, 1, 2)),
    S(NAME, inputs(1, 1, [3], end=6.0), grad=(0, 1, 2)),
    S(NAME, inputs(2, 2, [5, 2], end=0.5), grad=(0, 1, 2)),
    S(NAME, inputs(2, 2, [3, 2], kind="float64"), grad=(0, 1, 2), tol=1e-6),
    S(NAME, inputs(3, 2, [1, 0, 4], marks=ints((3, 4), 0, 2)), fails=True),
    S(NAME, inputs(3, 2, [1, 0, 4], lda=uniform((3, 2), 0.5, 2.0, "float64")), fails=True),
    S(NAME, inputs(3, 2, [1, 0, 4], lda=uniform((2,), 0.5, 2.0)), fails=True),
    S(NAME, inputs(3, 2, [1, 0, 4], alpha=uniform((1, 2), 0.5, 2.0)), fails=True),
    S(NAME, inputs(3, 2, [1, 0, 4], state=uniform((2, 2), 0.5, 2.0)), fails=True),
    S(NAME, inputs(3, 2, [1, 0, 4], valid_length=array([1.0, 2.0])), fails=True),
    S(NAME, inputs(3, 2, [1, 0, 4], marks=ints((3, 3), 0, 2, "int32")), fails=True),
]
