"""Programs as they were written for mx.mod in 2016 to 2019, for tests/oracle/record_modules.py.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs. Each program takes the package
``mx`` and a folder, and returns numbers, texts, and lists of them.
"""

import logging
import warnings

import numpy as np

from module_cases import Lines, digits, params_of, seeded, summary

EXAMPLES = {}


def example(program):
    EXAMPLES[program.__name__] = program
    return program


def pictures(mx, batch_size=20, count=200):
    """Pictures of 1 by 12 by 12 with a bright bar in one of ten places, as MNIST's iterators give them."""
    rng = np.random.RandomState(1)
    label = rng.randint(0, 10, count)
    data = 0.4 * rng.rand(count, 1, 12, 12)
    for i, k in enumerate(label):
        data[i, 0, k + 1, 2:10] += 0.6
    split = count * 3 // 4
    train = mx.io.NDArrayIter(data[:split], label[:split], batch_size, shuffle=True)
    val = mx.io.NDArrayIter(data[split:], label[split:], batch_size)
    return train, val


def perceptron(mx):
    data = mx.symbol.Variable("data")
    data = mx.sym.Flatten(data=data)
    fc1 = mx.symbol.FullyConnected(data=data, name="fc1", num_hidden=32)
    act1 = mx.symbol.Activation(data=fc1, name="relu1", act_type="relu")
    fc2 = mx.symbol.FullyConnected(data=act1, name="fc2", num_hidden=16)
    act2 = mx.symbol.Activation(data=fc2, name="relu2", act_type="relu")
    fc3 = mx.symbol.FullyConnected(data=act2, name="fc3", num_hidden=10)
    return mx.symbol.SoftmaxOutput(data=fc3, name="softmax")


@example
def train_mnist(mx, folder):
    """A multilayer perceptron with everything that training scripts had: checkpoints, resuming, scoring."""
    seeded(mx)
    lines = Lines()
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger().addHandler(lines)
    try:
        train_iter, val_iter = pictures(mx)
        prefix = folder + "/mnist"
        model = mx.mod.Module(symbol=perceptron(mx), context=mx.cpu())
        model.fit(
            train_iter,
            eval_data=val_iter,
            optimizer="sgd",
            optimizer_params={"learning_rate": 0.2, "momentum": 0.9},
            initializer=mx.init.Xavier(rnd_type="gaussian", factor_type="in", magnitude=2),
            eval_metric=["accuracy", mx.metric.create("top_k_accuracy", top_k=3)],
            batch_end_callback=mx.callback.Speedometer(20, 3),
            epoch_end_callback=mx.callback.do_checkpoint(prefix),
            num_epoch=3,
        )
        prob = model.predict(val_iter)
        acc = mx.metric.Accuracy()
        model.score(val_iter, acc)

        sym, arg_params, aux_params = mx.model.load_checkpoint(prefix, 3)
        resumed = mx.mod.Module(symbol=sym, context=mx.cpu())
        resumed.fit(
            train_iter,
            arg_params=arg_params,
            aux_params=aux_params,
            begin_epoch=3,
            num_epoch=5,
            optimizer="adam",
            optimizer_params=(("learning_rate", 0.005), ("wd", 0.001)),
        )
        single = mx.mod.Module(symbol=sym, label_names=None)
        single.bind(for_training=False, data_shapes=[("data", (1, 1, 12, 12))])
        single.set_params(arg_params, aux_params, allow_missing=True)
        single.forward(mx.io.DataBatch([val_iter.data[0][1][:1]]))
    finally:
        logging.getLogger().removeHandler(lines)
        logging.getLogger().setLevel(logging.WARNING)
    return [
        lines.lines,
        summary({"prob": prob, "one": single.get_outputs()[0]}),
        bool(acc.get()[1] > 0.9),
        bool(resumed.score(val_iter, ["mse", "acc"])[1][1] > 0.9),
        params_of(mx, resumed),
    ]


