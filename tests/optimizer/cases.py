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


def some(name, arguments, options, learning_rate=0.1, **use):
    """Some of these options only, or used in another way."""
    cases = family(name, arguments, learning_rate)
    return {o: (name, cases[o][1], {**cases[o][2], **use}) for o in options}


PARTS = ("plain", "everything", "master")
# A learning rate of 0, with which "cosine" ends, is refused or makes numbers of what is none.
MORE = ("wd", "clip", "rescale", "factor", "begin")
NAMES = {"param_idx2name": {0: "a_weight", 1: "a_bias"}}
LBSGD = {"momentum": 0.9, "batch_scale": 3, "warmup_epochs": 2, "updates_per_epoch": 10}
MATRICES = [(3, 4), (5, 1)]
SEVERAL = [(3,), (2, 2), (4,), (1,), (2,), (3, 1)]

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
    "adamax": family("adamax", {}, 0.02),
    "adamax_own": some("adamax", {"beta1": 0.8, "beta2": 0.9}, PARTS, 0.02),
    "nadam": family("nadam", {}, 0.02, half=False),
    "nadam_own": some(
        "nadam", {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3, "schedule_decay": 0.1}, PARTS, 0.02
    ),
    "ftrl": family("ftrl", {}, half=False),
    "ftrl_own": some("ftrl", {"lamda1": 0.3, "beta": 0.2}, PARTS),
    "ftml": some("ftml", {}, (*PARTS, *MORE), 0.05),
    "ftml_own": some("ftml", {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3}, (*PARTS, "double"), 0.05),
    "signum": family("signum", {}, 0.02, half=False),
    "signum_own": some("signum", {"momentum": 0.5, "wd_lh": 0.1}, (*PARTS, "double"), 0.02),
    "signum_plain": some("signum", {"momentum": 0.0}, PARTS, 0.02),
    "lamb": family("lamb", {}, 0.02, half=False),
    "lamb_own": some(
        "lamb",
        {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3, "lower_bound": 0.5, "upper_bound": 1.5},
        (*PARTS, "double"),
        0.02,
    ),
    "lamb_biased": some("lamb", {"bias_correction": False}, PARTS, 0.02),
    "lars": family("lars", {"momentum": 0.9, "eta": 0.1}, half=False),
    "lars_plain": some("lars", {"eta": 0.1, "eps": 0.1, **NAMES}, (*PARTS, "wd", "factor")),
    "lars_names": some("lars", {"momentum": 0.8, "eta": 0.2, **NAMES}, (*PARTS, "wd", "double", "half")),
    "lars_several": some("lars", {"momentum": 0.9, "eta": 0.3}, ("factor", "cosine"), shapes=SEVERAL),
    "lars_uncorrected": some("lars", {"momentum": 0.9, "momentum_correction": False}, ("factor",)),
    "lbsgd": family("lbsgd", {}),
    "lbsgd_linear": family("lbsgd", {**LBSGD, "begin_epoch": 1}, 0.02, half=False),
    "lbsgd_power2": some("lbsgd", {**LBSGD, "warmup_strategy": "power2"}, ("plain",), 0.02),
    "lbsgd_sqrt": some("lbsgd", {**LBSGD, "warmup_strategy": "sqrt"}, ("plain",), 0.02),
    "lbsgd_lars": some("lbsgd", {**LBSGD, "warmup_strategy": "lars"}, PARTS, 0.02),
    "dcasgd": family("dcasgd", {}),
    "dcasgd_own": some("dcasgd", {"lamda": 0.5}, PARTS),
    "sgld": some("sgld", {}, (*PARTS, *MORE), 0.01),
    "groupadagrad": some("groupadagrad", {}, ("plain", "clip", "rescale", "cosine"), shapes=MATRICES),
    "groupadagrad_own": some("groupadagrad", {"eps": 0.1}, ("plain", "begin"), shapes=MATRICES),
    "test": some("test", {}, ("plain", "rescale")),
}
CASES = {f + "." + c: case for f, cases in FAMILIES.items() for c, case in cases.items()}


def shapes_of(case):
    """The shapes of the weights."""
    return CASES[case][2].get("shapes", SHAPES) if case in CASES else SHAPES


def weights(case, dtype):
    """The weights to begin with."""
    draw = np.random.RandomState(crc32(case.encode()))
    return [draw.uniform(-1, 1, shape).astype(dtype) for shape in shapes_of(case)]


def gradients(case, dtype):
    """For each step, a gradient for each weight: noise about a slope, some of it beyond the clipping."""
    draw = np.random.RandomState(crc32(case.encode()) + 1)
    slopes = [draw.uniform(-0.5, 0.5, shape) for shape in shapes_of(case)]
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
    mx.random.seed(7)
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
        updater(list(indices), [mx.nd.array(g, dtype=dtype) for g in grads], arrays)
        if step in SEEN:
            for i, array in enumerate(arrays):
                seen[f"w{i}@{step}"] = array.asnumpy()
    for i in indices:
        for n, state in enumerate(flat(updater.states[i])):
            seen[f"s{i}.{n}"] = state
    seen["num_update"] = np.array(optimizer.num_update)
    return seen


# Optimizers that are saved after some steps, and go on: name -> arguments.
RESUMED = {
    "adamax": {"multi_precision": True},
    "nadam": {"learning_rate": 0.02},
    "ftrl": {},
    "ftml": {"learning_rate": 0.05},
    "signum": {"wd_lh": 0.1},
    "lamb": {"multi_precision": True, "wd": 0.1},
    "lars": {"momentum": 0.9, "eta": 0.5, "lr_scheduler": FACTOR},
    "lbsgd": LBSGD,
    "dcasgd": {"lamda": 0.5},
    "groupadagrad": {},
    "test": {},
}


def updater_of(mx, name):
    """An updater with one of these optimizers."""
    arguments = dict(RESUMED[name])
    if "lr_scheduler" in arguments:
        kind, scheduling = arguments["lr_scheduler"]
        arguments["lr_scheduler"] = getattr(mx.lr_scheduler, kind)(**scheduling)
    return mx.optimizer.get_updater(mx.optimizer.create(name, **arguments))


def train(mx, name, updater, weight, steps):
    """Makes some steps; returns the weight after them."""
    dtype = "float16" if RESUMED[name].get("multi_precision") else "float32"
    array = mx.nd.array(weight, dtype=dtype)
    for step in steps:
        grad = np.random.RandomState(step).uniform(-1, 1, array.shape)
        updater("w", mx.nd.array(grad, dtype=dtype), array)
    return array.asnumpy()
