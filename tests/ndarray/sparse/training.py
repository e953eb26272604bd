"""What is asked of MXNet about sparse gradients and updates; see cases.py."""

import itertools

import numpy as np

from ndarray.sparse.cases import STYPES, A, form

CASES = {}
TABLE = np.arange(15, dtype="float32").reshape(5, 3) / 8 - 1
MATRIX = np.arange(8, dtype="float32").reshape(4, 2) / 4 - 1
GRAD = np.array([[0, 0, 0], [1, -2, 3], [0, 0, 0], [0.5, 0.5, 0]], "float32")
WEIGHT = np.arange(12, dtype="float32").reshape(4, 3) / 10 + 1


def case(name, call):
    assert name not in CASES, name
    CASES[name] = call


def differentiated(name, values, stype, grad_stype, function, backwards=1, grad_req="write"):
    """The result of a function of one variable, and its gradient."""

    def call(mx):
        x = form(mx, values, stype)
        x.attach_grad(grad_req, stype=grad_stype)
        for _ in range(backwards):
            with mx.autograd.record():
                y = function(mx, x)
            y.backward()
        return [y, x.grad]

    case(f"{name}: {stype}, gradient {grad_stype}", call)


def embedded(*indices, **kwargs):
    def function(mx, w):
        parts = [
            mx.nd.Embedding(mx.nd.array(i), w, input_dim=5, output_dim=3, sparse_grad=True) for i in indices
        ]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    return function


def _gradients():
    rows = "row_sparse"
    for stype in ("default", rows):
        differentiated("Embedding", TABLE, stype, rows, embedded([1, 3, 1, 0]))
        differentiated("Embedding twice", TABLE, stype, rows, embedded([1, 3, 1], [4, 4, 0]))
        differentiated("Embedding, two backwards", TABLE, stype, rows, embedded([2, 2]), backwards=2)
        differentiated(
            "SparseEmbedding", TABLE, stype, rows,
            lambda mx, w: mx.nd.contrib.SparseEmbedding(mx.nd.array([3, 3]), w, input_dim=5, output_dim=3),
        )  # fmt: skip
        differentiated(
            "Embedding and dense", TABLE, stype, rows,
            lambda mx, w: embedded([1, 3])(mx, w).sum() + mx.nd.elemwise_mul(w, w).sum() + (w * 2).sum(),
        )  # fmt: skip
    differentiated("dense", np.array(A), "default", rows, lambda mx, w: w * w)
    differentiated("dense, add", np.array(A), "default", rows, lambda mx, w: w * w, 2, "add")
    for stype, grad_stype in itertools.product(("default", rows), (None, "default", rows)):
        differentiated("dot", MATRIX[:3], stype, grad_stype, lambda mx, w: mx.nd.dot(form(mx, A, "csr"), w))
        differentiated(
            "dot of a transpose", MATRIX, stype, grad_stype,
            lambda mx, w: mx.nd.dot(form(mx, A, "csr"), w, transpose_a=True),
        )  # fmt: skip
    functions = {
        "square": lambda mx, x: x.square(), "abs": lambda mx, x: x.abs(), "sum": lambda mx, x: x.sum(),
        "x * 2": lambda mx, x: x * 2, "x + x": lambda mx, x: x + x, "exp": lambda mx, x: x.exp(),
        "tostype": lambda mx, x: x.tostype("default"), "mean": lambda mx, x: x.mean(axis=0),
        "relu": lambda mx, x: mx.nd.relu(x), "x - 1": lambda mx, x: x - 1,
    }  # fmt: skip
    for (name, function), stype in itertools.product(functions.items(), STYPES[1:]):
        for grad_stype in (None, "default"):
            differentiated(name, A, stype, grad_stype, function)
    differentiated(
        "_square_sum", A, rows, None, lambda mx, x: mx.nd._internal._square_sum(x, axis=1, keepdims=True)
    )
    differentiated("retain", A, rows, None, lambda mx, x: mx.nd.sparse.retain(x, mx.nd.array([0, 1])))

    def grad(mx):
        w = mx.nd.array(TABLE)
        w.attach_grad(stype=rows)
        with mx.autograd.record():
            y = embedded([1, 3])(mx, w)
        return mx.autograd.grad(y, w)

    case("autograd.grad", grad)


def _updates():
    rules = {
        "sgd_update": (0, {}), "sgd_mom_update": (1, {"momentum": 0.9}), "adam_update": (2, {}),
        "ftrl_update": (2, {}), "_sparse_adagrad_update": (1, {"wd": 0.0}),
    }  # fmt: skip
    for name, (count, extra) in rules.items():
        lazies = (None, True, False) if name in ("sgd_update", "sgd_mom_update", "adam_update") else (None,)
        for lazy, (weight, state) in itertools.product(
            lazies, itertools.product(("default", "row_sparse"), repeat=2)
        ):
            if (count or state == "default") and not (count and weight == "default" != state):
                attributes = {"lr": 0.1, "wd": 0.01, "clip_gradient": 2.0, "rescale_grad": 0.75, **extra}
                if lazy is not None:
                    attributes["lazy_update"] = lazy
                case(
                    f"{name} of {weight} with {state}, {attributes}",
                    lambda mx, n=name, c=count, w=weight, s=state, k=attributes: update(mx, n, c, w, s, k),
                )


