"""A tree-structured net whose graph changes with every example: h = tanh(W [left; right])."""

from mxnet.gluon import loss as gloss
from mxnet.gluon import nn
from trees import forest

from mxnet import autograd, gluon, nd

STEPS = 10
WORDS, HIDDEN = 100, 32


class TreeNet(gluon.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.embed = nn.Embedding(WORDS, HIDDEN)
            self.join = nn.Dense(HIDDEN, activation="tanh", in_units=2 * HIDDEN)
            self.out = nn.Dense(2, in_units=HIDDEN)

    def encode(self, tree):
        if isinstance(tree, int):
            return self.embed(self.words[tree])
        return self.join(nd.concat(self.encode(tree[0]), self.encode(tree[1]), dim=1))

    def forward(self, tree):
        return self.out(self.encode(tree))


def make():
    """A function that trains on ten trees, one after the other."""
    net, loss = TreeNet(), gloss.SoftmaxCrossEntropyLoss()
    net.initialize()
    net.words = [nd.array([i]) for i in range(WORDS)]
    trees = forest(STEPS, WORDS)
    labels = [nd.array([i % 2]) for i in range(STEPS)]
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01})

    def epoch():
        for tree, label in zip(trees, labels):  # noqa: B905 (Python 3.8)
            with autograd.record():
                l = loss(net(tree), label)  # noqa: E741
            l.backward()
            trainer.step(1)
        nd.waitall()

    return epoch
