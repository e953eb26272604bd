"""Two convolutional nets and their training, for the recorder (Python 3.8, MXNet) and the tests."""

import numpy as np

SEED, STEPS, BATCH, CLASSES = 7, 20, 8, 5


def lenet(mx):
    """Convolutions and poolings in turn, two of them side by side, then dense layers."""
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="lenet_")
    with net.name_scope():
        branches = mx.gluon.contrib.nn.HybridConcurrent(axis=1)
        branches.add(nn.Conv2D(2, kernel_size=3, activation="relu"), nn.Conv2D(2, kernel_size=3))
        net.add(
            branches,
            nn.MaxPool2D(pool_size=2, strides=2),
            nn.Conv2D(6, kernel_size=3, activation="tanh"),
            nn.AvgPool2D(pool_size=2, strides=2),
            nn.Dense(12, activation="sigmoid"),
            nn.Dense(CLASSES),
        )
    return net


def resnet(mx):
    """Residual blocks with batch normalization, one of them with a step of two."""
    nn = mx.gluon.nn

    class Residual(mx.gluon.HybridBlock):
        def __init__(self, channels, strides=1, **kwargs):
            super().__init__(**kwargs)
            with self.name_scope():
                self.body = nn.HybridSequential(prefix="")
                self.body.add(
                    nn.Conv2D(channels, 3, strides, padding=1, use_bias=False),
                    nn.BatchNorm(),
                    nn.Activation("relu"),
                    nn.Conv2D(channels, 3, padding=1, use_bias=False),
                    nn.BatchNorm(scale=False),
                )
                self.shortcut = nn.Conv2D(channels, 1, strides) if strides > 1 else None

        def hybrid_forward(self, F, x):
            straight = self.shortcut(x) if self.shortcut else x
            return F.Activation(self.body(x) + straight, act_type="relu")

    net = nn.HybridSequential(prefix="resnet_")
    with net.name_scope():
        net.add(nn.Conv2D(4, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"))
        net.add(Residual(4), Residual(6, 2), nn.GlobalAvgPool2D(), nn.Dense(CLASSES))
    return net


# name -> what builds it, its type, the optimizer and its arguments
NETS = {
    "lenet": (lenet, "float32", "adam", {"learning_rate": 0.01}),
    "resnet": (resnet, "float32", "sgd", {"learning_rate": 0.02, "momentum": 0.5, "wd": 1e-3}),
    "resnet64": (resnet, "float64", "sgd", {"learning_rate": 0.05, "momentum": 0.9, "wd": 1e-3}),
}


def batches(mx, dtype):
    """Images and their classes, which a mean of each quarter gives away."""
    draw = np.random.RandomState(3)
    for _ in range(STEPS):
        labels = draw.randint(CLASSES, size=BATCH)
        images = draw.normal(size=(BATCH, 3, 12, 12))
        images[:, 0, :6, :6] += labels[:, None, None] - 2
        yield mx.nd.array(images, dtype=dtype), mx.nd.array(labels, dtype=dtype)


def train(mx, name):
    """The net after its training, and the losses on the way."""
    build, dtype, optimizer, arguments = NETS[name]
    with mx.name.NameManager():
        net = build(mx)
    mx.random.seed(SEED)
    net.initialize(mx.init.Xavier())
    net.cast(dtype)
    trainer = mx.gluon.Trainer(net.collect_params(), optimizer, dict(arguments))
    measure, losses = mx.gluon.loss.SoftmaxCrossEntropyLoss(), []
    for images, labels in batches(mx, dtype):
        with mx.autograd.record():
            loss = measure(net(images), labels)
        loss.backward()
        trainer.step(BATCH)
        losses.append(loss.mean().asscalar())
    return net, np.array(losses)


def output(mx, net, name):
    """What a net says to the first images."""
    return net(next(batches(mx, NETS[name][1]))[0]).asnumpy()


def tables(mx):
    """The results of two tables side by side before and after some steps, and the first table's rows."""
    contrib = mx.gluon.contrib.nn
    with mx.name.NameManager():
        net = contrib.Concurrent(axis=2)
        net.add(contrib.SparseEmbedding(6, 2), contrib.SparseEmbedding(6, 1, weight_initializer="ones"))
    mx.random.seed(SEED)
    net.initialize(mx.init.Normal(0.5))
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    found = []
    for step in range(4):
        rows = mx.nd.array([[step, 5], [2, step]])
        with mx.autograd.record():
            out = net(rows)
            loss = (out**2).sum()
        loss.backward()
        trainer.step(1)
        found.append(out.asnumpy())
    found.append(net[0].weight.row_sparse_data(mx.nd.arange(6)).tostype("default").asnumpy())
    return repr(net), np.concatenate([a.ravel() for a in found])
