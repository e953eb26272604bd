"""Programs of mx.mod and mx.model for tests/oracle/record_modules.py and tests/module/.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs. Each program takes the package
``mx`` and returns numbers, texts, and lists of them.
"""

import logging
import random
import re
import warnings

import numpy as np

CASES = {}


def case(program):
    CASES[program.__name__] = program
    return program


def seeded(mx, seed=7):
    mx.random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (the stream that programs seed)
    random.seed(seed)


class Lines(logging.Handler):
    """Keeps what is logged, without what depends on the clock."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        text = re.sub(r"(Time cost=|Speed: )[\d.]+", r"\1T", record.getMessage())
        self.lines.append(re.sub(r"/\S*/", "", text))


def logger_of(lines):
    logger = logging.Logger("fit")
    logger.addHandler(lines)
    return logger


def summary(arrays):
    """A few numbers that tell arrays apart."""
    found = {}
    for name, array in sorted(arrays.items()):
        a = array.asnumpy().astype("float64").ravel()
        found[name] = [len(a), a.mean(), np.abs(a).mean(), *a[:4].tolist()]
    return found


def params_of(mx, mod):
    mx.nd.waitall()  # MXNet's backward pass writes running statistics without saying so
    arguments, states = mod.get_params()
    return [summary(arguments), summary(states)]


def digits(mx, count=120, batch_size=20, **kwargs):
    """Ten kinds of noisy pictures of 8 by 8."""
    rng = np.random.RandomState(3)
    kinds = rng.rand(10, 64)
    label = rng.randint(0, 10, count)
    data = (kinds[label] + 0.3 * rng.randn(count, 64)).astype("float32")
    return mx.io.NDArrayIter(data, label.astype("float32"), batch_size, **kwargs)


def mlp(mx, hidden=16):
    data = mx.sym.Variable("data")
    fc1 = mx.sym.FullyConnected(data, name="fc1", num_hidden=hidden)
    act1 = mx.sym.Activation(fc1, name="relu1", act_type="relu")
    fc2 = mx.sym.FullyConnected(act1, name="fc2", num_hidden=10)
    return mx.sym.SoftmaxOutput(fc2, name="softmax")


def normed(mx):
    """With states, dropout and a parameter that is initialized on its own."""
    data = mx.sym.Variable("data")
    weight = mx.sym.Variable("own_weight", init=mx.init.Normal(0.2), lr_mult=2.0, wd_mult=0.5)
    net = mx.sym.FullyConnected(data, weight=weight, name="fc1", num_hidden=24)
    net = mx.sym.BatchNorm(net, name="bn", fix_gamma=False)
    net = mx.sym.Activation(net, act_type="tanh", name="act")
    net = mx.sym.Dropout(net, p=0.25, name="drop")
    net = mx.sym.FullyConnected(net, name="fc2", num_hidden=10)
    return mx.sym.SoftmaxOutput(net, name="softmax")


def lenet(mx):
    net = mx.sym.Reshape(mx.sym.Variable("data"), shape=(-1, 1, 8, 8))
    net = mx.sym.Convolution(net, kernel=(3, 3), num_filter=4, name="conv")
    net = mx.sym.Activation(net, act_type="relu", name="act")
    net = mx.sym.Pooling(net, kernel=(2, 2), stride=(2, 2), pool_type="max", name="pool")
    net = mx.sym.FullyConnected(mx.sym.Flatten(net), num_hidden=10, name="fc")
    return mx.sym.SoftmaxOutput(net, name="softmax")


def fitted(mx, symbol, optimizer="sgd", optimizer_params=None, metric="acc", epochs=3, **kwargs):
    """Log lines, parameters and outputs of a fit."""
    seeded(mx)
    lines = Lines()
    context = kwargs.pop("context", mx.cpu())
    fixed = kwargs.pop("fixed_param_names", None)
    mod = mx.mod.Module(symbol, context=context, logger=logger_of(lines), fixed_param_names=fixed)
    train, val = digits(mx, shuffle=True), digits(mx, 50, 16)
    params = {"learning_rate": 0.1} if optimizer_params is None else optimizer_params
    mod.fit(
        train,
        eval_data=val,
        optimizer=optimizer,
        optimizer_params=params,
        eval_metric=metric,
        initializer=mx.init.Xavier(),
        num_epoch=epochs,
        **kwargs,
    )
    return {
        "log": lines.lines,
        "params": params_of(mx, mod),
        "predicted": summary({"out": mod.predict(val)}),
        "scores": [list(pair) for pair in mod.score(val, ["acc", "ce"])],
    }


@case
def sgd(mx):
    params = {"learning_rate": 0.2, "momentum": 0.9, "wd": 0.01}
    return fitted(mx, mlp(mx), "sgd", params)


@case
def adam(mx):
    return fitted(mx, mlp(mx), "adam", {"learning_rate": 0.01}, metric=["acc", "ce"])


@case
def scheduled(mx):
    scheduler = mx.lr_scheduler.FactorScheduler(step=5, factor=0.5)
    params = {"learning_rate": 0.4, "lr_scheduler": scheduler, "clip_gradient": 0.02, "wd": 0.1}
    return fitted(mx, normed(mx), "sgd", params, metric=mx.metric.CrossEntropy())


@case
def convolution(mx):
    return fitted(mx, lenet(mx), "rmsprop", {"learning_rate": 0.01})


@case
def two_contexts(mx):
    contexts = [mx.cpu(0), mx.cpu(1)]
    params = {"learning_rate": 0.2, "momentum": 0.9}
    return fitted(mx, mlp(mx), "sgd", params, context=contexts)


@case
def two_contexts_device(mx):
    contexts = [mx.cpu(0), mx.cpu(1)]
    return fitted(mx, mlp(mx), "adam", {"learning_rate": 0.01}, context=contexts, kvstore="device")


@case
def two_contexts_no_store(mx):
    return fitted(mx, mlp(mx), context=[mx.cpu(0), mx.cpu(1)], kvstore=None, epochs=2)


@case
def fixed(mx):
    return fitted(mx, mlp(mx), fixed_param_names=["fc1_weight", "fc1_bias"], epochs=2)


@case
def own_optimizer(mx):
    optimizer = mx.optimizer.Adam(learning_rate=0.02, rescale_grad=1.0 / 20)
    return fitted(mx, mlp(mx), optimizer, epochs=2)


@case
def callbacks(mx):
    """What callbacks are told, and what the usual ones log."""
    seeded(mx)
    told, lines = [], Lines()
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    root.addHandler(lines)
    try:
        mod = mx.mod.Module(mlp(mx))
        mod.fit(
            digits(mx),
            digits(mx, 40),
            num_epoch=2,
            initializer=mx.init.Xavier(),
            batch_end_callback=[
                mx.callback.Speedometer(20, 2),
                lambda p: told.append(["batch", p.epoch, p.nbatch, p.eval_metric.get()[0]]),
            ],
            epoch_end_callback=lambda epoch, symbol, args, auxs: told.append(
                ["epoch", epoch, symbol.name, sorted(args), sorted(auxs)]
            ),
            eval_end_callback=lambda p: told.append(["eval end", p.epoch, p.nbatch]),
            eval_batch_end_callback=lambda p: told.append(["eval batch", p.epoch, p.nbatch]),
        )
    finally:
        root.removeHandler(lines)
        root.setLevel(before)
    return {"told": told, "log": lines.lines}


@case
def by_hand(mx):
    """The loop written out, with gradients of the data."""
    seeded(mx)
    mod = mx.mod.Module(mlp(mx))
    data = digits(mx)
    mod.bind(data.provide_data, data.provide_label, inputs_need_grad=True)
    mod.init_params(mx.init.Uniform(0.1))
    mod.init_optimizer(optimizer="nag", optimizer_params={"learning_rate": 0.1, "momentum": 0.9})
    metric = mx.metric.create("acc")
    found = []
    for _ in range(2):
        data.reset()
        metric.reset()
        for batch in data:
            mod.forward(batch, is_train=True)
            mod.update_metric(metric, batch.label)
            mod.backward()
            mod.update()
        found.append(metric.get()[1])
    shapes = [mod.data_names, mod.label_names, mod.output_names]
    shapes += [[list(d) for d in mod.data_shapes], [list(d) for d in mod.label_shapes]]
    shapes += [[list(d) for d in mod.output_shapes]]
    return {
        "metrics": found,
        "shapes": shapes,
        "grads": summary({"data": mod.get_input_grads()[0]}),
        "outputs": summary({"out": mod.get_outputs()[0]}),
        "per context": [len(o) for o in mod.get_outputs(merge_multi_context=False)],
        "params": params_of(mx, mod),
    }


@case
def added_gradients(mx):
    """grad_req='add', and gradients of outputs that are no losses."""
    seeded(mx)
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc")
    found = []
    for request in ("write", "add", {"fc_bias": "null"}):
        mod = mx.mod.Module(net, label_names=None)
        mod.bind([("data", (4, 5))], grad_req=request)
        mod.init_params(mx.init.One())
        batch = mx.io.DataBatch([mx.nd.arange(20).reshape((4, 5))])
        for _ in range(2):
            mod.forward(batch)
            mod.backward([mx.nd.ones((4, 3)) * 2])
        grads = mod._exec_group.execs[0].grad_dict
        found.append(summary({k: v for k, v in grads.items() if v is not None}))
    return found


@case
def other_shapes(mx):
    """Batches of other sizes than the module is bound to, and reshape."""
    seeded(mx)
    mod = mx.mod.Module(mlp(mx))
    mod.bind([("data", (4, 64))], [("softmax_label", (4,))])
    mod.init_params(mx.init.One())
    found = []
    for size in (4, 2, 7, 4):
        rows = mx.nd.arange(size * 64).reshape((size, 64)) / 1000
        mod.forward(mx.io.DataBatch([rows], [mx.nd.zeros(size)]), is_train=True)
        mod.backward()
        found.append([list(mod.output_shapes[0]), [list(s) for s in mod.data_shapes]])
        found.append(summary({"out": mod.get_outputs()[0]}))
    mod.reshape([("data", (3, 64))], [("softmax_label", (3,))])
    return [*found, [list(s) for s in mod.data_shapes]]


@case
def prediction(mx):
    seeded(mx)
    mod = mx.mod.Module(mlp(mx))
    val = digits(mx, 50, 16)
    mod.bind(val.provide_data, for_training=False)
    mod.init_params(mx.init.Xavier())
    found = {
        "all": summary({"out": mod.predict(val)}),
        "two": list(mod.predict(val, num_batch=2).shape),
        "listed": [list(o.shape) for o in mod.predict(val, always_output_list=True)],
        "batches": [[list(o.shape) for o in b] for b in mod.predict(val, merge_batches=False)],
        "iterated": [[list(o[0].shape), i, b.pad] for o, i, b in mod.iter_predict(val, num_batch=4)],
        "array": summary({"out": mod.predict(mx.nd.ones((16, 64)))}),
        "numpy": summary({"out": mod.predict(np.ones((16, 64), "float32"))}),
    }
    val.reset()
    next(val)
    found["rest"] = list(mod.predict(val, reset=False).shape)
    return found


@case
def states(mx):
    """Inputs that keep their values."""
    data, state = mx.sym.Variable("data"), mx.sym.Variable("state")
    new = mx.sym.elemwise_add(data, state, name="new")
    mod = mx.mod.Module(new, label_names=None, state_names=["state"])
    mod.bind(
        [
            ("data", (2, 3)),
        ],
        for_training=False,
    )
    mod.init_params()
    found = [summary({"state": mod.get_states(merge_multi_context=False)[0][0]})]
    mod.set_states(value=2)
    for _ in range(2):
        mod.forward(mx.io.DataBatch([mx.nd.ones((2, 3))]))
        mod.set_states(states=mod.get_outputs(merge_multi_context=False))
        found.append(summary({"state": mod.get_states(merge_multi_context=False)[0][0]}))
    return found


@case
def shared(mx):
    """A module that has the parameters and the optimizer of another one."""
    seeded(mx)
    first, second = mx.mod.Module(normed(mx)), mx.mod.Module(normed(mx))
    first.bind([("data", (6, 64))], [("softmax_label", (6,))])
    first.init_params(mx.init.Xavier())
    first.init_optimizer(optimizer_params={"learning_rate": 0.1, "momentum": 0.9})
    second.bind([("data", (4, 64))], [("softmax_label", (4,))], shared_module=first)
    for i, mod in enumerate((first, second, first, second)):
        size = 6 if mod is first else 4
        rows = mx.nd.arange(size * 64).reshape((size, 64)) / 100 - i
        mod.forward_backward(mx.io.DataBatch([rows], [mx.nd.arange(size)]))
        mod.update()
    second._params_dirty = True
    return [*params_of(mx, second), second.optimizer_initialized]


@case
def parameters(mx):
    """set_params and init_params with some missing, too many, or again."""
    seeded(mx)
    mod = mx.mod.Module(mlp(mx))
    mod.bind([("data", (4, 64))], [("softmax_label", (4,))])
    some = {"fc1_weight": mx.nd.ones((16, 64)), "more": mx.nd.ones(3)}
    mod.init_params(mx.init.Uniform(0.1), arg_params=some, aux_params={}, allow_missing=True)
    found = [params_of(mx, mod)]
    mod.set_params({"fc2_bias": mx.nd.arange(10)}, {}, allow_missing=True)
    found.append(params_of(mx, mod))
    mod.init_params(mx.init.One(), force_init=True)
    found.append(params_of(mx, mod))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        mod.init_params(mx.init.Zero())
        mod.set_params({}, {}, allow_missing=True, force_init=False)
    return [*found, params_of(mx, mod), [str(w.message) for w in told]]


@case
def rebound(mx):
    """Training goes on after binding anew."""
    seeded(mx)
    lines = Lines()
    mod = mx.mod.Module(mlp(mx), logger=logger_of(lines))
    data = digits(mx)
    mod.fit(data, num_epoch=1, initializer=mx.init.Xavier(), optimizer_params={"learning_rate": 0.1})
    mod.bind(data.provide_data, data.provide_label)
    small = digits(mx, batch_size=10)
    arguments, _ = mod.get_params()
    mod.fit(small, num_epoch=2, begin_epoch=1, force_rebind=True)
    return {"log": lines.lines, "params": params_of(mx, mod), "known": sorted(arguments)}


@case
def monitored(mx):
    seeded(mx)
    mod = mx.mod.Module(mlp(mx))
    data = digits(mx)
    mod.bind(data.provide_data, data.provide_label)
    mod.init_params(mx.init.One())
    monitor = mx.mon.Monitor(1, pattern=".*", sort=True)
    mod.install_monitor(monitor)
    monitor.tic()
    mod.forward(next(data))
    return [[step, name, float(text)] for step, name, text in monitor.toc()]


@case
def sequential(mx):
    seeded(mx)
    lines = Lines()
    body = mx.sym.FullyConnected(mx.sym.Variable("data"), name="fc1", num_hidden=12)
    body = mx.sym.Activation(body, name="act", act_type="relu")
    head = mx.sym.FullyConnected(mx.sym.Variable("hidden"), name="fc2", num_hidden=10)
    head = mx.sym.SoftmaxOutput(head, name="softmax")
    mod = mx.mod.SequentialModule(logger=logger_of(lines))
    mod.add(mx.mod.Module(body, label_names=None))
    mod.add(mx.mod.Module(head, data_names=["hidden"]), take_labels=True, auto_wiring=True)
    mod.fit(
        digits(mx),
        digits(mx, 40),
        num_epoch=2,
        initializer=mx.init.Xavier(),
        optimizer_params={"learning_rate": 0.2, "momentum": 0.9},
    )
    names = [mod.data_names, mod.output_names, [list(s) for s in mod.output_shapes]]
    return {"log": lines.lines, "params": params_of(mx, mod), "names": names}


@case
def python_loss(mx):
    """A loss whose gradient is written in Python."""
    seeded(mx)

    def hinge(scores, label):
        scores, label = scores.asnumpy(), label.asnumpy().astype("int")
        n = len(label)
        margin = 1 + scores - scores[np.arange(n), label].reshape((n, 1))
        margin[np.arange(n), label] = 0
        grad = np.zeros_like(scores)
        worst = margin.argmax(axis=1)
        lost = margin[np.arange(n), worst] > 0
        grad[np.arange(n)[lost], worst[lost]] += 1
        grad[np.arange(n)[lost], label[lost]] -= 1
        return grad

    body = mx.sym.FullyConnected(mx.sym.Variable("data"), name="fc1", num_hidden=10)
    mod = mx.mod.SequentialModule()
    mod.add(mx.mod.Module(body, label_names=None))
    mod.add(mx.mod.PythonLossModule(grad_func=hinge), take_labels=True, auto_wiring=True)
    data = digits(mx)
    mod.fit(data, num_epoch=3, initializer=mx.init.Xavier(), optimizer_params={"learning_rate": 0.1})
    return {"params": params_of(mx, mod), "acc": mod.score(data, "acc")[0][1], "names": mod.output_names}


@case
def lists_of_batches(mx):
    """A batch for each context."""
    seeded(mx)
    mod = mx.mod.Module(mlp(mx), context=[mx.cpu(0), mx.cpu(1)])
    mod.bind([("data", (8, 64))], [("softmax_label", (8,))])
    mod.init_params(mx.init.Xavier())
    mod.init_optimizer(optimizer_params={"learning_rate": 0.1})
    metric = mx.metric.create("acc")
    rng = np.random.RandomState(2)
    for size in (4, 3, 4):
        batches = [
            mx.io.DataBatch([mx.nd.array(rng.rand(size, 64))], [mx.nd.arange(size) + i]) for i in range(2)
        ]
        if size == 4:
            mod.forward_backward(batches)
            mod.update()
            mod.update_metric(metric, [b.label for b in batches], pre_sliced=True)
    outputs = mod.get_outputs(merge_multi_context=False)
    return [params_of(mx, mod), metric.get()[1], [[list(o.shape) for o in out] for out in outputs]]


@case
def layouts(mx):
    """Examples along the second axis, in data, labels and outputs; and data without examples."""
    seeded(mx)
    data, scale = mx.sym.Variable("data"), mx.sym.Variable("scale")
    net = mx.sym.broadcast_mul(data, scale)
    net = mx.sym.FullyConnected(net, num_hidden=3, flatten=False, name="fc")
    net = mx.sym.elemwise_add(net, net * 0, name="sum", attr={"__layout__": "TNC"})
    contexts = [mx.cpu(0), mx.cpu(1)]
    mod = mx.mod.Module(net, data_names=["data", "scale"], label_names=None, context=contexts)
    shapes = [
        mx.io.DataDesc("data", (5, 4, 2), layout="TNC"),
        mx.io.DataDesc("scale", (1, 1, 2), layout="T"),
    ]
    mod.bind(shapes, inputs_need_grad=True)
    mod.init_params(mx.init.One())
    rows = mx.nd.arange(40).reshape((5, 4, 2))
    mod.forward(mx.io.DataBatch([rows, mx.nd.ones((1, 1, 2)) * 2]))
    mod.backward([mx.nd.ones((5, 4, 3))])
    grads = mod.get_input_grads()
    return [
        summary({"out": mod.get_outputs()[0]}),
        summary({"data": grads[0], "scale": grads[1]}),
        [list(o.shape) for o in mod.get_outputs(merge_multi_context=False)[0]],
        [list(s) for s in mod.output_shapes],
    ]


@case
def sparse_rows(mx):
    """Linear classification of sparse data, of whose weights the rows needed come from a store."""
    seeded(mx)
    data = mx.sym.Variable("data", stype="csr")
    weight = mx.sym.Variable("weight", stype="row_sparse", init=mx.init.Normal(0.1), shape=(30, 2))
    bias = mx.sym.Variable("bias", init=mx.init.Zero(), shape=(2,))
    net = mx.sym.broadcast_add(mx.sym.dot(data, weight), bias)
    net = mx.sym.SoftmaxOutput(net, name="softmax")
    rng = np.random.RandomState(1)
    dense = rng.rand(12, 30) * (rng.rand(12, 30) < 0.1)
    rows = mx.nd.array(dense.astype("float32")).tostype("csr")
    label = mx.nd.array(rng.randint(0, 2, 12))
    mod = mx.mod.Module(net)
    mod.bind([("data", (4, 30))], [("softmax_label", (4,))])
    mod.init_params()
    mod.init_optimizer(
        kvstore=mx.kv.create("local"),
        optimizer="sgd",
        optimizer_params={"learning_rate": 0.5, "rescale_grad": 0.25},
    )
    metric = mx.metric.create("ce")
    for _ in range(2):
        for i in range(3):
            part = rows[4 * i : 4 * i + 4]
            batch = mx.io.DataBatch([part], [label[4 * i : 4 * i + 4]])
            mod.prepare(batch, sparse_row_id_fn=lambda b: {"weight": b.data[0].indices})
            mod.forward_backward(batch)
            mod.update()
            mod.update_metric(metric, batch.label)
    return [params_of(mx, mod), metric.get()[1], mod.get_params()[0]["weight"].stype]


def shapes_of(shapes):
    return None if shapes is None else [[s[0], list(s[1])] for s in shapes]


@case
def buckets_by_hand(mx):
    """Nets for data of several widths, of which the last layers are one; and states."""
    seeded(mx)

    def sym_gen(width):
        data, state = mx.sym.Variable("data"), mx.sym.Variable("state", shape=(4, 3))
        net = mx.sym.sum(data, axis=1, keepdims=True) * (1.0 / width)
        net = mx.sym.broadcast_add(mx.sym.FullyConnected(net, num_hidden=3, name="fc"), state)
        return mx.sym.SoftmaxOutput(net, name="softmax"), ["data"], ["softmax_label"]

    def batch(width):
        data = mx.nd.arange(4 * width).reshape((4, width)) / width
        return mx.io.DataBatch(
            [data],
            [mx.nd.array([0, 1, 2, 0])],
            bucket_key=width,
            provide_data=[("data", (4, width))],
            provide_label=[("softmax_label", (4,))],
        )

    mod = mx.mod.BucketingModule(sym_gen, 6, state_names=["state"])
    mod.bind([("data", (4, 6))], [("softmax_label", (4,))], inputs_need_grad=True)
    mod.init_params(mx.init.One())
    mod.init_optimizer(optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
    metric, found = mx.metric.create("ce"), []
    for width in (6, 2, 4, 2, 6):
        mod.prepare(batch(width))
        mod.switch_bucket(width, [("data", (4, width))], [("softmax_label", (4,))])
        mod.set_states(value=0.5)
        mod.forward(batch(width))
        mod.update_metric(metric, batch(width).label)
        mod.backward()
        mod.update()
        state = mod.get_states(merge_multi_context=False)[0][0]
        found.append([shapes_of(s) for s in (mod.data_shapes, mod.label_shapes, mod.output_shapes)])
        found.append(summary({"grad": mod.get_input_grads()[0], "out": mod.get_outputs()[0], "state": state}))
    arguments, states = mod.get_params()
    mod.set_params(arguments, states)
    mod.set_params({"fc_bias": mx.nd.arange(3)}, {}, allow_missing=True)
    monitor = mx.mon.Monitor(1, pattern="softmax")
    mod.install_monitor(monitor)
    monitor.tic()
    mod.forward(batch(2), is_train=False)
    seen = sorted({name for _, name, _ in monitor.toc()})
    params = params_of(mx, mod)
    again = mx.mod.BucketingModule.load_dict(
        {6: sym_gen(6)[0]}, sym_gen, 6, arguments, states, state_names=["state"]
    )
    again.bind([("data", (4, 6))], [("softmax_label", (4,))], for_training=False)
    again.set_states(value=0)
    again.forward(batch(6))
    return [found, metric.get()[1], seen, params, summary({"out": again.get_outputs()[0]})]


@case
def chain_by_hand(mx):
    """A chain of three modules, the last of which is written in Python, with gradients of the data."""
    seeded(mx)

    class Squares(mx.mod.PythonModule):
        def __init__(self):
            super().__init__(["data"], ["softmax_label"], ["squares_output"])

        def _compute_output_shapes(self):
            return [("squares_output", self._data_shapes[0][1])]

        def forward(self, data_batch, is_train=None):
            self.given = data_batch.data[0]

        def get_outputs(self, merge_multi_context=True):
            return [self.given * self.given]

        def backward(self, out_grads=None):
            self.grad = 2 * self.given * out_grads[0]

        def get_input_grads(self, merge_multi_context=True):
            return [self.grad]

        def install_monitor(self, mon):
            pass

    first = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name="fc1")
    squares, loss = Squares(), mx.mod.PythonLossModule("end", grad_func=lambda x, y: x - y.reshape((-1, 1)))
    mod = mx.mod.SequentialModule()
    mod.add(mx.mod.Module(first, label_names=None)).add(squares, auto_wiring=True)
    mod.add(loss, take_labels=True, auto_wiring=True)
    data, label = [("data", (3, 5))], [("softmax_label", (3,))]
    mod.bind(data, label, inputs_need_grad=True)
    mod.init_params(mx.init.Uniform(0.3))
    mod.init_optimizer(optimizer_params={"learning_rate": 0.01})
    monitor = mx.mon.Monitor(1, pattern="fc1_o")
    mod._modules[0].install_monitor(monitor)
    monitor.tic()
    batch = mx.io.DataBatch([mx.nd.arange(15).reshape((3, 5)) / 10], [mx.nd.arange(3)])
    metric = mx.metric.create("mse")
    for _ in range(3):
        mod.forward(batch, is_train=True)
        mod.backward()
        mod.update()
    mod.update_metric(metric, [mx.nd.zeros((3, 4))])
    names = [mod.data_names, mod.output_names, squares.data_names, squares.output_names, loss.output_names]
    shapes = [mod.data_shapes, mod.label_shapes, mod.output_shapes]
    shapes += [squares.data_shapes, squares.label_shapes, squares.output_shapes]
    grad = mod._modules[0].get_input_grads()[0]  # MXNet's chain refuses to give them
    squares.init_params()
    squares.init_optimizer()
    squares.update()
    return [
        names,
        [shapes_of(s) for s in shapes],
        summary({"out": mod.get_outputs()[0], "grad": grad, "loss": loss.get_input_grads()[0]}),
        params_of(mx, mod),
        [len(p) for p in squares.get_params()],
        metric.get()[1],
        sorted({name for _, name, _ in monitor.toc()}),
    ]


@case
def groups(mx):
    """Executor groups by themselves, those of Module and those of FeedForward."""
    seeded(mx)
    net, contexts = normed(mx), [mx.cpu(0), mx.cpu(1)]
    names, states = net.list_arguments(), net.list_auxiliary_states()
    learned = [n for n in names if n not in ("data", "softmax_label")]
    shapes, _, state_shapes = net.infer_shape(data=(6, 64))
    rng = np.random.RandomState(3)
    params = {n: mx.nd.array(rng.randn(*s) * 0.2) for n, s in zip(names, shapes) if n in learned}  # noqa: B905
    auxiliary = {n: mx.nd.ones(s) for n, s in zip(states, state_shapes)}  # noqa: B905 (Python 3.8)
    data = digits(mx, 24, 6)
    metric = mx.metric.create("ce")
    group = mx.mod.executor_group.DataParallelExecutorGroup(
        net, contexts, [1, 2], data.provide_data, data.provide_label, learned, True, True
    )
    group.set_params(params, auxiliary)
    batch = next(data)
    group.forward(batch)
    group.backward()
    group.update_metric(metric, batch.label, False)
    found = [
        shapes_of(group.get_output_shapes()),
        [[s.start, s.stop] for s in group.slices],
        summary({"out": group.get_outputs()[0], "grad": group.get_input_grads()[0]}),
        len(group.get_outputs(begin=0, end=1)),
        group.grad_req["fc1_bias"],
    ]
    group.reshape([mx.io.DataDesc("data", (3, 64))], [mx.io.DataDesc("softmax_label", (3,))])
    found.append([[s.start, s.stop] for s in group.slices])
    got, got_states = [{k: mx.nd.zeros(v.shape) for k, v in d.items()} for d in (params, auxiliary)]
    mx.nd.waitall()
    group.get_params(got, got_states)
    found += [summary(got), summary(got_states)]
    logger = logger_of(Lines())
    manager = mx.executor_manager.DataParallelExecutorManager(
        net, contexts, data, names, learned, states, logger=logger
    )
    manager.set_params(params, auxiliary)
    monitor = mx.mon.Monitor(1, pattern="softmax_output")
    manager.install_monitor(monitor)
    monitor.tic()
    manager.load_data_batch(batch)
    manager.forward(is_train=True)
    manager.backward()
    manager.update_metric(metric, batch.label)
    mx.nd.waitall()
    manager.copy_to(got, got_states)
    grads = {n: g[1] for n, g in zip(manager.param_names, manager.grad_arrays)}  # noqa: B905
    found += [summary(got), summary(got_states), summary(grads), metric.get()[1]]
    return [*found, len(manager.param_arrays), len(manager.aux_arrays), len(monitor.toc())]


@case
def base_methods(mx):
    """What the base of modules leaves to subclasses."""
    base, found = mx.mod.BaseModule(), {}
    calls = {
        "bind": (None,),
        "init_params": (),
        "init_optimizer": (),
        "get_params": (),
        "forward": (None,),
        "backward": (),
        "get_outputs": (),
        "get_input_grads": (),
        "update": (),
        "update_metric": (None, None),
        "install_monitor": (None,),
        "get_states": (),
        "set_states": (),
        "prepare": (None,),
        "set_params": ({}, {}),
        "save_params": ("x",),
        "load_params": ("no such file",),
    }
    for name, arguments in calls.items():
        try:
            found[name] = getattr(base, name)(*arguments)
        except Exception as error:
            found[name] = type(error).__name__
    for name in ("data_names", "output_names", "data_shapes", "label_shapes", "output_shapes", "symbol"):
        try:
            found[name] = getattr(base, name)
        except NotImplementedError:
            found[name] = "NotImplementedError"
    python = mx.mod.PythonModule(["data"], None, ["out"])
    found["python"] = [python.data_names, python.label_shapes, list(python.get_params())]
    loss = mx.mod.PythonLossModule()
    try:
        loss.install_monitor(None)
    except NotImplementedError:
        found["monitor"] = "NotImplementedError"
    param = mx.model.BatchEndParam(epoch=1, nbatch=2, eval_metric=None, locals={"a": 1})
    return [found, list(param), type(param).__name__, repr(param)]


@case
def sliced(mx):
    """How batches are shared by contexts."""
    split = mx.executor_manager._split_input_slice
    found = []
    for size, loads in ((10, [1, 1]), (10, [1, 1, 1]), (7, [1, 2]), (5, [0.5, 0.25, 0.25])):
        found.append([[s.start, s.stop] for s in split(size, loads)])
    return found


@case
def feed_forward(mx):
    seeded(mx)
    lines = Lines()
    rng = np.random.RandomState(5)
    X, y = rng.randn(90, 6).astype("float32"), rng.randint(0, 3, 90).astype("float32")
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), name="fc1", num_hidden=8)
    net = mx.sym.Activation(net, act_type="tanh", name="act")
    net = mx.sym.FullyConnected(net, name="fc2", num_hidden=3)
    net = mx.sym.SoftmaxOutput(net, name="softmax")
    told = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = mx.model.FeedForward(
            net,
            num_epoch=3,
            numpy_batch_size=20,
            learning_rate=0.3,
            momentum=0.9,
            initializer=mx.init.Xavier(),
        )
        model.fit(
            X,
            y,
            eval_data=(X[:40], y[:40]),
            logger=logger_of(lines),
            batch_end_callback=lambda p: told.append([p.epoch, p.nbatch]),
            eval_end_callback=lambda p: told.append(["eval", p.epoch, p.nbatch, p.eval_metric.get()[1]]),
        )
        out = model.predict(X[:33])
        batches = mx.io.NDArrayIter(X, y, 20)
        both = model.predict(batches, return_data=True)
        other = mx.model.FeedForward.create(
            net,
            X,
            y,
            num_epoch=1,
            epoch_size=3,
            numpy_batch_size=15,
            optimizer="adam",
            learning_rate=0.01,
            initializer=mx.init.One(),
            logger=logger_of(lines),
        )
        score = model.score(batches)
    return {
        "log": lines.lines,
        "told": told,
        "params": [summary(model.arg_params), summary(other.arg_params)],
        "out": [list(out.shape), float(out.sum()), float((out * out).sum()), float(out[5, 1])],
        "shapes": [list(b.shape) for b in both],
        "two": list(model.predict(batches, num_batch=2).shape),
        "score": score,
    }


@case
def messages(mx):
    """The kinds of errors, and what warnings and logged lines say."""
    net = mlp(mx)
    data, label = [("data", (4, 64))], [("softmax_label", (4,))]

    def bound(**kwargs):
        mod = mx.mod.Module(net)
        mod.bind(data, label, **kwargs)
        return mod

    def ready(**kwargs):
        mod = bound(**kwargs)
        mod.init_params()
        return mod

    programs = {
        "no such data": lambda: mx.mod.Module(net, data_names=["x"]),
        "no such label": lambda: mx.mod.Module(net, label_names=["y"]),
        "no such state": lambda: mx.mod.Module(net, state_names=["s"]),
        "no such fixed": lambda: mx.mod.Module(net, fixed_param_names=["f"]),
        "loads": lambda: mx.mod.Module(net, context=[mx.cpu(0), mx.cpu(1)], work_load_list=[1]),
        "forward first": lambda: mx.mod.Module(net).forward(None),
        "other data": lambda: mx.mod.Module(net).bind([("x", (4, 64))]),
        "other label": lambda: mx.mod.Module(net).bind(data, [("y", (4,))]),
        "no label": lambda: mx.mod.Module(net).bind(data),
        "batch sizes": lambda: mx.mod.Module(net).bind(data, [("softmax_label", (5,))]),
        "slices": lambda: mx.mod.Module(net, context=[mx.cpu(i) for i in range(6)]).bind(data, label),
        "no data": lambda: mx.mod.Module(net).bind([]),
        "grad_req": lambda: bound(grad_req=3),
        "grad_req list": lambda: bound(grad_req=["write"]),
        "input grads": lambda: bound(for_training=False, inputs_need_grad=True),
        "bound twice": lambda: bound().bind(data, label),
        "optimizer first": lambda: bound().init_optimizer(),
        "params first": lambda: mx.mod.Module(net).init_params(),
        "missing": lambda: bound().init_params(arg_params={}),
        "wrong shape": lambda: bound().init_params(arg_params={"fc1_weight": mx.nd.ones((1, 2))}),
        "update": lambda: ready().update(),
        "own optimizer": lambda: ready().init_optimizer(optimizer=mx.optimizer.SGD()),
        "no optimizer": lambda: ready().init_optimizer(optimizer=3),
        "no kvstore": lambda: ready().init_optimizer(kvstore=3),
        "predict": lambda: ready().predict([1]),
        "states": lambda: ready().get_states(),
        "set states": lambda: ready().set_states(),
        "grads of inputs": lambda: ready().get_input_grads(),
        "epochs": lambda: ready().fit(None),
        "backward": lambda: ready(for_training=False).backward(),
        "borrow": lambda: ready().borrow_optimizer(ready()),
        "states to file": lambda: ready().save_optimizer_states("x"),
        "shared": lambda: mx.mod.Module(net).bind(data, label, shared_module=bound()),
        "base": lambda: mx.mod.BaseModule().forward(None),
        "base symbol": lambda: mx.mod.BaseModule().data_names,
        "no bucket": lambda: mx.mod.BucketingModule(lambda key: (net, ["data"], ["softmax_label"])),
        "meta": lambda: mx.mod.SequentialModule().add(mx.mod.Module(net), take_label=True),
        "empty": lambda: mx.mod.SequentialModule().bind(data),
        "loss grads": lambda: mx.mod.PythonLossModule().backward(1),
        "loss names": lambda: mx.mod.PythonLossModule(data_names=["a", "b"]),
        "no iterator": lambda: mx.model.FeedForward(net).fit([1]),
        "no y": lambda: mx.model.FeedForward(net).fit(np.ones((2, 2))),
        "lengths": lambda: mx.model.FeedForward(net).fit(np.ones((2, 2)), np.ones(3)),
        "y axes": lambda: mx.model.FeedForward(net).fit(np.ones((2, 2)), np.ones((2, 3))),
        "eval": lambda: mx.model.FeedForward(net).fit(np.ones((2, 2)), np.ones(2), eval_data=3),
        "save": lambda: mx.model.FeedForward(net).save("x"),
        "unpickled name": lambda: mx.model.BatchEndParam(1, 2, None, None),
    }
    found = {}
    for name, program in programs.items():
        lines = Lines()
        logging.getLogger().addHandler(lines)
        try:
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                try:
                    program()
                    kind = None
                except Exception as error:
                    kind = [type(error).__name__, str(error) if len(str(error)) < 300 else ""]
        finally:
            logging.getLogger().removeHandler(lines)
        texts = [str(w.message) for w in told if "scipy" not in str(w.message)]
        found[name] = [kind, texts, lines.lines]
    return found
