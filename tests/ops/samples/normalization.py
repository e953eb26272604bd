"""Samples of ops/normalization.py."""

from ops.samples.spec import S, ints, normal

SHOWN = {"num_groups": 2, "output_mean_var": True}
IMAGES = (2, 6, 2, 3)

SAMPLES = [
    S("LayerNorm", [(2, 3, 4), (4,), (4,)]),
    S("LayerNorm", [(2, 3, 4), (3,), (3,)], {"axis": 1, "eps": 0.1}),
    S("LayerNorm", [(4,), (4,), (4,)], {"axis": 0}),
    S("LayerNorm", [(2, 3, 4), (3,), (3,)], {"axis": 1, "output_mean_var": True}, kink=True),
    S("LayerNorm", [normal(s, "float64") for s in ((5, 4), (4,), (4,))]),
    S("LayerNorm", [normal(s, "float16") for s in ((5, 4), (4,), (4,))], grad=False),
    S("LayerNorm", [(2, 3, 4), (3,), (4,)], fails=True),
    S("LayerNorm", [(2, 3, 4), (4,), (3,)], fails=True),
    S("LayerNorm", [(2, 3, 4), (4,), (4,)], {"axis": 9}, fails=True),
    S("GroupNorm", [(2, 4, 3), (2,), (2,)], {"num_groups": 2}),
    S("GroupNorm", [(2, 4, 3), (1,), (1,)], {"eps": 0.1}),
    S("GroupNorm", [(2, 4, 2, 2), (4,), (4,)], {"num_groups": 4}),
    S("GroupNorm", [(2, 6, 2, 1, 2), (3,), (3,)], {"num_groups": 3}),
    S("GroupNorm", [(2, 4, 3), (2,), (2,)], SHOWN, kink=True),
    S("GroupNorm", [normal(s, "float64") for s in ((2, 4, 3), (2,), (2,))], {"num_groups": 2}),
    S("GroupNorm", [normal(s, "float16") for s in ((2, 4, 3), (2,), (2,))], {"num_groups": 2}, grad=False),
    S("GroupNorm", [(2, 4, 3), (4,), (4,)], {"num_groups": 2}, fails=True),
    S("GroupNorm", [(2, 4, 3), (3,), (3,)], {"num_groups": 3}, fails=True),
    S("GroupNorm", [(2, 4), (2,), (2,)], {"num_groups": 2}, fails=True),
    S("GroupNorm", [normal((2, 4, 3), "float64"), (2,), (2,)], {"num_groups": 2}, fails=True),
    S("InstanceNorm", [(2, 3, 4), (3,), (3,)]),
    S("InstanceNorm", [IMAGES, (6,), (6,)], {"eps": 0.5}),
    S("InstanceNorm", [(2, 3, 2, 1, 2), (3,), (3,)]),
    S("InstanceNorm", [(2, 3, 1), (3,), (3,)], grad=False),
    S("InstanceNorm", [(2, 3), (3,), (3,)], fails=True),
    S("InstanceNorm", [(2, 3, 4), (4,), (4,)], fails=True),
    S("InstanceNorm", [(2, 3, 4), (1,), (3,)], fails=True),
    S("L2Normalization", [(3,)]),
    S("L2Normalization", [(2, 3)]),
    S(
        "L2Normalization",
        [
            (2, 3),
        ],
        {"mode": "channel"},
        fails=True,
    ),
    S("L2Normalization", [(2, 3)], {"mode": "spatial"}, fails=True),
    S("L2Normalization", [(2, 3)], {"mode": "row"}, fails=True),
    S("L2Normalization", [ints((2, 3), 0, 1)], grad=False),
    S("LRN", [IMAGES], {"nsize": 3}),
    S("LRN", [IMAGES], {"nsize": 5, "alpha": 0.7, "beta": 0.6, "knorm": 1.5}),
    S("LRN", [IMAGES], {"nsize": 1, "alpha": 0.7}),
    S("LRN", [IMAGES], {"nsize": 4, "alpha": 0.7}, grad=False),
    S("LRN", [IMAGES], {"nsize": 20, "alpha": 0.7}, grad=False),
    S("LRN", [(2, 6)], {"nsize": 3, "alpha": 3, "beta": 1, "knorm": 1}, grad=False),
    S("LRN", [(2, 3, 4)], {"nsize": 3}, fails=True),
    S("LRN", [IMAGES], fails=True),
]

for mode in ("instance", "channel", "spatial"):
    SAMPLES += [
        S("L2Normalization", [(2, 3, 4)], {"mode": mode}),
        S("L2Normalization", [IMAGES], {"mode": mode, "eps": 0.5}),
        S("L2Normalization", [normal((2, 3, 4), "float64")], {"mode": mode}),
        S("L2Normalization", [normal((2, 3, 4), "float16")], {"mode": mode}, grad=False),
    ]
