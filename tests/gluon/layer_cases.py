"""Layers and losses for the recorder (Python 3.8, MXNet) and the tests: each with options and inputs.

A case is ``(where, class, arguments, shapes of the inputs)``; ``run(mx, number)`` tells about it: printed
forms, parameters, results, gradients, and statistics after training.
"""

import warnings

import numpy as np

SEED = 7
SPACES = {1: (2, 4, 7), 2: (2, 4, 5, 6), 3: (1, 4, 3, 4, 5)}


def conv(n):
    """Convolutions over ``n`` axes of space, forward and transposed."""
    x = SPACES[n]
    plain, back = f"Conv{n}D", f"Conv{n}DTranspose"
    first = [
        ("nn", plain, {"channels": 3, "kernel_size": 3}, [x]),
        (
            "nn",
            plain,
            {"channels": 4, "kernel_size": 2, "strides": 2, "padding": 1, "groups": 2, "use_bias": False},
            [x],
        ),
        (
            "nn",
            plain,
            {"channels": 2, "kernel_size": 2, "dilation": 2, "activation": "relu", "in_channels": 4},
            [x],
        ),
        ("nn", back, {"channels": 3, "kernel_size": 3}, [x]),
        ("nn", back, {"channels": 4, "kernel_size": 3, "strides": 2, "padding": 1, "output_padding": 1}, [x]),
        (
            "nn",
            back,
            {"channels": 2, "kernel_size": 2, "groups": 2, "in_channels": 4, "use_bias": False},
            [x],
        ),
    ]
    return first if n < 3 else first[:2] + first[3:5]


CONVOLUTIONS = conv(1) + conv(2) + conv(3)
CONVOLUTIONS += [
    (
        "nn",
        "Conv2D",
        {"channels": 2, "kernel_size": (3, 1), "strides": (1, 2), "padding": (1, 0)},
        [(1, 3, 5, 6)],
    ),
    (
        "nn",
        "Conv2D",
        {"channels": 2, "kernel_size": [1, 1], "padding": [0, 0], "strides": [1, 1]},
        [(1, 3, 4, 4)],
    ),
    (
        "nn",
        "Conv2D",
        {"channels": 4, "kernel_size": 3, "padding": 1, "groups": 4, "activation": "sigmoid"},
        [(2, 4, 4, 4)],
    ),
    ("nn", "Conv2D", {"channels": 2, "kernel_size": 2, "bias_initializer": "ones"}, [(1, 3, 4, 4)]),
    (
        "nn",
        "Conv2DTranspose",
        {"channels": 2, "kernel_size": 2, "strides": 2, "activation": "tanh"},
        [(1, 3, 3, 4)],
    ),
]


def pool(n):
    """Poolings over ``n`` axes of space."""
    x = SPACES[n]
    wide = {"pool_size": 3, "strides": 2, "padding": 1}
    found = [
        ("nn", f"MaxPool{n}D", {}, [x]),
        ("nn", f"MaxPool{n}D", dict(wide, ceil_mode=True), [x]),
        ("nn", f"AvgPool{n}D", {}, [x]),
        ("nn", f"AvgPool{n}D", dict(wide, count_include_pad=False), [x]),
        ("nn", f"AvgPool{n}D", {"pool_size": 2, "strides": 2, "ceil_mode": True}, [x]),
        ("nn", f"GlobalMaxPool{n}D", {}, [x]),
        ("nn", f"GlobalAvgPool{n}D", {}, [x]),
    ]
    # In one dimension MXNet's gradient of a last window that is not full is not the derivative.
    return found if n > 1 else found[:4] + found[5:]


POOLINGS = pool(1) + pool(2) + pool(3)
POOLINGS += [
    ("nn", "MaxPool2D", {"pool_size": (2, 3), "strides": (1, 2), "padding": (0, 1)}, [(1, 2, 4, 5)]),
    ("nn", "MaxPool2D", {"pool_size": [2, 2], "strides": 1}, [(1, 2, 4, 5)]),
    ("nn", "ReflectionPad2D", {}, [(1, 2, 3, 4)]),
    ("nn", "ReflectionPad2D", {"padding": 2}, [(1, 2, 3, 4)]),
    ("nn", "ReflectionPad2D", {"padding": (0, 0, 0, 0, 1, 0, 2, 1)}, [(1, 2, 3, 4)]),
]
ACTIVATIONS = [
    ("nn", "LeakyReLU", {"alpha": 0.1}, [(2, 3, 4)]),
    ("nn", "LeakyReLU", {"alpha": 0}, [(2, 3)]),
    ("nn", "PReLU", {}, [(2, 3, 4)]),
    ("nn", "PReLU", {"in_channels": 3}, [(2, 3, 4)]),
    ("nn", "ELU", {}, [(2, 3, 4)]),
    ("nn", "ELU", {"alpha": 0.5}, [(2, 3)]),
    ("nn", "SELU", {}, [(2, 3, 4)]),
    ("nn", "GELU", {}, [(2, 3, 4)]),
    ("nn", "Swish", {}, [(2, 3, 4)]),
    ("nn", "Swish", {"beta": 2.0}, [(2, 3)]),
]


