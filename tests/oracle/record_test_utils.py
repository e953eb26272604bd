"""Records what mx.test_utils of MXNet 1.9.1 makes and says, in tests/data/test_utils.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1, numpy<1.24 and scipy::

    python tests/oracle/record_test_utils.py
"""

import json
import sys
import warnings
from pathlib import Path

import mxnet.test_utils

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
warnings.simplefilter("ignore")

from test_utils.cases import FUNCTIONS, PAIRS, RANDOM, made, outcome  # noqa: E402

kept = {"made": [made(mx, case) for case in RANDOM]}
for name in FUNCTIONS:
    kept[name] = [outcome(mx, name, pair, as_ndarray=False) for pair in PAIRS]
kept["of NDArrays"] = [outcome(mx, "assert_almost_equal", pair, as_ndarray=True) for pair in PAIRS]
for name in ("default_rtols", "default_atols", "default_numeric_eps"):
    kept[name] = {str(k): v for k, v in getattr(mx.test_utils, name)().items()}
with open(str(TESTS / "data" / "test_utils.json"), "w", encoding="utf-8") as file:
    lines = ["{}: {}".format(json.dumps(name), json.dumps(found)) for name, found in kept.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
