"""Hybrid blocks that are called with symbols, and what they are called with. Stays within Python 3.8."""


def layers(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="layers_")
    with net.name_scope():
        net.add(nn.Conv2D(4, 3, padding=1, activation="relu"), nn.BatchNorm(), nn.MaxPool2D(), nn.Flatten())
        net.add(nn.Dense(5, activation="tanh"), nn.Dropout(0.5), nn.Dense(2, use_bias=False))
    return net, [(2, 3, 6, 6)]


def activations(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="activations_")
    with net.name_scope():
        net.add(nn.Embedding(10, 4), nn.LayerNorm(), nn.Dense(3, flatten=False), nn.LeakyReLU(0.1))
        net.add(nn.PReLU(), nn.GELU(), nn.Swish(), nn.ELU(), nn.SELU())
    return net, [(2, 3)]


def deconvolved(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="deconvolved_")
    with net.name_scope():
        net.add(nn.Conv2DTranspose(4, 3, strides=2), nn.InstanceNorm(), nn.GroupNorm(2))
        net.add(nn.GlobalAvgPool2D(), nn.HybridLambda("relu"))
    return net, [(2, 3, 4, 4)]


def side_by_side(mx):
    nn = mx.gluon.contrib.nn
    net = nn.HybridConcurrent(axis=1, prefix="side_")
    with net.name_scope():
        net.add(mx.gluon.nn.Dense(2), nn.Identity(), mx.gluon.nn.Dense(3, activation="relu"))
    return net, [(2, 3)]


def recurrent(kind, **given):
    def build(mx):
        return getattr(mx.gluon.rnn, kind)(4, prefix="rnn_", **given), [(5, 2, 3)]

    return build


def loss(kind, **given):
    def build(mx):
        second = (2,) if kind.startswith("SoftmaxCross") and not given else (2, 3)
        return getattr(mx.gluon.loss, kind)(prefix="loss_", **given), [(2, 3), second]

    return build


BLOCKS = {
    "layers": layers,
    "activations": activations,
    "deconvolved": deconvolved,
    "side by side": side_by_side,
    "lstm": recurrent("LSTM", num_layers=2),
    "gru": recurrent("GRU", layout="NTC"),
    "both ways": recurrent("RNN", bidirectional=True),
    "l2": loss("L2Loss"),
    "l1": loss("L1Loss"),
    "cross entropy": loss("SoftmaxCrossEntropyLoss"),
    "dense cross entropy": loss("SoftmaxCrossEntropyLoss", sparse_label=False),
    "binary": loss("SigmoidBinaryCrossEntropyLoss"),
    "hinge": loss("HingeLoss"),
    "huber": loss("HuberLoss"),
    "kl": loss("KLDivLoss"),
}


def called(mx, name):
    """The block, the shapes of its inputs, and its symbol."""
    with mx.name.NameManager():
        block, shapes = BLOCKS[name](mx)
        return block, shapes, block(*[mx.sym.var(f"data{i}") for i in range(len(shapes))])


ZOO = (
    "alexnet densenet121 inception_v3 mobilenet0_25 mobilenet_v2_0_25 resnet18_v1 resnet50_v1 resnet18_v2 "
    "squeezenet1_0 vgg11_bn"
).split()


def from_zoo(mx, name):
    """The symbol of a net of the model zoo."""
    net = getattr(mx.gluon.model_zoo.vision, name)(prefix=name + "_")
    with mx.name.NameManager():
        return net(mx.sym.var("data"))
