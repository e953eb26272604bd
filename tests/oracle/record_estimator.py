"""Records what MXNet 1.9.1's Estimator logs and measures in the trainings of tests/gluon/estimator_cases.py.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_estimator.py

writes tests/data/estimator.json.
"""

import json
import sys
import tempfile
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "gluon"))

import estimator_cases as cases  # noqa: E402

told = {}
for case in cases.CASES:
    with tempfile.TemporaryDirectory() as folder:
        told[case.__name__] = cases.run(mx, case, folder)
path = TESTS / "data" / "estimator.json"
path.write_text(json.dumps(told, indent=0) + "\n")
print(len(told), "trainings", path.stat().st_size, "bytes")
