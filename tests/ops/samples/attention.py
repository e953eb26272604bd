"""Samples of ops/attention.py. MXNet has these on a CPU in float32 alone."""

from ops.samples.spec import S, normal

SELF, SOURCES, QUERIES = (4, 2, 45), (6, 2, 30), (4, 2, 15)
HEADS = {"heads": 3}
SELF_QK, SELF_VALUES, QK, VALUES = [
    "_contrib_interleaved_matmul_" + name
    for name in ("selfatt_qk", "selfatt_valatt", "encdec_qk", "encdec_valatt")
]

SAMPLES = [
    S(SELF_QK, [SELF], HEADS),
    S(SELF_QK, [(1, 1, 6)], {"heads": 1}),
    S(SELF_QK, [SELF], fails=True),
    S(SELF_QK, [(4, 45)], HEADS, fails=True),
    S(SELF_VALUES, [SELF, (6, 4, 4)], HEADS),
    S(SELF_VALUES, [(1, 2, 6), (4, 1, 1)], {"heads": 2}),
    S(SELF_VALUES, [SELF, (6, 4, 6)], HEADS, fails=True),
    S(SELF_VALUES, [SELF, normal((6, 4, 4), "float64")], HEADS, fails=True),
    S(QK, [QUERIES, SOURCES], HEADS),
    S(QK, [(1, 3, 4), (2, 3, 8)], {"heads": 1}),
    S(QK, [QUERIES, (6, 3, 30)], HEADS, fails=True),
    S(QK, [QUERIES, (6, 2, 15)], HEADS, fails=True),
    S(QK, [QUERIES, normal(SOURCES, "float64")], HEADS, fails=True),
    S(VALUES, [SOURCES, (6, 4, 6)], HEADS),
    S(VALUES, [(2, 3, 8), (3, 1, 2)], {"heads": 1}),
    S(VALUES, [SOURCES, (6, 4, 4)], HEADS, fails=True),
    S(VALUES, [SOURCES, (4, 6)], HEADS, fails=True),
]
