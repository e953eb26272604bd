"""Samples of ops/updates.py, updates_adaptive.py and updates_lamb.py."""

from ops.samples.spec import S, array, ints, normal, positive, uniform

SHAPE = (2, 3)
NAN, INF = float("nan"), float("inf")
# The options that most updates have.
OPTIONS = {"wd": 0.05, "rescale_grad": 0.5, "clip_gradient": 0.4}


def update(op, states, attributes, own=(), options=OPTIONS, writes=None, half=5e-3):
    """An update of one type: plain, with each option, all of them, other types and shapes, and misfits."""
    writes = range(2, 2 + len(states)) if writes is None else writes

    def call(shape=SHAPE, dtype="float32", more=(), **kwargs):
        inputs = [normal(shape, dtype), normal(shape, dtype), *[s(shape, dtype) for s in states]]
        kwargs.setdefault("writes", writes)
        return S(op, inputs, {**attributes, **dict(more)}, grad=False, **kwargs)

    every = {**options, **dict(own)}
    misfits = [[(2, 3), (3, 2)], [(2, 3), (3,)], [(2, 3), normal((2, 3), "float64")]]
    whole = [ints(SHAPE, 0, 5, "int32")] * (2 + len(states))
    return [
        call(),
        *[call(more={k: v}) for k, v in every.items()],
        call(more=every),
        call((1,), more=every),
        call((2, 1, 4), "float64", more=every, tol=1e-6),
        call((5,), "float16", tol=half),
        *[S(op, [*two, *[s(SHAPE, "float32") for s in states]], attributes, fails=True) for two in misfits],
        S(op, whole, attributes, fails=True),
    ]


def master(op, states, attributes, options=OPTIONS, writes=None, rest=()):
    """An update of 16 bits with a float32 copy: ``states`` are float32, the copy among them."""
    writes = range(2, 2 + len(states)) if writes is None else writes

    def call(dtype="float16", more=(), shape=SHAPE, state="float32", **kwargs):
        inputs = [normal(shape, dtype), normal(shape, dtype), *[s(shape, state) for s in states], *rest]
        kwargs.setdefault("writes", writes)
        return S(op, inputs, {**attributes, **dict(more)}, grad=False, **kwargs)

    return [
        call(),
        call(more=options),
        call(shape=(4,), more=options),
        call(state="float16", writes=(), fails=True),
        S(
            op,
            [normal((2,), "float16"), (2,), *[s((2,), "float32") for s in states], *rest],
            attributes,
            fails=True,
        ),
    ]


