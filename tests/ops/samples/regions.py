"""Samples of ops/regions.py, roi_pooling.py and position_sensitive.py."""

from ops.samples.spec import S, array, ints, normal

NAN, INF = float("nan"), float("inf")
POOL = {"pooled_size": (2, 3), "spatial_scale": 0.5}
ONE = {"pooled_size": (2, 2), "spatial_scale": 1.0}


def boxes(rows, dtype="float32"):
    return array(rows, dtype)


# Inside, partly and wholly outside, reversed, a point, halves that are rounded.
BOXES = [
    [0, 0, 0, 8, 9],
    [1, 1, 2, 11, 7],
    [1, -4, -5, 5, 3],
    [0, 7, 7, 30, 40],
    [0, 50, 50, 60, 60],
    [1, 9, 8, 3, 2],
    [0, 5, 5, 5, 5],
    [0, 3, 1, 7, 5],
    [1, -3, -1, 3, 5.5],
]
SKIPPED = [[-1, 0, 0, 4, 4], [0, 1, 1, 3, 3], [-0.5, 0, 0, 4, 4]]
TIES = array([[[[1, 2, 2, 0], [2, 1, 0, 2], [2, 2, 2, 2], [0, 1, 1, 1]]]])
TURNED = [
    [0, 4, 4, 6, 3, 30],
    [1, 3, 5, 4, 8, -45],
    [0, 6, 6, 0.5, 1, 90],
    [1, 0, 0, 9, 5, 10],
    [0, 4, 5, 5, 4, 0],
]

SAMPLES = [
    S("ROIPooling", [(2, 3, 6, 7), boxes(BOXES)], POOL),
    S("ROIPooling", [(2, 2, 12, 13), boxes(BOXES)], ONE),
    S("ROIPooling", [(2, 1, 6, 7), boxes(BOXES)], {"pooled_size": (7, 1), "spatial_scale": 1.0}),
    S("ROIPooling", [(1, 2, 6, 7), boxes(SKIPPED)], ONE),
    S("ROIPooling", [(1, 1, 1, 1), boxes([[0, 0, 0, 0, 0]])], ONE),
    S("ROIPooling", [TIES, boxes([[0, 0, 0, 3, 3], [0, 0, 0, 2, 2], [0, 1, 0, 3, 3]])], ONE),
    S("ROIPooling", [TIES, boxes([[0, 0, 0, 3, 3]])], {"pooled_size": (1, 1), "spatial_scale": 1.0}),
    S("ROIPooling", [(2, 2, 6, 7), boxes(BOXES)], {"pooled_size": (2, 2), "spatial_scale": 0.0}),
    S("ROIPooling", [array([[[[NAN, 1.0], [INF, NAN]]]]), boxes([[0, 0, 0, 1, 1]])], ONE, grad=False),
    S("ROIPooling", [array([[[[-INF, -1.0], [3.0, -INF]]]]), boxes([[0, 0, 0, 1, 1]])], ONE, second=False),
    S("ROIPooling", [normal((2, 2, 6, 7), "float64"), boxes(BOXES, "float64")], POOL),
    S("ROIPooling", [normal((2, 2, 6, 7), "float16"), boxes(BOXES, "float16")], POOL, grad=False),
    S("ROIPooling", [(2, 2, 6, 7), boxes(BOXES, "float64")], POOL, fails=True),
    S("ROIPooling", [(2, 2, 6, 7), (3, 4)], POOL, fails=True),
    S("ROIPooling", [(2, 6, 7), boxes(BOXES)], POOL, fails=True),
    S("ROIPooling", [(2, 2, 6, 7), boxes(BOXES)], {"pooled_size": (2,), "spatial_scale": 1.0}, fails=True),
    S("ROIPooling", [(2, 2, 6, 7), boxes(BOXES)], {"pooled_size": (0, 2), "spatial_scale": 1.0}, fails=True),
    S("ROIPooling", [(2, 2, 6, 7), boxes(BOXES)], {"pooled_size": (2, 2), "spatial_scale": 2.0}, fails=True),
    S("ROIPooling", [(2, 2, 6, 7), boxes(BOXES)], {"pooled_size": (2, 2)}, fails=True),
    S("ROIPooling", [ints((1, 1, 3, 3), 0, 9, "int32"), boxes([[0, 0, 0, 1, 1]], "int32")], ONE, fails=True),
]

