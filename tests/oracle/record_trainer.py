"""Records trainings of tests/gluon/training.py, and files of a Trainer's states, as MXNet 1.9.1 makes them.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_trainer.py

writes tests/data/trainer.npz and tests/data/states/NAME.states.
"""

import pickle
import sys
import warnings
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gluon"), str(TESTS / "optimizer")]

import cases  # noqa: E402
import training  # noqa: E402

warnings.simplefilter("ignore")
STATES = TESTS / "data" / "states"
STATES.mkdir(exist_ok=True)
SAVED = ("one", "momentum", "adam", "two")

kept = {}
for name in training.TRAININGS:
    arrays, trainer = training.train(mx, name)
    kept.update(("{}/{}".format(name, i), a) for i, a in enumerate(arrays))
    if name in SAVED:
        trainer.save_states(str(STATES / (name + ".states")))

# States under other circumstances: a scheduler, float32 copies of weights, NumPy's numbers, old protocols.
scheduler = mx.lr_scheduler.MultiFactorScheduler([3, 5], 0.5, base_lr=0.2)
optimizer = mx.optimizer.create(
    "nag", momentum=0.9, lr_scheduler=scheduler, multi_precision=True, wd=np.float64(0.1)
)
updater = mx.optimizer.get_updater(optimizer)
weight = mx.nd.array([1, 2, 3], dtype="float16")
for _ in range(4):
    updater("w", mx.nd.array([0.5, 0.25, 1], dtype="float16"), weight)
(STATES / "scheduled.states").write_bytes(updater.get_states(dump_optimizer=True))
for protocol in (0, 1, 2, 3, 4, 5):
    both = pickle.dumps((updater.states, optimizer), protocol)
    (STATES / "protocol{}.states".format(protocol)).write_bytes(both)
kept["scheduled/momentum"], kept["scheduled/master"] = [s.asnumpy() for s in updater.states["w"]]
kept["scheduled/weight"] = weight.asnumpy()

# Of the other optimizers: what they save after 5 steps, and the weights then and 5 steps later.
for name in cases.RESUMED:
    updater = cases.updater_of(mx, name)
    kept["resumed/{}/5".format(name)] = cases.train(mx, name, updater, np.ones((2, 3)), range(5))
    (STATES / "resumed_{}.states".format(name)).write_bytes(updater.get_states(dump_optimizer=True))
    before = kept["resumed/{}/5".format(name)]
    kept["resumed/{}/10".format(name)] = cases.train(mx, name, updater, before, range(5, 10))
np.savez_compressed(str(TESTS / "data" / "trainer.npz"), **kept)
print(len(kept), "arrays")
