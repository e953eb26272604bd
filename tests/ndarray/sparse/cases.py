"""What is asked of MXNet's sparse arrays: calls that run on either library, and answer with arrays.

Stays within Python 3.8 and NumPy: tests/oracle/record_sparse.py runs it where MXNet 1.9.1 runs.
"""

import itertools

import numpy as np

A = np.array([[0, 1, 0], [0, 0, 0], [2, 0, -3], [0, 0.5, 0]], "float32")
B = np.array([[0, 1, 0], [4, 0, 0], [0, 5, 3], [0, 0, 0]], "float32")
C = np.array([[0, -1, 2], [0, 0, 0], [1.5, 0, 3], [0, 0, 0]], "float32")
STYPES = ("default", "csr", "row_sparse")

UNARY = """
    abs arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh degrees exp expm1 erf fix floor gamma
    log1p logical_not negative radians reciprocal relu rint round rsqrt sigmoid sign sin sinh softsign sqrt
    square tan tanh trunc zeros_like ones_like stop_gradient make_loss identity BlockGrad max min prod sum
    mean norm argmax Flatten softmax transpose
""".split()
SCALAR = """
    _plus_scalar _minus_scalar _rminus_scalar _mul_scalar _div_scalar _rdiv_scalar _mod_scalar _power_scalar
    _maximum_scalar _minimum_scalar _hypot_scalar _equal_scalar _not_equal_scalar _greater_scalar
    _greater_equal_scalar _lesser_scalar _lesser_equal_scalar _scatter_plus_scalar _scatter_minus_scalar
""".split()
BINARY = """
    elemwise_add elemwise_sub elemwise_mul elemwise_div _grad_add _maximum _minimum _hypot
    _scatter_elemwise_div broadcast_add broadcast_sub broadcast_mul broadcast_maximum broadcast_equal add_n
""".split()

CASES = {}


def case(name, call):
    assert name not in CASES, name
    CASES[name] = call


def form(mx, values, stype):
    return mx.nd.array(values, dtype=values.dtype).tostype(stype)


def find(mx, name):
    spaces = (mx.nd, mx.nd._internal, mx.nd.sparse, mx.nd.contrib)
    return next(getattr(space, name) for space in spaces if hasattr(space, name))


def calls(name, values, stypes, label=None, **attributes):
    """One call of an operator on arrays of these values and storages."""
    label = f"{label or name} {' '.join(stypes)} {attributes or ''}".strip()
    pairs = list(zip(values, stypes))  # noqa: B905 (Python 3.8)
    case(label, lambda mx: find(mx, name)(*[form(mx, v, s) for v, s in pairs], **attributes))


def _unary():
    for stype in STYPES[1:]:
        for name in UNARY:
            calls(name, [A], [stype])
        for name in SCALAR:
            for scalar in (2.0, 0.0, -1.0):
                calls(name, [A], [stype], scalar=scalar)
        calls("clip", [A], [stype], a_min=-1, a_max=1)
        calls("clip", [A], [stype], a_min=1, a_max=2)
        for axis, keepdims in itertools.product((0, 1, -1, (0, 1)), (False, True)):
            calls("sum", [A], [stype], axis=axis, keepdims=keepdims)
            calls("mean", [A], [stype], axis=axis, keepdims=keepdims)
        calls("norm", [A], [stype], axis=1)
        calls("norm", [A], [stype], keepdims=True)
        calls("square", [A.astype("float64")], [stype], "float64")
        calls("abs", [A.astype("int32")], [stype], "int32")
        for axis, keepdims in itertools.product((0, 1), (False, True)):
            calls("_square_sum", [A], [stype], axis=axis, keepdims=keepdims)


def _binary():
    for name, (p, q) in itertools.product(BINARY, itertools.product(STYPES, STYPES)):
        if (p, q) != ("default", "default"):
            calls(name, [A, B], [p, q])
    for name in ("elemwise_add", "elemwise_sub", "elemwise_mul", "_maximum"):
        for stype in STYPES[1:]:
            calls(name, [A, A[:3]], [stype, stype], f"{name} of other shapes")
            calls(name, [A * 0, B], [stype, stype], f"{name} of zeros")
    for name in ("broadcast_mul", "broadcast_div", "broadcast_add"):
        for values in (B[2:3], B[:, :1] + 1, B[2] + 1):
            for stype in STYPES[1:]:
                calls(name, [A, values], [stype, "default"], f"{name} {values.shape}")
                calls(name, [values, A], ["default", stype], f"{name} {values.shape}")
    for stypes in itertools.product(STYPES, repeat=3):
        if set(stypes) != {"default"}:
            calls("add_n", [A, B, C], stypes)