ALIGN = "_contrib_ROIAlign"
UPRIGHT = [b for b in BOXES if b[3] > b[1] and b[4] > b[2]]
SAMPLES += [
    S(ALIGN, [(2, 3, 6, 7), boxes(BOXES)], POOL),
    S(ALIGN, [(2, 3, 6, 7), boxes(BOXES)], {**POOL, "sample_ratio": 2}),
    S(ALIGN, [(2, 2, 12, 13), boxes(BOXES)], ONE),
    S(ALIGN, [(2, 3, 6, 7), boxes(UPRIGHT)], {**POOL, "aligned": True}),
    S(ALIGN, [(2, 2, 12, 13), boxes(UPRIGHT)], {**ONE, "aligned": True, "sample_ratio": 3}),
    S(ALIGN, [(2, 12, 6, 7), boxes(BOXES)], {**POOL, "position_sensitive": True}),
    S(
        ALIGN,
        [(2, 8, 6, 7), boxes(UPRIGHT)],
        {**ONE, "position_sensitive": True, "sample_ratio": 2, "aligned": True},
    ),
    S(ALIGN, [(1, 2, 6, 7), boxes(SKIPPED)], ONE),
    S(ALIGN, [(1, 2, 1, 1), boxes([[0, 0, 0, 3, 3]])], ONE),
    S(ALIGN, [(2, 2, 6, 7), boxes(BOXES)], {"pooled_size": (2, 2), "spatial_scale": 0.0, "sample_ratio": 0}),
    S(ALIGN, [normal((2, 2, 6, 7), "float64"), boxes(BOXES, "float64")], POOL),
    # MXNet computes the points in float16, too.
    S(ALIGN, [normal((2, 2, 6, 7), "float16"), boxes(BOXES, "float16")], POOL, grad=False, tol=1e-2),
    S(ALIGN, [(2, 2, 6, 7), boxes(BOXES, "float64")], POOL, fails=True),
    S(ALIGN, [(2, 2, 6, 7), (3, 4)], POOL, fails=True),
    S(ALIGN, [(2, 2, 6, 7), (3, 6)], POOL, fails=True),
    S(ALIGN, [(2, 6, 7), boxes(BOXES)], POOL, fails=True),
    S(ALIGN, [(2, 2, 6, 7), boxes(BOXES)], {"pooled_size": 2, "spatial_scale": 1.0}, fails=True),
    S(ALIGN, [(2, 2, 6, 7), boxes(BOXES)], {"pooled_size": (2, 2), "spatial_scale": -1.0}, fails=True),
    S(ALIGN, [(2, 2, 6, 7), boxes(BOXES)], {**ONE, "position_sensitive": True}, fails=True),
    S(ALIGN, [ints((1, 1, 3, 3), 0, 9, "int32"), boxes([[0, 0, 0, 1, 1]], "int32")], ONE, fails=True),
]

# MXNet does not differentiate it.
TURN = "_contrib_RROIAlign"
SAMPLES += [
    S(TURN, [(2, 3, 9, 8), boxes(TURNED)], {"pooled_size": (2, 3), "spatial_scale": 1.0}, grad=False),
    S(TURN, [(2, 3, 9, 8), boxes(TURNED)], {**POOL, "sampling_ratio": 2}, grad=False),
    S(TURN, [(2, 1, 9, 8), boxes(TURNED)], {**POOL, "pooled_size": (1, 1)}, grad=False),
    S(TURN, [normal((2, 2, 9, 8), "float64"), boxes(TURNED, "float64")], POOL, grad=False),
    S(
        TURN,
        [normal((2, 2, 9, 8), "float16"), boxes(TURNED, "float16")],
        {**ONE, "sampling_ratio": 2},
        grad=False,
    ),
    S(TURN, [(2, 2, 9, 8), boxes(TURNED, "float64")], POOL, fails=True),
    S(TURN, [(2, 2, 9, 8), boxes(BOXES)], POOL, fails=True),
    S(TURN, [(2, 9, 8), boxes(TURNED)], POOL, fails=True),
    S(TURN, [(2, 2, 9, 8), boxes(TURNED)], {"pooled_size": (2, 2), "spatial_scale": 2.0}, fails=True),
]

