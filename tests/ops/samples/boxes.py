"""Boxes: overlap, suppression, matching, coding."""

import numpy as np

from ops.samples.spec import S, array, ints, normal, uniform

# Rows of class, score, left, top, right, bottom: equal scores, boxes inside others, one without an area, one
# that is turned inside out.
ROWS = [
    [0, 0.5, 0.1, 0.1, 0.4, 0.4],
    [1, 0.4, 0.1, 0.1, 0.4, 0.4],
    [0, 0.5, 0.1, 0.1, 0.3, 0.4],
    [2, 0.6, 0.5, 0.5, 0.75, 0.75],
    [-1, 0.7, 0.5, 0.5, 0.7, 0.7],
    [1, 0.4, 0.1, 0.1, 0.3, 0.4],
    [0.7, 0.3, 0.6, 0.1, 0.6, 0.4],
    [0, 0.3, 0.9, 0.9, 0.6, 0.7],
]
BOXES = [row[2:] for row in ROWS]
BATCH = np.array(ROWS * 12, "float32").reshape(3, 32, 6) + np.arange(96).reshape(3, 32, 1) % 5 * 0.05
FORMATS = [(a, b) for a in ("corner", "center") for b in ("corner", "center")]

SAMPLES = [
    S("_contrib_box_nms", [array(ROWS)], dict(a, overlap_thresh=0.3), kink=bool(k))
    for a, k in (
        ({}, 0),
        ({"id_index": 0}, 0),
        ({"id_index": 0, "force_suppress": True}, 0),
        ({"id_index": 0, "background_id": 0}, 0),
        ({"id_index": 0, "background_id": -2}, 0),
        ({"valid_thresh": 0.4}, 0),
        ({"topk": 3}, 0),
        ({"topk": 0}, 0),
        ({"topk": 30, "valid_thresh": -1}, 0),
        ({"valid_thresh": 5}, 0),
        ({"score_index": 0, "coord_start": 1}, 0),
        ({"coord_start": 0, "score_index": 5, "id_index": 4}, 0),
        *[({"in_format": a, "out_format": b, "id_index": 0}, a != b) for a, b in FORMATS[1:]],
    )
]
SAMPLES += [S("_contrib_box_nms", [array(ROWS)], {"overlap_thresh": t}) for t in (-1, 0, 0.5, 1)]
SAMPLES += [
    S("_contrib_box_nms", [array(BATCH.tolist())], {"overlap_thresh": 0.4, "id_index": 0}),
    S("_contrib_box_nms", [array(BATCH[:2, :9].reshape(2, 3, 3, 6).tolist())]),
    S("_contrib_box_nms", [array(ROWS, "float64")], {"overlap_thresh": 0.3}),
    S("_contrib_box_nms", [array(ROWS, "float16")], {"overlap_thresh": 0.3}, grad=False),
    S("_contrib_box_nms", [array(ROWS, "int32")], fails=True),
    S("_contrib_box_nms", [(6,)], fails=True),
    S("_contrib_box_nms", [(3, 4)], fails=True),
    S("_contrib_box_nms", [(3, 5)], fails=True),
    S("_contrib_box_nms", [(3, 5)], {"id_index": 0, "coord_start": 1, "score_index": 0}, fails=True),
    S("_contrib_box_nms", [(3, 6)], {"coord_start": 3}, fails=True),
    S("_contrib_box_nms", [(3, 6)], {"coord_start": -1, "score_index": 4}, fails=True),
    S("_contrib_box_nms", [(3, 6)], {"score_index": 3}, fails=True),
    S("_contrib_box_nms", [(3, 6)], {"score_index": 6}, fails=True),
    S("_contrib_box_nms", [(3, 6)], {"id_index": 6}, fails=True),
    S("_contrib_box_nms", [(3, 6)], {"id_index": 4}, fails=True),
    S("_contrib_box_nms", [(3, 6)], {"id_index": 1}, fails=True),
    S("_contrib_box_nms", [(3, 6)], {"in_format": "edge"}, fails=True),
]

for form in ("corner", "center"):
    SAMPLES += [
        S("_contrib_box_iou", [array(BOXES), array(BOXES)], {"format": form}, kink=True),
        S("_contrib_box_iou", [uniform((2, 3, 4)), uniform((5, 4))], {"format": form}, kink=True),
    ]
SAMPLES += [
    S("_contrib_box_iou", [uniform((2, 4)), uniform((3, 1, 4))], grad=False),
    S("_contrib_box_iou", [array(BOXES, "float64"), array(BOXES, "float64")], grad=False),
    S("_contrib_box_iou", [array(BOXES, "float16"), array(BOXES, "float16")], grad=False),
    S("_contrib_box_iou", [ints((2, 4), 0, 5, "int32")] * 2, fails=True),
    S("_contrib_box_iou", [uniform((2, 4)), uniform((3, 4), 0, 1, "float64")], fails=True),
    S("_contrib_box_iou", [(4,), (2, 4)], fails=True),
    S("_contrib_box_iou", [(2, 4), (4,)], fails=True),
    S("_contrib_box_iou", [(2, 3), (2, 4)], fails=True),
]

