"""Records the batches of MXNet 1.9.1's iterators over images, in tests/data/image_iters.npz.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_image_iters.py
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from image_iter_cases import CASES, batches, dumps, write  # noqa: E402

kept = {"dumps": np.array(json.dumps(dumps(mx)))}
with tempfile.TemporaryDirectory() as folder:
    write(mx, folder)
    for number in range(len(CASES)):
        try:
            found, said = batches(mx, number, folder)
        except Exception as error:
            kept["error{}".format(number)] = np.array(type(error).__name__)
            continue
        kept["said{}".format(number)] = np.array(said)
        kept["pads{}".format(number)] = np.array([-1 if one is None else one[2] for one in found])
        some = [one for one in found if one is not None]
        kept["data{}".format(number)] = np.concatenate([one[0] for one in some])
        kept["label{}".format(number)] = np.concatenate([one[1] for one in some])
np.savez_compressed(str(TESTS / "data" / "image_iters.npz"), **kept)
