"""Training by ``Module.fit`` and by hand."""

import logging

from module_cases.common import Lines, case, digits, logger_of, mlp, normed, params_of, seeded, summary


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
