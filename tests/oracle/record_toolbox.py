"""Records what small trainings of tests/toolbox/setups.py come to, in plain loops of MXNet 1.9.1.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_toolbox.py

writes tests/data/toolbox.json.
"""

import json
import math
import random
import sys
import warnings
from pathlib import Path

import mxnet as mx
from mxnet import autograd, gluon, nd

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "toolbox"))

import setups  # noqa: E402

warnings.simplefilter("ignore")
cross_entropy = gluon.loss.SoftmaxCrossEntropyLoss()
L2 = gluon.loss.L2Loss()
kept = {}


def right(net, X, y):
    return float((net(X).asnumpy().argmax(1) == y.asnumpy()).sum())


def tested(net, data):
    pairs = list(data)
    return sum(right(net, X, y) for X, y in pairs) / sum(len(y) for _, y in pairs)


def classifier(net, update, data, epochs, of_batches=False):
    """[loss, train accuracy, test accuracy] of each epoch: over examples, or means over batches."""
    train, test = data
    lines = []
    for _ in range(epochs):
        sums, hits, sizes = [], [], []
        for X, y in train:
            with autograd.record():
                out = net(X)
                losses = cross_entropy(out, y)
            losses.backward()
            update()
            sums.append(float(losses.asnumpy().astype("f8").sum()))
            hits.append(float((out.asnumpy().argmax(1) == y.asnumpy()).sum()))
            sizes.append(len(y))
        if of_batches:
            loss = sum(s / n for s, n in zip(sums, sizes)) / len(sizes)  # noqa: B905
            accuracy = sum(h / n for h, n in zip(hits, sizes)) / len(sizes)  # noqa: B905
        else:
            loss, accuracy = sum(sums) / sum(sizes), sum(hits) / sum(sizes)
        lines.append([loss, accuracy, tested(net, test)])
    return lines


def descend(params, rate, batch):
    for p in params:
        p -= rate / batch * p.grad


# Linear regression from scratch.
setups.seed(mx, 1)
features, labels = setups.regression(mx)
w, b = nd.random.normal(scale=0.01, shape=(5, 1)), nd.zeros(1)
w.attach_grad()
b.attach_grad()
for _ in range(3):
    order = list(range(200))
    random.shuffle(order)
    for i in range(0, 200, 16):
        X, y = features[order[i : i + 16]], labels[order[i : i + 16]]
        with autograd.record():
            loss = ((nd.dot(X, w) + b - y.reshape((-1, 1))) ** 2 / 2).sum()
        loss.backward()
        descend([w, b], 0.1, 16)
kept["linear"] = {"w": w.asnumpy().ravel().tolist(), "b": b.asnumpy().tolist()}

# Classifiers.
for name, of_batches in (("ch3", False), ("ch3_2018", True)):
    setups.seed(mx, 2)
    params, net = setups.perceptron(mx)
    kept[name + "/scratch"] = classifier(
        net, lambda params=params: descend(params, 0.5, 16), setups.both(mx, 8), 3, of_batches
    )
    setups.seed(mx, 3)
    net = setups.dense(mx)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    kept[name + "/trainer"] = classifier(
        net, lambda trainer=trainer: trainer.step(16), setups.both(mx, 8), 3, of_batches
    )
for name, of_batches in (("ch5", False), ("ch5_2018", True)):
    setups.seed(mx, 4)
    net = setups.convolutional(mx)
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01})
    kept[name] = classifier(net, lambda trainer=trainer: trainer.step(16), setups.both(mx, 8), 3, of_batches)

# On two contexts: with an optimizer that has no state, it is the training on one.
setups.seed(mx, 5)
net = setups.dense(mx)
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
data = setups.batches(mx, 1, 64, 8, 16, True), setups.batches(mx, 2, 32, 8, 16, False)
kept["two"] = classifier(net, lambda: trainer.step(16), data, 3)


