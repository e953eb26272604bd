"""Recurrent layers and cells for the recorder (Python 3.8, MXNet) and the tests.

A case is a block, how it is called, and the shapes of its inputs. ``run(mx, name)`` tells what it prints, how
its parameters are named, what it computes and the gradients.
"""

import numpy as np

SEED = 7
N, T, C = 2, 4, 3


def numbers(shape, seed):
    """Normal numbers of float32."""
    return np.random.RandomState(seed).standard_normal(shape).astype("float32")


class Case:
    """See the module.

    Parameters
    ----------
    make : mx -> the block
    call : mx, block, inputs -> arrays, nested in lists
    shapes : of the inputs
    train : whether to run for training
    grad : whether there are gradients
    dtype : of inputs and parameters
    """

    def __init__(self, make, call, shapes, train=False, grad=True, dtype="float32"):
        self.make, self.call, self.shapes = make, call, shapes
        self.train, self.grad, self.dtype = train, grad, dtype


# Layers


def plain(mx, layer, inputs):
    return layer(*inputs)


def with_states(mx, layer, inputs):
    return layer(inputs[0], list(inputs[1:]))


def from_begin(mx, layer, inputs):
    return layer(inputs[0], layer.begin_state(N, func=mx.nd.ones))


def layer(kind, *args, **kwargs):
    return lambda mx: getattr(mx.gluon.rnn, kind)(*args, **kwargs)


def unfused(mx, layer, inputs):
    return layer._unfuse().unroll(T, inputs[0], layout=layer._layout, merge_outputs=True)


def lengths_of_all(mx, layer, inputs):
    return layer(inputs[0], layer.begin_state(N), mx.nd.array([T, T]))


H = 5
X, XB = (T, N, C), (N, T, C)
LAYERS = {
    "rnn": Case(layer("RNN", H), plain, [X]),
    "rnn tanh": Case(layer("RNN", H, 2, activation="tanh", input_size=C), from_begin, [X]),
    "lstm": Case(layer("LSTM", H), plain, [X]),
    "lstm states": Case(layer("LSTM", H, 2), with_states, [X, (2, N, H), (2, N, H)]),
    "lstm both": Case(
        layer("LSTM", H, 2, layout="NTC", bidirectional=True), with_states, [XB, (4, N, H), (4, N, H)]
    ),
    "lstm dropout": Case(
        layer("LSTM", H, num_layers=3, dropout=0.5, prefix="deep_"),
        lambda mx, layer, inputs: layer(inputs[0], layer.begin_state(N, dtype="float64")),
        [X],
        train=True,
        grad=False,  # MXNet's are wrong: differences give others
        dtype="float64",  # in float32 MXNet drops nothing on a CPU
    ),
    "lstm projection": Case(layer("LSTM", H, projection_size=2), from_begin, [X], grad=False),
    "lstm projection both": Case(
        layer("LSTM", H, 2, projection_size=2, bidirectional=True, layout="NTC"),
        from_begin,
        [XB],
        grad=False,
    ),
    "lstm initialized": Case(
        layer("LSTM", H, i2h_weight_initializer="ones", h2h_weight_initializer="xavier", dropout=0.1),
        plain,
        [X],
    ),
    "lstm lengths": Case(layer("LSTM", H, use_sequence_length=True), lengths_of_all, [X]),
    "lstm double": Case(layer("LSTM", H, bidirectional=True, dtype="float64"), plain, [X], dtype="float64"),
    "gru": Case(layer("GRU", H, layout="NTC"), plain, [XB]),
    "gru both": Case(layer("GRU", H, 2, "NTC", 0.3, True, C), from_begin, [XB]),
    "gru state": Case(layer("GRU", H), lambda mx, layer, inputs: layer(inputs[0], inputs[1]), [X, (1, N, H)]),
    "unfused lstm": Case(layer("LSTM", H, 2, bidirectional=True), unfused, [X]),
    "unfused gru": Case(layer("GRU", H, 2, dropout=0.5, layout="NTC"), unfused, [XB], train=True),
    "unfused rnn": Case(layer("RNN", H, 3, dropout=0.5), unfused, [X]),
}


# Cells


