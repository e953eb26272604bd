"""What initializers are held to: cases for the recorder (Python 3.8, MXNet) and the tests. NumPy only."""

SEED = 7


def fused(mode, **arguments):
    """A net of two layers of three units."""
    options = {"init": ("Uniform", {"scale": 0.5}), "num_hidden": 3, "num_layers": 2, "bidirectional": True}
    options.update(arguments, mode=mode)
    return options


# (initializer, arguments, name of the parameter, shape, type)
CASES = [
    ("Zero", {}, "a_weight", (2, 3), "float32"),
    ("One", {}, "a_weight", (2, 3), "float32"),
    ("Constant", {"value": 2.5}, "a_weight", (2, 3), "float32"),
    ("Constant", {"value": [1, 2, 3]}, "a_weight", (2, 3), "float32"),
    ("Constant", {"value": 2.5}, "a_bias", (3,), "float32"),
    ("Constant", {"value": 2.5}, "a_gamma", (3,), "float32"),
    ("Constant", {"value": 2.5}, "a_beta", (3,), "float32"),
    ("Constant", {"value": 2.5}, "a_min", (3,), "float32"),
    ("Constant", {"value": 2.5}, "a_max", (3,), "float32"),
    ("Constant", {"value": 2.5}, "a_bias_quantize", (3,), "float32"),
    ("Constant", {"value": 2.5}, "a_weight_quantize", (3,), "float32"),
    ("Uniform", {}, "a_weight", (5, 3), "float32"),
    ("Uniform", {"scale": 1.0}, "a_weight", (100, 7), "float32"),
    ("Uniform", {"scale": 1.0}, "a_weight", (70,), "float64"),
    ("Uniform", {"scale": 1.0}, "a_weight", (70,), "float16"),
    ("Normal", {}, "a_weight", (5, 3), "float32"),
    ("Normal", {"sigma": 0.5}, "a_weight", (100, 7), "float32"),
    ("Normal", {"sigma": 0.5}, "a_weight", (70,), "float64"),
    ("Normal", {"sigma": 0.5}, "a_weight", (70,), "float16"),
    ("Xavier", {}, "a_weight", (4, 3), "float32"),
    ("Xavier", {}, "a_weight", (4, 3, 2, 5), "float32"),
    ("Xavier", {"factor_type": "in", "magnitude": 2.34}, "a_weight", (4, 3), "float32"),
    ("Xavier", {"factor_type": "out", "rnd_type": "gaussian"}, "a_weight", (4, 3, 2), "float32"),
    ("MSRAPrelu", {}, "a_weight", (4, 3), "float32"),
    ("MSRAPrelu", {"factor_type": "in", "slope": 0.5}, "a_weight", (4, 3, 3, 3), "float32"),
    ("Orthogonal", {}, "a_weight", (3, 4), "float32"),
    ("Orthogonal", {"scale": 2.0, "rand_type": "normal"}, "a_weight", (6, 2, 2), "float32"),
    ("Bilinear", {}, "a_weight", (2, 3, 4, 4), "float32"),
    ("Bilinear", {}, "a_weight", (1, 1, 3, 5), "float32"),
    ("LSTMBias", {"forget_bias": 2.0}, "a_weight", (8,), "float32"),
    ("LSTMBias", {}, "a_bias", (8,), "float32"),
    ("FusedRNN", fused("lstm"), "a_weight", (2 * 4 * 3 * (5 + 3 + 2) + 2 * 4 * 3 * (6 + 3 + 2),), "float32"),
    ("FusedRNN", fused("gru", forget_bias=3.0), "a_weight", (2 * 3 * 3 * 10 + 2 * 3 * 3 * 11,), "float32"),
    ("FusedRNN", fused("rnn_tanh", bidirectional=False), "a_weight", (3 * (5 + 3 + 2) + 3 * 8,), "float64"),
]
# What a plain str as the name does, which MXNet deprecated.
PLAIN_NAMES = {
    "a_weight": (2, 3),
    "a_bias": (3,),
    "a_gamma": (3,),
    "a_beta": (3,),
    "a_min": (3,),
    "a_max": (3,),
    "a_moving_mean": (3,),
    "a_moving_var": (3,),
    "a_moving_inv_var": (3,),
    "a_moving_avg": (3,),
    "stn_loc_weight": (2, 3),
    "stn_loc_bias": (6,),
    "upsampling_weight": (1, 1, 4, 4),
}
DUMPED = [
    ("Zero", {}),
    ("Constant", {"value": 2}),
    ("Uniform", {}),
    ("Normal", {"sigma": 0.5}),
    ("Xavier", {"rnd_type": "gaussian", "magnitude": 2}),
    ("MSRAPrelu", {}),
    ("Orthogonal", {}),
    ("Bilinear", {}),
    ("LSTMBias", {"forget_bias": 2.0}),
    ("FusedRNN", fused("lstm")),
]


def made(mx, kind, arguments):
    """The initializer; one among the arguments comes as its name and arguments."""
    if "init" in arguments:
        arguments = dict(arguments, init=made(mx, *arguments["init"]))
    return getattr(mx.init, kind)(**arguments)


def run(mx, case):
    """The array as the initializer leaves it; the random stream goes on from case to case."""
    kind, arguments, name, shape, dtype = case
    array = mx.nd.full(shape, 7, dtype=dtype)
    made(mx, kind, arguments)(mx.init.InitDesc(name), array)
    return array.asnumpy()


def run_all(mx):
    """All cases after one seed."""
    mx.random.seed(SEED)
    return [run(mx, case) for case in CASES]
