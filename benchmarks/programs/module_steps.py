"""Training steps of modules, run by MXNet too (Python 3.8): forward, backward, update, metric."""

import numpy as np

import mxnet as mx


def perceptron(*sizes):
    net = mx.sym.Variable("data")
    for i, size in enumerate(sizes):
        net = mx.sym.FullyConnected(net, num_hidden=size, name=f"fc{i}")
        net = mx.sym.Activation(net, act_type="relu", name=f"relu{i}")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=10, name="out"), name="softmax")


def lenet():
    net = mx.sym.Variable("data")
    for i, size in enumerate((20, 50)):
        net = mx.sym.Convolution(net, kernel=(5, 5), num_filter=size, name=f"conv{i}")
        net = mx.sym.Activation(net, act_type="tanh", name=f"tanh{i}")
        net = mx.sym.Pooling(net, pool_type="max", kernel=(2, 2), stride=(2, 2), name=f"pool{i}")
    net = mx.sym.FullyConnected(mx.sym.Flatten(net), num_hidden=500, name="fc")
    net = mx.sym.Activation(net, act_type="tanh", name="tanh")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=10, name="out"), name="softmax")


def language(length):
    stack = mx.rnn.SequentialRNNCell()
    for i in range(2):
        stack.add(mx.rnn.LSTMCell(100, prefix=f"l{i}_"))
    net = mx.sym.Embedding(mx.sym.Variable("data"), input_dim=1000, output_dim=100, name="embed")
    net, _ = stack.unroll(length, net, merge_outputs=True)
    net = mx.sym.FullyConnected(mx.sym.Reshape(net, shape=(-1, 100)), num_hidden=1000, name="pred")
    label = mx.sym.Reshape(mx.sym.Variable("softmax_label"), shape=(-1,))
    return mx.sym.SoftmaxOutput(net, label, name="softmax")


# Net, shapes of data and label, number of classes.
KINDS = {
    "small": (lambda: perceptron(16), (10, 20), (10,), 10),
    "mnist": (lambda: perceptron(128, 64), (100, 784), (100,), 10),
    "lenet": (lenet, (64, 1, 28, 28), (64,), 10),
    "lstm": (lambda: language(20), (32, 20), (32, 20), 1000),
}


def make(kind):
    """The function that does one step."""
    net, data_shape, label_shape, classes = KINDS[kind]
    rng = np.random.RandomState(1)
    label = mx.nd.array(rng.randint(0, classes, label_shape))
    data = label if kind == "lstm" else mx.nd.array(rng.rand(*data_shape))
    mod = mx.mod.Module(net())
    mod.bind([("data", data_shape)], [("softmax_label", label_shape)])
    mod.init_params(mx.init.Xavier())
    mod.init_optimizer(optimizer_params={"learning_rate": 0.01, "momentum": 0.9})
    batch = mx.io.DataBatch([data], [label])
    metric = mx.metric.create("ce" if kind == "lstm" else "acc")
    flat = [label.reshape((-1,))]

    def run():
        mod.forward_backward(batch)
        mod.update()
        if kind == "lstm":
            metric.update(flat, mod.get_outputs())
        else:
            mod.update_metric(metric, batch.label)
        mx.nd.waitall()

    return run
