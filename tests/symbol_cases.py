"""What symbols are recorded of: nets, expressions and files of older versions. Stays within Python 3.8."""

import json


def mlp(mx):
    net = mx.sym.var("data")
    net = mx.sym.FullyConnected(net, num_hidden=8, name="fc1")
    net = mx.sym.Activation(net, act_type="relu")
    net = mx.sym.Dropout(net, p=0.0)
    net = mx.sym.FullyConnected(net, num_hidden=3, no_bias=True)
    return mx.sym.SoftmaxOutput(net, name="softmax")


def lenet(mx):
    data = mx.sym.Variable("data")
    net = mx.sym.Convolution(data, kernel=(5, 5), num_filter=4, name="conv1")
    net = mx.sym.Activation(net, act_type="tanh")
    net = mx.sym.Pooling(net, pool_type="max", kernel=(2, 2), stride=(2, 2))
    net = mx.sym.Convolution(net, kernel=(3, 3), num_filter=6, pad=(1, 1), no_bias=True)
    net = mx.sym.Pooling(net, pool_type="avg", global_pool=True, kernel=(1, 1))
    net = mx.sym.Flatten(net)
    net = mx.sym.FullyConnected(net, num_hidden=5)
    return mx.sym.SoftmaxOutput(net, mx.sym.var("label"), grad_scale=1e-3)


def residual(mx):
    data = mx.sym.var("data", shape=(2, 3, 8, 8))
    net = mx.sym.BatchNorm(data, fix_gamma=True, eps=2e-5, momentum=0.9, name="bn_data")
    for i in range(2):
        side = mx.sym.Convolution(
            net, num_filter=4, kernel=(3, 3), stride=(1, 1), pad=(1, 1), no_bias=True, name=f"c{i}"
        )
        side = mx.sym.BatchNorm(side, fix_gamma=False, name=f"bn{i}")
        side = mx.sym.LeakyReLU(side, act_type="prelu", name=f"act{i}")
        short = mx.sym.Convolution(net, num_filter=4, kernel=(1, 1), no_bias=True, name=f"sc{i}")
        net = side + short
    return mx.sym.mean(net, axis=(2, 3))


def attributes(mx):
    data = mx.sym.var("data")
    with mx.AttrScope(ctx_group="stage1", __mood__="good"):
        weight = mx.sym.var(
            "w",
            shape=(4, 0),
            lr_mult=2.0,
            wd_mult=0.5,
            dtype="float32",
            init=mx.init.Xavier(),
            stype="default",
            attr={"__q__": "1"},
        )
        net = mx.sym.FullyConnected(data, weight=weight, num_hidden=4, attr={"__other__": "x y"}, name="fc")
    with mx.AttrScope(lr_mult="3"), mx.AttrScope(wd_mult="4"):
        net = mx.sym.FullyConnected(net, num_hidden=2, lr_mult=0.1)
    return mx.sym.LinearRegressionOutput(net, name="lro")


def arithmetic(mx):
    a, b = mx.sym.var("a"), mx.sym.var("b")
    c = (a + b) * 2.0 - 1 / (a * a + 3) + (-b) ** 2 - (2 - a) / b + 2**a + a % 3 + abs(b)
    d = (a > b) + (a >= 1) + (b > 1) + (a == b) + (a != 2) + (a <= b)
    e = mx.sym.maximum(a, b) + mx.sym.minimum(a, 0.5) + mx.sym.hypot(a, 1) + mx.sym.pow(2, b)
    return mx.sym.Group([c, d, e + mx.sym.power(a, 2) + mx.sym.maximum(3, a)])


def recurrent(mx):
    data = mx.sym.var("data")
    net = mx.sym.Embedding(data, input_dim=11, output_dim=4, name="embed")
    net = mx.sym.transpose(net, axes=(1, 0, 2))
    net = mx.sym.RNN(net, state_size=3, num_layers=2, mode="lstm", state_outputs=True, name="lstm")
    last = mx.sym.SequenceLast(net[0], name="last")
    return mx.sym.Group([last, net[1], net[2]])