@example
def fine_tune(mx, folder):
    """The features of one net below a new layer, which alone is learned at first."""
    seeded(mx)
    train, val = pictures(mx)
    data = mx.sym.Variable("data")
    net = mx.sym.Convolution(data, kernel=(3, 3), num_filter=6, name="conv1")
    net = mx.sym.BatchNorm(net, fix_gamma=False, name="bn1")
    net = mx.sym.Activation(net, act_type="relu", name="relu1")
    net = mx.sym.Pooling(net, kernel=(2, 2), stride=(2, 2), pool_type="max", name="pool1")
    net = mx.sym.Flatten(net, name="flatten0")
    old = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=10, name="fc1"), name="softmax")
    mod = mx.mod.Module(old)
    mod.fit(train, num_epoch=1, initializer=mx.init.MSRAPrelu(), optimizer_params={"learning_rate": 0.05})
    mod.save_checkpoint(folder + "/base", 1)

    sym, arg_params, aux_params = mx.model.load_checkpoint(folder + "/base", 1)
    features = sym.get_internals()["flatten0_output"]
    new = mx.sym.FullyConnected(features, num_hidden=10, name="new")
    new = mx.sym.SoftmaxOutput(new, name="softmax")
    kept = {k: v for k, v in arg_params.items() if "fc1" not in k}
    fixed = [n for n in new.list_arguments() if n.startswith(("conv", "bn")) and n != "data"]
    tuned = mx.mod.Module(new, fixed_param_names=fixed)
    tuned.bind(train.provide_data, train.provide_label)
    tuned.init_params(mx.init.Xavier(), arg_params=kept, aux_params=aux_params, allow_missing=True)
    before = tuned.get_params()[0]["conv1_weight"].copy()
    tuned.init_optimizer(optimizer="sgd", optimizer_params={"learning_rate": 0.1, "momentum": 0.9})
    metric = mx.metric.create("acc")
    for _ in range(3):
        train.reset()
        metric.reset()
        for batch in train:
            tuned.forward(batch, is_train=True)
            tuned.update_metric(metric, batch.label)
            tuned.backward()
            tuned.update()
    same = bool((tuned.get_params()[0]["conv1_weight"] == before).asnumpy().all())
    return [same, metric.get()[1], params_of(mx, tuned), tuned.score(val, "acc")[0][1]]


@example
def adversarial(mx, folder):
    """Two modules against each other, of which one gets its gradients through the other."""
    seeded(mx)
    noise, batch_size = 5, 16
    rng = np.random.RandomState(4)
    z = mx.sym.Variable("rand")
    g = mx.sym.FullyConnected(z, num_hidden=16, name="g1")
    g = mx.sym.Activation(g, act_type="relu", name="gact1")
    g = mx.sym.FullyConnected(g, num_hidden=8, name="g2")
    generated = mx.sym.Activation(g, act_type="tanh", name="gact2")
    d = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=16, name="d1")
    d = mx.sym.LeakyReLU(d, act_type="leaky", slope=0.2, name="dact1")
    d = mx.sym.FullyConnected(d, num_hidden=1, name="d2")
    judged = mx.sym.LogisticRegressionOutput(data=d, label=mx.sym.Variable("label"), name="dloss")
    gen = mx.mod.Module(generated, data_names=("rand",), label_names=None)
    gen.bind(data_shapes=[("rand", (batch_size, noise))])
    gen.init_params(initializer=mx.init.Normal(0.2))
    adam = {"learning_rate": 0.01, "wd": 0.0, "beta1": 0.5}
    gen.init_optimizer(optimizer="adam", optimizer_params=adam)
    dis = mx.mod.Module(judged, data_names=("data",), label_names=("label",))
    dis.bind([("data", (batch_size, 8))], [("label", (batch_size, 1))], inputs_need_grad=True)
    dis.init_params(initializer=mx.init.Normal(0.2))
    dis.init_optimizer(optimizer="adam", optimizer_params=adam)
    losses = []
    for _ in range(12):
        label = mx.nd.zeros((batch_size, 1))
        gen.forward(mx.io.DataBatch([mx.nd.array(rng.randn(batch_size, noise))]), is_train=True)
        outputs = gen.get_outputs()
        label[:] = 0
        dis.forward(mx.io.DataBatch(outputs, [label]), is_train=True)
        dis.backward()
        kept = [[grad.copyto(grad.context) for grad in grads] for grads in dis._exec_group.grad_arrays]
        label[:] = 1
        real = mx.nd.array(np.sign(rng.randn(batch_size, 8)) * 0.7)
        dis.forward(mx.io.DataBatch([real], [label]), is_train=True)
        dis.backward()
        for one, other in zip(dis._exec_group.grad_arrays, kept):  # noqa: B905 (Python 3.8)
            for a, b in zip(one, other):  # noqa: B905
                a += b
        dis.update()
        label[:] = 1
        dis.forward(mx.io.DataBatch(outputs, [label]), is_train=True)
        dis.backward()
        gen.backward(dis.get_input_grads())
        gen.update()
        losses.append(float(dis.get_outputs()[0].mean().asscalar()))
    return [losses, params_of(mx, gen), params_of(mx, dis)]


