"""Programs with mx.test_utils, for tests/oracle/record_test_utils.py and the tests here.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import numpy as np

# (function, arguments, options): equal seeds, equal numbers.
RANDOM = [
    ("random_arrays", [(2, 3)], {}),
    ("random_arrays", [(2,), (), (1, 2)], {}),
    ("random_uniform_arrays", [(3,), (2, 2)], {"low": -1, "high": 2, "dtype": "float64"}),
    ("random_sample", [list(range(9)), 4], {}),
    ("rand_shape_2d", [], {}),
    ("rand_shape_2d", [3, 40, True], {}),
    ("rand_shape_3d", [], {"dim1": 2}),
    ("rand_shape_nd", [5], {"dim": 4}),
    ("rand_coord_2d", [1, 5, 10, 100], {}),
    ("rand_ndarray", [(2, 2)], {}),
    ("rand_ndarray", [(6, 2), "row_sparse"], {"density": 0.5}),
    ("rand_ndarray", [(6, 5), "csr"], {"density": 0.4, "dtype": "float64"}),
    ("rand_ndarray", [(5, 16), "csr"], {"density": 0.5, "distribution": "powerlaw"}),
    ("rand_ndarray", [(4, 3), "csr"], {"density": 0.9, "distribution": "powerlaw"}),
    ("rand_ndarray", [(4, 3)], {"dtype": "float16"}),
    ("rand_sparse_ndarray", [(5, 2), "row_sparse"], {"density": 0.6, "data_init": 2}),
    ("rand_sparse_ndarray", [(5, 2), "row_sparse"], {"rsp_indices": np.array([1, 3])}),
    ("rand_sparse_ndarray", [(5, 2), "row_sparse"], {"density": 0}),
    ("rand_sparse_ndarray", [(5, 3), "csr"], {"data_init": 2}),
    ("create_sparse_array", [(5, 2), "row_sparse"], {"rsp_indices": [3, 0]}),
    ("create_sparse_array", [(5, 2), "csr"], {"density": 0.5}),
    ("create_sparse_array_zd", [(5, 2), "row_sparse", 0.7], {"rsp_indices": [2]}),
    ("create_sparse_array_zd", [(5, 2), "csr", 0.7], {}),
    ("create_2d_tensor", [3, 2], {}),
    ("create_vector", [4], {"dtype": "float32"}),
    ("get_identity_mat", [2], {}),
    ("get_identity_mat_batch", [2], {}),
    ("new_orthonormal_matrix_2d", [3], {}),
    ("new_sym_matrix_with_real_eigvals_nd", [(2, 3, 3)], {}),
    ("new_matrix_with_real_eigvals_nd", [(2, 2, 2)], {}),
    ("gen_buckets_probs_with_ppf", [abs, 4], {}),
    ("get_tols", [np.float32(1), 2, None, 0.5], {}),
]  # fmt: skip

# Pairs to compare: (a, b, types, options).
PAIRS = [
    ([1, 2, 3], [1, 2, 3], ("float32", "float32"), {}),
    ([1, 2, 3], [1, 2.0005, 3], ("float32", "float32"), {}),
    ([1, 2, 3], [1, 2.1, 3], ("float32", "float32"), {}),
    ([1, 2, 3], [1, 2.0005, 3], ("float64", "float64"), {}),
    ([1, 2, 3], [1, 2.0005, 3], ("float32", "float64"), {}),
    ([1, 2, 3], [1, 2.1, 3], ("float16", "float32"), {}),
    ([1, 2, 3], [1, 2.3, 3], ("float16", "float32"), {}),
    ([1, 2, 3], [1, 2, 4], ("int32", "int32"), {}),
    ([1, 2, 3], [1, 2, 3], ("int32", "float32"), {}),
    ([1, 2, 3], [2, 3, 4], ("float32", "float32"), {"rtol": 0.5, "atol": 0}),
    ([1, 2, 3], [2, 3, 4], ("float32", "float32"), {"rtol": 0, "atol": 0.5}),
    ([1, 2, 3], [2, 3, 4], ("float32", "float32"), {"names": ("left", "right")}),
    (list(range(40)), list(range(1, 41)), ("float32", "float32"), {}),
    (list(range(40)), list(range(1, 41)), ("float32", "float32"), {"mismatches": (2, 0)}),
    ([[1, 2], [3, 4]], [[1, 2], [3.5, 5]], ("float32", "float32"), {}),
    ([float("nan"), 1], [float("nan"), 1], ("float32", "float32"), {}),
    ([float("nan"), 1], [float("nan"), 1], ("float32", "float32"), {"equal_nan": True}),
    ([float("inf"), 1], [float("inf"), 1], ("float32", "float32"), {}),
    ([True, False], [True, False], ("bool", "bool"), {}),
    ([True, False], [True, True], ("bool", "bool"), {}),
    ([[1, 2], [1, 2]], [1, 2], ("float32", "float32"), {}),
    ([[1, 2], [1, 2]], [1, 2], ("float32", "float32"), {"use_broadcast": False}),
    (1, 1.5, ("float64", "float64"), {}),
    (1, 1, ("float64", "float64"), {}),
    ([1, 2], [1, 3], ("float32", "float32"), {"rtol": {np.dtype("float32"): 1}}),
]  # fmt: skip
FUNCTIONS = (
    "assert_almost_equal", "assert_allclose", "assert_almost_equal_with_err",
    "assert_almost_equal_ignore_nan", "almost_equal",
)  # fmt: skip
ACCEPTS = {
    "assert_allclose": {"rtol", "atol", "equal_nan"},
    "assert_almost_equal_with_err": {"rtol", "atol", "names", "equal_nan", "mismatches", "etol"},
    "assert_almost_equal_ignore_nan": {"rtol", "atol", "names"},
    "almost_equal": {"rtol", "atol", "equal_nan", "use_broadcast"},
}


def options_of(name, options):
    return {k: v for k, v in options.items() if k in ACCEPTS.get(name, options)}


def outcome(mx, name, pair, as_ndarray):
    """What a comparison says: its result, or its error's lines on the difference; "?" if it can't compare."""
    a, b, types, options = pair
    a, b = (np.array(x, dtype=kind) for x, kind in zip((a, b), types))  # noqa: B905
    if as_ndarray:
        a, b = mx.nd.array(a, dtype=a.dtype), mx.nd.array(b, dtype=b.dtype)
    more = {"etol": 0.4} if name.endswith("with_err") else {}
    try:
        return getattr(mx.test_utils, name)(a, b, **more, **options_of(name, options))
    except AssertionError as error:
        lines = [line.strip() for line in str(error).split("\n")]
        return [line for line in lines if line.startswith(("Error", "Location"))]
    except Exception:
        return "?"


def plain(found):
    """As plain data; a sparse array as its storage and its elements."""
    if isinstance(found, (list, tuple)):
        return [plain(x) for x in found]
    if hasattr(found, "asnumpy"):
        stype = found.stype if hasattr(found, "stype") else "default"
        return [stype, np.dtype(found.dtype).name, found.asnumpy().tolist()]
    if isinstance(found, np.ndarray):
        return [found.dtype.name, found.tolist()]
    return found.item() if isinstance(found, np.generic) else found


def made(mx, case):
    """What a function makes after seeding NumPy."""
    name, arguments, options = case
    np.random.seed(5)  # noqa: NPY002
    options = {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in options.items()}
    return plain(getattr(mx.test_utils, name)(*arguments, **options))
