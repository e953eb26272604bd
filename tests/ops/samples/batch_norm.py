"""Samples of ops/batch_norm.py. MXNet updates the moving statistics on the way back, which writes= needs."""

from ops.samples.spec import S, normal, positive

FREE = {"fix_gamma": False}
SHOWN = {"fix_gamma": False, "output_mean_var": True}
GLOBAL = {"fix_gamma": False, "use_global_stats": True}
LEARNED = (0, 1, 2)
ALL = (1, 3, 4)


def call(name, shape, attributes=None, count=3, dtype="float32", kind=None, **options):
    kind = kind or dtype
    parameters = [normal((count,), kind) for _ in range(3)] + [positive((count,), kind)]
    return S(name, [normal(shape, dtype), *parameters], attributes, **{"grad": LEARNED, **options})


SAMPLES = []
for shape in ((4, 3), (4, 3, 2), (2, 3, 2, 3), (2, 3, 2, 1, 2)):
    SAMPLES += [
        call("BatchNorm", shape, FREE),
        call("BatchNorm", shape, FREE, train=True, writes=ALL),
    ]
SAMPLES += [
    call("BatchNorm", (4, 3, 2), train=True, writes=ALL),
    call("BatchNorm", (4, 3, 2), writes=ALL),
    call("BatchNorm", (4, 3, 2), {"use_global_stats": True}, train=True, writes=ALL),
    call("BatchNorm", (4, 3, 2), GLOBAL, train=True, writes=ALL),
    call("BatchNorm", (4, 3, 2), SHOWN, train=True, writes=ALL, kink=True),
    call("BatchNorm", (2, 3, 2, 3), SHOWN, kink=True),
    call("BatchNorm", (4, 2, 3), {"axis": -1, "fix_gamma": False}, train=True, writes=ALL),
    call("BatchNorm", (4, 2, 3), {"axis": 2}),
    call("BatchNorm", (2, 4, 3, 2), {"axis": 2, "fix_gamma": False}, train=True, writes=ALL),
    call("BatchNorm", (3,), {"axis": 0, "fix_gamma": False}, train=True, writes=ALL),
    call("BatchNorm", (1, 3), FREE, train=True, writes=ALL, second=False),
    call("BatchNorm", (4, 1, 2), FREE, 1, train=True, writes=ALL),
    call("BatchNorm", (4, 3), {"momentum": 0.3, "eps": 0.5, "fix_gamma": False}, train=True, writes=ALL),
    call("BatchNorm", (4, 3, 2), FREE, dtype="float64", train=True, writes=ALL),
    call("BatchNorm", (4, 3, 2), FREE, dtype="float16", kind="float32", train=True, tol=3e-3),
    call("BatchNorm", (4, 3, 2), FREE, dtype="float16", kind="float32", tol=3e-3),
    call("BatchNorm", (4, 3, 2), FREE, dtype="float16", fails=True),
    call("BatchNorm", (4, 3, 2), FREE, dtype="float64", kind="float32", fails=True),
    call("BatchNorm", (4, 3, 2), {"axis": 3}, fails=True),
    call("BatchNorm", (4, 3, 2), {"axis": -4}, fails=True),
    # Outside training, MXNet's gradient of it takes a mask that the forward has not filled.
    call("_contrib_BatchNormWithReLU", (4, 3, 2, 2), FREE, grad=False),
    call("_contrib_BatchNormWithReLU", (4, 3, 2, 2), FREE, train=True, writes=ALL),
    call("_contrib_BatchNormWithReLU", (4, 3, 2, 2), train=True, writes=ALL),
    call("_contrib_BatchNormWithReLU", (4, 3, 2, 2), SHOWN, grad=False),
    call("_contrib_BatchNormWithReLU", (4, 3, 2, 2), GLOBAL, train=True, writes=ALL),
]
for name, more in (("BatchNorm_v1", {}), ("_contrib_SyncBatchNorm", {"key": "a"})):
    for number, attributes in enumerate((FREE, {}, GLOBAL)):
        for train in (False, True):
            key = {k: f"{v}{number}{train}" for k, v in more.items()}
            SAMPLES.append(call(name, (2, 3, 2, 2), {**attributes, **key}, train=train, writes=ALL))
    SAMPLES += [
        call(name, (4, 3), {**FREE, **more}, train=True, writes=ALL),
        call(name, (2, 3, 2, 2), {**SHOWN, **more}, train=True, kink=True),
        call(name, (2, 3, 2, 2), more, 4, fails=True),
    ]
SAMPLES.append(call("_contrib_SyncBatchNorm", (2, 3, 2, 2), fails=True))
