"""Odd calls of what arranges elements anew."""

from __future__ import annotations

from onnx_samples.calls import each
from ops.samples.spec import S, ints, normal

SAMPLES = [
    *[S("Reshape", [(2, 3, 4)], {"shape": (-2, -2), "reverse": turned}) for turned in (False, True)],
    S("_split_v2", [(2, 4)], {"indices": (0, 0, 1), "axis": 0, "squeeze_axis": True}),
    *each(
        "Reshape",
        [(2, 3, 4)],
        *(
            {"shape": s}
            for s in (
                (0, 0, -1),
                (0, -1, 2),
                (-1, 0, 0),
                (0, 0, 0, 1),
                (-2,),
                (-3, 0),
                (0, -3),
                (-3, -2),
                (0, -4, -1, 3, 0),
                (-4, 2, -1, 0, 0),
                (0, -3, 1, -1),
                (-3, -1),
                (-2, -1),
                (24,),
            )
        ),
        *(
            {"shape": s, "reverse": True}
            for s in (
                (-1, 0),
                (0, -1),
                (0, 0, -1),
                (-1, 0, 0),
                (-2,),
                (-2, 0),
                (-3, 0),
                (0, -3),
                (0, 0, 2, 2, -4),
                (0, 0, 2, -1, -4),
                (-1, -3),
            )
        ),
        {"target_shape": (2, 12)},
        {"target_shape": (9, 12), "keep_highest": True},
    ),
    *each(
        "reshape_like",
        [(4, 6), (2, 2, 6)],
        {},
        {"lhs_begin": 0, "lhs_end": 1, "rhs_begin": 0, "rhs_end": -1},
        {"lhs_end": 1, "rhs_end": 2},
        {"lhs_begin": -2, "lhs_end": -1, "rhs_begin": -3, "rhs_end": -1},
    ),
    *[S("Flatten", [x]) for x in ((2,), (2, 1), (2, 3, 4, 1), (0, 3, 2), ints((2, 3, 2), 0, 9, "uint8"))],
    *each("transpose", [(2, 3, 4)], {}, {"axes": ()}, {"axes": (2, 0, 1)}),
    S("transpose", [ints((2, 3), 0, 9, "uint8")]),
    *each("SwapAxis", [(2, 3, 4)], {"dim1": -1, "dim2": 0}, {"dim1": 1, "dim2": 1}),
    *each("expand_dims", [(2, 3)], {"axis": 0}, {"axis": 2}, {"axis": -2}, {"axis": -3}),
    *each("squeeze", [(1, 2, 1)], {}, {"axis": -1}, {"axis": (0, 2)}, {"axis": (-3, -1)}),
    *[
        S("squeeze", [x], a)
        for x, a in (((1,), {}), ((1,), {"axis": 0}), ((1, 1), {"axis": (1, 0)}), ((1, 1), {"axis": 1}))
    ],
    S("Concat", [(2, 3), (2, 3)], {"dim": -2}),
    S("Concat", [(2, 0), (2, 3)], {"dim": 1}),
    S("stack", [(3,), (3,)], {"axis": -2}),
    S("stack", [(3,)], {"axis": -1}),
    S("stack", [ints((3,), 0, 9, "int8")] * 2),
    *each(
        "SliceChannel",
        [(3, 2, 3)],
        {"num_outputs": 3, "axis": -1},
        {"num_outputs": 3, "axis": 0, "squeeze_axis": True},
        {"num_outputs": 2, "squeeze_axis": True},
        {"num_outputs": 1, "axis": 2},
        {"num_outputs": 3, "axis": -3, "squeeze_axis": True},
    ),
    S("SliceChannel", [(2, 1)], {"num_outputs": 1, "squeeze_axis": True}),
    S("SliceChannel", [(1,)], {"num_outputs": 1, "axis": 0, "squeeze_axis": True}),
    S("SliceChannel", [(2,)], {"num_outputs": 2, "axis": 0, "squeeze_axis": True}),
    *each(
        "_split_v2",
        [(4, 3)],
        {"indices": (0, 1, 1, 3), "axis": 0},
        {"indices": (0, 4), "axis": 0},
        {"indices": (0,), "axis": 1},
        {"indices": (0, 2, 3), "axis": -2},
        {"indices": (), "sections": 3, "axis": -1, "squeeze_axis": True},
    ),
    *each(
        "tile",
        [(2, 3)],
        {"reps": (2,)},
        {"reps": (1, 1)},
        {"reps": (2, 2, 2, 2)},
        {"reps": (0, 2)},
        {"reps": ()},
    ),
    S("tile", [ints((2,), 0, 9, "int8")], {"reps": (2, 3)}),
    *each(
        "repeat",
        [(2, 3)],
        {"repeats": 0},
        {"repeats": 1},
        {"repeats": 2, "axis": None},
        {"repeats": 2, "axis": -1},
        {"repeats": 0, "axis": 1},
    ),
    S("repeat", [ints((2, 3), 0, 9, "int64")], {"repeats": 2, "axis": 0}),
    *[
        S("Pad", [normal((1, 2, 4, 4), t)], {"mode": mode, "pad_width": (0, 0, 0, 0, 2, 0, 0, 3), **more})
        for t in ("float32", "float64")
        for mode, more in (
            ("constant", {}),
            ("constant", {"constant_value": -1.5}),
            ("edge", {}),
            ("reflect", {}),
        )
    ],
    S("depth_to_space", [(1, 9, 1, 2)], {"block_size": 3}),
    S("space_to_depth", [(1, 1, 3, 6)], {"block_size": 3}),
    S("depth_to_space", [ints((1, 4, 1, 2), 0, 9, "int32")], {"block_size": 2}),
    S("space_to_depth", [ints((1, 1, 2, 2), 0, 9, "int32")], {"block_size": 2}),
    *each("broadcast_to", [(2, 1, 1)], {"shape": (0, 0, 0)}, {"shape": (2, 3, 0)}, {"shape": (2, 1, 4)}),
    *each(
        "broadcast_axis",
        [(1, 3, 1)],
        {"axis": -1, "size": 4},
        {"axis": (2, 0), "size": (4, 2)},
        {},
        {"axis": (0, -1), "size": (2, 2)},
    ),
    *each(
        "broadcast_like",
        [(1, 3, 1), (2, 3, 4)],
        {},
        {"lhs_axes": (0, 2), "rhs_axes": (0, 2)},
        {"lhs_axes": (-1,), "rhs_axes": (-3,)},
    ),
    S("size_array", [ints((2, 3), 0, 9, "int8")]),
    S("shape_array", [ints((2, 3, 1), 0, 9, "int64")]),
    *each("_zeros", [], {"shape": (2,), "dtype": "bool"}, {"shape": (1, 2), "dtype": "uint8"}),
    *each(
        "_arange",
        [],
        {"start": 0.5, "stop": 5, "step": 1.5, "dtype": "int64"},
        {"start": 3, "stop": None, "repeat": 2},
        {"start": -2.5, "stop": 2, "dtype": "int32"},
        {"start": 0, "stop": 3, "step": 0.7},
        {"start": 3, "infer_range": True},
    ),
    *each(
        "_contrib_arange_like",
        [(2, 3)],
        {"start": 1.5, "step": -0.5, "axis": 1},
        {"axis": -1},
        {"start": 2, "step": 3},
        {"repeat": 3},
        {"axis": 1, "repeat": 2},
        {"axis": 0, "repeat": 2, "start": 1},
    ),
    S("_contrib_arange_like", [ints((2, 3), 0, 9, "int32")], {"axis": 1}),
    S("_contrib_arange_like", [normal((2, 3), "float16")], {"axis": 1, "step": 0.5}),
]
