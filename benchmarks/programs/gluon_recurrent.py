"""A recurrent loop over a cell written in Python: 30 steps of an LSTM made of Dense layers."""

from mxnet.gluon import loss as gloss
from mxnet.gluon import nn

from mxnet import autograd, gluon, nd

STEPS = 1
LENGTH, BATCH, INPUTS, HIDDEN = 30, 8, 16, 32


class Cell(gluon.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.gates = nn.Dense(4 * HIDDEN, in_units=INPUTS + HIDDEN)

    def forward(self, x, h, c):
        gates = self.gates(nd.concat(x, h, dim=1))
        i, f, g, o = nd.split(gates, num_outputs=4, axis=1)
        c = nd.sigmoid(f) * c + nd.sigmoid(i) * nd.tanh(g)
        return nd.sigmoid(o) * nd.tanh(c), c


class Net(gluon.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.cell = Cell()
            self.out = nn.Dense(1, in_units=HIDDEN)

    def forward(self, xs):
        h = nd.zeros((BATCH, HIDDEN))
        c = nd.zeros((BATCH, HIDDEN))
        for t in range(LENGTH):
            h, c = self.cell(xs[t], h, c)
        return self.out(h)


def make():
    """A function that trains on one batch of sequences."""
    xs, y = nd.random.normal(shape=(LENGTH, BATCH, INPUTS)), nd.random.normal(shape=(BATCH, 1))
    net, loss = Net(), gloss.L2Loss()
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01})

    def step():
        with autograd.record():
            l = loss(net(xs), y)  # noqa: E741
        l.backward()
        trainer.step(BATCH)
        nd.waitall()

    return step
