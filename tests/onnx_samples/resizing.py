"""Odd calls of what gives images another size."""

from __future__ import annotations

from ops.samples.spec import S, array

SAMPLES = [
    *[
        S("_contrib_AdaptiveAvgPooling2D", [x], a)
        for x in ((1, 2, 5, 6), (1, 2, 4, 6))
        for a in (
            {},
            {"output_size": 1},
            {"output_size": (2, 3)},
            {"output_size": (5, 6)},
            {"output_size": (7, 2)},
            {"output_size": 3},
        )
    ],
    *[S("UpSampling", [(1, 2, 3, 2)], {"scale": s, "sample_type": "nearest"}) for s in (1, 2, 3)],
    S(
        "UpSampling",
        [(1, 2, 4, 2), (1, 2, 2, 1)],
        {"scale": 2, "sample_type": "nearest", "multi_input_mode": "sum"},
    ),
    *[
        S(
            "UpSampling",
            [(1, 2, 3, 3), (2, 1, 2 * s - s % 2, 2 * s - s % 2)],
            {"scale": s, "sample_type": "bilinear", "num_filter": 2},
        )
        for s in (1, 2, 3, 5)
    ],
    *[
        S("_contrib_BilinearResize2D", [(1, 2, 5, 4)], {"height": h, "width": w, "align_corners": c})
        for h, w in ((1, 1), (5, 4), (10, 8), (3, 3), (1, 7), (9, 1))
        for c in (True, False)
    ],
    *[
        S(
            "_contrib_BilinearResize2D",
            [(1, 2, 5, 4)],
            {"mode": m, "align_corners": c, "scale_height": 1.5, "scale_width": 0.5},
        )
        for c in (True, False)
        for m in ("size", "odd_scale", "to_even_down", "to_even_up", "to_odd_down", "to_odd_up")
    ],
    *[
        S("_contrib_BilinearResize2D", [(1, 2, 5, 4), y], {"mode": "like", "align_corners": c})
        for y in ((1, 1, 7, 3), (1, 1, 1, 1))
        for c in (True, False)
    ],
    *[
        S("ROIPooling", [(2, 2, 6, 7), array(r)], {"pooled_size": p, "spatial_scale": s})
        for r in ([[0, 1, 1, 5, 4], [1, 0, 0, 3, 3]], [[0, 3, 3, 1, 1]], [[1, -2, -2, 9, 9]])
        for p in ((2, 2), (3, 1))
        for s in (1.0, 0.5)
    ],
    *[
        S(
            "_contrib_ROIAlign",
            [(2, 2, 6, 7), array(r)],
            {"pooled_size": p, "spatial_scale": 0.5, "sample_ratio": n, "aligned": a},
        )
        for r in ([[0, 1, 1, 5, 4], [1, 0, 0, 3, 3]], [[0, 3, 3, 1, 1]], [[1, -2, -2, 9, 9]])
        for p in ((2, 2), (3, 1))
        for n in (-1, 1, 2)
        for a in (True, False)
        if not a or r != [[0, 3, 3, 1, 1]]
    ],
]
