"""Samples of ops/updates_many.py and updates_preloaded.py."""

from ops.samples.spec import S, array, normal, positive

SHAPES = [(2, 3), (4,), (1, 2, 1)]
# The last two weights have equal rates.
RATES = {"lrs": (0.1, 0.2, 0.2), "wds": (0.0, 0.05, 0.05)}
OPTIONS = {"rescale_grad": 0.5, "clip_gradient": 0.3}
MOM = {"momentum": 0.9}
SAMPLES = []


def calls(op, states, attributes, options, mp=False, rest=(), counted="num_weights", lists=(), **kwargs):
    """An update of one and three weights, with options, in other types; of too many arrays and rates."""

    def one(count, more=(), dtype="float16" if mp else "float32", **how):
        inputs = []
        for shape in SHAPES[:count]:
            inputs += [normal(shape, dtype), normal(shape, dtype)]
            inputs += [s(shape, "float32" if mp else dtype) for s in states]
        attrs = {k: v[:count] if k in lists else v for k, v in attributes.items()}
        stride = 2 + len(states)
        writes = () if how.get("fails") else [i * stride + c for i in range(count) for c in range(2, stride)]
        last = [r(count, "float32" if mp or op.startswith("preloaded") else dtype) for r in rest]
        attrs = {**attrs, counted: count, **dict(more)}
        return S(op, inputs + last, attrs, grad=False, writes=writes, **{**kwargs, **how})

    found = [
        one(1),
        one(3),
        one(3, options),
        one(2, options),
        one(3, {counted: 2}, fails=True),
        one(2, {counted: 3}, fails=True),
        *[one(3, {key: attributes[key][:2]}, fails=True) for key in lists],
    ]
    if not mp and "adamw" not in op:  # there MXNet reads other numbers than the given rescale_grad
        found += [one(2, options, "float64", tol=1e-6), one(2, (), "float16", tol=5e-3)]
    first = found[1].inputs
    found.append(S(op, [*first[:1], normal((7,)), *first[2:]], found[1].attributes, fails=True))
    return found


for mp, copy in ((False, []), (True, [normal])):
    name = "mp_sgd" if mp else "sgd"
    SAMPLES += calls(f"multi_{name}_update", copy, RATES, OPTIONS, mp, lists=("lrs", "wds"))
    SAMPLES += calls(
        f"multi_{name}_mom_update", [normal, *copy], {**RATES, **MOM}, OPTIONS, mp, lists=("lrs", "wds")
    )
    numbers = [
        lambda count, dtype: array([0.1, 0.2, 0.3][:count], dtype),
        lambda count, dtype: array([0.0, 0.05, 0.1][:count], dtype),
    ]
    SAMPLES += calls(f"preloaded_multi_{name}_update", copy, {}, OPTIONS, mp, numbers)
    SAMPLES += calls(f"preloaded_multi_{name}_mom_update", [normal, *copy], MOM, OPTIONS, mp, numbers)

    name = "_multi_mp_{}_update" if mp else "_multi_{}_update"
    SAMPLES += calls(
        name.format("adamw"),
        [normal, positive, *copy],
        {**RATES, "etas": (1.0, 0.5, 0.5)},
        {"beta1": 0.5, "beta2": 0.8, "epsilon": 0.1, "clip_gradient": 0.3},
        mp,
        [lambda count, dtype: array([0.7], dtype)],
        lists=("lrs", "wds", "etas"),
    )
    SAMPLES += calls(
        name.format("lamb"),
        [normal, positive, *copy],
        {"learning_rates": RATES["lrs"], "wds": RATES["wds"], "step_count": (1, 20, 20)},
        {**OPTIONS, "beta1": 0.5, "beta2": 0.8, "epsilon": 0.1, "lower_bound": 0.5, "upper_bound": 1.5},
        mp,
        counted="num_tensors",
        lists=("learning_rates", "wds", "step_count"),
        tol=1e-4 if mp else None,  # MXNet takes the norm of numbers of 16 bits
    )
    SAMPLES += [
        S(
            name.format("adamw"),
            [
                *[normal((3,), "float16" if mp else "float32")] * 2,
                (3,),
                positive((3,)),
                *[(3,)] * mp,
                array([v]),
            ],
            {"lrs": 0.1, "wds": 0.1, "etas": 1.0},
            grad=False,
            writes=range(2, 5 if mp else 4),
        )
        for v in (0.0, float("inf"))
    ]

LAMB = {"learning_rates": (0.1,), "wds": (0.1,), "step_count": (1,)}
SAMPLES += [
    S(
        "_multi_lamb_update",
        [(3,), (3,), (3,), positive((3,))],
        {**LAMB, "bias_correction": False},
        grad=False,
    ),
    S("_multi_lamb_update", [array([0.0, 0.0]), (2,), (2,), positive((2,))], LAMB, grad=False),
    S("multi_sgd_update", [(3,), (3,)], {"lrs": 0.1, "wds": 0.1}, grad=False),
    S("multi_sgd_update", [(3,), (3,)], {"lrs": 0.1}, fails=True),
    S("preloaded_multi_sgd_update", [(3,), (3,), array([0.1, 0.2]), array([0.1])], fails=True),
    S("preloaded_multi_sgd_update", [(3,), (3,), array([0.1], "float64"), array([0.1])], fails=True),
    S("preloaded_multi_sgd_update", [(3,)], fails=True),
    S("reset_arrays", [(2, 3), (4,)], {"num_arrays": 2}, grad=False, writes=(0, 1)),
    S("reset_arrays", [normal((2,), "float16")], {"num_arrays": 1}, grad=False, writes=(0,)),
    S("reset_arrays", [(2, 3), (4,)], {"num_arrays": 1}, fails=True),
]
