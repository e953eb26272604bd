"""Records what MXNet 1.9.1 answers to the calls of tests/ndarray/function_calls.py.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_functions.py

writes tests/data/functions.json: a call with its answer a line.
"""

import json
import sys
import tempfile
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "ndarray"))

import function_calls as calls  # noqa: E402

with tempfile.TemporaryDirectory() as folder:
    found = [[call, calls.run(call, mx, folder)] for call in calls.CALLS]
path = TESTS / "data" / "functions.json"
path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in found) + "\n]\n")
print("{}: {} calls".format(path.name, len(found)))
