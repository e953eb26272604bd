"""The weight decay chapter's loop, as its readers write it."""

from mxnet.gluon import data as gdata
from mxnet.gluon import loss as gloss
from mxnet.gluon import nn

from mxnet import autograd, gluon, init, nd

STEPS = 20


def make():
    """A function that runs one epoch of 20 steps."""
    features, labels = nd.random.normal(shape=(STEPS, 200)), nd.random.normal(shape=(STEPS, 1))
    loader = gdata.DataLoader(gdata.ArrayDataset(features, labels), 1, shuffle=True)
    net = nn.Sequential()
    net.add(nn.Dense(1))
    net.initialize(init.Normal(sigma=1))
    loss = gloss.L2Loss()
    trainer_w = gluon.Trainer(net.collect_params(".*weight"), "sgd", {"learning_rate": 0.003, "wd": 5})
    trainer_b = gluon.Trainer(net.collect_params(".*bias"), "sgd", {"learning_rate": 0.003})

    def epoch():
        for x, y in loader:
            with autograd.record():
                l = loss(net(x), y)  # noqa: E741
            l.backward()
            trainer_w.step(1)
            trainer_b.step(1)
        nd.waitall()

    return epoch
