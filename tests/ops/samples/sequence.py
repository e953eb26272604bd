"""Samples of ops/sequence.py."""

from ops.samples.spec import S, array, ints, normal

GIVEN = {"use_sequence_length": True}
TWO, FOUR = array([1, 3]), array([1, 3, 2, 3])
X = (4, 2, 3)
ROWS = (4, 3, 2)

SAMPLES = []
for name in ("SequenceMask", "SequenceLast", "SequenceReverse"):
    SAMPLES += [
        # MXNet's gradient of the last step without lengths is written outside of the array.
        S(name, [X], grad=name != "SequenceLast"),
        S(name, [X, TWO], GIVEN, grad=(0,)),
        S(name, [(4, 2), TWO], GIVEN, grad=(0,)),
        S(name, [(3, 2, 1, 2), array([2, 3], "int32")], GIVEN, grad=(0,)),
        S(name, [X, array([1.9, 4.2])], GIVEN, grad=False),
        S(name, [(1, 2, 3), array([1, 1])], GIVEN, grad=(0,)),
        S(name, [normal(X, "float64"), TWO], GIVEN, grad=(0,)),
        S(name, [normal(X, "float16"), TWO], GIVEN, grad=False),
        S(name, [ints(X, -9, 9, "int32"), array([1, 3], "int32")], GIVEN),
        S(name, [(4,), array([1])], GIVEN, fails=True),
        S(name, [X, FOUR], GIVEN, fails=True),
        S(name, [X, TWO], fails=True),
        S(name, [X], GIVEN, fails=True),
        S(name, [X, TWO], {"axis": 2, **GIVEN}, fails=True),
        S(name, [X, TWO], {"axis": -1, **GIVEN}, fails=True),
    ]
for name in ("SequenceMask", "SequenceLast"):
    SAMPLES += [
        S(name, [ROWS, FOUR], {"axis": 1, **GIVEN}, grad=(0,)),
        S(name, [ROWS], {"axis": 1}, grad=name != "SequenceLast"),
        S(name, [ROWS, TWO], {"axis": 1, **GIVEN}, fails=True),
    ]
SAMPLES += [
    S("SequenceMask", [X, array([0, 9])], {"value": -1, **GIVEN}, grad=(0,)),
    S("SequenceMask", [ints(X, -9, 9, "int32"), array([1, 3], "int32")], {"value": -7, **GIVEN}),
    S("SequenceReverse", [X, array([0, 4])], GIVEN, grad=(0,)),
    S("SequenceReverse", [ROWS, FOUR], {"axis": 1, **GIVEN}, fails=True),
]
