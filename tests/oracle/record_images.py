"""Records what random image operators of MXNet 1.9.1 make of images, in tests/data/images.npz.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24::

    python tests/oracle/record_images.py
"""

import sys
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from image_cases import INPUTS, PROGRAMS  # noqa: E402


def run(seed, data, operator, attributes, times):
    image = mx.nd.array(INPUTS[data], dtype=INPUTS[data].dtype)
    mx.random.seed(seed)
    function = getattr(mx.nd.image, operator)
    return np.stack([function(image, **attributes).asnumpy() for _ in range(times)])


kept = {str(i): run(*program) for i, program in enumerate(PROGRAMS)}
# The next number shows whether as many were drawn.
kept["after"] = mx.nd.sample_multinomial(mx.nd.ones(1000) / 1000, shape=4).asnumpy()
np.savez_compressed(str(TESTS / "data" / "images.npz"), **kept)
