"""Samples of ops/nn.py, activation.py, softmax.py and dropout.py."""

from ops.samples.spec import S, array, ints, normal, uniform

NEAR_ZERO = array([[-100.0, -1.0, -0.5], [0.5, 1.0, 100.0]])
DENSE = {"num_hidden": 4}

SAMPLES = [
    S("FullyConnected", [(2, 3), (4, 3), (4,)], DENSE),
    S("FullyConnected", [(1, 3), (1, 3), (1,)], {"num_hidden": 1}),
    S("FullyConnected", [(2, 3), (4, 3)], {"num_hidden": 4, "no_bias": True}),
    S("FullyConnected", [(2, 3, 5), (4, 15), (4,)], DENSE),
    S("FullyConnected", [(2, 3, 5), (4, 5), (4,)], {"num_hidden": 4, "flatten": False}),
    S("FullyConnected", [(3,), (4, 1), (4,)], DENSE),
    S("FullyConnected", [(3,), (4, 3)], {"num_hidden": 4, "flatten": False, "no_bias": True}),
    S("FullyConnected", [normal(s, "float64") for s in ((2, 3), (4, 3), (4,))], DENSE),
    S("FullyConnected", [(2, 3), (4, 3), (4,)], {"num_hidden": 5}, fails=True),
    S("FullyConnected", [(2, 5), (4, 3), (4,)], DENSE, fails=True),
    S("FullyConnected", [(2, 3), (4, 3), (3,)], DENSE, fails=True),
    S("FullyConnected", [(2, 3), (4, 3), (1, 4)], DENSE, fails=True),
    S("FullyConnected", [(2, 3), (4, 3), (1,)], DENSE, fails=True),
    S("FullyConnected", [(2, 3), (4, 3), (1,)], {"num_hidden": 1}, fails=True),
    S("FullyConnected", [(2, 3), (1, 3), (4,)], DENSE, fails=True),
    S("FullyConnected", [(2, 3), (4, 3, 1), (4,)], DENSE, fails=True),
    S("FullyConnected", [(2, 3), (4, 3)], DENSE, fails=True),
    S("FullyConnected", [(2, 3), (4, 3), (4,)], {"num_hidden": 4, "no_bias": True}, fails=True),
    *[
        S("_regluon_dense", [(2, 3), (4, 3), (4,)], {"num_hidden": 4, "act_type": act_type})
        for act_type in ("relu", "sigmoid", "tanh")
    ],
    S("_regluon_dense", [(2, 3, 5), (4, 15)], {"num_hidden": 4, "no_bias": True, "act_type": "tanh"}),
    S(
        "_regluon_dense",
        [(2, 3, 5), (4, 5), (4,)],
        {"num_hidden": 4, "flatten": False, "act_type": "sigmoid"},
    ),
    S("_regluon_dense", [(2, 5), (4, 3), (4,)], {"num_hidden": 4, "act_type": "relu"}, fails=True),
    S("Embedding", [ints((5,), 0, 4), (4, 3)], {"input_dim": 4, "output_dim": 3}, grad=(1,)),
    S("Embedding", [ints((2, 3), 0, 4, "int32"), (4, 2)], {"input_dim": 4, "output_dim": 2}, grad=(1,)),
    S(
        "Embedding",
        [array([0, 3, 1.7, -1, 4, 100, -0.5]), (4, 3)],
        {"input_dim": 4, "output_dim": 3},
        grad=(1,),
    ),
    S(
        "Embedding",
        [ints((3,), 0, 4, "int64"), normal((4, 3), "float64")],
        {"input_dim": 4, "output_dim": 3, "dtype": "float64"},
        grad=(1,),
    ),
    S("Embedding", [ints((5,), 0, 4), (4, 3)], {"input_dim": 5, "output_dim": 3}, fails=True),
    S("Embedding", [ints((5,), 0, 4), (4, 3)], {"input_dim": 4, "output_dim": 2}, fails=True),
]

for kind in ("relu", "sigmoid", "softrelu", "softsign", "tanh"):
    SAMPLES += [
        S("Activation", [(2, 3)], {"act_type": kind}),
        S("Activation", [NEAR_ZERO], {"act_type": kind}),
        S("Activation", [normal((5,), "float64")], {"act_type": kind}),
        S("Activation", [normal((5,), "float16")], {"act_type": kind}, grad=False),
        S("Activation", [ints((5,), -3, 3, "int32")], {"act_type": kind}, fails=True),
    ]