def _dot():
    vector, wide = np.array([1, -2, 3, 0.5], "float32"), np.arange(8, dtype="float32").reshape(4, 2) - 3
    for ta, tb, p, q in itertools.product((False, True), (False, True), STYPES, STYPES):
        if (p, q) != ("default", "default"):
            rhs = B if ta != tb else B.T.copy()
            for stype in (None, "default", "csr", "row_sparse"):
                extra = {} if stype is None else {"forward_stype": stype}
                calls("dot", [A, rhs], [p, q], transpose_a=ta, transpose_b=tb, **extra)
    for stype in STYPES[1:]:
        calls("dot", [A, wide[1:]], [stype, "default"], "dot 3x2")
        calls("dot", [A, wide], [stype, "default"], "dot 4x2", transpose_a=True)
        calls("dot", [A, vector[:3]], [stype, "default"], "dot vector")
        calls("dot", [A, vector], [stype, "default"], "dot vector", transpose_a=True)
        calls("dot", [A, wide], [stype, "default"], "dot of wrong shapes")
        calls("dot", [A * 0, wide[1:]], [stype, "default"], "dot zeros")
        calls("dot", [A * 0, wide], [stype, "default"], "dot zeros", transpose_a=True)
        calls("dot", [A.astype("float64"), wide[1:].astype("float64")], [stype, "default"], "dot float64")


def _parts():
    for stype in STYPES[1:]:
        for begin, end, step in (
            ((1,), (3,), ()), ((None, 1), (None, 3), ()), ((1, 1), (3, 3), ()), ((-3,), (-1,), ()),
            ((0,), (4,), (2,)), ((0, 0), (2, 1), ()), ((3,), (4,), ()), ((0, 2), (4, 3), (1, 1)),
        ):  # fmt: skip
            calls("slice", [A], [stype], begin=begin, end=end, step=step)
        calls("concat", [A, B], [stype, stype], dim=0)
        calls("concat", [A, B, C], [stype] * 3, dim=0)
        calls("concat", [A, B], [stype, stype], dim=1)
        calls("concat", [A, B], [stype, "default"], dim=0)
        calls("where", [A, B, C], [stype, "default", "default"])
        calls("where", [B, A, C], ["default", stype, "default"])
        calls("where", [A, B, C], [stype] * 3)
        for mode in ("clip", "wrap"):
            calls("take", [A, np.array([2, 0, 2, 5, -1], "float32")], [stype, "default"], mode=mode)
        calls("take", [A, np.array([2, 0], "float32")], [stype, "default"], axis=1)
        calls("slice_axis", [A], [stype], axis=0, begin=1, end=3)
        calls("Embedding", [np.array([3, 0, 3], "float32"), A], ["default", stype], input_dim=4, output_dim=3,
              sparse_grad=True)  # fmt: skip
    for rows in ([0, 2], [1, 2], [0, 1, 2, 3], [3], [1]):
        calls("retain", [A, np.array(rows, "float32")], ["row_sparse", "default"], f"retain {rows}")
    calls("retain", [A, np.array([0], "float32")], ["csr", "default"])
    case("retain of zeros", lambda mx: mx.nd.sparse.retain(form(mx, A * 0, "row_sparse"), mx.nd.array([1])))
    case("retain method", lambda mx: form(mx, A, "row_sparse").retain(mx.nd.array([2])))


