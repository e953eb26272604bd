"""Modules of buckets, chains of modules, and modules written in Python."""

import numpy as np

from module_cases.common import Lines, case, digits, logger_of, params_of, seeded, shapes_of, summary


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


def summed(mx):
    """Makes the net of a bucket: the last layers are one for data of all widths."""

    def sym_gen(width):
        data, state = mx.sym.Variable("data"), mx.sym.Variable("state", shape=(4, 3))
        net = mx.sym.sum(data, axis=1, keepdims=True) * (1.0 / width)
        net = mx.sym.broadcast_add(mx.sym.FullyConnected(net, num_hidden=3, name="fc"), state)
        return mx.sym.SoftmaxOutput(net, name="softmax"), ["data"], ["softmax_label"]

    return sym_gen


def batch_of(mx, width):
    data = mx.nd.arange(4 * width).reshape((4, width)) / width
    return mx.io.DataBatch(
        [data],
        [mx.nd.array([0, 1, 2, 0])],
        bucket_key=width,
        provide_data=[("data", (4, width))],
        provide_label=[("softmax_label", (4,))],
    )


@case
def buckets_by_hand(mx):
    """Nets for data of several widths, of which the last layers are one; and states."""
    seeded(mx)

    sym_gen = summed(mx)
    mod = mx.mod.BucketingModule(sym_gen, 6, state_names=["state"])
    mod.bind([("data", (4, 6))], [("softmax_label", (4,))], inputs_need_grad=True)
    mod.init_params(mx.init.One())
    mod.init_optimizer(optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
    metric, found = mx.metric.create("ce"), []
    for width in (6, 2, 4, 2, 6):
        mod.prepare(batch_of(mx, width))
        mod.switch_bucket(width, [("data", (4, width))], [("softmax_label", (4,))])
        mod.set_states(value=0.5)
        mod.forward(batch_of(mx, width))
        mod.update_metric(metric, batch_of(mx, width).label)
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
    mod.forward(batch_of(mx, 2), is_train=False)
    seen = sorted({name for _, name, _ in monitor.toc()})
    params = params_of(mx, mod)
    again = mx.mod.BucketingModule.load_dict(
        {6: sym_gen(6)[0]}, sym_gen, 6, arguments, states, state_names=["state"]
    )
    again.bind([("data", (4, 6))], [("softmax_label", (4,))], for_training=False)
    again.set_states(value=0)
    again.forward(batch_of(mx, 6))
    return [found, metric.get()[1], seen, params, summary({"out": again.get_outputs()[0]})]


def squares_module(mx):
    """A module that squares its data, written in Python."""

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

    return Squares()


@case
def chain_by_hand(mx):
    """A chain of three modules, the last of which is written in Python, with gradients of the data."""
    seeded(mx)

    first = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name="fc1")
    squares, loss = (
        squares_module(mx),
        mx.mod.PythonLossModule("end", grad_func=lambda x, y: x - y.reshape((-1, 1))),
    )
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
