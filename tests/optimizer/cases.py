"""What optimizers are held to: cases for the recorder (Python 3.8, MXNet) and the tests. NumPy only."""

from zlib import crc32

import numpy as np

STEPS = 50
SHAPES = [(3, 4), (5,)]
# After which steps weights are compared.
SEEN = (1, 7, STEPS)

# name -> the optimizer, its arguments, and how it is used: dtype, mults, scheduler (class, arguments).
EVERYTHING = {"wd": 0.03, "clip_gradient": 0.4, "rescale_grad": 0.7}
MULTS = {"lr_mult": {1: 0.5}, "wd_mult": {0: 2.0, 1: 0.25}}
FACTOR = ("FactorScheduler", {"step": 7, "factor": 0.7, "base_lr": 0.2})
COSINE = ("CosineScheduler", {"max_update": 40, "base_lr": 0.3, "warmup_steps": 5})


def family(name, arguments, learning_rate=0.1, half=True):
    """The options that all optimizers have, upon their own arguments."""
    base = {"learning_rate": learning_rate, **arguments}
    cases = {
        "plain": (name, base, {}),
        "wd": (name, {**base, "wd": 0.05}, {}),
        "clip": (name, {**base, "clip_gradient": 0.3}, {}),
        "rescale": (name, {**base, "rescale_grad": 0.125}, {}),
        "everything": (name, {**base, **EVERYTHING}, MULTS),
        "factor": (name, {**base, **EVERYTHING, "learning_rate": 0.2}, {"scheduler": FACTOR}),
        "cosine": (name, {**base, "learning_rate": 0.3}, {"scheduler": COSINE}),
        "begin": (name, {**base, "begin_num_update": 20}, {}),
        "master": (name, {**base, **EVERYTHING, "multi_precision": True}, {"dtype": "float16"}),
    }
    if half:
        cases["half"] = (name, {**base, **EVERYTHING}, {"dtype": "float16"})
        cases["double"] = (name, {**base, **EVERYTHING}, {"dtype": "float64"})
    return cases


FAMILIES = {
    "sgd": family("sgd", {}),
    "sgd_momentum": family("sgd", {"momentum": 0.9}),
    "nag": family("nag", {"momentum": 0.8}),
    "nag_plain": family("nag", {}),
    "adam": family("adam", {}, 0.05),
    "adam_own": family("adam", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}, 0.05),
    "adagrad": family("adagrad", {}, 0.2, half=False),
    "adagrad_own": family("adagrad", {"eps": 0.1}, 0.2, half=False),
    "rmsprop": family("rmsprop", {}, 0.02, half=False),
    "rmsprop_own": family("rmsprop", {"gamma1": 0.7, "epsilon": 1e-2, "clip_weights": 0.8}, 0.02, half=False),
    "rmsprop_centered": family("rmsprop", {"centered": True}, 0.01, half=False),
    "rmsprop_all": family(
        "rmsprop", {"centered": True, "gamma1": 0.8, "gamma2": 0.5, "clip_weights": 0.9}, 0.01, half=False
    ),
    "adadelta": family("adadelta", {}, half=False),
    "adadelta_own": family("adadelta", {"rho": 0.7, "epsilon": 1e-3}, half=False),
}
CASES = {f + "." + c: case for f, cases in FAMILIES.items() for c, case in cases.items()}


def weights(case, dtype):
    """The weights to begin with."""
    draw = np.random.RandomState(crc32(case.encode()))
    return [draw.uniform(-1, 1, shape).astype(dtype) for shape in SHAPES]


def gradients(case, dtype):
    """For each step, a gradient for each weight: noise about a slope, some of it beyond the clipping."""
    draw = np.random.RandomState(crc32(case.encode()) + 1)
    slopes = [draw.uniform(-0.5, 0.5, shape) for shape in SHAPES]
    return [[(s + draw.normal(0, 0.5, s.shape)).astype(dtype) for s in slopes] for _ in range(STEPS)]


def flat(state):
    """The arrays of a state: None, an array, or tuples of these."""
    if state is None:
        return []
    if isinstance(state, (tuple, list)):
        return [array for inner in state for array in flat(inner)]
    return [state.asnumpy()]


def run(mx, case):
    """The weights after the steps in SEEN, the states after the last, and num_update."""
    name, arguments, use = CASES[case]
    dtype = use.get("dtype", "float32")
    arguments = dict(arguments)
    if "scheduler" in use:
        kind, scheduling = use["scheduler"]
        arguments["lr_scheduler"] = getattr(mx.lr_scheduler, kind)(**scheduling)
    optimizer = mx.optimizer.create(name, **arguments)
    optimizer.set_lr_mult(use.get("lr_mult", {}))
    optimizer.set_wd_mult(use.get("wd_mult", {}))
    updater = mx.optimizer.get_updater(optimizer)
    arrays = [mx.nd.array(w, dtype=dtype) for w in weights(case, dtype)]
    indices, seen = list(range(len(arrays))), {}
    for step, grads in enumerate(gradients(case, dtype), 1):
        updater(indices, [mx.nd.array(g, dtype=dtype) for g in grads], arrays)
        if step in SEEN:
            for i, array in enumerate(arrays):
                seen[f"w{i}@{step}"] = array.asnumpy()
    for i in indices:
        for n, state in enumerate(flat(updater.states[i])):
            seen[f"s{i}.{n}"] = state
    seen["num_update"] = np.array(optimizer.num_update)
    return seen