@example
def factorization(mx, folder):
    """Ratings out of embeddings of users and items, with an own metric."""
    seeded(mx)
    rng = np.random.RandomState(6)
    users, items = rng.randint(0, 12, 240), rng.randint(0, 9, 240)
    u, v = rng.randn(12, 3), rng.randn(9, 3)
    scores = (u[users] * v[items]).sum(axis=1)
    user, item, score = mx.sym.Variable("user"), mx.sym.Variable("item"), mx.sym.Variable("score")
    user = mx.sym.Embedding(data=user, input_dim=12, output_dim=4, name="user_embed")
    item = mx.sym.Embedding(data=item, input_dim=9, output_dim=4, name="item_embed")
    pred = mx.sym.Flatten(mx.sym.sum(user * item, axis=1))
    net = mx.sym.LinearRegressionOutput(data=pred, label=score, name="lro")
    train = mx.io.NDArrayIter({"user": users, "item": items}, {"score": scores}, 24, shuffle=True)

    def rmse(label, pred):
        return float(np.sqrt(np.mean((label.ravel() - pred.ravel()) ** 2)))

    mod = mx.mod.Module(net, data_names=["item", "user"], label_names=["score"])
    metric = mx.metric.np(rmse, name="rmse")
    found = []
    mod.fit(
        train,
        num_epoch=6,
        optimizer="adagrad",
        optimizer_params={"learning_rate": 0.3},
        eval_metric=metric,
        initializer=mx.init.Normal(0.3),
        epoch_end_callback=lambda *args: found.append(metric.get()[1]),
    )
    return [found, params_of(mx, mod), mod.data_names]


def two_losses(mx):
    fc = mx.sym.Activation(
        mx.sym.FullyConnected(mx.sym.Variable("data"), name="fc1", num_hidden=16), act_type="relu", name="act"
    )
    one = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(fc, num_hidden=10, name="a"), name="softmax1")
    two = mx.sym.SoftmaxOutput(
        mx.sym.FullyConnected(fc, num_hidden=2, name="b"), name="softmax2", grad_scale=0.5
    )
    return mx.sym.Group([one, two])


def twice_labelled(mx, data):
    """An iterator whose batches have a label for each loss."""

    class Both(mx.io.DataIter):
        def __init__(self, inner):
            super().__init__()
            self.inner, self.batch_size = inner, inner.batch_size

        provide_data = property(lambda self: self.inner.provide_data)

        @property
        def provide_label(self):
            (first,) = self.inner.provide_label
            return [("softmax1_label", first[1]), ("softmax2_label", first[1])]

        def hard_reset(self):
            self.inner.hard_reset()

        def reset(self):
            self.inner.reset()

        def next(self):
            batch = self.inner.next()
            label = batch.label[0]
            return mx.io.DataBatch(batch.data, [label, label % 2], pad=batch.pad, index=batch.index)

    return Both(data)


