"""Training steps of whole nets, as Gluon's users write them."""

from mxnet.gluon import loss as gloss
from mxnet.gluon import nn, rnn
from mxnet.gluon.model_zoo import vision

from mxnet import autograd, gluon, init, nd

WORDS, LENGTH, BATCH, HIDDEN = 10000, 35, 32, 256


def lenet():
    net = nn.HybridSequential()
    net.add(
        nn.Conv2D(6, kernel_size=5, activation="sigmoid"),
        nn.MaxPool2D(pool_size=2, strides=2),
        nn.Conv2D(16, kernel_size=5, activation="sigmoid"),
        nn.MaxPool2D(pool_size=2, strides=2),
        nn.Dense(120, activation="sigmoid"),
        nn.Dense(84, activation="sigmoid"),
        nn.Dense(10),
    )
    return net


def mlp():
    net = nn.HybridSequential()
    net.add(nn.Dense(256, activation="relu"), nn.Dense(10))
    return net


def classifier(net, shape, hybridize, options):
    """A step of a net that sorts images into ten classes."""
    images, labels = nd.random.normal(shape=shape), nd.array([i % 10 for i in range(shape[0])])
    loss = gloss.SoftmaxCrossEntropyLoss()
    net.initialize(init.Xavier())
    if hybridize:
        net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", options)

    def step():
        with autograd.record():
            l = loss(net(images), labels)  # noqa: E741
        l.backward()
        trainer.step(shape[0])
        nd.waitall()

    return step


class Layers(gluon.HybridBlock):
    """Two LSTM layers, on vectors of words that are there already."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.lstm = rnn.LSTM(HIDDEN, 2, input_size=HIDDEN)

    def hybrid_forward(self, F, x, h, c):
        out, (h, c) = self.lstm(x, [h, c])
        return out, h, c


class Language(gluon.HybridBlock):
    """Words (length, batch) and states -> scores of the next words, and states."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.embedding = nn.Embedding(WORDS, HIDDEN)
            self.lstm = rnn.LSTM(HIDDEN, 2, input_size=HIDDEN)
            self.decoder = nn.Dense(WORDS, in_units=HIDDEN, flatten=False)

    def hybrid_forward(self, F, words, h, c):
        out, (h, c) = self.lstm(self.embedding(words), [h, c])
        return self.decoder(out), h, c


def recurrent(net, inputs, targets, loss, hybridize):
    """A step of truncated backpropagation through time: the states go on, the gradients do not."""
    net.initialize(init.Xavier())
    if hybridize:
        net.hybridize()
    parameters = net.collect_params()
    trainer = gluon.Trainer(parameters, "sgd", {"learning_rate": 0.1})
    state = [nd.zeros((2, BATCH, HIDDEN)), nd.zeros((2, BATCH, HIDDEN))]

    def step():
        state[:] = [s.detach() for s in state]
        with autograd.record():
            out, state[0], state[1] = net(inputs, *state)
            l = loss(out, targets)  # noqa: E741
        l.backward()
        gluon.utils.clip_global_norm([p.grad() for p in parameters.values()], 0.25 * BATCH, False)
        trainer.step(BATCH)
        nd.waitall()

    return step


def words():
    """Numbers of words, each as likely as its rank says."""
    ranks = nd.random.uniform(0, 1, (LENGTH, BATCH))
    return (WORDS**ranks).floor() - 1


def make(name, variant=""):
    """A function that makes one training step of the net called ``name``."""
    hybridize = variant == "hybridized"
    if name == "lenet":
        return classifier(lenet(), (256, 1, 28, 28), hybridize, {"learning_rate": 0.5})
    if name == "mlp":
        return classifier(mlp(), (256, 784), hybridize, {"learning_rate": 0.1})
    if name == "lstm":
        vectors, targets = [nd.random.normal(shape=(LENGTH, BATCH, HIDDEN)) for _ in range(2)]
        return recurrent(Layers(), vectors, targets, gloss.L2Loss(batch_axis=1), hybridize)
    if name == "language":
        loss = gloss.SoftmaxCrossEntropyLoss(batch_axis=1)
        return recurrent(Language(), words(), words(), loss, hybridize)
    net = {"resnet": vision.resnet18_v1, "mobilenet": vision.mobilenet1_0}[name](classes=10)
    options = {"learning_rate": 0.01, "momentum": 0.9, "wd": 1e-4}
    return classifier(net, (32, 3, 64, 64), hybridize, options)
