"""Executor groups and ``FeedForward``, which has them."""

import warnings

import numpy as np

from module_cases.common import Lines, case, digits, logger_of, normed, seeded, shapes_of, summary


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
def sliced(mx):
    """How batches are shared by contexts."""
    split = mx.executor_manager._split_input_slice
    found = []
    for size, loads in ((10, [1, 1]), (10, [1, 1, 1]), (7, [1, 2]), (5, [0.5, 0.25, 0.25])):
        found.append([[s.start, s.stop] for s in split(size, loads)])
    return found


def three_kinds(mx):
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), name="fc1", num_hidden=8)
    net = mx.sym.Activation(net, act_type="tanh", name="act")
    net = mx.sym.FullyConnected(net, name="fc2", num_hidden=3)
    return mx.sym.SoftmaxOutput(net, name="softmax")


@case
def feed_forward(mx):
    seeded(mx)
    lines = Lines()
    rng = np.random.RandomState(5)
    X, y = rng.randn(90, 6).astype("float32"), rng.randint(0, 3, 90).astype("float32")
    net = three_kinds(mx)
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
