"""Samples of ops/triangular.py."""

from ops.samples.spec import S, array, ints, normal, positive

A = [[2, 7, 8], [-1, 3, 9], [0.5, 1, -1.5]]

SAMPLES = []
for name in ("_linalg_trmm", "_linalg_trsm"):
    for transpose in (False, True):
        for lower in (False, True):
            way = {"transpose": transpose, "lower": lower}
            SAMPLES += [
                S(name, [array(A), (3, 2)], way),
                S(name, [array(A, "float64"), normal((2, 3), "float64")], {"rightside": True, **way}),
            ]
    SAMPLES += [
        S(name, [array(A, "float64"), normal((3, 2), "float64")], {"alpha": 0.1}),
        S(name, [positive((2, 1, 2, 2), "float64"), normal((2, 1, 2, 3), "float64")], {"alpha": -2.0}),
        S(name, [positive((1, 1)), (1, 4)]),
        S(name, [(2, 3), (3, 3)], fails=True),
        S(name, [(3, 3), (2, 3)], fails=True),
        S(name, [(3, 3), (3, 2)], {"rightside": True}, fails=True),
        S(name, [(1, 3, 3), (3, 3)], fails=True),
        S(name, [(2, 3, 3), (1, 3, 3)], fails=True),
        S(name, [(3,), (3, 3)], fails=True),
        S(name, [normal((3, 3), "float64"), (3, 3)], fails=True),
        S(name, [ints((2, 2), 1, 5, "int32"), ints((2, 2), 1, 5, "int32")], fails=True),
    ]
SAMPLES += [
    S("_linalg_sumlogdiag", [positive((3, 3))]),
    S("_linalg_sumlogdiag", [positive((2, 4, 3, 3), "float64")]),
    S("_linalg_sumlogdiag", [positive((1, 1))]),
    S("_linalg_sumlogdiag", [array([[-1.0, 2.0], [3.0, 4.0]])]),
    S("_linalg_sumlogdiag", [(3,)], fails=True),
    S("_linalg_sumlogdiag", [(3, 4)], fails=True),
    S("_linalg_sumlogdiag", [ints((3, 3), 1, 5, "int32")], fails=True),
    S("_linalg_makediag", [(3,)]),
    S("_linalg_makediag", [(2, 3)], {"offset": 1}),
    S("_linalg_makediag", [normal((2, 1, 1), "float64")], {"offset": -2}),
    S("_linalg_makediag", [ints((3,), 0, 5, "int32")], fails=True),
    S("_linalg_maketrian", [(5,)], fails=True),
    S("_linalg_maketrian", [ints((3,), 0, 5, "int32")], fails=True),
    S("_linalg_maketrian", [(1,)]),
    S("_linalg_maketrian", [normal((2, 1, 10), "float64")], {"offset": -2}),
]
for name in ("_linalg_extractdiag", "_linalg_extracttrian"):
    SAMPLES += [
        *[S(name, [(4, 4)], {"offset": offset}) for offset in (-3, -1, 0, 2)],
        S(name, [normal((2, 1, 3, 3), "float64")], {"offset": 1}),
        S(name, [(1, 1)]),
        *[S(name, [(3, 3)], {"offset": offset}, fails=True) for offset in (-3, 3)],
        S(name, [(3, 4)], fails=True),
        S(name, [(4,)], fails=True),
        S(name, [normal((3, 3), "float16")], fails=True),
    ]
for lower in (True, False):
    for offset in (-2, 0, 1):
        way = {"offset": offset, "lower": lower}
        SAMPLES += [S("_linalg_extracttrian", [(2, 4, 4)], way), S("_linalg_maketrian", [(2, 6)], way)]