def cell(kind, *args, **kwargs):
    """A cell of gluon.rnn or gluon.contrib.rnn."""

    def make(mx):
        place = mx.gluon.rnn if hasattr(mx.gluon.rnn, kind) else mx.gluon.contrib.rnn
        return getattr(place, kind)(*[a(mx) if callable(a) else a for a in args], **kwargs)

    return make


def stack(*makers, kind="SequentialRNNCell", **kwargs):
    def make(mx):
        cells = getattr(mx.gluon.rnn, kind)(**kwargs)
        with cells.name_scope():
            for maker in makers:
                cells.add(maker(mx))
        return cells

    return make


def unroll(lengths=None, **kwargs):
    """Unrolls over one merged input, or over a list of steps; further inputs are states."""

    def call(mx, block, inputs):
        given = dict(kwargs)
        if lengths:
            given["valid_length"] = mx.nd.array(lengths)
        if given.pop("steps", False):
            return block.unroll(len(inputs), list(inputs), **given)
        if len(inputs) > 1:
            given["begin_state"] = list(inputs[1:])
        return block.unroll(T, inputs[0], **given)

    return call


def steps(mx, block, inputs):
    """Two steps by hand."""
    out, states = block(inputs[0], block.begin_state(batch_size=N, func=mx.nd.zeros))
    return [out, *block(inputs[1], states)]


def dynamically(lengths=None, **kwargs):
    def call(mx, block, inputs):
        block.reset()
        given = dict(kwargs, valid_length=mx.nd.array(lengths)) if lengths else kwargs
        unroll_ = mx.gluon.contrib.rnn.rnn_cell.dynamic_unroll
        return unroll_(block, inputs[0], block.begin_state(batch_size=N, func=mx.nd.zeros), **given)

    return call


S1 = (N, C)
CELLS = {
    "RNNCell": Case(cell("RNNCell", H), unroll(), [XB]),
    "RNNCell relu": Case(cell("RNNCell", H, activation="relu"), unroll([3, 4], merge_outputs=True), [XB]),
    "RNNCell softsign": Case(cell("RNNCell", H, "softsign", input_size=C), steps, [S1, S1]),
    "RNNCell softrelu": Case(cell("RNNCell", H, "softrelu"), unroll(layout="TNC"), [X]),
    "LSTMCell": Case(cell("LSTMCell", H), unroll(merge_outputs=True), [XB]),
    "LSTMCell list": Case(cell("LSTMCell", H), unroll(steps=True, merge_outputs=True), [S1] * 3),
    "LSTMCell lengths": Case(cell("LSTMCell", H), unroll([2, 4], layout="TNC"), [X]),
    "LSTMCell states": Case(cell("LSTMCell", H), unroll(merge_outputs=False), [XB, (N, H), (N, H)]),
    "LSTMCell steps": Case(cell("LSTMCell", H, prefix="mine_"), steps, [S1, S1]),
    "LSTMCell relu": Case(
        cell("LSTMCell", H, activation="relu", recurrent_activation="softsign"), unroll(), [XB]
    ),
    "GRUCell": Case(cell("GRUCell", H), unroll(merge_outputs=True), [XB]),
    "GRUCell lengths": Case(cell("GRUCell", H), unroll([4, 1], merge_outputs=False), [XB]),
    "GRUCell steps": Case(cell("GRUCell", H, input_size=C), steps, [S1, S1]),
    "stack": Case(
        stack(cell("LSTMCell", H), cell("DropoutCell", 0.5), cell("GRUCell", C)), unroll(), [XB], train=True
    ),
    "stack merged": Case(
        stack(cell("DropoutCell", 0.3, (1,)), cell("RNNCell", H), cell("LSTMCell", C), prefix="net_"),
        unroll([4, 2], merge_outputs=True),
        [XB],
        train=True,
    ),
    "stack steps": Case(
        stack(cell("LSTMCell", H), cell("ResidualCell", cell("GRUCell", H)), kind="HybridSequentialRNNCell"),
        steps,
        [S1, S1],
    ),
    "both": Case(cell("BidirectionalCell", cell("LSTMCell", H), cell("GRUCell", 2)), unroll(), [XB]),
    "both lengths": Case(
        cell("BidirectionalCell", cell("LSTMCell", H), cell("LSTMCell", H)), unroll([1, 3], layout="TNC"), [X]
    ),
    "both merged": Case(
        stack(cell("GRUCell", 2), cell("BidirectionalCell", cell("GRUCell", H), cell("RNNCell", H))),
        unroll([4, 3], merge_outputs=True),
        [XB],
    ),
    "residual": Case(cell("ResidualCell", cell("LSTMCell", C)), unroll(merge_outputs=True), [XB]),
    "residual lengths": Case(cell("ResidualCell", cell("GRUCell", C)), unroll([2, 3]), [XB]),
    "residual steps": Case(cell("ResidualCell", cell("GRUCell", C)), steps, [S1, S1]),
    "zoneout": Case(cell("ZoneoutCell", cell("LSTMCell", H), 0.4, 0.3), unroll(), [XB], train=True),
    "zoneout states": Case(
        cell("ZoneoutCell", cell("RNNCell", H), zoneout_states=0.5),
        unroll([2, 4], merge_outputs=True),
        [XB],
        train=True,
    ),
    "zoneout rests": Case(cell("ZoneoutCell", cell("GRUCell", H), 0.5, 0.5), unroll(layout="TNC"), [X]),
    "dropout": Case(cell("DropoutCell", 0.5), unroll(), [XB], train=True),
    "dropout merged": Case(cell("DropoutCell", 0.5), unroll(merge_outputs=True), [XB], train=True),
    "deep": Case(
        stack(
            cell("ZoneoutCell", cell("ResidualCell", cell("RNNCell", C)), 0.2),
            cell("BidirectionalCell", cell("ZoneoutCell", cell("GRUCell", 2), 0.0, 0.2), cell("LSTMCell", 2)),
        ),
        unroll(),
        [XB],
        train=True,
    ),
}


