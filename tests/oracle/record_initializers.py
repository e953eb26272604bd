"""Records what MXNet 1.9.1's initializers make, for the cases of tests/initializer_cases.py.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_initializers.py

writes tests/data/initializers.npz.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

import initializer_cases as cases  # noqa: E402

warnings.simplefilter("ignore")
kept = {"case%02d" % n: value for n, value in enumerate(cases.run_all(mx))}
for name, shape in cases.PLAIN_NAMES.items():
    array = mx.nd.full(shape, 7)
    mx.init.Constant(2.5)(name, array)
    kept["plain/" + name] = array.asnumpy()
kept["dumped"] = np.array([cases.made(mx, kind, arguments).dumps() for kind, arguments in cases.DUMPED])

# A net's parameters, through Gluon.
mx.random.seed(cases.SEED)
net = mx.gluon.nn.Dense(4, in_units=3, prefix="net_")
net.initialize(mx.init.Xavier())
kept["net/weight"], kept["net/bias"] = net.weight.data().asnumpy(), net.bias.data().asnumpy()
np.savez_compressed(str(TESTS / "data" / "initializers.npz"), **kept)
print(len(kept), "arrays")
