"""Records what MXNet 1.9.1's transforms make of images, in tests/data/transforms.npz.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_transforms.py
"""

import sys
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from transform_cases import CASES, results  # noqa: E402

kept = {}
for number, case in enumerate(CASES):
    try:
        found, text = results(mx, number)
    except Exception as error:
        kept["error{}".format(number)] = np.array(type(error).__name__)
        print(case, type(error).__name__, str(error).splitlines()[-1][:100])
        continue
    kept["text{}".format(number)] = np.array(text)
    for i, one in enumerate(found):
        kept["{}_{}".format(number, i)] = one
np.savez_compressed(str(TESTS / "data" / "transforms.npz"), **kept)
