"""Records what MXNet makes of x[key], of its gradient, and of x[key] = value.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_indexing.py

reads tests/ndarray/index_samples.py and writes tests/data/indexing.json.
"""

import json
import sys
from pathlib import Path

import numpy as np

import mxnet as mx
from mxnet import autograd

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from ndarray.index_samples import (  # noqa: E402
    counts_from_the_end,
    gets,
    name,
    numbers,
    real,
    sets,
    writes_while_recording,
)


def error_of(error):
    """Its name; and what it left in the engine is waited for, or another call would raise it again."""
    for _ in range(9):
        try:
            mx.nd.waitall()
        except Exception:
            continue
        break
    return {"error": type(error).__name__}


def array(values, dtype):
    return mx.nd.array(values, dtype=dtype)


def flat(x):
    """The numbers, whole ones without a point."""
    return [int(v) if v == int(v) else v for v in x.asnumpy().ravel().tolist()]


def got(shape, key):
    """The result, whether it shares memory, and the gradient for the head gradients 1, 2, 3, ..."""
    x, used = array(numbers(shape), "float32"), real(key, array)
    try:
        found = {"shape": x[used].shape, "values": flat(x[used]), "same": x[used] is x}
    except Exception as error:
        return error_of(error)
    x[used][:] = -1
    found["shares"] = bool((x.asnumpy() == -1).any())
    if not counts_from_the_end(key):
        x.attach_grad()
        with autograd.record():
            y = x[used]
            y = y * 1 if y is x else y
        y.backward(array(numbers(y.shape, first=1), "float32"))
        found["gradient"] = flat(x.grad)
    return found


def written(shape, dtype, key, value):
    x = array(numbers(shape), dtype)
    try:
        x[real(key, array)] = real(value, array)
        return {"values": flat(x)}
    except Exception as error:
        return error_of(error)


def written_while_recording(key):
    x, y, used = array(numbers((2, 2)), "float32"), mx.nd.zeros((2, 2)), real(key, array)
    x.attach_grad()
    try:
        with autograd.record():
            y[used] = (x * 2)[used]
            z = y * 1
        z.backward(array(numbers((2, 2), first=1), "float32"))
        return {"values": flat(z), "gradient": flat(x.grad)}
    except Exception as error:
        return error_of(error)


def main():
    found = {
        "get": [[name(sample), got(*sample)] for sample in gets()],
        "recorded": [[name(key), written_while_recording(key)] for key in writes_while_recording()],
        "set": [[name(sample), written(*sample)] for sample in sets()],
    }
    path = TESTS / "data" / "indexing.json"
    path.write_text(json.dumps(found, separators=(",", ":")) + "\n")
    print("{}: {} + {} samples".format(path.name, len(found["get"]), len(found["set"])))


np.seterr(all="ignore")
main()