def accuracies(mx):
    """A metric of both."""

    class Accuracies(mx.metric.EvalMetric):
        def __init__(self):
            super().__init__("multi-accuracy")

        def reset(self):
            self.num_inst, self.sum_metric = [0, 0], [0.0, 0.0]

        def update(self, labels, preds):
            for i in range(2):
                right = preds[i].asnumpy().argmax(axis=1) == labels[i].asnumpy().astype("int32")
                self.sum_metric[i] += right.sum()
                self.num_inst[i] += len(right)

        def get(self):
            names = [f"task{i}" for i in range(2)]
            return names, [float(s / n) for s, n in zip(self.sum_metric, self.num_inst)]  # noqa: B905

    return Accuracies()


@example
def two_tasks(mx, folder):
    """Two losses over one body, with a metric that looks at both."""
    seeded(mx)
    mod = mx.mod.Module(two_losses(mx), label_names=("softmax1_label", "softmax2_label"))
    train = twice_labelled(mx, digits(mx))
    mod.fit(
        train,
        eval_data=twice_labelled(mx, digits(mx, 40)),
        eval_metric=accuracies(mx),
        num_epoch=4,
        initializer=mx.init.Xavier(factor_type="in", magnitude=2.34),
        optimizer_params=(("learning_rate", 0.2), ("momentum", 0.9), ("wd", 0.0005)),
    )
    outputs = mod.predict(train)
    names = [[o[0], list(o[1])] for o in mod.output_shapes]
    return [
        names,
        summary({str(i): o for i, o in enumerate(outputs)}),
        [list(x) for x in mod.score(train, accuracies(mx))],
    ]


@example
def character_model(mx, folder):
    """A net of characters, trained over a text and then asked step by step with its states as inputs."""
    seeded(mx)
    text = "the cat sat on the mat. " * 20
    vocabulary = sorted(set(text))
    numbers = np.array([vocabulary.index(c) for c in text])
    steps, hidden, size = 8, 16, len(vocabulary)
    rows = len(numbers) // steps - 1
    data = numbers[: rows * steps].reshape((rows, steps))
    label = numbers[1 : rows * steps + 1].reshape((rows, steps))

    def unrolled(length, cell, states=None):
        embedded = mx.sym.Embedding(mx.sym.Variable("data"), input_dim=size, output_dim=8, name="embed")
        outputs, last = cell.unroll(length, embedded, begin_state=states, merge_outputs=True)
        pred = mx.sym.Reshape(outputs, shape=(-1, hidden))
        pred = mx.sym.FullyConnected(pred, num_hidden=size, name="pred")
        return pred, last

    cell = mx.rnn.LSTMCell(hidden, prefix="lstm_")
    pred, _ = unrolled(steps, cell)
    loss = mx.sym.SoftmaxOutput(
        pred, mx.sym.Reshape(mx.sym.Variable("softmax_label"), shape=(-1,)), name="softmax"
    )
    train = mx.io.NDArrayIter(data, label, 10, shuffle=True, last_batch_handle="discard")
    mod = mx.mod.Module(loss)
    mod.fit(
        train,
        num_epoch=25,
        optimizer="rmsprop",
        optimizer_params={"learning_rate": 0.02, "clip_gradient": 1.0},
        initializer=mx.init.Xavier(),
        eval_metric=mx.metric.Perplexity(None),
    )
    arguments, states = mod.get_params()
    cell.reset()
    begin = [mx.sym.Variable("h"), mx.sym.Variable("c")]
    pred, last = unrolled(1, cell, begin)
    step = mx.sym.Group([mx.sym.softmax(pred), *last])
    asked = mx.mod.Module(step, data_names=["data", "h", "c"], label_names=None)
    shapes = [("data", (1, 1)), ("h", (1, hidden)), ("c", (1, hidden))]
    asked.bind(shapes, for_training=False)
    asked.init_params(arg_params=arguments, aux_params=states)
    current, memory, said = 0, [mx.nd.zeros((1, hidden))] * 2, "t"
    current = vocabulary.index("t")
    for _ in range(22):
        asked.forward(mx.io.DataBatch([mx.nd.array([[current]]), *memory]))
        prob, *memory = asked.get_outputs()
        current = int(prob.asnumpy()[0].argmax())
        said += vocabulary[current]
    return [said, [list(x) for x in mod.score(train, mx.metric.Perplexity(None))]]


def run(mx, name, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return EXAMPLES[name](mx, folder)