def pieces(mx):
    data = mx.sym.var("data")
    parts = mx.sym.split(data, num_outputs=3, axis=1, name="parts")
    net = mx.sym.concat(parts[2], parts["parts_output0"], dim=1)
    net = mx.sym.reshape(net, shape=(0, -1))
    net = net.slice_axis(axis=1, begin=0, end=3).expand_dims(axis=0).squeeze(axis=0)
    two = mx.sym.stack(net, data.slice_axis(axis=1, begin=1, end=4), axis=0)
    top = mx.sym.topk(net, k=2, ret_typ="both", axis=1)
    return mx.sym.Group([two, top[0], top[1], net.astype("float16"), mx.sym.sum(net, axis=1, keepdims=True)])


def layers(mx):
    data = mx.sym.var("data")
    net = mx.sym.LayerNorm(data, axis=-1, eps=1e-5, name="ln")
    net = mx.sym.broadcast_add(net, mx.sym.var("bias", shape=(1, 6)))
    net = mx.sym.softmax(net, axis=-1, temperature=0.5)
    net = mx.sym.where(net > 0.1, net, mx.sym.zeros_like(net))
    net = mx.sym.clip(net, 0, 0.4)
    return mx.sym.MakeLoss(mx.sym.square(net).sum(), grad_scale=0.5, name="loss")


def deconvolved(mx):
    data = mx.sym.var("data")
    net = mx.sym.Deconvolution(data, kernel=(4, 4), stride=(2, 2), pad=(1, 1), num_filter=2, name="up")
    net = mx.sym.InstanceNorm(net, name="in")
    net = mx.sym.UpSampling(net, scale=2, sample_type="nearest")
    return mx.sym.Crop(net, h_w=(5, 6), offset=(1, 1))


def constants(mx):
    data = mx.sym.var("data")
    net = data * mx.sym.ones((2, 3)) + mx.sym.zeros(shape=(2, 3), dtype="float32")
    net = mx.sym.elemwise_add(net, mx.sym.full((2, 3), 0.25))
    line = mx.sym.arange(0, 3, step=1.0) + mx.sym.linspace(0, 1, 3)
    grid = mx.sym.dot(net, mx.sym.eye(3, dtype="float32"))
    return mx.sym.broadcast_add(grid, line.reshape((1, 3)))


def renamed(mx):
    with mx.name.Prefix("p_"):
        net = mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=2)
    with mx.name.NameManager():
        net = mx.sym.exp(mx.sym.exp(net))
    with mx.name.NameManager():
        first = mx.sym.sqrt(mx.sym.exp(mx.sym.var("d"), name="a_name"))
    return net(x=first, name="outer")


def shared(mx):
    data = mx.sym.var("data")
    first = mx.sym.BatchNorm(data, name="first")
    states = first.get_internals()
    second = mx.sym.BatchNorm(
        first,
        moving_mean=states["first_moving_mean"],
        moving_var=states["first_moving_var"],
        name="second",
    )
    third = mx.sym.linalg.gemm2(second, second, transpose_b=True)
    boxes = mx.sym.contrib.box_nms(mx.sym.var("boxes"), topk=2, name="nms")
    return mx.sym.Group([third, boxes, mx.sym.BlockGrad(data.sum())])


# Name: how it is built, shapes of its inputs, whether values are recorded, grad_req.
NETS = {
    "mlp": (mlp, {"data": (4, 6)}, "write"),
    "lenet": (lenet, {"data": (2, 1, 12, 12)}, "write"),
    "residual": (residual, {}, "write"),
    "attributes": (attributes, {"data": (3, 5)}, "add"),
    "arithmetic": (arithmetic, {"a": (2, 3), "b": (2, 3)}, "write"),
    "recurrent": (recurrent, {"data": (2, 5), "lstm_state": (2, 2, 3), "lstm_state_cell": (2, 2, 3)}, None),
    "pieces": (pieces, {"data": (2, 6)}, None),
    "layers": (layers, {"data": (4, 6)}, "write"),
    "deconvolved": (deconvolved, {"data": (1, 3, 4, 5)}, "write"),
    "constants": (constants, {"data": (2, 3)}, {"data": "write"}),
    "renamed": (renamed, {"d": (2, 3)}, "write"),
    "shared": (shared, {"data": (2, 2), "boxes": (1, 3, 6)}, None),
}


