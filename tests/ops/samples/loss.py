"""Samples of ops/loss.py; MXNet's answers are those of its gluon.loss."""

from ops.samples.spec import S, array, ints, normal, uniform

DOUBLE = [normal((4, 3), "float64"), normal((4, 3), "float64")]

SAMPLES = []
for name in ("_regluon_l2_loss", "_regluon_l1_loss"):
    SAMPLES += [
        S(name, [(1, 1), (1, 1)]),
        S(name, [(4, 1), (4,)]),
        S(name, [(4,), (4,)]),
        S(name, [(4, 3), (4, 3)]),
        S(name, [(2, 3, 4), (2, 12)], {"weight": 0.3}),
        S(name, [(2, 3, 4), (2, 3, 4)], {"batch_axis": 1, "weight": 2}),
        S(name, [(4, 3), (4, 3)], {"batch_axis": -1}),
        S(name, [(4, 3), (4, 3), (4, 1)]),
        S(name, [(4, 3), (4, 3), (1, 3)], {"weight": 0.3}),
        S(name, [(4, 3), (12,), (4, 3)]),
        S(name, [(1, 3), (1, 3), (2, 3)]),
        S(name, [(4, 1), (4,), (1, 3)]),
        S(name, [array([[1e30, 1.0]]), array([[-1e30, 1.0]])], kink=True),
        S(name, [array([[float("inf"), float("nan")]]), array([[1.0, 1.0]])], grad=False),
        S(name, DOUBLE),
        S(name, [normal((4, 3), "float16"), normal((4, 3), "float16")], grad=False),
        S(name, [(4, 3), (4, 2)], fails=True),
        S(name, [(4, 3), (4, 3), (4,)], fails=True),
        S(name, [(4, 3), (4, 3)], {"batch_axis": 2}, fails=True),
    ]

name = "_regluon_softmax_ce_loss"
SAMPLES += [
    S(name, [(4, 3), ints((4,), 0, 3)], grad=(0,)),
    S(name, [(4, 3), ints((4,), 0, 3, "int32")], {"weight": 0.3}),
    S(name, [(4, 3), ints((4, 1), 0, 3, "int64")]),
    S(name, [(4, 3), array([-2.5, 7, 1.9, 0.9])], grad=(0,)),
    S(name, [(2, 3, 4), ints((2, 4), 0, 3)], {"axis": 1}, grad=(0,)),
    S(name, [(2, 3, 4), ints((2, 3), 0, 4)], {"batch_axis": 1}, grad=(0,)),
    S(name, [(2, 3, 4), ints((2, 3), 0, 4), (2, 3, 1)], grad=(0, 2)),
    S(name, [(2, 3, 4), ints((2, 3), 0, 4), (2, 1, 1)], {"weight": 0.3}, grad=(0, 2)),
    S(name, [(2, 2, 4), ints((2, 2), 0, 4), (2, 2)], grad=(0, 2)),
    S(name, [uniform((4, 3), -3, -0.1), ints((4,), 0, 3)], {"from_logits": True}, grad=(0,)),
    S(name, [uniform((4, 3), -3, -0.1), ints((4,), 0, 3), (4, 1)], {"from_logits": True}, grad=(0, 2)),
    S(name, [(3,), ints((1,), 0, 3)], grad=(0,)),
    S(name, [uniform((4, 3), -200, 200), ints((4,), 0, 3)], grad=(0,)),
    S(name, [normal((4, 3), "float64"), ints((4,), 0, 3)], grad=(0,)),
    S(name, [(4, 3), ints((3,), 0, 3)], fails=True),
    S(name, [(4, 3), ints((4,), 0, 3)], {"axis": 2}, fails=True),
    S(name, [(4, 3), ints((4,), 0, 3), normal((4, 1), "float64")], fails=True),
]

SAMPLES.append(S(name, [(100, 7), ints((100,), 0, 7)], grad=(0,)))

name = "_regluon_softmax_ce_dense_loss"
SAMPLES += [
    S(name, [(4, 3), uniform((4, 3))]),
    S(name, [(4, 3), uniform((12,))], {"weight": 0.3}),
    S(name, [(2, 3, 4), uniform((2, 3, 4))], {"axis": 1}),
    S(name, [(2, 3, 4), uniform((2, 3, 4)), (2, 3, 1)]),
    S(name, [(4, 3), uniform((4, 3)), (4, 1)], {"from_logits": True}),
    S(name, DOUBLE),
    S(name, [(4, 3), uniform((4, 2))], fails=True),
]

for name, pred in (
    ("_regluon_sigmoid_bce_loss", normal((4, 3))),
    ("_regluon_bce_loss", uniform((4, 3), 0.1, 0.9)),
):
    SAMPLES += [
        S(name, [pred, uniform((4, 3))]),
        S(name, [pred, uniform((12,))], {"weight": 0.3}),
        S(name, [pred, uniform((4, 3))], {"batch_axis": 1}),
        S(name, [pred, uniform((4, 3)), (4, 1)]),
        S(name, [pred, uniform((4, 3)), None, uniform((1, 3), 0.5, 2)]),
        S(name, [pred, uniform((4, 3)), (4, 1), uniform((3,), 0.5, 2)], {"weight": 0.3}),
        S(name, [pred, uniform((4, 2))], fails=True),
    ]
SAMPLES += [
    S("_regluon_sigmoid_bce_loss", [uniform((4, 3), -200, 200), uniform((4, 3))]),
    S("_regluon_sigmoid_bce_loss", DOUBLE),
    S("_regluon_sigmoid_bce_loss", [array([[0.0, 0.0], [1.0, -0.0]]), uniform((2, 2))], kink=True),
    S(
        "_regluon_sigmoid_bce_loss",
        [array([[0.0, 0.0], [1.0, -0.0]]), uniform((2, 2)), uniform((2, 1)), uniform((1, 2), 0.5, 2)],
        kink=True,
    ),
    S("_regluon_bce_loss", [array([[0.0, 1.0]]), array([[1.0, 0.0]])], grad=False),
]