LR = {"lr": 0.1}
MOM = {"lr": 0.1, "momentum": 0.9}
LAMB = {"t": 2, "wd": 0.1}
ADAMW = {"lr": 0.1, "eta": 0.5}
SAMPLES = [
    *update("sgd_update", [], LR),
    *update("sgd_mom_update", [normal], MOM),
    S("sgd_mom_update", [SHAPE] * 3, LR, grad=False, writes=(2,)),
    S("sgd_mom_update", [SHAPE] * 3, dict(LR, **OPTIONS), grad=False, writes=(2,)),
    *update("nag_mom_update", [normal], MOM),
    *update("signsgd_update", [], LR, {"rescale_grad": -1.0}),
    *update("signum_update", [normal], MOM, {"wd_lh": 0.2}),
    *update("adam_update", [normal, positive], LR, {"beta1": 0.5, "beta2": 0.8, "epsilon": 0.1}),
    *update(
        "ftml_update",
        [positive, positive, normal],
        {"lr": 0.1, "t": 3},
        {"beta1": 0.5, "beta2": 0.8, "epsilon": 0.1},
        {"wd": 0.05, "rescale_grad": 0.5, "clip_grad": 0.4},
        half=2e-2,  # MXNet rounds 1 - beta2 to 16 bits
    ),
    *update("ftrl_update", [normal, positive], LR, {"lamda1": 0.5, "beta": 0.1}),
    *update("rmsprop_update", [positive], LR, {"gamma1": 0.5, "epsilon": 0.1, "clip_weights": 0.3}),
    *update(
        "rmspropalex_update",
        [
            lambda shape, dtype: uniform(shape, 1.0, 2.0, dtype),
            lambda *a: uniform(a[0], -0.1, 0.1, a[1]),
            normal,
        ],
        LR,
        {"gamma1": 0.8, "gamma2": 0.5, "epsilon": 0.1, "clip_weights": 0.3},
    ),
    *update(
        "lamb_update_phase1",
        [normal, positive],
        LAMB,
        {"beta1": 0.5, "beta2": 0.8, "epsilon": 0.1, "bias_correction": False, "t": 7},
        half=2e-2,
    ),
    *master("mp_sgd_update", [normal], LR),
    *master("mp_sgd_mom_update", [normal, normal], MOM),
    *master("mp_nag_mom_update", [normal, normal], MOM),
    *master("mp_lamb_update_phase1", [normal, positive, normal], LAMB, writes=(2, 3)),
    S("sgd_update", [(2, 3), (2, 3)], fails=True),
    S("sgd_update", [(2, 3), (2, 3)], {"lr": 0.1, "clip_gradient": 0.0}, grad=False),
    S("mp_sgd_update", [(2, 3)] * 3, LR, grad=False, writes=(2,)),
    S("signsgd_update", [array([1.0, 2.0, 3.0]), array([0.0, -2.0, 3.0])], LR, grad=False),
    S("ftrl_update", [(4,), (4,), array([0.0, 0.005, -0.01, 1.0]), positive((4,))], LR, grad=False),
    S("ftml_update", [(2,), (2,), (2,), positive((2,)), (2,)], LR, fails=True),
    S("lamb_update_phase1", [(2,), (2,), (2,), positive((2,))], {"t": 1}, fails=True),
]

ONE, TWO = array([1.0]), array([2.0])
for r1, r2, bounds in (
    (TWO, ONE, {}),
    (array([0.0]), ONE, {}),
    (ONE, array([0.0]), {}),
    (TWO, ONE, {"lower_bound": 2.5}),
    (TWO, ONE, {"upper_bound": 1.5}),
    (TWO, ONE, {"lower_bound": 0.5, "upper_bound": 3.0}),
):
    SAMPLES += [
        S("lamb_update_phase2", [SHAPE, SHAPE, r1, r2], {"lr": 0.1, **bounds}, grad=False),
        S(
            "mp_lamb_update_phase2",
            [normal(SHAPE, "float16"), SHAPE, r1, r2, SHAPE],
            {"lr": 0.1, **bounds},
            grad=False,
        ),
    ]
SAMPLES += [
    S(
        "lamb_update_phase2",
        [normal(SHAPE, "float64")] * 2 + [array([2.0], "float64"), array([3.0], "float64")],
        LR,
        grad=False,
    ),
    S("lamb_update_phase2", [SHAPE, SHAPE, array([1.0, 2.0]), ONE], LR, fails=True),
    S("lamb_update_phase2", [SHAPE, (3, 2), ONE, ONE], LR, fails=True),
    S("mp_lamb_update_phase2", [normal(SHAPE, "float16")] * 2 + [ONE, ONE, SHAPE], LR, fails=True),
]

for rescale in (ONE, array([0.5]), array([0.0]), array([NAN]), array([INF]), array([2.0, 1.0])):
    SAMPLES += [
        S("_adamw_update", [SHAPE, SHAPE, SHAPE, positive(SHAPE), rescale], ADAMW, grad=False, writes=(2, 3)),
        S(
            "_mp_adamw_update",
            [*[normal(SHAPE, "float16")] * 2, SHAPE, positive(SHAPE), SHAPE, rescale],
            {**ADAMW, "wd": 0.1, "clip_gradient": 0.3},
            grad=False,
            writes=(2, 3, 4),
        ),
    ]
for options in (
    {"wd": 0.1},
    {"clip_gradient": 0.2},
    {"beta1": 0.5, "beta2": 0.7, "epsilon": 0.1, "wd": 0.2, "clip_gradient": 0.5},
):
    SAMPLES.append(
        S(
            "_adamw_update",
            [SHAPE, SHAPE, SHAPE, positive(SHAPE), array([0.7])],
            {**ADAMW, **options},
            grad=False,
            writes=(2, 3),
        )
    )
