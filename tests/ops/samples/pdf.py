"""Samples of ops/pdf.py."""

from ops.samples.spec import S, array, ints, positive, uniform

# An operator, one sample of each of its inputs' kinds.
POINTS = [[0.5, 1.0, 2.0, 0.1]]
COUNTS = [[0.0, 1.0, 2.0, 5.0]]
CASES = {
    "uniform": (POINTS, [0.0], [2.0]),
    "normal": (POINTS, [0.3], [2.0]),
    "gamma": (POINTS, [1.5], [2.0]),
    "exponential": (POINTS, [1.5]),
    "poisson": (COUNTS, [1.5]),
    "negative_binomial": (COUNTS, [3.0], [0.4]),
    "generalized_negative_binomial": (COUNTS, [3.0], [0.4]),
}
# Shapes of a sample and of its parameters.
SHAPES = [((2, 3), (2,)), ((2, 1, 3, 2), (2, 1)), ((3,), (3,))]
MISFITS = [((2, 3), (3,)), ((2, 3), (1,)), ((3,), (1,)), ((2,), (2, 3))]

SAMPLES = []
for kind, inputs in CASES.items():
    name, points = "_random_pdf_" + kind, inputs[0] is POINTS
    for is_log in (False, True):
        way = {"is_log": is_log}
        # Away from 0, and from 1 where it is a probability.
        parameters = uniform if kind == "negative_binomial" else positive
        if kind != "uniform":
            SAMPLES += [
                S(
                    name,
                    [
                        positive(shape, "float64") if points else ints(shape, 0, 5, "float64"),
                        *[parameters(lead, dtype="float64") for _ in inputs[1:]],
                    ],
                    way,
                    tol=1e-5 if kind == "gamma" else None,  # MXNet has the derivative of log Γ in float32
                )
                for shape, lead in SHAPES
            ]
        SAMPLES += [
            S(name, [array(x) for x in inputs], way),
        ]
    SAMPLES += [
        S(name, [array(x, "float16") for x in inputs], grad=False, tol=1e-2),
        S(name, [array([[-1.0, 2.5]]), *[array(x) for x in inputs[1:]]], grad=False),
        S(name, [array(inputs[0], "float64"), *[array(x) for x in inputs[1:]]], fails=True),
        S(name, [array([[1]], "int32"), *[array([1], "int32") for _ in inputs[1:]]], fails=True),
        *[S(name, [positive(s), *[positive(p) for _ in inputs[1:]]], fails=True) for s, p in MISFITS],
    ]
SAMPLES += [
    S("_random_pdf_normal", [positive((2, 3)), array([0.0, 1.0]), array([1.0])], fails=True),
    S("_random_pdf_normal", [array([[1.0, 2.0]]), array([1.0]), array([-1.0])]),
    S("_random_pdf_uniform", [array([[3.0, 1.0], [0.0, 1.0]]), array([0.0, -1.0]), array([2.0, 2.0])]),
    S("_random_pdf_gamma", [array([[0.0, 1.0]]), array([1.5]), array([2.0])], grad=False),
    S("_random_pdf_dirichlet", [array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]), array([[1.5, 2, 3], [1, 1, 1]])]),
    S("_random_pdf_dirichlet", [array([[[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]]), array([[1.5, 2, 3]])]),
    S("_random_pdf_dirichlet", [array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]), array([1.5, 2, 3])]),
    S("_random_pdf_dirichlet", [array([0.25, 0.75]), array([1.5, 2])]),
    S("_random_pdf_dirichlet", [array([0.25, 0.75]), array([1.5, 2, 1])], fails=True),
    S("_random_pdf_dirichlet", [positive((2, 3)), positive((3, 3))], fails=True),
]
for is_log in (False, True):
    way = {"is_log": is_log}
    SAMPLES.append(
        S("_random_pdf_dirichlet", [positive((2, 4, 1, 3), "float64"), positive((2, 3), "float64")], way)
    )