def grid(dims, channels=2, size=4, last=False):
    return (*(size,) * dims, channels) if last else (channels, *(size,) * dims)


LAYOUT = {1: "NTCW", 2: "NTCHW", 3: "NTCDHW"}
CONTRIB = {
    "variational": Case(
        cell("VariationalDropoutCell", cell("LSTMCell", H), 0.3, 0.4, 0.5), unroll(), [XB], train=True
    ),
    "variational inputs": Case(
        cell("VariationalDropoutCell", cell("GRUCell", H), drop_inputs=0.5, drop_outputs=0.4),
        unroll([3, 4], merge_outputs=False),
        [XB],
        train=True,
    ),
    "variational steps": Case(
        cell("VariationalDropoutCell", cell("RNNCell", H), 0.5, 0.5), steps, [S1, S1], train=True
    ),
    "variational rests": Case(cell("VariationalDropoutCell", cell("RNNCell", H), 0.5), unroll(), [XB]),
    "LSTMPCell": Case(cell("LSTMPCell", H, 2), unroll(), [XB]),
    "LSTMPCell lengths": Case(cell("LSTMPCell", H, 2), unroll([2, 3], merge_outputs=True), [XB]),
    "LSTMPCell steps": Case(cell("LSTMPCell", H, 2, input_size=C), steps, [S1, S1]),
    "dynamic": Case(cell("LSTMCell", H), dynamically(), [X]),
    "dynamic lengths": Case(cell("GRUCell", H), dynamically([3, 1], layout="NTC"), [XB]),
    "dynamic dropout": Case(
        cell("LSTMCell", H), dynamically(drop_inputs=0.3, drop_outputs=0.3), [X], train=True
    ),
    "dynamic dropout NTC": Case(
        cell("RNNCell", H),
        dynamically([4, 2], layout="NTC", drop_inputs=0.3, drop_outputs=0.5),
        [XB],
        train=True,
    ),
}
for dims in (1, 2, 3):
    for kind in ("RNN", "LSTM", "GRU"):
        name = f"Conv{dims}D{kind}Cell"
        odd = {"i2h_pad": 1, "activation": "relu"} if kind == "RNN" else {"h2h_dilate": (2,) * dims}
        CONTRIB[name] = Case(
            cell(name, grid(dims), 3, 2, 3, **odd),
            steps if dims == 3 else unroll(layout=LAYOUT[dims]),
            [(N, *grid(dims))] * 2 if dims == 3 else [(N, T, *grid(dims))],
        )


def bent(kind, *args, **kwargs):
    def make(mx):
        given = dict(kwargs, offset_weight_initializer=mx.init.Normal(0.3))
        return getattr(mx.gluon.contrib.cnn, kind)(*args, **given)

    return make


