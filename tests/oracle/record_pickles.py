"""Records pickles of arrays that MXNet 1.9.1 makes, in tests/data/pickles.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24::

    python tests/oracle/record_pickles.py
"""

import base64
import json
import pickle
from pathlib import Path

import mxnet as mx

nd = mx.nd
ARRAYS = {
    "dense": nd.array([[1.0, 2.0], [3.0, 4.0]]),
    "float16": nd.array([1, 2], dtype="float16"),
    "int64": nd.array([1, 2, 3], dtype="int64"),
    "another context": nd.ones(2, ctx=mx.cpu(1)),
    "csr": nd.array([[0, 1], [2, 0]]).tostype("csr"),
    "row_sparse": nd.array([[0, 0], [2, 0]]).tostype("row_sparse"),
    "nested": [nd.ones(1), {"a": nd.zeros((1, 2))}],
}


def described(found):
    if isinstance(found, list):
        return [described(one) for one in found]
    if isinstance(found, dict):
        return {name: described(one) for name, one in found.items()}
    context = pickle.loads(pickle.dumps(found)).context
    return [found.stype, found.dtype.__name__, found.asnumpy().tolist(), str(context)]


kept = [
    [name, protocol, base64.b64encode(pickle.dumps(found, protocol)).decode(), described(found)]
    for name, found in ARRAYS.items()
    for protocol in (2, 4)
]
path = Path(__file__).resolve().parents[1] / "data" / "pickles.json"
path.write_text("[\n" + ",\n".join(json.dumps(one) for one in kept) + "\n]\n", encoding="utf-8")