def file_of(nodes, heads, **fields):
    arguments = [i for i, node in enumerate(nodes) if node["op"] == "null"]
    return json.dumps(dict(fields, nodes=nodes, arg_nodes=arguments, heads=heads))


def variable(name, **fields):
    return dict(fields, op="null", name=name, inputs=[])


def version(number):
    return {"mxnet_version": ["int", number]}


DATA = variable("data")
DENSE = {"op": "FullyConnected", "name": "fc", "inputs": [[0, 0], [1, 0], [2, 0]]}
HIDDEN = {"num_hidden": "10"}
OLD = {"param": {}, "backward_source_id": -1}
ARGMAX = {"op": "argmax", "name": "am", "attr": {"axis": "-1"}, "inputs": [[0, 0]]}

# Files of older versions, written by hand from the format's facts.
FILES = {
    "0.8 dense": file_of(
        [
            variable("data", **OLD),
            variable("fc_weight", **OLD),
            variable("fc_bias", **OLD),
            dict(
                DENSE,
                param=dict(HIDDEN, no_bias="False"),
                attr={"weight_lr_mult": "2", "lr_mult": "3", "ctx_group": "a"},
                backward_source_id=-1,
            ),
        ],
        [[3, 0]],
    ),
    "0.8 batch norm": file_of(
        [
            variable("data", **OLD),
            variable("bn_gamma", **OLD),
            variable("bn_beta", **OLD),
            {
                "op": "BatchNorm",
                "name": "bn",
                "param": {"eps": "0.001", "fix_gamma": "True", "momentum": "0.9"},
                "inputs": [[0, 0], [1, 0], [2, 0]],
                "backward_source_id": -1,
            },
        ],
        [[3, 0]],
    ),
    "0.8 batch norm with its states": file_of(
        [
            *[variable(name, **OLD) for name in ("data", "gamma", "beta", "mean", "var")],
            {
                "op": "BatchNorm",
                "name": "bn",
                "param": {"eps": "0.001", "fix_gamma": "True"},
                "inputs": [[i, 0] for i in range(5)],
                "backward_source_id": -1,
            },
        ],
        [[5, 0]],
    ),
    "cast of nothing": file_of(
        [{"op": "amp_cast", "name": "c", "attrs": {"dtype": "float16"}, "inputs": []}],
        [[0, 0, 0]],
        attrs=version(10901),
    ),
    "0.8 missing inputs": file_of([DATA, dict(DENSE, attr=HIDDEN, inputs=[[0, 0]])], [[1, 0]]),
    "0.8 argmax": file_of([DATA, ARGMAX], [[1, 0]]),
    "0.9.4 argmax": file_of([DATA, ARGMAX], [[1, 0]], attrs=version(904)),
    "0.9.5 argmax": file_of([DATA, ARGMAX], [[1, 0]], attrs=version(905)),
    "1.0 variable": file_of(
        [variable("d", attr={"lr_mult": "2", "__shape__": "(2,3)", "weird": "1"})],
        [[0, 0]],
        attrs=version(10000),
    ),
    "order": file_of([{"op": "exp", "name": "f", "inputs": [[1, 0, 0]]}, variable("d")], [[0, 0, 0]]),
    "unknown operator": file_of([DATA, {"op": "Foo", "name": "f", "inputs": [[0, 0, 0]]}], [[1, 0, 0]]),
    "unknown attribute": file_of(
        [DATA, variable("w"), variable("b"), dict(DENSE, attrs=dict(HIDDEN, zz="1"))], [[3, 0, 0]]
    ),
    "required attribute": file_of([DATA, variable("w"), variable("b"), DENSE], [[3, 0, 0]]),
    "no such node": file_of([DATA, {"op": "exp", "name": "f", "inputs": [[5, 0, 0]]}], [[1, 0, 0]]),
    "no heads": json.dumps({"nodes": [DATA], "arg_nodes": [0]}),
    "no name": json.dumps({"nodes": [{"op": "null", "inputs": []}], "arg_nodes": [0], "heads": [[0, 0, 0]]}),
    "unknown field": file_of([DATA], [[0, 0, 0]], zzz=1),
    "no JSON": "x",
    "empty": "{}",
}