PS = "_contrib_PSROIPooling"
PARTS = {"output_dim": 2, "pooled_size": 2, "spatial_scale": 0.5}
INSIDE = [b for b in BOXES if b[0] >= 0]
SAMPLES += [
    S(PS, [(2, 8, 6, 7), boxes(INSIDE)], PARTS),
    S(PS, [(2, 8, 6, 7), boxes(INSIDE)], {**PARTS, "pooled_size": 3, "group_size": 2}),
    S(PS, [(2, 8, 6, 7), boxes(INSIDE)], {**PARTS, "output_dim": 1}),
    S(PS, [(2, 3, 6, 7), boxes(INSIDE)], {**PARTS, "output_dim": 3, "group_size": 1, "spatial_scale": 1.0}),
    S(PS, [normal((2, 8, 6, 7), "float64"), boxes(INSIDE, "float64")], PARTS),
    S(PS, [normal((2, 8, 6, 7), "float16"), boxes(INSIDE, "float16")], PARTS, grad=False),
    S(PS, [(2, 8, 6, 7), boxes(INSIDE, "float64")], PARTS, fails=True),
    S(PS, [(2, 8, 6, 7), (2, 6)], PARTS, fails=True),
    S(PS, [(8, 6, 7), boxes(INSIDE)], PARTS, fails=True),
    S(PS, [(2, 8, 6, 7), boxes(INSIDE)], {**PARTS, "spatial_scale": 2.0}, fails=True),
    S(PS, [(2, 8, 6, 7), boxes(INSIDE)], {"pooled_size": 2, "spatial_scale": 1.0}, fails=True),
]

MOVED = "_contrib_DeformablePSROIPooling"
MOVABLE = {**PARTS, "group_size": 2, "trans_std": 0.2}
COUNT = len(INSIDE)
SAMPLES += [
    S(MOVED, [(2, 8, 6, 7), boxes(INSIDE), (COUNT, 2, 2, 2)], MOVABLE),
    S(MOVED, [(2, 8, 6, 7), boxes(INSIDE), (COUNT, 4, 2, 2)], {**MOVABLE, "sample_per_part": 2}),
    S(
        MOVED,
        [(2, 8, 6, 7), boxes(INSIDE), (COUNT, 2, 3, 3)],
        {**MOVABLE, "part_size": 3, "sample_per_part": 3},
    ),
    S(MOVED, [(2, 8, 6, 7), boxes(INSIDE), (COUNT, 2, 3, 3)], {**MOVABLE, "pooled_size": 3}),
    S(MOVED, [(2, 8, 6, 7), boxes(INSIDE)], {**MOVABLE, "no_trans": True, "sample_per_part": 2}),
    S(
        MOVED,
        [normal((2, 8, 6, 7), "float64"), boxes(INSIDE, "float64"), normal((COUNT, 2, 2, 2), "float64")],
        {**MOVABLE, "sample_per_part": 2},
    ),
    S(MOVED, [(2, 8, 6, 7), boxes(INSIDE)], MOVABLE, fails=True),
    S(MOVED, [(2, 8, 6, 7), boxes(INSIDE), (COUNT, 2, 2, 2)], {**MOVABLE, "no_trans": True}, fails=True),
    S(MOVED, [(2, 8, 6, 7), boxes(INSIDE), (COUNT, 2, 2, 2)], {**MOVABLE, "trans_std": 3.0}, fails=True),
    S(MOVED, [(2, 8, 6, 7), (3, 6), (3, 2, 2, 2)], MOVABLE, fails=True),
]