IMAGE = (2, 4, 5, 6)
CNN = {
    "bent": Case(bent("DeformableConvolution", 3), plain, [IMAGE]),
    "bent options": Case(
        bent("DeformableConvolution", 4, 3, (2, 1), 1, (1, 2), 2, 2, in_channels=4, activation="tanh"),
        plain,
        [IMAGE],
    ),
    "bent bare": Case(
        bent("DeformableConvolution", 3, (2, 3), use_bias=False, offset_use_bias=False), plain, [IMAGE]
    ),
}

# Blocks that MXNet makes but cannot call on a CPU.
MADE = {
    "modulated": bent("ModulatedDeformableConvolution", 3, 3),
    "modulated options": bent(
        "ModulatedDeformableConvolution", 4, (3, 2), 2, 1, groups=2, num_deformable_group=2, in_channels=6
    ),
    "modulated bare": bent(
        "ModulatedDeformableConvolution", 4, 2, use_bias=False, offset_use_bias=False, activation="relu"
    ),
    "modulated NHWC": bent("ModulatedDeformableConvolution", 4, (3, 3), in_channels=6, layout="NHWC"),
    "bent NHWC": bent("DeformableConvolution", 4, 3, in_channels=6, layout="NHWC", dilation=2, padding=1),
}


def made(mx, name):
    """What such a block prints, and its parameters."""
    with mx.name.NameManager():
        block = MADE[name](mx)
    return {
        "repr": repr(block),
        "params": [[n, list(p.shape)] for n, p in block.collect_params().items()],
        "places": sorted(block._collect_params_with_prefix()),
    }


CASES = dict(LAYERS)
CASES.update(CELLS)
CASES.update(CONTRIB)
CASES.update(CNN)


def flat(value):
    """Arrays nested in lists, one after the other."""
    if isinstance(value, (list, tuple)):
        return [a for part in value for a in flat(part)]
    return [value]


def form(value):
    """How arrays are nested, and their shapes."""
    if isinstance(value, (list, tuple)):
        return [form(part) for part in value]
    return "x".join(map(str, value.shape))


def initialized(mx, name):
    """The block of a case after one call for the shapes, its biases not 0, and its inputs."""
    case = CASES[name]
    with mx.name.NameManager():
        block = case.make(mx)
        texts = [repr(block)]
        mx.random.seed(SEED)
        block.initialize(mx.init.Normal(0.6))
        block.cast(case.dtype)
        inputs = [mx.nd.array(numbers(s, i), dtype=case.dtype) for i, s in enumerate(case.shapes)]
        case.call(mx, block, inputs)
    texts.append(repr(block))
    for i, parameter in enumerate(block.collect_params().values()):
        if parameter.name.endswith("bias"):
            parameter.set_data(mx.nd.array(numbers(parameter.shape, 50 + i), dtype=case.dtype))
    return block, inputs, texts


def run(mx, name):
    """What is printed and named (for JSON), and the arrays."""
    case = CASES[name]
    block, inputs, texts = initialized(mx, name)
    params = block.collect_params()
    said = {
        "repr": texts,
        "params": [[n, list(p.shape)] for n, p in params.items()],
        "places": sorted(block._collect_params_with_prefix()),
    }
    arrays = {"first " + n: p.data().asnumpy() for n, p in params.items() if n.endswith("weight")}
    for x in inputs:
        x.attach_grad()
    mx.random.seed(SEED)
    if not case.grad:
        with mx.autograd.train_mode() if case.train else mx.autograd.predict_mode():
            out = case.call(mx, block, inputs)
        said["form"] = form(out)
        arrays.update({f"out {i}": o.asnumpy() for i, o in enumerate(flat(out))})
        return said, arrays
    with mx.autograd.record(train_mode=case.train):
        out = case.call(mx, block, inputs)
        outs = flat(out)
        total = 0
        for i, o in enumerate(outs):
            total = total + (o * mx.nd.array(numbers(o.shape, 100 + i), dtype=case.dtype)).sum()
    total.backward()
    said["form"] = form(out)
    arrays.update({f"out {i}": o.asnumpy() for i, o in enumerate(outs)})
    arrays.update({f"input {i}": x.grad.asnumpy() for i, x in enumerate(inputs)})
    arrays.update({"grad " + n: p.grad().asnumpy() for n, p in params.items()})
    return said, arrays
