"""Nets for the recorder (Python 3.8, MXNet) and the tests: what is printed, named, initialized and computed.

``NETS[name](mx)`` gives the net and its inputs; names begin at 0 in each. ``run(mx, name)`` tells about it.
"""

import contextlib
import io

import numpy as np

SEED = 7


def images(mx, *shape):
    """Numbers that differ from each other, around 0."""
    count = int(np.prod(shape))
    return mx.nd.array((np.arange(count) * 7 % 23 / 8 - 1.3).reshape(shape))


def mlp(mx):
    nn = mx.gluon.nn
    net = nn.Sequential()
    net.add(nn.Dense(8, activation="relu"), nn.Dropout(0.5), nn.Dense(3))
    return net, [images(mx, 4, 5)]


def scoped(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="net_")
    with net.name_scope():
        inner = nn.HybridSequential()
        with inner.name_scope():
            inner.add(nn.Dense(4, activation="tanh"), nn.Dense(3, use_bias=False, prefix="mine_"))
        net.add(inner, nn.Dense(2, flatten=False))
    return net, [images(mx, 2, 3, 2)]


def layers(mx):
    nn = mx.gluon.nn
    net = nn.Sequential()
    net.add(
        nn.Dense(3, in_units=2, dtype="float64"),
        nn.Dropout(0.25, axes=(1,)),
        nn.Embedding(5, 4),
        nn.Flatten(),
        nn.Activation("softsign"),
        nn.Lambda("relu"),
        nn.Lambda(lambda x: x),
        nn.HybridLambda("tanh"),
        nn.HybridLambda(lambda F, x: F.relu(x)),
        nn.HybridSequential(),
    )
    return net, None


def embedding(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential()
    net.add(nn.Embedding(10, 4), nn.Flatten(), nn.Dense(2, weight_initializer="ones"))
    return net, [mx.nd.array([[1, 2, 9], [0, 0, 5]])]


def custom(mx):
    """A block with parameters of its own that wait for their shapes, and children that do."""

    class Outer(mx.gluon.HybridBlock):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            with self.name_scope():
                self.first = mx.gluon.nn.Dense(4, activation="sigmoid")
                self.weight = self.params.get("weight", shape=(2, 0), allow_deferred_init=True)
                self.bias = self.params.get("bias", shape=(0,), init="ones", allow_deferred_init=True)
                self.second = mx.gluon.nn.Dense(3)
                self.shift = self.params.get_constant("shift", [[0.5, -0.5]])

        def hybrid_forward(self, F, x, weight, bias, shift):
            x = F.FullyConnected(self.first(x), weight, bias, num_hidden=2)
            return self.second(F.broadcast_add(x, shift))

    net = mx.gluon.nn.HybridSequential()
    net.add(Outer(), Outer(prefix="other_"))
    return net, [images(mx, 2, 3)]


def shared(mx):
    """One layer at two places, and two with the same parameters."""
    nn = mx.gluon.nn
    net = nn.Sequential()
    layer = nn.Dense(3, in_units=3)
    net.add(layer, nn.Dense(3, in_units=3, params=layer.params), layer)
    return net, [images(mx, 2, 3)]


def nested(mx):
    """A block that takes and gives nested arrays."""

    class Pair(mx.gluon.Block):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            with self.name_scope():
                self.left = mx.gluon.nn.Dense(2)
                self.right = mx.gluon.nn.Dense(3, activation="relu")

        def forward(self, x, pair, nothing=None):
            return self.left(x), [self.right(pair[0]), (x, nothing)]

    return Pair(), [images(mx, 2, 3), [images(mx, 2, 4), images(mx, 1)], None]


def frozen(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="")
    with net.name_scope():
        net.add(nn.Dense(2, in_units=3), nn.Dense(2, in_units=2, bias_initializer=mx.init.Constant(2)))
    net.collect_params("dense0.*").setattr("grad_req", "null")
    return net, [images(mx, 2, 3)]


NETS = {f.__name__: f for f in (mlp, scoped, layers, embedding, custom, shared, nested, frozen)}


def numbers(value):
    """Nested arrays as lists."""
    if isinstance(value, (list, tuple)):
        return [numbers(part) for part in value]
    return value if value is None else value.asnumpy().tolist()


def run(mx, name):
    """What is known of a net: its printed forms, names, summary, outputs, and its parameters' values."""
    with mx.name.NameManager():
        net, inputs = NETS[name](mx)
    found = {"repr": repr(net), "params": repr(net.collect_params())}
    found["blocks"] = []
    net.apply(lambda block: found["blocks"].append([block.name, block.prefix]))
    found["places"] = [[place, p.name] for place, p in net._collect_params_with_prefix().items()]
    if inputs is None:
        return found
    mx.random.seed(SEED)
    net.initialize(mx.init.Normal(0.5))
    found["output"] = numbers(net(*inputs))
    found["after"] = repr(net), repr(net.collect_params())
    found["values"] = {p.name: numbers(p.data()) for p in net.collect_params().values()}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        net.summary(*inputs)
    found["summary"] = printed.getvalue()
    return found
