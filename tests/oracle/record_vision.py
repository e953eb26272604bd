"""Records what MXNet 1.9.1's data sets of images make of small files, in tests/data/vision.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_vision.py
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from mxnet.gluon.data.vision import datasets

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from vision_cases import CASES, described, write_all  # noqa: E402

# The small files are taken for the real ones.
datasets.check_sha1 = lambda name, sha1: True
datasets.download = lambda url, path, sha1_hash: os.path.join(path, url.rsplit("/", 1)[1])

with tempfile.TemporaryDirectory() as folder:
    write_all(mx, folder)
    recorded = [described(mx, number, folder) for number in range(len(CASES))]
text = json.dumps(recorded, separators=(",", ":")).replace("],[[", "],\n[[")
(TESTS / "data" / "vision.json").write_text(text + "\n")
print(len(CASES), "data sets")
