"""Odd calls of what takes and orders parts of arrays."""

from __future__ import annotations

from onnx_samples.calls import each
from ops.samples.spec import S, array, ints, normal

SAMPLES = [
    S("slice", [(2, 3)], {"begin": (-3,), "end": (None,), "step": (-2,)}),
    S("slice", [(2, 3)], {"begin": (-2, 0), "end": (-2, 2), "step": (-1, 2)}),
    *each(
        "slice",
        [(4, 5)],
        {"begin": (None, None), "end": (None, None), "step": (-1, -1)},
        {"begin": (-1,), "end": (None,), "step": (-1,)},
        {"begin": (-1, 3), "end": (-4, 0), "step": (-1, -2)},
        {"begin": (0,), "end": (-1,)},
        {"begin": (1, None), "end": (None, -2)},
        {"begin": (3,), "end": (None,), "step": (-2,)},
        {"begin": (-9,), "end": (9,)},
        {"begin": (2,), "end": (-9,), "step": (-1,)},
        {"begin": (1, 0), "end": (1, 5)},
        {"begin": (None, 4), "end": (2, 1), "step": (None, -1)},
    ),
    S("slice", [ints((4, 5), 0, 99, "uint8")], {"begin": (1, 1), "end": (3, None), "step": (1, 2)}),
    *each(
        "slice_axis",
        [(4, 5)],
        {"axis": -2, "begin": -3, "end": None},
        {"axis": 1, "begin": 0, "end": -1},
        {"axis": 0, "begin": -4, "end": -1},
    ),
    *each("slice_like", [(4, 5, 6), (2, 3, 4)], {}, {"axes": (0, -1)}, {"axes": (-2,)}, {"axes": (2, 1)}),
    S("slice_like", [(4, 5), (2, 3, 4)], {"axes": (-1,)}),
    S("slice_like", [(4, 5, 6), (3, 2)], {"axes": (-2,)}),
    S("slice_like", [(4, 2, 6), (3, 2)], {"axes": (0, 1)}),
    *each("reverse", [(2, 3, 4)], {"axis": -1}, {"axis": (0, 2)}, {"axis": (1,)}),
    *each(
        "Crop",
        [(1, 2, 5, 6)],
        {"h_w": (2, 3)},
        {"h_w": (2, 3), "offset": (3, 3)},
        {"h_w": (3, 3), "center_crop": True},
    ),
    *each(
        "Crop", [(1, 2, 5, 6), (1, 1, 2, 3)], {}, {"offset": (1, 2)}, {"center_crop": True}, {"h_w": (1, 1)}
    ),
    *[
        S("Embedding", [x, (5, 3)], {"input_dim": 5, "output_dim": 3})
        for x in (array([0, 9, -3, 4]), array([[1.9, -0.5]]), array([1, 5], "int32"), array([1, 7], "uint8"))
    ],
    S("Embedding", [array([0, 9]), normal((5, 3), "float16")], {"input_dim": 5, "output_dim": 3}),
    *[
        s
        for x in (
            array([0, 9, -3, 4]),
            array([[1.9, -0.5, -1.2]]),
            array([1, -5], "int32"),
            array([1, 7], "int64"),
        )
        for s in each("take", [(4, 3), x], {}, {"mode": "wrap"}, {"axis": -1}, {"axis": -2, "mode": "wrap"})
    ],
    S("take", [(4, 3), array([0, 1])], {"mode": "raise"}),
    S("take", [(4,), array([[1]])]),
    *[
        S("pick", [(3, 4), x], a)
        for x in (array([0, 9, -3]), array([1.9, -0.5, 5], "float64"), array([1, 7, 0], "int32"))
        for a in ({}, {"mode": "wrap"}, {"keepdims": True}, {"axis": 1})
    ],
    S("pick", [(3, 4), array([[0, 9, -3, 1]])], {"axis": 0}),
    S("pick", [(3, 4), array([[0, 9, -3, 1]])], {"axis": 0, "keepdims": True}),
    S("pick", [(4,), array([2])], {"axis": 0, "keepdims": True}),
    *[
        S("gather_nd", [(3, 4, 2), x])
        for x in (
            array([[0, -1]]),
            array([[0, 2], [3, -4]]),
            array([[2], [3], [-1]], "int32"),
            array([[[0, 1]], [[2, 3]]], "int64"),
        )
    ],
    *[
        S("one_hot", [x], a)
        for x in (
            array([0, 2, 5, -1]),
            array([[0.9, -0.9, 1.5]]),
            array([0, 3], "uint8"),
            array([0, -1], "int64"),
        )
        for a in (
            {"depth": 3},
            {"depth": 1},
            {"depth": 4, "on_value": 2.5, "off_value": -1.5},
            {"depth": 3, "on_value": 2.7, "off_value": -1.7, "dtype": "int32"},
            {"depth": 3, "dtype": "uint8"},
            {"depth": 3, "dtype": "float64", "on_value": 0.1},
            {"depth": 3, "dtype": "bool"},
        )
    ],
    S(
        "one_hot",
        [array([0, 1])],
        {"depth": 2, "on_value": 2**31 - 1, "off_value": 16777217, "dtype": "int32"},
    ),
    S("one_hot", [array([0, 1])], {"depth": 0}),
    *[
        S("topk", [x], {**a, "ret_typ": r})
        for x in ((4, 5), array([[3, 1, 3], [5, 5, 4]]))
        for r in ("value", "indices", "both", "mask")
        for a in (
            {},
            {"k": 2, "axis": 0},
            {"k": 2, "is_ascend": True},
            {"k": 0},
            {"k": -1, "axis": 0},
            {"axis": None, "k": 3},
            {"k": 2, "dtype": "int32"},
            {"k": 2, "dtype": "uint8"},
        )
    ],
    S("topk", [ints((5,), 0, 99, "int64")], {"k": 2, "ret_typ": "both"}),
    S("topk", [normal((5,), "float16")], {"k": 2, "ret_typ": "both"}),
    S("topk", [ints((5,), 0, 99, "uint8")], {"k": 2, "ret_typ": "both"}),
    S("topk", [ints((2, 5), -9, 9, "int8")], {"k": 2, "ret_typ": "mask"}),
    *[
        S(n, [x], a)
        for n in ("sort", "argsort")
        for x in ((3, 4), ints((3, 4), 0, 3, "int32"), ints((3, 4), 0, 3, "uint8"))
        for a in (
            {},
            {"axis": 0},
            {"axis": -2, "is_ascend": False},
            {"axis": None},
            {"axis": None, "is_ascend": False},
        )
    ],
    *each("argsort", [(3, 4)], {"dtype": "int32"}, {"dtype": "float64"}, {"dtype": "uint8"}),
]