SAMPLES += [
    S("Activation", [array([0.0])], {"act_type": "relu"}),
    S("Activation", [(2, 3)], {"act_type": "gelu"}, fails=True),
    S("Activation", [(2, 3)], fails=True),
]

for kind in ("leaky", "elu", "selu", "gelu"):
    kink = kind == "selu"  # MXNet's gradient of it is not its derivative
    SAMPLES += [
        S("LeakyReLU", [(2, 3)], {"act_type": kind}, kink=kink),
        S("LeakyReLU", [NEAR_ZERO], {"act_type": kind, "slope": 0.1}, kink=kink),
        S("LeakyReLU", [array([0.0])], {"act_type": kind}, kink=True),
        S("LeakyReLU", [normal((5,), "float64")], {"act_type": kind}, kink=kink),
        S("LeakyReLU", [ints((5,), -3, 3, "int32")], {"act_type": kind}, fails=True),
    ]
for data, gamma in (((2, 3), (1,)), ((2, 3, 4), (3,)), ((3, 2, 3), (3,)), ((2, 3, 4), (2, 1)), ((3,), (3,))):
    SAMPLES.append(S("LeakyReLU", [data, gamma], {"act_type": "prelu"}))
for data, gamma in (((2, 3, 4), (4,)), ((2, 3, 4), (2, 3, 4)), ((3,), (2,)), ((2,), (1, 2))):
    SAMPLES.append(S("LeakyReLU", [data, gamma], {"act_type": "prelu"}, fails=True))
SAMPLES += [
    S("LeakyReLU", [(2, 3)], {"act_type": "prelu"}, fails=True),
    S("LeakyReLU", [(2, 3), (1,)], {"act_type": "leaky"}, fails=True),
    S("Dropout", [(2, 3)], {"p": 0.5}),
    S("Dropout", [(2, 3)], {"p": 0.5, "axes": None}),
    S("Dropout", [(2, 3)], {"p": 0.0}, train=True),
    S("Dropout", [(2, 3)], {"p": 2.0}, train=True, fails=True),
]

for name in ("softmax", "log_softmax", "softmin"):
    SAMPLES += [
        S(name, [(2, 3)]),
        S(name, [(2, 3, 4)], {"axis": 1}),
        S(name, [(2, 3)], {"axis": 0, "temperature": 2.5}),
        S(name, [uniform((2, 3), -200, 200)]),
        S(name, [(2, 3)], {"dtype": "float64"}),
        S(name, [normal((2, 3), "float16")], {"dtype": "float32"}, grad=False, tol=1e-3),
        S(name, [normal((2, 3), "float64")], {"dtype": "float32"}),
        S(name, [normal((2, 3), "float64")]),
        S(name, [(2, 3)], {"axis": 5}, fails=True),
        S(name, [ints((2, 3), 0, 5, "int32")], fails=True),
        S(name, [ints((2, 3), 0, 5, "int8")], {"temperature": 0.5}, fails=True),
        S(name, [(2, 3)], {"use_length": True}, fails=True),
    ]
LENGTHS = {"use_length": True}
SAMPLES += [
    S("softmax", [(2, 3), array([1, 2], "int32")], LENGTHS),
    S("softmax", [(2, 3), array([0, 3], "int64")], LENGTHS),
    S("softmax", [(2, 3, 2), array([[1, 2], [3, 2]], "int32")], {"axis": 1, "use_length": True}),
    S("softmax", [(2, 3), array([1, 2], "float32")], LENGTHS, fails=True),
    S("softmax", [(2, 3), array([1, 2], "int32")], fails=True),
    S("SoftmaxActivation", [(2, 3)]),
    S("SoftmaxActivation", [(2, 3, 4)], grad=False),  # MXNet's is along another axis than its forward
    S("SoftmaxActivation", [(2, 3, 4)], {"mode": "channel"}),
    S("SoftmaxActivation", [(2, 3)], {"mode": "channel"}, fails=True),
    S("softmax_cross_entropy", [(4, 3), array([0, 2, 1, 1])], grad=(0,)),
    S("softmax_cross_entropy", [array([[0.0, 100.0]]), array([0])], grad=(0,), kink=True),
    S("softmax_cross_entropy", [(4, 3, 2), array([0, 2, 1, 1])], fails=True),
]

# Large enough for the other memory layout that a short last axis gets.
for name in ("softmax", "log_softmax"):
    SAMPLES += [S(name, [(100, 7)]), S(name, [(10, 11, 5)], {"temperature": 0.5})]
