"""Samples of ops/quantization.py."""

from ops.samples.spec import S, array, ints, normal, uniform

RANGES = ((-2, 2), (0, 3), (-1, 4), (-4, 1))
X = uniform((5, 30), -3, 3.5)
CALIBRATED = (
    {},
    {"min_calib_range": -2.0, "max_calib_range": 3.0},
    {"min_calib_range": 0.0, "max_calib_range": 3.0},
)
CASES = []

for kind in ("int8", "uint8"):
    way = {"out_type": kind}
    CASES += [S("_contrib_quantize", [X, array([low]), array([high])], way) for low, high in RANGES]
    CASES.append(S("_contrib_quantize", [array([0.5, 1.5, 2.5, -0.5, 254.5]), array([0]), array([127])], way))
    CASES += [
        S("_contrib_dequantize", [ints((40,), 0, 127, kind), array([x]), array([y])]) for x, y in RANGES
    ]
for kind in ("int8", "uint8", "auto"):
    for calibrated in CALIBRATED:
        way = dict(calibrated, out_type=kind)
        CASES += [
            S("_contrib_quantize_v2", [X], way),
            S("_contrib_requantize", [ints((40,), -(2**30), 2**30, "int32"), array([-2]), array([3])], way),
        ]
CASES += [
    S("_contrib_quantize", [X, array([-2]), array([3])]),
    S("_contrib_quantize_v2", [X]),
    S("_contrib_quantize_v2", [array([3.0])], {"out_type": "uint8"}),
    S("_contrib_quantize_v2", [ints((4,), -5, 5, "int8")]),
    S("_contrib_quantize_v2", [ints((4,), 0, 5, "uint8")], {"out_type": "uint8"}),
    S("_contrib_quantize_v2", [ints((4,), 0, 255, "uint8")]),
    S("_contrib_quantize_v2", [ints((4,), -5, 5, "int8")], CALIBRATED[1]),
    S("_contrib_quantize_v2", [X], {"min_calib_range": -1.0}),
    S("_contrib_requantize", [array([5, -100000], "int32"), array([-200]), array([100])]),
    S("_contrib_quantize_asym", [normal((2, 3, 4))]),
    S("_contrib_quantize_asym", [normal((2, 3, 4))], CALIBRATED[1]),
]
# Made by hand: two hills, an outlier, empty bins.
HILLS = [0, 0, 3, 0, 1, 2, 5, 9, 30, 50, 80, 50, 33, 7, 5, 2, 0, 1, 0, 0, 2]
EDGES = [x / 10 for x in range(-21, 22, 2)]
for bins in (3, 5, 7):
    CASES += [
        S("_contrib_calibrate_entropy", [array(HILLS), array(EDGES)], {"num_quantized_bins": bins}),
        S("_contrib_calibrate_entropy", [ints((101,), 0, 9), uniform((102,))], {"num_quantized_bins": bins}),
    ]
SAMPLES = [S(s.op, s.inputs, s.attributes, grad=False, tol=1e-4) for s in CASES]
SAMPLES += [
    S("_contrib_quantize", [normal((3,), "float64"), array([-2]), array([3])], fails=True),
    S("_contrib_quantize", [(3,), array([-2, 1]), array([3, 3])], fails=True),
    S("_contrib_quantize", [(3,), array([-2]), array([3])], {"out_type": "auto"}, fails=True),
    S("_contrib_quantize_v2", [normal((3,), "float64")], fails=True),
    S("_contrib_quantize_asym", [normal((3,), "float64")], fails=True),
    S("_contrib_dequantize", [(3,), array([-2]), array([3])], fails=True),
    S("_contrib_dequantize", [ints((3,), 0, 5, "int32"), array([-2]), array([3])], fails=True),
    S("_contrib_dequantize", [ints((3,), 0, 5, "int8"), array([-2, 1]), array([3, 4])], fails=True),
    S("_contrib_requantize", [ints((3,), 0, 5, "int8"), array([-2]), array([3])], fails=True),
]
