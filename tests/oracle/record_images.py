"""Records what random image operators and mx.image of MXNet 1.9.1 make of images, in tests/data/images.npz.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24::

    python tests/oracle/record_images.py
"""

import json
import random
import sys
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from image_cases import FUNCTIONS, INPUTS, LISTS, PROGRAMS  # noqa: E402


def run(seed, data, operator, attributes, times):
    image = mx.nd.array(INPUTS[data], dtype=INPUTS[data].dtype)
    mx.random.seed(seed)
    function = getattr(mx.nd.image, operator)
    return np.stack([function(image, **attributes).asnumpy() for _ in range(times)])


def image_of(data):
    return mx.nd.array(INPUTS[data], dtype=INPUTS[data].dtype)


def call(seed, data, function, arguments):
    random.seed(seed)
    np.random.seed(seed)
    found = getattr(mx.image, function)(image_of(data), **arguments)
    image, place = found if isinstance(found, tuple) else (found, ())
    return image.asnumpy(), np.array(place, "int64")


def augmented(options):
    random.seed(2)
    np.random.seed(2)
    augmenters, results = mx.image.CreateAugmenter(**options), []
    for _ in range(2):
        image = image_of("photo")
        for augmenter in augmenters:
            image = augmenter(image)
        results.append(image.asnumpy())
    return np.stack(results), np.array(json.dumps([one.dumps() for one in augmenters]))


kept = {str(i): run(*program) for i, program in enumerate(PROGRAMS)}
# The next number shows whether as many were drawn.
kept["after"] = mx.nd.sample_multinomial(mx.nd.ones(1000) / 1000, shape=4).asnumpy()
for i, case in enumerate(FUNCTIONS):
    kept["function{}".format(i)], kept["place{}".format(i)] = call(*case)
for i, options in enumerate(LISTS):
    kept["list{}".format(i)], kept["dumps{}".format(i)] = augmented(options)
np.savez_compressed(str(TESTS / "data" / "images.npz"), **kept)
