"""A small training for the recorder (Python 3.8, MXNet) and the tests: which kwargs of a Trainer do what."""

import numpy as np

FEATURES, UNITS, BATCH, STEPS = 4, 3, 6, 12

# name -> contexts, the optimizer and its arguments, the Trainer's other arguments
TRAININGS = {
    "one": (1, "sgd", {"learning_rate": 0.1, "wd": 0.02}, {}),
    "momentum": (1, "sgd", {"learning_rate": 0.05, "momentum": 0.9}, {}),
    "adam": (1, "adam", {"learning_rate": 0.05}, {}),
    "two": (2, "sgd", {"learning_rate": 0.1, "momentum": 0.5, "wd": 0.02}, {}),
    "apart": (2, "sgd", {"learning_rate": 0.1, "momentum": 0.5}, {"update_on_kvstore": False}),
    "none": (2, "sgd", {"learning_rate": 0.1}, {"kvstore": None}),
    "three": (3, "adam", {"learning_rate": 0.05}, {"kvstore": "local"}),
    "adam_apart": (3, "adam", {"learning_rate": 0.05}, {"update_on_kvstore": False}),
}


def data(seed, contexts):
    """Features and labels for each step and context."""
    draw = np.random.RandomState(seed)
    for _ in range(STEPS):
        yield [
            (draw.normal(size=(BATCH, FEATURES)).astype("f"), draw.normal(size=(BATCH, UNITS)).astype("f"))
            for _ in range(contexts)
        ]


def build(mx, contexts):
    """A linear layer with fixed values: another learning rate for the bias, and no decay."""
    net = mx.gluon.nn.Dense(UNITS, in_units=FEATURES, prefix="net_")
    net.initialize(ctx=[mx.cpu(i) for i in range(contexts)])
    draw = np.random.RandomState(1)
    net.weight.set_data(mx.nd.array(draw.normal(size=(UNITS, FEATURES)).astype("f")))
    net.bias.set_data(mx.nd.array(draw.normal(size=UNITS).astype("f")))
    net.bias.lr_mult, net.bias.wd_mult = 0.5, 0.0
    return net


def backward(mx, net, batches):
    """Gradients of the squared error, summed over each context's batch."""
    losses = []
    with mx.autograd.record():
        for i, (x, y) in enumerate(batches):
            x, y = mx.nd.array(x, ctx=mx.cpu(i)), mx.nd.array(y, ctx=mx.cpu(i))
            losses.append(((net(x) - y) ** 2).sum())
    for loss in losses:
        loss.backward()


def train(mx, name):
    """The weights, biases and gradients on all contexts after some steps."""
    contexts, optimizer, arguments, more = TRAININGS[name]
    net = build(mx, contexts)
    trainer = mx.gluon.Trainer(net.collect_params(), optimizer, dict(arguments), **more)
    for batches in data(3, contexts):
        backward(mx, net, batches)
        trainer.step(BATCH * contexts)
    arrays = net.weight.list_data() + net.bias.list_data() + net.weight.list_grad() + net.bias.list_grad()
    return [a.asnumpy() for a in arrays], trainer