for dtype, tol in (("float64", 1e-6), ("float16", 5e-3)):
    numbers = [*[normal(SHAPE, dtype)] * 3, positive(SHAPE, dtype)]
    SAMPLES += [
        S("_adamw_update", [*numbers, ONE], {**ADAMW, "wd": 0.1}, grad=False, writes=(2, 3), tol=tol),
        S("_adamw_update", [*numbers, array([1.0], dtype)], ADAMW, fails=True),
    ]
SAMPLES += [
    S("_adamw_update", [SHAPE, (3, 2), SHAPE, SHAPE, ONE], ADAMW, fails=True),
    S("_adamw_update", [SHAPE, SHAPE, SHAPE, SHAPE, ONE], LR, fails=True),
    S("_adamw_update", [SHAPE, SHAPE, normal(SHAPE, "float64"), SHAPE, ONE], ADAMW, fails=True),
    S("_mp_adamw_update", [normal(SHAPE, "float16"), SHAPE, SHAPE, SHAPE, SHAPE, ONE], ADAMW, fails=True),
]

LARS = {"eta": 0.1, "eps": 0.01}
RATES, WDS = positive((4,)), uniform((4,), 0.0, 0.1)
SQUARES, SLOPES = array([0.5, 0.0, 2.0, 0.0]), array([0.3, 1.0, 0.0, 0.0])
SAMPLES += [
    S("multi_lars", [RATES, positive((4,)), positive((4,)), WDS], LARS, grad=False),
    S("multi_lars", [RATES, SQUARES, SLOPES, WDS], {"eta": 0.1, "eps": 0, "rescale_grad": 0.5}, grad=False),
    S("multi_lars", [RATES, SQUARES, SLOPES, WDS], {**LARS, "rescale_grad": -0.5}, grad=False),
    S("multi_lars", [RATES, positive((4,)), positive((4,)), WDS], {**LARS, "rescale_grad": 0.0}, grad=False),
    S("multi_lars", [normal((2,), "float64")] * 4, LARS, fails=True),
    S("multi_lars", [(2,), (2,), (2,), (3,)], LARS, fails=True),
]

# Of sparse gradients with all rows in MXNet.
SAMPLES += [
    S("_sparse_adagrad_update", [SHAPE, SHAPE, positive(SHAPE)], LR, grad=False, writes=(2,)),
    S(
        "_sparse_adagrad_update",
        [SHAPE, SHAPE, positive(SHAPE)],
        {"lr": 0.2, "epsilon": 0.1, "rescale_grad": 0.5, "clip_gradient": 0.3},
        grad=False,
        writes=(2,),
    ),
    S("_sparse_adagrad_update", [SHAPE, SHAPE, positive(SHAPE)], {"lr": 0.1, "wd": 0.1}, fails=True),
    S("_sparse_adagrad_update", [SHAPE, (3, 3), positive(SHAPE)], LR, fails=True),
]
for shape, history in ((SHAPE, (2, 1)), (SHAPE, (2,)), ((3, 2, 2), (3, 1)), ((1, 4), (1, 1))):
    SAMPLES += [
        S("_contrib_group_adagrad_update", [shape, shape, positive(history)], LR, grad=False, writes=(2,)),
        S(
            "_contrib_group_adagrad_update",
            [shape, shape, positive(history)],
            {"lr": 0.1, "rescale_grad": 0.5, "clip_gradient": 0.3, "epsilon": 0.1},
            grad=False,
            writes=(2,),
        ),
    ]
SAMPLES += [
    S("_contrib_group_adagrad_update", [SHAPE, SHAPE, positive((3, 1))], LR, fails=True),
    S("_contrib_group_adagrad_update", [SHAPE, SHAPE, positive(SHAPE)], LR, fails=True),
    S("_contrib_group_adagrad_update", [SHAPE, (2, 2), positive((2, 1))], LR, fails=True),
]
