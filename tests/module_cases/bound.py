"""Modules that are bound: batches of other shapes and layouts, predictions, states, parameters."""

import warnings

import numpy as np

from module_cases.common import case, digits, mlp, normed, params_of, seeded, summary


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
