"""Runs the cases of tests/optimizer/cases.py on MXNet and keeps weights and states.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_optimizers.py

writes tests/data/optimizers.npz.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "optimizer"))

import cases  # noqa: E402

warnings.simplefilter("ignore")
kept = {}
for case in cases.CASES:
    for key, value in cases.run(mx, case).items():
        kept[case + "/" + key] = value
# One index and all numbers behind each other: an entry in the file for each array would be larger.
index = json.dumps([[k, v.dtype.str, v.shape] for k, v in kept.items()])
data = np.frombuffer(b"".join([v.tobytes() for v in kept.values()]), np.uint8)
np.savez_compressed(str(TESTS / "data" / "optimizers.npz"), index=np.array(index), data=data)
print(len(cases.CASES), "cases,", len(kept), "arrays")