def _creation():
    def matrix(label, *args, **kwargs):
        case(f"csr_matrix {label}", lambda mx: mx.nd.sparse.csr_matrix(*args, **kwargs))

    def rows(label, *args, **kwargs):
        case(f"row_sparse_array {label}", lambda mx: mx.nd.sparse.row_sparse_array(*args, **kwargs))

    parts = ([1, 2, 3], [1, 0, 2], [0, 1, 1, 3])
    matrix("parts", parts, shape=(3, 4))
    matrix("parts without a shape", parts)
    matrix("parts float64", (np.array([1.0, 2, 3]), *parts[1:]), shape=(3, 4))
    matrix("parts as int32", parts, shape=(3, 4), dtype="int32")
    matrix("parts of arrays", tuple([np.array(p) for p in parts]), shape=(3, 4))
    matrix("nothing stored", ([], [], [0, 0, 0]), shape=(2, 3))
    matrix("nothing stored, no shape", ([], [], [0, 0, 0]))
    matrix("parts of a vector", parts, shape=(3,))
    matrix("triples", ([7, 8, 9], ([2, 0, 1], [0, 1, 1])), shape=(4, 3))
    matrix("triples without a shape", (np.array([7, 8, 9]), ([2, 0, 1], [0, 1, 1])))
    matrix("triples at one place", ([7, 8, 9], ([2, 0, 2], [0, 1, 0])), shape=(4, 3), dtype="float32")
    matrix("triples outside", ([7.0], ([4], [0])), shape=(4, 3))
    matrix("shape", (2, 3))
    matrix("shape float64", (2, 3), dtype="float64")
    matrix("other shape", (2, 3), shape=(3, 3))
    matrix("dense", A)
    matrix("dense list", A.tolist())
    matrix("dense of another shape", A, shape=(3, 4))
    matrix("dense float64", A.astype("float64"))
    matrix("dense as int32", A, dtype="int32")
    matrix("four parts", (1, 2, 3, 4))
    matrix("dense vector", np.array([1.0, 0, 2], "float32"))
    case("csr_matrix of csr", lambda mx: mx.nd.sparse.csr_matrix(form(mx, A, "csr")))
    case(
        "csr_matrix of csr as float64",
        lambda mx: mx.nd.sparse.csr_matrix(form(mx, A, "csr"), dtype="float64"),
    )
    case("csr_matrix of row_sparse", lambda mx: mx.nd.sparse.csr_matrix(form(mx, A, "row_sparse")))
    case("csr_matrix of dense", lambda mx: mx.nd.sparse.csr_matrix(mx.nd.array(A, dtype="float64")))
    rows("parts", ([[1, 2], [3, 4]], [1, 4]), shape=(6, 2))
    rows("parts without a shape", ([[1, 2], [3, 4]], [1, 4]))
    rows("parts float64", (np.array([[1.0, 2]]), [1]), shape=(6, 2))
    rows("parts of rank 3", (np.ones((1, 2, 2), "float32"), [1]), shape=(3, 2, 2))
    rows("parts of wrong rank", ([1, 2], [1, 4]), shape=(6, 2))
    rows("nothing stored", (np.zeros((0, 2), "float32"), []), shape=(6, 2))
    rows("nothing stored, no shape", (np.zeros((0, 2), "float32"), []))
    rows("shape", (2, 3))
    rows("shape of rank 3", (2, 3, 4))
    rows("rank 1", (2,))
    rows("dense", A)
    rows("dense list", A.tolist())
    rows("dense int32", A.astype("int32"))
    rows("other shape", (2, 3), shape=(3, 3))
    case("row_sparse_array of csr", lambda mx: mx.nd.sparse.row_sparse_array(form(mx, A, "csr")))
    case(
        "row_sparse_array of row_sparse", lambda mx: mx.nd.sparse.row_sparse_array(form(mx, A, "row_sparse"))
    )
    for stype in (*STYPES[1:], "other"):
        case(f"zeros {stype}", lambda mx, s=stype: mx.nd.sparse.zeros(s, (2, 3)))
        case(f"empty {stype}", lambda mx, s=stype: mx.nd.sparse.empty(s, (2, 3), dtype="int64"))
        case(f"nd.zeros {stype}", lambda mx, s=stype: mx.nd.zeros((2, 3), stype=s))
    case("zeros default", lambda mx: mx.nd.sparse.zeros("default", (2, 3)))
    case("array of dense", lambda mx: mx.nd.sparse.array(mx.nd.array(A)))
    case("array of numpy", lambda mx: mx.nd.sparse.array(A))
    case("array of a list", lambda mx: mx.nd.sparse.array(A.tolist()))
    case("array of csr", lambda mx: mx.nd.sparse.array(form(mx, A, "csr"), dtype="float64"))


