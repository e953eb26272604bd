"""Checks that MXNet 1.9.1 opens a Trainer's states that regluon writes. Needs both; pytest does not run it.

python tests/oracle/check_states.py write FOLDER    # the Python that has regluon
python tests/oracle/check_states.py check FOLDER    # a Python 3.8 environment that holds mxnet==1.9.1
"""

import sys
from pathlib import Path

import numpy as np

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gluon"), str(TESTS / "optimizer")]

import cases  # noqa: E402
import training  # noqa: E402

SAVED = ("one", "momentum", "adam", "two", "three")


def flat(state):
    if state is None:
        return []
    return [a for s in state for a in flat(s)] if isinstance(state, (tuple, list)) else [state.asnumpy()]


def scheduled(mx):
    """A Trainer with a scheduler and float32 copies of its weights."""
    scheduler = mx.lr_scheduler.CosineScheduler(9, 0.3, warmup_steps=2)
    parameter = mx.gluon.Parameter("a_weight", shape=(3,), dtype="float16")
    parameter.initialize(mx.init.One())
    arguments = {"momentum": 0.9, "lr_scheduler": scheduler, "multi_precision": True}
    trainer = mx.gluon.Trainer([parameter], "sgd", arguments)
    for _ in range(4):
        with mx.autograd.record():
            loss = parameter.data() * parameter.data()
        loss.backward()
        trainer.step(1)
    return trainer


def write(folder):
    import regluon as mx

    trainers = {name: training.train(mx, name)[1] for name in SAVED}
    trainers["scheduled"] = scheduled(mx)
    for name, trainer in trainers.items():
        trainer.save_states(str(folder / (name + ".states")))
        states = [a for _, state in sorted(trainer._updaters[0].states.items()) for a in flat(state)]
        np.savez(str(folder / (name + ".npz")), *states)

    for name in cases.RESUMED:
        updater = cases.updater_of(mx, name)
        before = cases.train(mx, name, updater, np.ones((2, 3)), range(5))
        (folder / (name + ".resumed")).write_bytes(updater.get_states(dump_optimizer=True))
        np.savez(
            str(folder / (name + "_resumed.npz")),
            before,
            cases.train(mx, name, updater, before, range(5, 10)),
        )


def check(folder):
    import mxnet as mx

    for path in sorted(folder.glob("*.states")):
        name = path.stem
        trainer = scheduled(mx) if name == "scheduled" else training.train(mx, name)[1]
        trainer.load_states(str(path))
        updater = trainer._kvstore._updater if trainer._update_on_kvstore else trainer._updaters[0]
        loaded = [a for _, state in sorted(updater.states.items()) for a in flat(state)]
        with np.load(str(folder / (name + ".npz"))) as wanted:
            assert len(loaded) == len(wanted.files), name
            for i, array in enumerate(loaded):
                np.testing.assert_array_equal(array, wanted["arr_" + str(i)])
        optimizer = trainer.optimizer
        assert optimizer.num_update == (4 if name == "scheduled" else training.STEPS), name
        assert optimizer._index_update_count is optimizer._all_index_update_counts[0], name
        print(name, type(optimizer).__name__, len(loaded), "arrays")
    for name in cases.RESUMED:
        updater = cases.updater_of(mx, name)
        updater.set_states((folder / (name + ".resumed")).read_bytes())
        with np.load(str(folder / (name + "_resumed.npz"))) as kept:
            after = cases.train(mx, name, updater, kept["arr_0"], range(5, 10))
            np.testing.assert_allclose(after, kept["arr_1"], rtol=1e-5, atol=1e-6, err_msg=name)
        print(name, type(updater.optimizer).__name__, "goes on")


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](Path(sys.argv[2]))