def batch_norms(where, kind):
    """Batch normalization of every kind takes these; MXNet's with ReLU takes four axes only."""
    end = (2, 1) if kind == "BatchNormReLU" else ()
    return [
        (where, kind, {}, [(3, 4, 5, 1)]),
        (where, kind, {"momentum": 0.5, "epsilon": 1e-3, "in_channels": 2}, [(4, 2, 3, 3)]),
        (where, kind, {"scale": False}, [(4, 3, *end)]),
        (where, kind, {"center": False, "beta_initializer": "ones"}, [(4, 3, *end)]),
        (where, kind, {"use_global_stats": True, "running_variance_initializer": 2.0}, [(4, 3, *end)]),
    ]


NORMALIZATIONS = batch_norms("nn", "BatchNorm") + batch_norms("nn", "BatchNormReLU")
NORMALIZATIONS += [  # MXNet shares statistics by prefix, even of layers that are gone
    ("contrib.nn", kind, dict(arguments, num_devices=1, prefix=f"sync{n}_"), shapes)
    for n, (_, kind, arguments, shapes) in enumerate(batch_norms("contrib.nn", "SyncBatchNorm"))
]
NORMALIZATIONS += [
    ("nn", "BatchNorm", {"axis": -1}, [(3, 2, 4)]),
    ("nn", "InstanceNorm", {}, [(2, 3, 4)]),
    ("nn", "InstanceNorm", {"scale": True, "epsilon": 0.1, "gamma_initializer": 2.0}, [(2, 3, 3, 2)]),
    ("nn", "InstanceNorm", {"axis": 2, "center": False, "in_channels": 4, "scale": True}, [(2, 3, 4)]),
    ("nn", "LayerNorm", {}, [(2, 3, 4)]),
    (
        "nn",
        "LayerNorm",
        {"axis": 1, "epsilon": 0.1, "in_channels": 3, "beta_initializer": "ones"},
        [(2, 3, 4)],
    ),
    ("nn", "LayerNorm", {"center": False, "scale": False}, [(3, 5)]),
    ("nn", "GroupNorm", {}, [(2, 4, 3)]),
    ("nn", "GroupNorm", {"num_groups": 2, "epsilon": 0.1, "gamma_initializer": 0.5}, [(2, 4, 3, 2)]),
    ("nn", "GroupNorm", {"num_groups": 3, "center": False, "scale": False}, [(2, 6, 2)]),
]
CONTRIB = [
    ("contrib.nn", "Identity", {}, [(2, 3)]),
    ("contrib.nn", "PixelShuffle1D", {"factor": 2}, [(2, 6, 3)]),
    ("contrib.nn", "PixelShuffle2D", {"factor": 2}, [(2, 8, 3, 2)]),
    ("contrib.nn", "PixelShuffle2D", {"factor": (3, 2)}, [(1, 12, 2, 3)]),
    ("contrib.nn", "PixelShuffle3D", {"factor": 2}, [(1, 16, 2, 1, 3)]),
    ("contrib.nn", "PixelShuffle3D", {"factor": (2, 3, 1)}, [(1, 6, 2, 2, 2)]),
]
X, EACH, ALL = (3, 4), (3, 1), (3, 4)
PLANES = (2, 3, 4)


def margins(kind):
    """Losses with a margin or a bend, and signs for labels."""
    option = "rho" if kind == "HuberLoss" else "margin"
    return [
        ("loss", kind, {}, [X, ("sign", X)]),
        ("loss", kind, {option: 0.5, "weight": 2.0}, [X, ("sign", (12,)), EACH]),
        ("loss", kind, {"batch_axis": 1}, [PLANES, ("sign", PLANES), (1, 3, 1)]),
    ]


