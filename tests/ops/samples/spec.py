"""How a family's samples are written: one list, run on MXNet by the recorder and here by the tests.

::

    SAMPLES = [
        S("broadcast_add", [(2, 3), (1, 3)]),
        S("sum", [(2, 3, 4)], {"axis": (1,), "keepdims": True}),
        S("take", [(5, 4), ints((3,), 0, 5)], grad=(0,)),
        S("elemwise_add", [(2, 3), (3, 2)], fails=True),
    ]

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import zlib

import numpy as np


class Input:
    """One input array: a recipe that gives the same numbers wherever it is made."""

    def __init__(self, kind, *arguments):
        self.kind, self.arguments = kind, arguments

    def __repr__(self):
        return f"{self.kind}{self.arguments}"

    def make(self, seed):
        return _MAKERS[self.kind](np.random.RandomState(seed), *self.arguments)


_MAKERS = {
    "normal": lambda rng, shape, dtype: rng.standard_normal(shape).astype(dtype),
    "uniform": lambda rng, shape, low, high, dtype: rng.uniform(low, high, shape).astype(dtype),
    "ints": lambda rng, shape, low, high, dtype: rng.randint(low, high, shape).astype(dtype),
    "array": lambda rng, values, dtype: np.array(values, dtype),
}


def normal(shape, dtype="float32"):
    """Standard normal numbers; a bare shape in a sample is this in float32."""
    return Input("normal", tuple(shape), dtype)


def uniform(shape, low=0.0, high=1.0, dtype="float32"):
    return Input("uniform", tuple(shape), low, high, dtype)


def positive(shape, dtype="float32"):
    """Numbers in 0.3...2.3, away from 0."""
    return uniform(shape, 0.3, 2.3, dtype)


def ints(shape, low, high, dtype="float32"):
    """Whole numbers in low...high-1; MXNet's indices are float32 unless a program says otherwise."""
    return Input("ints", tuple(shape), low, high, dtype)


def array(values, dtype="float32"):
    """These very numbers."""
    return Input("array", values, dtype)


class S:
    """A call of an operator.

    Parameters
    ----------
    op : its name, as registered
    inputs : a shape tuple, an Input, or None for one that is left out
    attributes : as MXNet takes them
    grad : whether to compare gradients of all floating inputs, or the positions of those to compare
    train : whether it runs for training
    writes : positions of the inputs that the operator updates
    fails : MXNet refuses this call, and so must we
    kink : a point where MXNet's gradient is another than torch's; compared with MXNet only
    second : whether to compare the second derivative with torch's
    abstract : whether shapes alone tell the shape of the result
    tol : allowed error, in units of the largest value; by default that of the type
    """

    def __init__(
        self,
        op,
        inputs=(),
        attributes=None,
        grad=True,
        train=False,
        writes=(),
        fails=False,
        kink=False,
        second=True,
        abstract=True,
        tol=None,
    ):
        self.op, self.attributes, self.train = op, dict(attributes or {}), train
        self.inputs = [normal(i) if isinstance(i, tuple) else i for i in inputs]
        self.grad, self.writes, self.fails, self.kink, self.second = grad, tuple(writes), fails, kink, second
        self.tol, self.abstract, self.id = tol, abstract, op

    def __repr__(self):
        extra = [f"{k}={v}" for k, v in sorted(self.attributes.items())] + ["train"] * self.train
        return "{}({})".format(self.op, ", ".join([repr(i) for i in self.inputs] + extra))

    @property
    def key(self):
        """Names its recording. Made of the call itself: a changed sample can't meet old numbers."""
        return f"{self.op}/{zlib.crc32(repr(self).encode()):08x}"

    @property
    def form(self):
        """The operator, the attributes and the inputs' shapes, whatever their types and numbers."""
        shapes = [None if x is None else x.shape for x in self.arrays()]
        return repr((self.op, sorted(self.attributes.items()), shapes, self.train))

    def arrays(self):
        """The inputs as NumPy arrays (None for one left out)."""
        seed = zlib.crc32(repr(self).encode())
        return [None if x is None else x.make((seed + i) % 2**32) for i, x in enumerate(self.inputs)]

    def direction(self, shape, dtype, number=0):
        """Fixed random numbers in the shape of something: a head gradient."""
        seed = (zlib.crc32(repr(self).encode()) + 1000 + number) % 2**32
        return np.random.RandomState(seed).standard_normal(shape).astype(dtype)

    def differentiable(self, arrays):
        """The positions of the inputs whose gradients are compared."""
        floating = [i for i, x in enumerate(arrays) if x is not None and x.dtype.kind == "f"]
        if self.grad is True:
            return floating
        return [i for i in floating if i in self.grad] if self.grad else []
