"""Runs the cases of tests/optimizer/cases.py on MXNet and keeps weights and states.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_optimizers.py

writes tests/data/optimizers.npz.
"""

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
np.savez_compressed(str(TESTS / "data" / "optimizers.npz"), **kept)
print(len(cases.CASES), "cases,", len(kept), "arrays")
