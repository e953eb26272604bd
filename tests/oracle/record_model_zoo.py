"""Records MXNet 1.9.1's nets for images, as tests/gluon/model_zoo_cases.py asks about them.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_model_zoo.py

writes tests/data/models.npz: outputs, gradients, and what nets print, for most of them as a SHA-1. Files of
the small nets' parameters go to tests/data/models/.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
from mxnet.gluon.model_zoo import model_store

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "gluon"))

import model_zoo_cases as cases  # noqa: E402

warnings.simplefilter("ignore")
listings = {name: cases.listing(mx, cases.by_name(name)) for name in cases.NAMES}
listings.update({"part " + name: cases.listing(mx, make) for name, make in cases.PARTS.items()})
texts = {
    "digests": {name: cases.digest(text) for name, text in listings.items()},
    "in_full": {name: listings[name] for name in cases.IN_FULL},
    "sha1": model_store._model_sha1,
}
arrays = {}
for name in [*cases.SEEDED, *cases.GIVEN]:
    found = cases.seeded(mx, name) if name in cases.SEEDED else cases.given(mx, name)
    arrays.update({name + " " + what: values for what, values in found.items()})
folder = TESTS / "data" / "models"
folder.mkdir(exist_ok=True)
for name in cases.SMALL:
    net = cases.filled(mx, cases.small(mx, name))
    arrays["small " + name] = cases.small_output(mx, net)
    net.save_parameters(str(folder / (name + ".params")))
    net.collect_params().save(str(folder / (name + "_full.params")), strip_prefix=net.prefix)
path = TESTS / "data" / "models.npz"
np.savez_compressed(str(path), texts=np.array(json.dumps(texts)), **arrays)
print(len(listings), "nets", len(arrays), "arrays", path.stat().st_size, "bytes")