LOSSES = [case for kind in ("HuberLoss", "HingeLoss", "SquaredHingeLoss") for case in margins(kind)]
LOSSES += [
    ("loss", "LogisticLoss", {}, [X, ("sign", X)]),
    ("loss", "LogisticLoss", {"label_format": "binary", "weight": 0.5}, [X, ("bit", (12,)), EACH]),
    ("loss", "LogisticLoss", {"batch_axis": 1}, [PLANES, ("sign", PLANES), PLANES]),
    ("loss", "KLDivLoss", {}, [X, ("share", X)]),
    ("loss", "KLDivLoss", {"from_logits": False, "weight": 2.0}, [X, ("share", X), EACH]),
    ("loss", "KLDivLoss", {"from_logits": False, "axis": 1, "batch_axis": 2}, [PLANES, ("share", PLANES)]),
    ("loss", "CTCLoss", {}, [(2, 5, 4), ("label", (2, 3))]),
    ("loss", "CTCLoss", {"layout": "TNC", "weight": 2.0}, [(5, 2, 4), ("label", (2, 3)), ("long", (2,))]),
    ("loss", "CTCLoss", {"label_layout": "TN"}, [(2, 5, 4), ("label", (3, 2)), None, ("short", (2,)), (2,)]),
    ("loss", "TripletLoss", {}, [X, X, X]),
    ("loss", "TripletLoss", {"margin": 0.25, "weight": 3.0, "batch_axis": 1}, [X, (12,), X]),
    ("loss", "PoissonNLLLoss", {}, [X, ("count", X)]),
    ("loss", "PoissonNLLLoss", {"weight": 0.5, "compute_full": True}, [X, ("positive", (12,)), EACH]),
    ("loss", "PoissonNLLLoss", {"from_logits": False}, [("share", X), ("count", X), ALL]),
    ("loss", "CosineEmbeddingLoss", {}, [X, X, ("sign", (3,))]),
    ("loss", "CosineEmbeddingLoss", {"margin": 0.2, "weight": 2.0}, [X, (12,), ("sign", (3,)), EACH]),
    ("loss", "SDMLLoss", {}, [X, X]),
    ("loss", "SDMLLoss", {"smoothing_parameter": 0.1, "weight": 2.0, "batch_axis": 1}, [X, X]),
]
CASES = CONVOLUTIONS + POOLINGS + ACTIVATIONS + NORMALIZATIONS + CONTRIB + LOSSES


def name_of(number):
    """An id for a case."""
    return f"{CASES[number][1]}-{number:03}"


def array(mx, spec, stream):
    """An input of a shape, or of a kind and a shape."""
    kind, shape = spec if isinstance(spec[0], str) else ("normal", spec)
    drawn = stream.normal(size=shape)
    values = {
        "normal": drawn,
        "sign": np.where(drawn > 0, 1, -1),
        "bit": drawn > 0,
        "share": np.abs(drawn) / 4 + 0.01,
        "label": np.arange(drawn.size).reshape(shape) % 3,
        "long": np.array([5, 4]),
        "short": np.array([3, 1]),
        "count": np.floor(np.abs(drawn) * 3),
        "positive": np.floor(np.abs(drawn) * 3) + 1,
    }
    return mx.nd.array(values[kind].astype("float32"))


def make(mx, case):
    """The block; numbers stand for constants where initializers are wanted."""
    where, kind, arguments, _ = case
    module = mx.gluon
    for part in where.split("."):
        module = getattr(module, part)
    arguments = {
        name: mx.init.Constant(v) if name.endswith("initializer") and isinstance(v, float) else v
        for name, v in arguments.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(module, kind)(**arguments)


def described(block):
    """Its printed form, and the names, shapes, and what backward does, of its parameters."""
    params = block.collect_params().values()
    return [repr(block), [[p.name, list(p.shape), p.grad_req] for p in params]]


def run(mx, number):
    """What is known of a case: texts, and arrays by names."""
    case = CASES[number]
    with mx.name.NameManager():
        block = make(mx, case)
    stream = np.random.RandomState(number)
    inputs = [None if spec is None else array(mx, spec, stream) for spec in case[3]]
    texts = [described(block)]
    mx.random.seed(SEED)
    block.initialize(mx.init.Normal(0.5))
    counted = ("label", "long", "short")  # MXNet leaves their gradients as the memory was
    learned = [x for x, spec in zip(inputs, case[3]) if x is not None and spec[0] not in counted]  # noqa: B905
    for x in learned:
        x.attach_grad()
    found = {}
    if "BatchNorm" in case[1] or case[2].get("compute_full"):
        found["before"] = block(*inputs)
    if case[2].get("compute_full"):  # MXNet refuses to record it
        return texts, {name: a.asnumpy() for name, a in found.items()}
    with mx.autograd.record():
        out = block(*inputs)
    head = mx.nd.array(stream.normal(size=out.shape).astype("float32"))
    out.backward(head)
    texts.append(described(block))
    found["out"] = out
    found.update((f"grad{i}", x.grad) for i, x in enumerate(learned))
    for p in block.collect_params().values():
        short = p.name[len(block.prefix) :]
        if p.grad_req != "null":
            found["grad_" + short] = p.grad()
        if short.startswith(("running", "gamma")):
            found[short] = p.data()
    return texts, {name: a.asnumpy() for name, a in found.items()}
