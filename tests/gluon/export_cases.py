"""Nets that are exported: by MXNet, by the recorder, and by regluon. Stays within Python 3.8."""

import json

import numpy as np

from gluon.model_zoo_cases import small
from symbol_control_cases import scan

ZOO = {
    "alexnet": 63,
    "densenet121": 224,
    "inceptionv3": 299,
    "mobilenet0.25": 64,
    "mobilenetv2_0.25": 64,
    "resnet18_v1": 64,
    "resnet18_v2": 64,
    "squeezenet1.1": 220,
    "vgg11_bn": 32,
}
"""A net of each family, and the size of its image. Their parameters are NumPy's numbers."""


def from_zoo(mx, name):
    with mx.name.NameManager():
        return mx.gluon.model_zoo.vision.get_model(name, classes=6, prefix="zoo_")


def convolutional(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="conv_")
    with net.name_scope():
        net.add(nn.Conv2D(4, 3, padding=1), nn.BatchNorm(), nn.LeakyReLU(0.1), nn.MaxPool2D(), nn.PReLU())
        net.add(nn.Conv2DTranspose(3, 2, strides=2), nn.LayerNorm(), nn.GlobalAvgPool2D(), nn.Flatten())
        net.add(nn.Dense(5, activation="tanh"), nn.Dropout(0.5), nn.Dense(2, use_bias=False))
    return net, [(2, 3, 8, 8)]


def embedded(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="embedded_")
    with net.name_scope():
        net.add(nn.Embedding(11, 4), nn.Conv1D(3, 2), nn.GELU(), nn.BatchNorm(scale=False), nn.Dense(3))
    return net, [(2, 5)]


def recurrent(mx):
    """Its states begin as zeros for any number of examples."""
    net = mx.gluon.nn.HybridSequential(prefix="rnn_")
    with net.name_scope():
        net.add(mx.gluon.rnn.LSTM(4, num_layers=2, bidirectional=True, layout="NTC"))
    return net, [(2, 5, 3)]


def pair(mx):
    class Pair(mx.gluon.HybridBlock):
        """Two inputs, nested outputs, and a constant."""

        def __init__(self):
            super().__init__(prefix="pair_")
            with self.name_scope():
                self.scale = self.params.get_constant("scale", mx.nd.array([[2.0, -1.0, 0.5]]))
                self.dense = mx.gluon.nn.Dense(3)

        def hybrid_forward(self, F, x, y, scale):
            z = self.dense(x)
            first, second = F.split(F.broadcast_mul(z, scale) + y, num_outputs=2, axis=0)
            return first, [second, z]

    return Pair(), [(2, 4), (2, 3)]


def unrolled(mx):
    class Unrolled(mx.gluon.HybridBlock):
        def __init__(self):
            super().__init__(prefix="unrolled_")
            with self.name_scope():
                self.cell = mx.gluon.rnn.GRUCell(4)

        def hybrid_forward(self, F, x):
            return self.cell.unroll(3, x, merge_outputs=True)[0]

    return Unrolled(), [(2, 3, 5)]


def densely(mx):
    with mx.name.NameManager():
        return mx.gluon.model_zoo.vision.DenseNet(8, 4, [1, 2], bn_size=2, classes=3), [(1, 3, 56, 56)]


def narrow(mx):
    with mx.name.NameManager():
        return mx.gluon.model_zoo.vision.MobileNet(0.05, classes=3), [(1, 3, 32, 32)]


def residual(name):
    return lambda mx: (small(mx, name), [(2, 3, 24, 24)])


FILES = {
    "convolutional": convolutional,
    "embedded": embedded,
    "recurrent": recurrent,
    "pair": pair,
    "unrolled": unrolled,
    "scan": scan,
    "densenet": densely,
    "mobilenet": narrow,
    "resnet_v1": residual("v1_basic"),
    "resnet_v2": residual("v2_bottleneck"),
}
"""Nets whose files are kept."""

DOUBLE = ("convolutional",)
"""Those that are in double precision."""