SCORES = array([[0.5, 0.6], [0.1, 0.2], [0.3, 0.4]])
TIES = ints((2, 5, 4), 0, 3)
for ascend in (False, True):
    SAMPLES += [
        S("_contrib_bipartite_matching", [SCORES], {"threshold": 0.35, "is_ascend": ascend}, kink=True),
        S("_contrib_bipartite_matching", [TIES], {"threshold": 1.0, "is_ascend": ascend}, kink=True),
        S("_contrib_bipartite_matching", [TIES], {"threshold": 0.5, "is_ascend": ascend}, grad=False),
        S(
            "_contrib_bipartite_matching",
            [TIES],
            {"threshold": 0, "is_ascend": ascend, "topk": 2},
            grad=False,
        ),
        S("_contrib_bipartite_matching", [(1, 6)], {"threshold": -9, "is_ascend": ascend}, grad=False),
    ]
SAMPLES += [
    S("_contrib_bipartite_matching", [(2, 3, 2, 1)], {"threshold": 1e-12}, grad=False),
    S("_contrib_bipartite_matching", [TIES], {"threshold": 0, "topk": 0}, grad=False),
    S("_contrib_bipartite_matching", [normal((3, 2), "float64")], {"threshold": 0.1}, grad=False),
    S("_contrib_bipartite_matching", [normal((3, 2), "float16")], {"threshold": 0.1}, grad=False),
    S("_contrib_bipartite_matching", [ints((3, 2), 0, 5, "int32")], {"threshold": 0.1}, fails=True),
    S("_contrib_bipartite_matching", [(3,)], {"threshold": 0.1}, fails=True),
    S("_contrib_bipartite_matching", [(3, 2)], fails=True),
]


def encode(dtype="float32", picked=(1, -1, 0, 0.6, 0.5), matches=(0, 1, 0, 1.7, 1), **options):
    anchors = array([[*BOXES[:4], [0.2, 0.3, 0.5, 0.4]]], dtype)
    refs = array([[[0.1, 0.2, 0.6, 0.9], [0.3, 0.3, 0.7, 0.5]]], dtype)
    inputs = [array([picked], dtype), array([matches], dtype), anchors, refs]
    inputs += [array([0, 0.1, 0.2, 0.3], dtype), array([0.1, 0.1, 0.2, 0.2], dtype)]
    return S("_contrib_box_encode", inputs, **options)


LABELS = [(1, 3), (1, 3), (1, 3, 4), (1, 2, 4), (4,), (4,)]
SAMPLES += [
    encode(kink=True),
    encode("float64", grad=False),
    encode(picked=(0, 0, 0, 0, 0), grad=False),
    S("_contrib_box_encode", [(3,), *LABELS[1:]], fails=True),
    S("_contrib_box_encode", [(1, 3), (1, 2), *LABELS[2:]], fails=True),
    S("_contrib_box_encode", [*LABELS[:2], (3, 4), *LABELS[3:]], fails=True),
    S("_contrib_box_encode", [*LABELS[:2], (1, 2, 4), *LABELS[3:]], fails=True),
    S("_contrib_box_encode", [*LABELS[:3], (1, 2, 3), *LABELS[4:]], fails=True),
    S("_contrib_box_encode", [*LABELS[:4], (3,), (4,)], fails=True),
    S("_contrib_box_encode", [*LABELS[:5], (5,)], fails=True),
]

STDS = {"std0": 0.1, "std1": 0.2, "std2": 0.3, "std3": 0.4}
for form in ("corner", "center"):
    SAMPLES += [
        S("_contrib_box_decode", [(2, 8, 4), array([BOXES])], dict(STDS, format=form), kink=True),
        S("_contrib_box_decode", [(1, 8, 4), array([BOXES])], {"format": form, "clip": 0.5}, grad=False),
    ]
SAMPLES += [
    S("_contrib_box_decode", [(2, 8, 4), array([BOXES])], grad=False),
    S("_contrib_box_decode", [(2, 8, 4), array([BOXES])], {"clip": 0}, grad=False),
    S("_contrib_box_decode", [normal((2, 8, 4), "float64"), array([BOXES], "float64")], STDS, grad=False),
    S(
        "_contrib_box_decode",
        [normal((2, 8, 4), "float16"), array([BOXES], "float16")],
        STDS,
        grad=False,
        tol=1e-2,
    ),
    S("_contrib_box_decode", [(8, 4), (1, 8, 4)], fails=True),
    S("_contrib_box_decode", [(2, 8, 4), (8, 4)], fails=True),
    S("_contrib_box_decode", [(2, 8, 4), (2, 8, 4)], fails=True),
    S("_contrib_box_decode", [(2, 8, 4), (1, 7, 4)], fails=True),
    S("_contrib_box_decode", [(2, 8, 3), (1, 8, 3)], fails=True),
]
