"""Records the batches of MXNet 1.9.1's iterators over files of images, in tests/data/image_records.npz.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_image_records.py
"""

import os
import pickle
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from image_record_cases import DETECTION, IMAGES, opened, watched, write_files  # noqa: E402

warnings.simplefilter("ignore")


def tried(arguments, detection, folder):
    """What a process of its own found, as some wrong calls end the process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            found = watched(opened(mx.io, arguments, detection, folder), arguments)
        except Exception as error:
            found = type(error).__name__
        with os.fdopen(writing, "wb") as file:
            pickle.dump(found, file, protocol=4)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        content = file.read()
    os.waitpid(child, 0)
    return pickle.loads(content) if content else "ended"


def small(array):
    """The same numbers in bytes, where they are whole."""
    same = array.size and np.array_equal(array, array.astype("uint8"))
    return array.astype("uint8") if same else array


found = {}
with tempfile.TemporaryDirectory() as folder:
    write_files(mx.recordio, folder)
    for name, cases in (("images", IMAGES), ("detection", DETECTION)):
        for number, arguments in enumerate(cases):
            batches = tried(arguments, name == "detection", folder)
            if isinstance(batches, str):
                found["%s.%d" % (name, number)] = np.array(batches)
                continue
            for i, part in enumerate(("data", "label", "index")):
                value = (
                    np.concatenate([batch[i] for batch in batches])
                    if i < 2
                    else np.array([b[2] for b in batches])
                )
                found["%s.%d.%s" % (name, number, part)] = small(value)
            found["%s.%d.type" % (name, number)] = np.array(str(batches[0][0].dtype))
path = TESTS / "data" / "image_records.npz"
np.savez_compressed(path, **found)
print(len(IMAGES) + len(DETECTION), "iterators,", path.stat().st_size, "bytes")