# Language models.
def pieces(at_random):
    """Starts in the corpus of the pieces of each batch."""
    if at_random:
        starts = list(range((len(setups.CORPUS) - 1) // setups.STEPS))
        random.shuffle(starts)
        groups = [starts[i : i + setups.BATCH] for i in range(0, len(starts), setups.BATCH)]
        return [[s * setups.STEPS for s in g] for g in groups if len(g) == setups.BATCH]
    row = len(setups.CORPUS) // setups.BATCH
    return [
        [r * row + i for r in range(setups.BATCH)]
        for i in range(0, (row - 1) // setups.STEPS * setups.STEPS, setups.STEPS)
    ]


def clip(grads, theta):
    norm = math.sqrt(sum(float((g**2).sum().asscalar()) for g in grads))
    if norm > theta:
        for g in grads:
            g *= theta / norm


def language(forward, begin, grads, update, theta, at_random, summed, epochs):
    """The perplexity of each epoch. forward gives scores in the order of steps, then of rows."""
    perplexities = []
    for _ in range(epochs):
        state, total, count = begin(setups.BATCH), 0.0, 0
        for starts in pieces(at_random):
            if at_random:
                state = begin(setups.BATCH)
            X = nd.array([setups.CORPUS[s : s + setups.STEPS] for s in starts])
            Y = nd.array([setups.CORPUS[s + 1 : s + setups.STEPS + 1] for s in starts])
            state = [s.detach() for s in state]
            with autograd.record():
                scores, state = forward(X, state)
                losses = cross_entropy(scores, Y.T.reshape((-1,)))
                loss = losses.sum() if summed else losses.mean()
            loss.backward()
            clip(grads(), theta)
            update()
            total += float(losses.sum().asscalar())
            count += losses.size
        perplexities.append(math.exp(total / count))
    return perplexities


def written(forward, begin, prefix, more):
    state, output = begin(1), []
    for character in prefix:
        output.append(setups.NUMBERS[character])
        scores, state = forward(nd.array([[output[-1]]]), state)
    for _ in range(more):
        output.append(int(scores.asnumpy()[0].argmax()))
        scores, state = forward(nd.array([[output[-1]]]), state)
    return "".join(setups.CHARACTERS[i] for i in output)


def scratch(number, net, states, at_random, summed, rate, theta, epochs, more):
    setups.seed(mx, number)
    params = setups.recurrent_params(mx)

    def forward(X, state):
        inputs = [nd.one_hot(x, len(setups.CHARACTERS)) for x in X.T]
        outputs, state = net(inputs, state, params)
        return nd.concat(*outputs, dim=0), state

    def begin(batch):
        return [nd.zeros((batch, setups.HIDDENS)) for _ in range(states)]

    perplexities = language(
        forward,
        begin,
        lambda: [p.grad for p in params],
        lambda: descend(params, rate, 1),
        theta,
        at_random,
        summed,
        epochs,
    )
    return perplexities, [written(forward, begin, p, more) for p in setups.PREFIXES]


def of_2019(inputs, state, params):
    return setups.recurrent(mx, inputs, state, params)


def of_2018(inputs, state, params):
    outputs, H = setups.recurrent_2018(mx, inputs, *state, *params)
    return outputs, [H]


def with_memory(inputs, state, params):
    outputs, H, C = setups.memory_2018(mx, inputs, *state, *params)
    return outputs, [H, C]


for at_random in (False, True):
    kept["rnn/{}".format(at_random)] = scratch(
        6, of_2019, 1, at_random, False, setups.RATE, setups.THETA, 4, 12
    )
    for name, net, states in (("plain", of_2018, 1), ("memory", with_memory, 2)):
        kept["rnn_2018/{}/{}".format(name, at_random)] = scratch(
            7, net, states, at_random, True, setups.RATE_2018, setups.THETA_2018, 4, 12
        )

for kind in ("RNN", "LSTM"):
    setups.seed(mx, 8)
    layer = getattr(gluon.rnn, kind)(setups.HIDDENS)
    out = gluon.nn.Dense(len(setups.CHARACTERS))
    blocks = gluon.nn.Sequential()
    blocks.add(layer, out)
    blocks.initialize(mx.init.Normal(0.01))
    everything = blocks.collect_params()
    trainer = gluon.Trainer(everything, "sgd", {"learning_rate": setups.RATE})

    def forward(X, state, layer=layer, out=out):
        Y, state = layer(nd.one_hot(X.T, len(setups.CHARACTERS)), state)
        return out(Y.reshape((-1, setups.HIDDENS))), state

    perplexities = language(
        forward,
        lambda batch, layer=layer: layer.begin_state(batch_size=batch),
        lambda everything=everything: [p.grad() for p in everything.values()],
        lambda trainer=trainer: trainer.step(1),
        setups.THETA,
        False,
        False,
        4,
    )
    begin = lambda batch, layer=layer: layer.begin_state(batch_size=batch)  # noqa: E731
    kept["rnn_gluon/" + kind] = perplexities, [written(forward, begin, p, 12) for p in setups.PREFIXES]

# Optimizers on a linear regression.
features, labels = setups.regression(mx)


def curve(loss_of, step, batch, epochs, every, first):
    """The losses before, and after each batch i, counted from `first`, with i * batch a multiple of every."""
    losses = [loss_of(features, labels)]
    data = gluon.data.DataLoader(gluon.data.ArrayDataset(features, labels), batch, shuffle=True)
    for epoch in range(epochs):
        for i, (X, y) in enumerate(data):
            step(X, y, epoch)
            if (i + first) * batch % every == 0:
                losses.append(loss_of(features, labels))
    return losses


setups.seed(mx, 9)
w, b = nd.random.normal(scale=0.01, shape=(5, 1)), nd.zeros(1)
w.attach_grad()
b.attach_grad()
states = setups.velocities(mx)


def halved(X, y):
    return (nd.dot(X, w) + b - y.reshape((-1, 1))) ** 2 / 2


def scratch_step(X, y, epoch):
    with autograd.record():
        loss = halved(X, y).mean()
    loss.backward()
    setups.momentum([w, b], states, {"lr": 0.02, "momentum": 0.5})


kept["ch7"] = curve(lambda X, y: float(halved(X, y).mean().asscalar()), scratch_step, 10, 2, 100, 1)


def linear_net(name, options, decay=None):
    net = gluon.nn.Sequential()
    net.add(gluon.nn.Dense(1))
    net.initialize(mx.init.Normal(sigma=0.01))
    trainer = gluon.Trainer(net.collect_params(), name, options)

    def step(X, y, epoch):
        if decay is not None and epoch >= decay and step.epoch != epoch:
            trainer.set_learning_rate(trainer.learning_rate * 0.1)
        step.epoch = epoch
        with autograd.record():
            loss = L2(net(X), y)
        loss.backward()
        trainer.step(10)

    step.epoch = 0
    return net, step


setups.seed(mx, 10)
net, step = linear_net("adam", {"learning_rate": 0.1})
kept["ch7_gluon"] = curve(lambda X, y: float(L2(net(X), y).mean().asscalar()), step, 10, 2, 100, 1)

setups.seed(mx, 11)
net, step = linear_net("sgd", {"learning_rate": 0.05}, decay=2)
kept["optimize"] = {
    "losses": curve(lambda X, y: float(L2(net(X), y).mean().asscalar()), step, 10, 3, 50, 0),
    "w": net[0].weight.data().asnumpy().ravel().tolist(),
    "b": net[0].bias.data().asnumpy().tolist(),
}

# ResNet-18, out of MXNet's blocks.
nn = gluon.nn


class Stage(nn.Block):
    def __init__(self, channels, change):
        super(Stage, self).__init__()
        self.first = nn.Conv2D(channels, 3, 2 if change else 1, 1)
        self.second = nn.Conv2D(channels, 3, 1, 1)
        self.skip = nn.Conv2D(channels, 1, 2) if change else None
        self.norm1, self.norm2 = nn.BatchNorm(), nn.BatchNorm()

    def forward(self, x):
        y = self.norm2(self.second(nd.relu(self.norm1(self.first(x)))))
        return nd.relu(y + (self.skip(x) if self.skip else x))


setups.seed(mx, 12)
net = nn.Sequential()
net.add(nn.Conv2D(64, 3, 1, 1), nn.BatchNorm(), nn.Activation("relu"))
for i, channels in enumerate((64, 128, 256, 512)):
    net.add(Stage(channels, i > 0), Stage(channels, False))
net.add(nn.GlobalAvgPool2D(), nn.Dense(setups.CLASSES))
net.initialize(mx.init.Xavier())
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.002})
data = setups.batches(mx, 1, 32, 8, 16, True), setups.batches(mx, 2, 8, 8, 8, False)
kept["resnet"] = classifier(net, lambda: trainer.step(16), data, 2)

(TESTS / "data" / "toolbox.json").write_text(json.dumps(kept, indent=1) + "\n")
