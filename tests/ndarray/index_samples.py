"""Keys and values of x[key] and x[key] = value: one list, run on MXNet by the recorder and here by the tests.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import itertools
import re

import numpy as np


class Nd:
    """An NDArray in a key or as a value."""

    def __init__(self, values, dtype="float32"):
        self.values, self.dtype = values, dtype

    def __repr__(self):
        return f"Nd({self.values}, {self.dtype})"


class Np:
    """A NumPy array in a key or as a value."""

    def __init__(self, values, dtype="int64"):
        self.values, self.dtype = values, dtype

    def __repr__(self):
        return f"Np({self.values}, {self.dtype})"


def real(thing, array):
    """A key or value as it is used; ``array(values, dtype)`` makes an NDArray."""
    if isinstance(thing, tuple):
        return tuple([real(t, array) for t in thing])
    if isinstance(thing, Nd):
        return array(np.array(thing.values, thing.dtype), thing.dtype)
    return np.array(thing.values, thing.dtype) if isinstance(thing, Np) else thing


def numbers(shape, dtype="float32", first=0):
    """The array that is indexed: 0, 1, 2, ..."""
    return np.arange(first, first + int(np.prod(shape)), dtype=dtype).reshape(shape)


def counts_from_the_end(key):
    """Whether arrays of indices have negative ones: MXNet's backward writes outside of its memory then."""
    items = [getattr(item, "values", item) for item in (key if isinstance(key, tuple) else (key,))]
    arrays = [item for item in items if isinstance(item, (list, tuple, range))]
    numbers_too = [item for item in items if type(item) is int]
    return bool(arrays) and any((np.array(item) < 0).any() for item in arrays + numbers_too)


def name(sample):
    """A sample as text, the same for old and new NumPys."""
    return re.sub(r"np\.(?:\w+\((.*?)\)|(\w+)_)", r"\1\2", repr(sample))


S = slice
BASIC = [0, -1, S(None), S(1, None), S(None, 2), S(0, 1), S(None, None, 2), S(None, None, -1)]
BASIC += [S(-2, None), S(2, None, -2), None, Ellipsis]
ARRAYS = [
    [0, 2],
    [1, -1],
    [[0, 1], [2, 0]],
    (0, 1),
    range(2),
    [True, False],
    [1.7, 0.2],
    Nd([0, 2]),
    Nd([1.7, 0.2]),
    Nd([1, 0], "int32"),
    Nd([[1], [0]]),
    Np([1, 0]),
    Np([2.9, 0.1], "float64"),
    Np([True, False, True], "bool"),
]
WRONG = [
    3,
    -4,
    1.0,
    "a",
    1j,
    {1},
    b"b",
    np.bool_(True),
    S(1.0, 2),
    S(None, None, 0),
    S("a", None),
    [0, 5],
    [-7],
]
WRONG += [Nd([1, 0, 1], "bool"), Np([4]), ["a"], [None], [[0, 1], [2]], (0, 0, 0), (Ellipsis, Ellipsis)]
WRONG += [(S(None), 1.0), (0, 4), (0, -5), (S(None), S(1.0, 2)), (0, S(None, None, 0)), ([0, 1], [0, 5])]
WRONG += [([0, 1], 5), (5, [0, 1]), ([0, 1], [0, 1, 2]), ([0, 1], [0, 1], [0, 1])]


# Arrays of indices with a None between them.
APART = [
    (S(None), [0, 1], None, 1),
    (S(None), 1, None, [0, 1]),
    ([[0], [1]], None, [0, 1]),
    ([0], None, 1, [0]),
]
APART += [
    (Ellipsis, [[0, 1]], None, Nd([[1, 0]])),
    (S(None, None, -1), None, [1, 0], None, 0),
    (0, None, [1]),
]
APART += [
    (S(None), [0, 1], None, None, [1, 2]),
    ([0, 1], None, S(None), 1),
    (None, [0, 1], None, [1, 2], None),
]


def _some(atoms, count, seed):
    """Triples of atoms, not all of them."""
    rng = np.random.RandomState(seed)
    return [tuple([atoms[i] for i in rng.randint(0, len(atoms), 3)]) for _ in range(count)]


def gets():
    """(shape, key) of every x[key]."""
    found = [((3, 4), key) for key in [*BASIC, *ARRAYS, *WRONG, (), True, np.int64(1), np.int32(-1)]]
    found += [((3, 4), pair) for pair in itertools.product(BASIC, BASIC)]
    found += [((3, 4), pair) for a in ARRAYS for b in [*BASIC, *ARRAYS[:4]] for pair in ((a, b), (b, a))]
    found += [((2, 3, 4), triple) for triple in _some(BASIC, 150, 1)]
    found += [((2, 3, 4), triple) for triple in _some(BASIC[:4] + ARRAYS[3:9] + [None], 150, 2)]
    found += [((2, 3, 4), key) for key in APART]
    found += [
        (shape, key)
        for shape in [(5,), (1,)]
        for key in [0, -1, S(None), S(0, 1), S(None, None, -1), None, [0]]
    ]
    found += [((1, 4), key) for key in [0, -1, (0, 0), (0, S(1, 3)), (S(None), S(1, 3)), (S(0, 1), 2)]]
    found += [
        ((3, 1), key) for key in [0, (S(None), 0), (S(1, 3), 0), (S(1, 3), S(0, 1)), (S(None, None, 2), 0)]
    ]
    return found