def _members():  # noqa: C901 (one call after the other)
    def on(label, call):
        for stype in STYPES[1:]:
            case(f"{label} ({stype})", lambda mx, s=stype: call(form(mx, A, s), mx))

    on("copy", lambda x, mx: x.copy())
    on("astype", lambda x, mx: x.astype("float64"))
    on("astype int", lambda x, mx: x.astype("int32"))
    on("tostype csr", lambda x, mx: x.tostype("csr"))
    on("tostype row_sparse", lambda x, mx: x.tostype("row_sparse"))
    on("tostype default", lambda x, mx: x.tostype("default"))
    on("tostype other", lambda x, mx: x.tostype("other"))
    on("cast_storage", lambda x, mx: mx.nd.cast_storage(x, "default"))
    on("cast_storage back", lambda x, mx: mx.nd.sparse.cast_storage(x.tostype("default"), x.stype))
    on("copyto dense", lambda x, mx: x.copyto(mx.nd.zeros((4, 3))))
    on("copyto csr", lambda x, mx: x.copyto(mx.nd.zeros((4, 3), stype="csr")))
    on("copyto row_sparse", lambda x, mx: x.copyto(mx.nd.zeros((4, 3), stype="row_sparse")))
    on("copyto another type", lambda x, mx: x.copyto(mx.nd.zeros((4, 3), stype=x.stype, dtype="float64")))
    on("copyto another shape", lambda x, mx: x.copyto(mx.nd.zeros((3, 4), stype=x.stype)))
    on("dense copyto", lambda x, mx: mx.nd.array(B).copyto(x))
    for key in (0, -2, slice(1, 3), slice(1, None), slice(None, -1), (0, 1), slice(0, 4, 2)):
        on(f"x[{key}]", lambda x, mx, k=key: x[k])
    values = {
        "2": lambda x, mx: 2, "0": lambda x, mx: 0, "dense": lambda x, mx: mx.nd.array(B),
        "own": lambda x, mx: form(mx, B, x.stype), "numpy": lambda x, mx: B, "list": lambda x, mx: B.tolist(),
        "csr": lambda x, mx: form(mx, B, "csr"), "another shape": lambda x, mx: mx.nd.zeros((2, 3)),
    }  # fmt: skip

    def assigned(x, mx, key, value):
        x[key] = value(x, mx)
        return x

    for name, value in values.items():
        on(f"x[:] = {name}", lambda x, mx, v=value: assigned(x, mx, slice(None), v))
    on("x[0] = 2", lambda x, mx: assigned(x, mx, 0, values["2"]))
    on("x[0:2] = 2", lambda x, mx: assigned(x, mx, slice(0, 2), values["2"]))
    on("T", lambda x, mx: x.T)
    on("reshape", lambda x, mx: x.reshape((3, 4)))
    on("broadcast_to", lambda x, mx: x.broadcast_to((2, 4, 3)))
    others = {
        "number": lambda x, mx: 2, "zero": lambda x, mx: 0, "own": lambda x, mx: form(mx, B, x.stype),
        "dense": lambda x, mx: mx.nd.array(B), "row": lambda x, mx: mx.nd.array([1, 2, 3]),
    }  # fmt: skip
    signs = {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
        "%": lambda a, b: a % b, "**": lambda a, b: a**b, "==": lambda a, b: a == b, ">": lambda a, b: a > b,
    }  # fmt: skip
    for (sign, do), (name, other) in itertools.product(signs.items(), others.items()):
        on(f"x {sign} {name}", lambda x, mx, f=do, o=other: f(x, o(x, mx)))
        if name != "own":
            on(f"{name} {sign} x", lambda x, mx, f=do, o=other: f(o(x, mx), x))
    on("-x", lambda x, mx: -x)
    on("abs(x)", lambda x, mx: abs(x))

    def plus(a, b):
        a += b
        return a

    def times(a, b):
        a *= b
        return a

    for name, other in others.items():
        on(f"x += {name}", lambda x, mx, o=other: plus(x, o(x, mx)))
        on(f"x *= {name}", lambda x, mx, o=other: times(x, o(x, mx)))
    on("dense += x", lambda x, mx: plus(mx.nd.array(B), x))
    on("dense *= x", lambda x, mx: times(mx.nd.array(B), x))
    for name in ("add", "subtract", "multiply", "divide"):
        for other, value in others.items():
            on(f"sparse.{name} x {other}",
               lambda x, mx, n=name, o=value: getattr(mx.nd.sparse, n)(x, o(x, mx)))  # fmt: skip
            on(f"sparse.{name} {other} x",
               lambda x, mx, n=name, o=value: getattr(mx.nd.sparse, n)(o(x, mx), x))  # fmt: skip
    on("out dense", lambda x, mx: mx.nd.square(x, out=mx.nd.zeros((4, 3))))
    on("out own", lambda x, mx: mx.nd.square(x, out=mx.nd.zeros((4, 3), stype=x.stype)))
    on("out own of exp", lambda x, mx: mx.nd.square(mx.nd.array(A), out=x))


_unary()
_binary()
_dot()
_parts()
_creation()
_members()
