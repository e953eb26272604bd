"""Odd calls of layers of nets."""

from __future__ import annotations

from onnx_samples.calls import each
from ops.samples.spec import S, array, ints, normal, positive

SAMPLES = [
    *each("FullyConnected", [(2, 3, 4), (5, 12), (5,)], {"num_hidden": 5}),
    *each("FullyConnected", [(2, 3, 4), (5, 4)], {"num_hidden": 5, "flatten": False, "no_bias": True}),
    *each("FullyConnected", [(4,), (5, 4), (5,)], {"num_hidden": 5, "flatten": False}),
    *each("FullyConnected", [(3,), (5, 1), (5,)], {"num_hidden": 5}),
    *[
        S("FullyConnected", [normal((2, 3), t), normal((4, 3), t), normal((4,), t)], {"num_hidden": 4})
        for t in ("float16", "float64")
    ],
    S("FullyConnected", [(0, 3), (4, 3), (4,)], {"num_hidden": 4}),
    S("FullyConnected", [(2, 3, 1, 1), (4, 3), (4,)], {"num_hidden": 4}),
    S(
        "Convolution",
        [(1, 4, 7), (6, 2, 3), (6,)],
        {"kernel": (3,), "num_filter": 6, "num_group": 2, "stride": (2,), "dilate": (2,), "pad": (2,)},
    ),
    S(
        "Convolution",
        [(1, 4, 5, 5), (4, 1, 3, 3)],
        {"kernel": (3, 3), "num_filter": 4, "num_group": 4, "no_bias": True, "pad": (1, 0), "dilate": (1, 2)},
    ),
    S(
        "Convolution",
        [(1, 4, 4, 4, 2), (3, 2, 2, 2, 2), (3,)],
        {"kernel": (2, 2, 2), "num_filter": 3, "layout": "NDHWC"},
    ),
    S(
        "Convolution",
        [(1, 5, 5, 4), (4, 3, 3, 2), (4,)],
        {"kernel": (3, 3), "num_filter": 4, "num_group": 2, "layout": "NHWC", "pad": (1, 1)},
    ),
    *[
        S(
            "Deconvolution",
            [(1, 4, 3, 4), (4, f // g, 3, 3)],
            {"kernel": (3, 3), "num_filter": f, "num_group": g, "no_bias": True, **more},
        )
        for f, g in ((2, 1), (4, 2))
        for more in (
            {},
            {"stride": (2, 3)},
            {"stride": (2, 2), "pad": (1, 1), "adj": (1, 0)},
            {"dilate": (2, 1), "pad": (1, 2)},
            {"stride": (2, 2), "target_shape": (6, 8)},
            {"stride": (2, 2), "target_shape": (5, 7)},
            {"stride": (2, 2), "target_shape": (6, 8), "pad": (9, 9), "adj": (9, 9)},
            {"stride": (3, 3), "target_shape": (9, 10), "dilate": (2, 2)},
            {"stride": (1, 1), "target_shape": (3, 4)},
        )
    ],
    S(
        "Deconvolution",
        [(1, 2, 5), (2, 3, 4), (3,)],
        {"kernel": (4,), "num_filter": 3, "stride": (2,), "pad": (1,), "no_bias": False},
    ),
    S(
        "Deconvolution",
        [(1, 2, 2, 3, 2), (2, 1, 2, 2, 2)],
        {"kernel": (2, 2, 2), "num_filter": 1, "stride": (2, 2, 2)},
    ),
    S("Deconvolution", [(1, 3, 4, 2), (2, 3, 3, 4)], {"kernel": (3, 3), "num_filter": 4, "layout": "NHWC"}),
    *[
        S(n, [x, (3,), (3,), (3,), positive((3,))], {"fix_gamma": f, **more})
        for n in ("BatchNorm", "_contrib_BatchNormWithReLU")
        for x in ((2, 3), (2, 3, 4), (2, 3, 2, 2))
        for f in (True, False)
        for more in ({}, {"use_global_stats": True}, {"eps": 0.1})
    ],
    *[
        S("BatchNorm", [x, (3,), (3,), (3,), positive((3,))], {"axis": a, "fix_gamma": False})
        for x, a in (((2, 4, 3), -1), ((2, 4, 3), 2), ((3, 2), 0), ((2, 4, 3, 2), -2), ((2, 2, 2, 3), 3))
    ],
    S("BatchNorm", [normal((2, 3), "float16"), (3,), (3,), (3,), positive((3,))], {"fix_gamma": False}),
    *[
        S("LayerNorm", [x, (n,), (n,)], {"axis": a, "eps": 0.1})
        for x, n, a in (((2, 3, 4), 2, 0), ((2, 3, 4), 3, -2), ((2, 3, 4), 4, 2), ((5,), 5, -1), ((5,), 5, 0))
    ],
    *[S("LayerNorm", [normal((2, 3), t), normal((3,), t), normal((3,), t)]) for t in ("float16", "float64")],
    *[
        S("GroupNorm", [x, (g,), (g,)], {"num_groups": g, "eps": 0.1})
        for x, g in (((2, 4, 3), 4), ((2, 4, 3, 2), 1), ((2, 6, 2, 2, 2), 3))
    ],
    *[S("InstanceNorm", [x, (3,), (3,)], {"eps": 0.1}) for x in ((2, 3, 4), (2, 3, 4, 2), (2, 3, 2, 2, 2))],
    *[
        S("L2Normalization", [x], {"mode": m, "eps": e})
        for x in ((2, 3), (2, 3, 4), (2, 3, 4, 2))
        for m in ("instance", "channel", "spatial")
        for e in (1e-10, 0.5)
        if m == "instance" or len(x) > 2
    ],
    *[
        S("LRN", [x], {"nsize": n, "alpha": 0.5, "beta": b, "knorm": k})
        for x in ((2, 5, 3, 3), (2, 5), (1, 1, 2, 2))
        for n in (1, 2, 3, 4, 5, 11)
        for b, k in ((0.75, 2.0), (0.5, 1.0))
    ],
    *[
        S("Activation", [x], {"act_type": k})
        for x in ((2, 3), array([0.0, -0.0, 60, -60]), normal((3,), "float64"))
        for k in ("relu", "sigmoid", "tanh", "softrelu", "softsign")
    ],
    *[
        S("LeakyReLU", [x], {"act_type": k, "slope": s})
        for x in ((2, 3), normal((3,), "float16"))
        for k in ("leaky", "elu", "selu", "gelu")
        for s in (0.0, 0.25, 1.5, -0.3)
    ],
    *[S("LeakyReLU", [x], {"act_type": "rrelu", "lower_bound": 0.1, "upper_bound": 0.5}) for x in ((2, 3),)],
    *[
        S("LeakyReLU", [x, g], {"act_type": "prelu"})
        for x, g in (((2, 3), (3,)), ((2, 3), (1,)), ((2, 3, 4), (3,)), ((2, 3, 4, 2), (1,)), ((3,), (1,)))
    ],
    *[
        S(n, [x], {"axis": a, "temperature": t})
        for n in ("softmax", "log_softmax", "softmin")
        for x in ((2, 3, 4), (5,))
        for a in (-1, 0)
        for t in (None, 1.0, 2.5)
    ],
    *[
        S(n, [x], {"dtype": d})
        for n in ("softmax", "log_softmax", "softmin")
        for x in ((2, 3), normal((2, 3), "float16"))
        for d in ("float32", "float64")
    ],
    *[
        S("softmax", [(2, 3, 4), array(v, t)], {"use_length": True, "axis": a})
        for v, t, a in (([[4, 1, 0], [2, 3, 4]], "int32", -1), ([[1, 2, 3, 0]] * 2, "int64", 1))
    ],
    *[
        S("SoftmaxActivation", [x], {"mode": m})
        for x in ((2, 3), (2, 3, 4), (2, 3, 2, 2))
        for m in ("instance", "channel")
        if m == "instance" or len(x) > 2
    ],
    *[
        S("SoftmaxOutput", [(2, 3, 4), y], a)
        for y, a in (
            (ints((2, 3), 0, 4), {"preserve_shape": True}),
            (ints((2, 4), 0, 3), {"multi_output": True}),
        )
    ],
]
