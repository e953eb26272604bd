"""Samples of ops/resizing.py."""

from ops.samples.spec import S, ints, normal

MAP, SMALL = (2, 2, 5, 4), (1, 1, 2, 3)
NEAREST = {"scale": 2, "sample_type": "nearest"}
BILINEAR = {"scale": 2, "sample_type": "bilinear", "num_filter": 2}

SAMPLES = [
    *[
        S("_contrib_AdaptiveAvgPooling2D", [MAP], {"output_size": n})
        for n in ((), 1, 2, (2, 3), (5, 4), (7, 1))
    ],
    S("_contrib_AdaptiveAvgPooling2D", [normal(MAP, "float64")], {"output_size": (3, 2)}),
    S("_contrib_AdaptiveAvgPooling2D", [normal(MAP, "float16")], {"output_size": (3, 2)}, grad=False),
    S("_contrib_AdaptiveAvgPooling2D", [MAP], {"output_size": -1}, fails=True),
    S("_contrib_AdaptiveAvgPooling2D", [(2, 3, 5)], {"output_size": 2}, fails=True),
    S("_contrib_AdaptiveAvgPooling2D", [ints(MAP, 0, 5, "int32")], {"output_size": 2}, fails=True),
    S("_contrib_BilinearResize2D", [MAP]),
]
for corners in (True, False):
    SAMPLES += [
        S("_contrib_BilinearResize2D", [data], dict(size, align_corners=corners))
        for data in (MAP, SMALL)
        for size in (
            {"height": 3, "width": 7},
            {"height": 4, "width": 1},
            {"height": 1, "width": 2},
            {"scale_height": 2.0, "scale_width": 0.5, "height": 9},
        )
    ]
for mode in ("to_even_down", "to_even_up", "to_odd_down", "to_odd_up"):
    SAMPLES += [
        S("_contrib_BilinearResize2D", [MAP], {"mode": mode}),
        S("_contrib_BilinearResize2D", [(1, 1, 2, 7)], {"mode": mode, "height": 3, "scale_width": 2.0}),
    ]
SAMPLES += [
    S("_contrib_BilinearResize2D", [MAP], {"mode": "odd_scale", "scale_height": 2.6, "scale_width": 1.5}),
    S(
        "_contrib_BilinearResize2D",
        [(1, 1, 7, 6)],
        {"mode": "odd_scale", "scale_height": 0.7, "scale_width": 0.5},
    ),
    # 0.29 times 100 is 29 in float32 and less in float64.
    S("_contrib_BilinearResize2D", [(1, 1, 100, 1)], {"scale_height": 0.29, "scale_width": 1.0}),
    S("_contrib_BilinearResize2D", [MAP], {"scale_width": 2.0, "height": 2}),
    S("_contrib_BilinearResize2D", [MAP, (2, 2, 7, 3)], {"mode": "like"}),
    S(
        "_contrib_BilinearResize2D",
        [MAP, (2, 2, 1, 3)],
        {"mode": "like", "align_corners": False, "height": 9},
    ),
    # MXNet has positions in float32 even here.
    S("_contrib_BilinearResize2D", [normal(MAP, "float64")], {"height": 4, "width": 6}, tol=1e-6),
    S("_contrib_BilinearResize2D", [normal(MAP, "float16")], {"height": 5, "width": 7}, grad=False),
    *[
        S("_contrib_BilinearResize2D", [MAP], bad, fails=True)
        for bad in (
            {"height": 0, "width": 3},
            {"height": -1, "width": 3},
            {"scale_height": 2.0},
            {"mode": "odd_scale"},
            {"mode": "like"},
            {"mode": "near"},
        )
    ],
    S("_contrib_BilinearResize2D", [MAP, MAP], {"height": 3, "width": 3}, fails=True),
    S("_contrib_BilinearResize2D", [MAP, (7, 6)], {"mode": "like"}, fails=True),
    S("_contrib_BilinearResize2D", [(3, 5, 4)], {"height": 3, "width": 3}, fails=True),
    S("_contrib_BilinearResize2D", [ints(MAP, 0, 5, "int32")], {"height": 3, "width": 3}, fails=True),
    S("UpSampling", [MAP], NEAREST),
    S("UpSampling", [MAP], dict(NEAREST, scale=1, multi_input_mode="sum", workspace=1)),
    S("UpSampling", [(1, 2, 4, 2), (1, 3, 2, 1), (1, 1, 8, 4)], NEAREST),
    S("UpSampling", [(1, 2, 4, 2), (1, 2, 2, 1)], dict(NEAREST, scale=3, multi_input_mode="sum")),
    S("UpSampling", [normal(SMALL, "float64")], dict(NEAREST, scale=3)),
    S("UpSampling", [normal(SMALL, "float16")], NEAREST, grad=False),
    *[
        S("UpSampling", [(1, 2, 3, 2), (2, 1, k, k)], dict(BILINEAR, scale=scale))
        for scale, k in ((1, 1), (2, 4), (3, 5), (4, 8))
    ],
    S("UpSampling", [normal((1, 2, 3, 2), "float64"), normal((2, 1, 4, 4), "float64")], BILINEAR),
    *[
        S("UpSampling", [MAP], dict(NEAREST, **bad), fails=True)
        for bad in ({"scale": 0}, {"multi_input_mode": "max"})
    ],
    S("UpSampling", [MAP], {"scale": 2}, fails=True),
    S("UpSampling", [(2, 3, 5)], NEAREST, fails=True),
    S("UpSampling", [(1, 2, 4, 4), (1, 3, 3, 3)], NEAREST, fails=True),
    S("UpSampling", [(1, 2, 4, 2), (1, 3, 2, 2)], NEAREST, fails=True),
    S("UpSampling", [(1, 2, 4, 4), (2, 2, 2, 2)], NEAREST, fails=True),
    S(
        "UpSampling",
        [(1, 2, 4, 4), (1, 3, 2, 2)],
        dict(NEAREST, multi_input_mode="sum"),
        fails=True,
    ),
    S("UpSampling", [ints(MAP, 0, 5, "int32")], NEAREST, fails=True),
    S("UpSampling", [MAP], BILINEAR, fails=True),
    S("UpSampling", [(1, 2, 3, 2), (2, 1, 3, 3)], BILINEAR, fails=True),
    S("UpSampling", [(1, 3, 3, 2), (3, 1, 4, 4)], dict(BILINEAR, num_filter=1), fails=True),
]

CROPPED = {"h_w": (3, 2)}
SAMPLES += [
    S("Crop", [MAP], CROPPED),
    S("Crop", [MAP], dict(CROPPED, offset=(2, 1))),
    S("Crop", [MAP], dict(CROPPED, h_w=(2, 3), center_crop=True, offset=(9, 9))),
    S("Crop", [MAP], dict(CROPPED, h_w=(5, 4))),
    S("Crop", [MAP, (1, 3, 2, 3)], {"offset": (3, 1)}),
    S("Crop", [MAP, (1, 3, 2, 1)], {"center_crop": True, "h_w": (1, 1)}),
    *[
        S("Crop", [MAP], dict(CROPPED, **bad), fails=True)
        for bad in (
            {"h_w": (0, 0)},
            {"h_w": (6, 2)},
            {"h_w": (3,)},
            {"offset": (3, 0)},
            {"offset": (-1, 0)},
            {"offset": (1,)},
        )
    ],
    S("Crop", [(2, 5, 4)], CROPPED, fails=True),
    S("Crop", [MAP, (1, 3, 6, 3)], {}, fails=True),
    S("Crop", [MAP, (2, 3)], {}, fails=True),
]