def update(mx, name, count, weight_stype, state_stype, attributes):
    step = mx.nd.sparse.adagrad_update if name == "_sparse_adagrad_update" else getattr(mx.nd, name)
    weight, grad = form(mx, WEIGHT, weight_stype), form(mx, GRAD, "row_sparse")
    states = [form(mx, np.full((4, 3), 0.125, "float32"), state_stype) for _ in range(count)]
    for _ in range(3):
        step(weight, grad, *states, out=weight, **attributes)
    return [a.tostype("default") for a in (weight, *states)]


def stepped(mx, name, arguments, dtype):
    """A weight after some updates by an updater, with gradients of rows."""
    updater = mx.optimizer.get_updater(mx.optimizer.create(name, learning_rate=0.1, wd=0.1, **arguments))
    weight = mx.nd.array(WEIGHT, dtype=dtype)
    for step in range(3):
        updater(0, mx.nd.array(np.roll(GRAD, step, axis=0), dtype=dtype).tostype("row_sparse"), weight)
    return weight


def _optimizers():
    for name, arguments in (
        ("sgd", {}), ("sgd", {"momentum": 0.9}),
        ("lars", {"eta": 0.1}), ("lars", {"momentum": 0.9, "eta": 0.1}),
    ):  # fmt: skip
        for option in ({}, {"lazy_update": False}):
            for dtype, half in (("float32", {}), ("float16", {"multi_precision": True})):
                given = {**arguments, **option, **half}
                case(
                    f"updater {name} {given} of {dtype}",
                    lambda mx, n=name, a=given, t=dtype: stepped(mx, n, a, t),
                )


def trained(mx, name, arguments, stype="default", sparse_grad=True, steps=4):
    """A table of embeddings and a dense weight, trained together."""
    params = mx.gluon.ParameterDict("net_")
    table = params.get(
        "table", shape=(6, 3), init=mx.init.Constant(0.5), stype=stype,
        grad_stype="row_sparse" if sparse_grad else "default",
    )  # fmt: skip
    weight = params.get("weight", shape=(1, 3), init=mx.init.Constant(0.25))
    params.initialize()
    trainer = mx.gluon.Trainer(params, name, arguments)
    for step in range(steps):
        x = mx.nd.array([[step % 3, 4], [4, 1]])
        with mx.autograd.record():
            rows = table.data() if stype == "default" else table.row_sparse_data(x)
            e = mx.nd.Embedding(x, rows, input_dim=6, output_dim=3, sparse_grad=sparse_grad)
            y = (mx.nd.FullyConnected(e, weight.data(), num_hidden=1, flatten=False, no_bias=True) ** 2).sum()
        y.backward()
        trainer.step(2)
    whole = table.data() if stype == "default" else table.row_sparse_data(mx.nd.arange(6)).tostype("default")
    return [whole, weight.data(), *([table.grad()] if name == "sgd" else [])]


def _trainers():
    optimizers = {
        "sgd": ({}, {"momentum": 0.9}, {"momentum": 0.9, "lazy_update": False}, {"lazy_update": False}),
        "adam": ({}, {"lazy_update": False}), "adagrad": ({"wd": 0.0},), "ftrl": ({},), "rmsprop": ({},),
        "nag": ({"momentum": 0.9},), "adadelta": ({},), "signum": ({},),
    }  # fmt: skip
    for name, options in optimizers.items():
        for option in options:
            arguments = {"wd": 0.1, "learning_rate": 0.1, **option}
            case(f"Trainer {name} {option}", lambda mx, n=name, a=arguments: trained(mx, n, a))
            if name in ("sgd", "adam", "ftrl"):
                case(
                    f"Trainer {name} {option} of a row_sparse parameter",
                    lambda mx, n=name, a=arguments: trained(mx, n, a, "row_sparse"),
                )

    def layer(mx):
        net = mx.gluon.nn.Embedding(5, 3, sparse_grad=True)
        net.initialize(mx.init.Constant(0.5))
        trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1.0, "momentum": 0.5})
        for _ in range(3):
            with mx.autograd.record():
                y = net(mx.nd.array([1, 3, 1])).square().sum()
            y.backward()
            trainer.step(1)
        return [net.weight.data(), net.weight.grad()]

    case("nn.Embedding", layer)


_gradients()
_updates()
_optimizers()
_trainers()
