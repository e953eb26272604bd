"""Samples of ops/decompositions.py."""

from ops.samples.spec import S, array, ints, normal

SYMMETRIC = [[6, 1, -2], [1, 4, 3], [-2, 3, 9]]
SKEWED = [[6, 5, -2], [1, 4, -7], [-2, 3, 9]]  # with the same lower triangle
OTHER = [[3, -1, 0], [-1, 5, 2], [0, 2, 2]]
FACTOR = [[2, 0, 0], [-1, 3, 0], [0.5, 1, -1.5]]
FULL = [[2, 7, 8], [-1, 3, 9], [0.5, 1, -1.5]]
SINGULAR = [[1, 2], [2, 4]]
BATCH = [SYMMETRIC, OTHER]
SQUARE = "_linalg_potrf _linalg_potri _linalg_inverse _linalg_det _linalg_slogdet _linalg_syevd".split()

SAMPLES = [S(name, [normal(s)], fails=True) for name in SQUARE for s in ((3,), (2, 3))]
SAMPLES += [
    S(name, [ints((2, 2), 1, 5, dtype)], fails=True)
    for name in (*SQUARE, "_linalg_gelqf")
    for dtype in ("int32", "float16")
]
for name in ("_linalg_potrf", "_linalg_inverse", "_linalg_det", "_linalg_slogdet", "_linalg_syevd"):
    SAMPLES += [
        S(name, [array(SYMMETRIC)]),
        S(name, [array(SKEWED, "float64")]),
        S(name, [array(BATCH, "float64")]),
        S(name, [array([[[[4.0]], [[0.5]]]])]),
    ]
SAMPLES += [
    S("_linalg_potrf", [array([[-2.0]])], fails=True),
    S("_linalg_potrf", [array([[1.0, 2.0], [2.0, 1.0]])], fails=True),
    S("_linalg_potri", [array(FACTOR)]),
    S("_linalg_potri", [array(FULL, "float64")]),
    S("_linalg_potri", [array([FACTOR, SKEWED], "float64")]),
    S("_linalg_potri", [array([[[[4.0]], [[0.5]]]])]),
    S("_linalg_inverse", [array(SINGULAR)], fails=True),
    S("_linalg_inverse", [(4, 4)], tol=1e-4),
    S("_linalg_det", [normal((2, 1, 4, 4), "float64")]),
    S("_linalg_det", [array(SINGULAR)], kink=True),
    S("_linalg_det", [array([SINGULAR, [[1, 2], [3, 4]]])], kink=True),
    S("_linalg_slogdet", [normal((2, 1, 4, 4), "float64")]),
    S("_linalg_slogdet", [array([SINGULAR, [[1, 2], [3, 4]]])], kink=True),
    S("_linalg_gelqf", [array(FULL)]),
    S("_linalg_gelqf", [normal((2, 4), "float64")]),
    S("_linalg_gelqf", [normal((2, 2, 3, 5), "float64")]),
    S("_linalg_gelqf", [(1, 4)]),
    S("_linalg_gelqf", [(1, 1)]),
    S("_linalg_gelqf", [array([[0.0, 2.0], [3.0, 0.0]])]),
    S("_linalg_gelqf", [(3, 2)], fails=True),
    S("_linalg_gelqf", [(3,)], fails=True),
    S("_linalg_syevd", [array([[0.0, 1.0], [1.0, 0.5]])]),
    S("_linalg_syevd", [array([[2.0, 0.0], [0.0, -1.0]])]),
]
