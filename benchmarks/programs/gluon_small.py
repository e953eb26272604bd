"""Small nets, imperative or hybridized: predictions, and forward with backward."""

from mxnet.gluon import loss as gloss
from mxnet.gluon import nn, rnn

from mxnet import autograd, gluon, nd

STEPS, BATCH, HIDDEN = 35, 16, 32


class WithLoss(gluon.HybridBlock):
    """A net and its loss as one block."""

    def __init__(self, net, loss):
        super().__init__()
        self.net, self.loss = net, loss

    def hybrid_forward(self, F, x, y):
        return self.loss(self.net(x), y)


class Steps(gluon.HybridBlock):
    """An LSTM cell called step by step."""

    def __init__(self):
        super().__init__()
        self.cell = rnn.LSTMCell(HIDDEN)

    def hybrid_forward(self, F, x, h, c):
        outputs, states = [], [h, c]
        for step in F.SliceChannel(x, num_outputs=STEPS, axis=1, squeeze_axis=True):
            output, states = self.cell(step, states)
            outputs.append(output)
        return F.stack(*outputs, axis=1)


class Unrolled(Steps):
    """An LSTM cell unrolled by its own method."""

    def hybrid_forward(self, F, x, h, c):
        return self.cell.unroll(STEPS, x, [h, c], layout="NTC", merge_outputs=True)[0]


def linear():
    net = nn.HybridSequential()
    net.add(nn.Dense(1))
    return net, gloss.L2Loss(), [nd.random.normal(shape=(1, 2)), nd.ones((1, 1))]


def mlp(batch):
    net = nn.HybridSequential()
    net.add(nn.Dense(64, activation="relu"), nn.Dense(64, activation="relu"), nn.Dense(10))
    arrays = [nd.random.normal(shape=(batch, 20)), nd.ones(batch)]
    return net, gloss.SoftmaxCrossEntropyLoss(), arrays


def recurrent(kind):
    states = [nd.zeros((BATCH, HIDDEN)), nd.zeros((BATCH, HIDDEN))]
    return kind(), None, [nd.random.normal(shape=(BATCH, STEPS, 20)), *states]


NETS = {
    "linear": linear,
    "mlp 1": lambda: mlp(1),
    "mlp 32": lambda: mlp(32),
    "steps": lambda: recurrent(Steps),
    "unrolled": lambda: recurrent(Unrolled),
}


def parts_of(name):
    net, loss, arrays = NETS[name]()
    net.initialize()
    return net, loss, arrays if loss is None else arrays[:1], arrays


def predicting(name, hybrid):
    net, _, inputs, _ = parts_of(name)
    if hybrid:
        net.hybridize()

    def run():
        net(*inputs)

    run.net = net
    return run


def training(name, hybrid, joined):
    """Forward and backward; ``joined`` if net and loss are one block."""
    net, loss, inputs, arrays = parts_of(name)
    if joined:
        net = WithLoss(net, loss)
        inputs, loss = arrays, None
    if hybrid:
        net.hybridize()
        if loss is not None:
            loss.hybridize()

    def run():
        with autograd.record():
            out = net(*inputs)
            if loss is not None:
                out = loss(out, arrays[1])
        out.backward()

    return run
