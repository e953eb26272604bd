"""Samples of ops/output.py. MXNet's gradients there are not those of the outputs, hence the kinks."""

from ops.samples.spec import S, array, ints, normal, uniform

VECTOR = [(4, 3), array([0, 2, 1, 1])]
ROWS = [(2, 3, 4), ints((2, 4), 0, 3)]
LAST = [(2, 3, 4), ints((2, 3), 0, 4)]
ODD = [(4, 3), array([-1, 7, 1.7, 0.2])]

SAMPLES = []


def add(name, inputs, **attributes):
    SAMPLES.append(S(name, inputs, attributes, kink=True))


for inputs in (VECTOR, ODD, LAST, [(4, 3), uniform((4, 3))], [(2, 3, 4), uniform((2, 3, 4))]):
    add("SoftmaxOutput", inputs)
    add("SoftmaxOutput", inputs, grad_scale=2.5)
for how in ("null", "batch", "valid"):
    add("SoftmaxOutput", VECTOR, normalization=how)
    add("SoftmaxOutput", VECTOR, normalization=how, use_ignore=True, ignore_label=1)
    add("SoftmaxOutput", ROWS, normalization=how, multi_output=True)
    add("SoftmaxOutput", ROWS, normalization=how, multi_output=True, use_ignore=True, ignore_label=2)
    add("SoftmaxOutput", LAST, normalization=how, preserve_shape=True)
add("SoftmaxOutput", [(2, 3, 4), array([[1] * 4] * 2)], multi_output=True, use_ignore=True, ignore_label=1)
add("SoftmaxOutput", [(2, 3, 2, 2), ints((2, 2, 2), 0, 3)], multi_output=True)
add("SoftmaxOutput", [(2, 3, 2, 2), ints((2, 4), 0, 3)], multi_output=True)
add("SoftmaxOutput", VECTOR, smooth_alpha=0.1)
add("SoftmaxOutput", VECTOR, smooth_alpha=0.1, use_ignore=True, ignore_label=0)
add("SoftmaxOutput", ROWS, smooth_alpha=0.1, multi_output=True)
for inputs, more in ((VECTOR, {}), (ROWS, {"multi_output": True}), (LAST, {"preserve_shape": True})):
    add("SoftmaxOutput", inputs, normalization="valid", ignore_label=1, **more)
add("SoftmaxOutput", [(4, 3), array([0, -1, 1, -1])], normalization="valid")
add("SoftmaxOutput", [(4, 3), array([-1, -1, -1, -1])], normalization="valid")
for name in ("LinearRegressionOutput", "LogisticRegressionOutput", "MAERegressionOutput"):
    add(name, [(4, 3), (4, 3)])
    add(name, [(4, 1), (4,)])
    add(name, [(2, 3, 4), (2, 3, 4)], grad_scale=0.5)
    add(name, [(3,), (3, 1)])
    add(name, [(2, 3), (2, 3, 1)])
    add(name, [(2, 1, 3), (2, 3)])
    add(name, [array([1.0, 2.0, 3.0]), array([1.0, 2.5, 2.5])])
    SAMPLES += [S(name, [(2, 3), other], fails=True) for other in ((6,), (3, 2))]
SAMPLES += [
    S("SoftmaxOutput", [(4, 3), (3,)], fails=True),
    S("SoftmaxOutput", [(4, 3), (4, 1)], fails=True),
    S("SoftmaxOutput", [(3,), (1,)], fails=True),
    S("SoftmaxOutput", [(2, 3, 4), (2,)], fails=True),
]

SVM = {"margin": 0.5, "regularization_coefficient": 0.3}
for attributes in ({}, {"use_linear": True}, SVM, {"use_linear": True, **SVM}):
    add("SVMOutput", VECTOR, **attributes)
add("SVMOutput", ODD)
add("SVMOutput", LAST)
add("SVMOutput", [normal((4, 3), "float64"), array([0, 2, 1, 1], "float64")])
SAMPLES += [
    S("SVMOutput", [(4, 3), (3,)], fails=True),
    S("SVMOutput", [(4, 3), (4, 3)], fails=True),
    S("SVMOutput", [(3,), (1,)], fails=True),
    S("SVMOutput", [normal((4, 3), "float64"), (4,)], fails=True),
]
UNITS = [uniform((4, 3), 0.05, 0.95), uniform((3,), 0.1, 0.9)]
SPARSE = {"sparseness_target": 0.3, "penalty": 0.1, "momentum": 0.5}
for attributes in ({}, SPARSE):
    SAMPLES += [
        S("IdentityAttachKLSparseReg", UNITS, attributes, grad=(0,), kink=True),
        S("IdentityAttachKLSparseReg", UNITS, attributes, grad=(0,), kink=True, train=True, writes=(1,)),
    ]
SAMPLES.append(S("IdentityAttachKLSparseReg", [(4, 3), (4,)], fails=True))
