"""Records what MXNet 1.9.1's layers and losses print and compute, for tests/gluon/layer_cases.py.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_layers.py

writes tests/data/layers.npz: the numbers of all cases one after the other, their names and shapes, and the
losses of the trainings of tests/gluon/convnets.py. Their nets go to tests/data/layers/.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "gluon"))

import convnets  # noqa: E402
import layer_cases as cases  # noqa: E402

warnings.simplefilter("ignore")
told, numbers = [], []
for number in range(len(cases.CASES)):
    texts, arrays = cases.run(mx, number)
    told.append([texts, {name: list(a.shape) for name, a in arrays.items()}])
    numbers += [a.astype(np.float32).ravel() for a in arrays.values()]
numbers = np.concatenate(numbers)

trained = {}
folder = TESTS / "data" / "layers"
folder.mkdir(exist_ok=True)
for name in convnets.NETS:
    net, losses = convnets.train(mx, name)
    trained["losses_" + name], trained["output_" + name] = losses, convnets.output(mx, net, name)
    net.save_parameters(str(folder / (name + ".params")))
printed, values = convnets.tables(mx)
trained["tables"], trained["tables_printed"] = values, np.array(printed)
path = TESTS / "data" / "layers.npz"
np.savez_compressed(str(path), numbers=numbers, told=np.array(json.dumps(told)), **trained)
print(len(told), "cases", len(numbers), "numbers", path.stat().st_size, "bytes")
