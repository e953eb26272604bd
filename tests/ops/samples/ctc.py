"""Samples of ops/ctc.py."""

from ops.samples.spec import S, array, ints

X = (5, 2, 4)
LABEL = array([[1, 2], [3, 0]])
LAST = array([[1, 2], [0, -1]])
LONG = array([3, 5])
DATA, LABELS = {"use_data_lengths": True}, {"use_label_lengths": True}

SAMPLES = [
    S("CTCLoss", [X, LABEL, *more], attributes, grad=(0,), second=False)
    for more, attributes in (
        ([], {}),
        ([LONG], DATA),
        ([array([2, 1])], LABELS),
        ([LONG, array([2, 1])], {**DATA, **LABELS}),
        ([LONG, array([0, 1])], {**DATA, **LABELS}),
    )
]
SAMPLES += [
    S("CTCLoss", [X, LAST], {"blank_label": "last"}, grad=(0,), second=False),
    S("CTCLoss", [X, LAST, LONG], {"blank_label": "last", **DATA}, grad=(0,), second=False),
    S("CTCLoss", [X, array([[0, 0], [3, 0]], "int32")], grad=(0,), second=False),
    S("CTCLoss", [X, array([[0, 2], [1, 1]])], grad=(0,), second=False),
    S("CTCLoss", [X, array([[-1, 2], [1, 1]])], {"blank_label": "last"}, grad=(0,), second=False),
    S("CTCLoss", [(12, 3, 6), ints((3, 4), 1, 6)], grad=(0,), second=False),
    S("CTCLoss", [(1, 1, 3), array([[2]])], grad=(0,), second=False),
    # Without an alignment: MXNet's gradient is what was in memory.
    S("CTCLoss", [(2, 2, 4), array([[1, 1], [1, 2]])], grad=False),
    S("CTCLoss", [X, LABEL, array([1, 5])], DATA, grad=False),
    S("CTCLoss", [X, LABEL, array([0, 5])], DATA, grad=False),
    S("CTCLoss", [(1, 2, 4), LABEL], fails=True),
    S("CTCLoss", [X, array([[1, 2]])], fails=True),
    S("CTCLoss", [X, array([1, 2])], fails=True),
    S("CTCLoss", [(2, 4), LABEL], fails=True),
    S("CTCLoss", [X, LABEL], DATA, fails=True),
    S("CTCLoss", [X, LABEL, LONG], fails=True),
    S("CTCLoss", [X, LABEL, array([3, 5, 1])], DATA, fails=True),
    S("CTCLoss", [X, LABEL], {"blank_label": "middle"}, fails=True),
]