def _fitting(shape, key, kind):
    """A value of the shape that is written; None in a key asks for no axis of it."""
    items = key if isinstance(key, tuple) else (key,)
    part = np.zeros(shape)[tuple([i for i in items if i is not None])].shape
    return kind(numbers(part, first=100).tolist(), "float32")


def _fitted(triple, kind):
    """A row as long as what is selected along the last axis, if NumPy takes the key; else a number."""
    try:
        part = np.zeros((2, 3, 4))[triple].shape
    except (IndexError, ValueError):
        return 7
    return kind(list(range(100, 100 + (part[-1] if part else 1))), "float32")


def writes_while_recording():
    """(key of the target, key of the value): y[key] = (2 x)[key], y zeros of the shape of x."""
    keys = [S(None), (), Ellipsis, S(0, 2), S(None, None, 1), 0, -1, (0, 1), (S(None), 0), S(None, None, -1)]
    keys += [S(None, None, 2), [0, 1], Nd([1, 0]), (None, S(None)), (S(None), S(None)), (S(0, 1), S(0, 1))]
    return [*keys, (S(None), S(None, None, -1)), S(0, 1), (Ellipsis, S(0, 2)), (S(None), None)]


def sets():
    """(shape, dtype, key, value) of every x[key] = value."""
    f = "float32"
    pairs = [p for p in itertools.product(BASIC, BASIC) if p.count(Ellipsis) < 2]
    found = [((3, 4), f, pair, 5) for pair in pairs]
    found += [((3, 4), f, pair, _fitting((3, 4), pair, kind)) for pair in pairs for kind in (Nd, Np)]
    whole, part = (
        [S(None), (), Ellipsis, None, 1, S(1, 3), (S(None), 1), (1, 2), (S(None), S(1, 3))],
        [[0, 2], Nd([0, 2])],
    )
    values = [
        5,
        -1.5,
        True,
        np.float64(2.5),
        [1, 2],
        [1, 2, 3, 4],
        [[1], [2], [3]],
        Nd([1, 2, 3, 4]),
        Nd([1, 2, 3]),
    ]
    values += [Nd([[7]]), Np([1, 2, 3, 4]), Np(5), Nd(5), [[1, 2, 3, 4]], "abc", {1}, [[1, 2], [3]]]
    found += [((3, 4), f, key, value) for key in whole + part for value in values]
    casts = [1.7, -1.7, 300, Nd([1.7, -1.7, 300, 2]), Np([1.7, -1.7, 300, 2], "float64"), [1.7, 2, 3, 4]]
    keys = [S(None), 1, (S(None), S(None, None, -1)), [0, 2]]
    found += [
        ((3, 4), d, key, value) for d in ("int32", "uint8", "float64") for key in keys for value in casts
    ]
    found += [
        ((1, 4), f, 0, v) for v in (Nd([1, 2, 3, 4]), Nd([[1, 2, 3, 4]]), Np([1, 2, 3, 4]), [1, 2, 3, 4], 9)
    ]
    found += [((2, 1), f, (S(None), 0), v) for v in (Nd([5, 6]), Np([5, 6]), [5, 6])]
    rows, picked = Nd(numbers((2, 4), first=50).tolist()), Nd(numbers((3, 2), first=50).tolist())
    found += [
        ((3, 4), f, key, rows)
        for key in [[0, 2], Nd([1.7, 0.2]), ([0, 2], None), ([0, 2], S(None, None, -1))]
    ]
    found += [((3, 4), f, key, picked) for key in [(S(None), [0, 2]), (S(None, None, -1), [0, 2])]]
    found += [((3, 4), f, key, [5, 6]) for key in [([0, 2], [1, 3]), ([0, 2], 1), (1, [0, 2])]]
    # Keys of three axes, arrays of indices among them; a key that selects nothing is refused by MXNet.
    lists = [[0, 1], [1, 0], [[0], [1]], range(2), (0, 1)]
    for number, triple in enumerate(_some([*BASIC, *lists, *lists], 150, 3)):
        if triple.count(Ellipsis) < 2 and not counts_from_the_end(triple):
            value = 5 if number % 3 else _fitted(triple, Nd if number % 2 else Np)
            found.append(((2, 3, 4), f, triple, value))
    found += [((2, 3, 4), f, key, value) for key in APART[:4] for value in (5, np.float64(2.5))]
    found += [((2, 3, 4), f, APART[0], Nd(numbers((2, 2, 1), first=50).tolist()))]
    found += [((2, 3, 4), f, APART[1], Np(numbers((2, 1, 1), first=50).tolist(), "float32"))]
    wrong = [
        k
        for k in WRONG
        if not isinstance(k, (list, Np)) and not (isinstance(k, tuple) and list in map(type, k))
    ]
    return found + [((3, 4), f, key, 9) for key in wrong]