def shapes_of(mx, name):
    """The shapes of a net's inputs."""
    return [(1, 3, ZOO[name], ZOO[name])] if name in ZOO else FILES[name](mx)[1]


OLD = ("convolutional", "embedded", "resnet_v1")
"""Nets whose symbols are also read in the form that MXNet 0.8 wrote."""


def older(text):
    """A symbol file in the form of MXNet 0.8.

    Operators had ``param`` for their own attributes and ``attr`` for others, inputs were two numbers, states
    of batch normalization were no inputs, and no version was told.
    """
    graph = json.loads(text)
    del graph["attrs"], graph["node_row_ptr"]
    for node in graph["nodes"]:
        attrs = node.pop("attrs", {})
        node["param"] = {key: value for key, value in attrs.items() if key[:2] != "__"}
        others = {key.strip("_"): value for key, value in attrs.items() if key[2:4] in ("lr", "wd")}
        if others:
            node["attr"] = others
        count = 3 if node["op"] == "BatchNorm" else len(node["inputs"])
        node["inputs"] = [entry[:2] for entry in node["inputs"][:count]]
        node["backward_source_id"] = -1
    graph["heads"] = [head[:2] for head in graph["heads"]]
    return json.dumps(without_unused(graph))


def without_unused(graph):
    """The graph without nodes that nobody needs; the others are numbered anew."""
    needed = {head[0] for head in graph["heads"]}
    for i in reversed(range(len(graph["nodes"]))):
        if i in needed:
            needed.update(entry[0] for entry in graph["nodes"][i]["inputs"])
    number = {old: new for new, old in enumerate(sorted(needed))}
    nodes = [graph["nodes"][i] for i in sorted(needed)]
    for node in nodes:
        node["inputs"] = [[number[i], k] for i, k in node["inputs"]]
    heads = [[number[i], k] for i, k in graph["heads"]]
    return {
        "nodes": nodes,
        "arg_nodes": [i for i, n in enumerate(nodes) if n["op"] == "null"],
        "heads": heads,
    }


def renamed(name):
    """What MXNet calls a state that it has added to an old file."""
    return name.replace("_running_", "_fwd_moving_")


def inputs_of(mx, name, shapes):
    rng = np.random.RandomState(len(name))
    if name == "embedded":
        return [mx.nd.array(rng.randint(0, 11, shape)) for shape in shapes]
    dtype = "float64" if name in DOUBLE else "float32"
    return [mx.nd.array(rng.uniform(-1, 1, shape), dtype=dtype) for shape in shapes]


def names_of(inputs):
    return ["data"] if len(inputs) == 1 else [f"data{i}" for i in range(len(inputs))]


PATTERN = np.random.RandomState(2).uniform(-1, 1, 10007).astype("float32")


def number(name, shape):
    """The numbers of a parameter, from its name's kind and its shape."""
    count = np.prod(shape[1:]) if len(shape) > 1 else 50
    values = np.resize(PATTERN, shape) * np.float32((6 / count) ** 0.5)
    return 1 + values if name.endswith(("gamma", "var")) else values


def prepared(mx, name):
    """A net with its numbers, hybridized and called, and its inputs."""
    net = from_zoo(mx, name) if name in ZOO else FILES[name](mx)[0]
    inputs = inputs_of(mx, name, shapes_of(mx, name))
    net.initialize(mx.init.Zero() if name in ZOO else mx.init.Uniform())
    if name in DOUBLE:
        net.cast("float64")
    net.hybridize()
    net(*inputs)
    for parameter in net.collect_params().values():
        if not parameter.name.endswith("pair_scale") and not is_fixed(parameter):
            parameter.set_data(mx.nd.array(number(parameter.name, parameter.shape)))
    return net, inputs


def is_fixed(parameter):
    """Whether it is a gamma that batch normalization takes for 1."""
    return parameter.name.endswith("gamma") and parameter.grad_req == "null"


def flat(found):
    """The arrays of nested lists, as NumPy's."""
    if isinstance(found, (list, tuple)):
        return [array for part in found for array in flat(part)]
    return [found.asnumpy()]
