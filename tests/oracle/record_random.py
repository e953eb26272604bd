"""Records random numbers of MXNet 1.9.1 in tests/data/random.npz.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24::

    python tests/oracle/record_random.py

A program is a seed and the calls that follow it. A result is kept whole or, if it is long, as the CRC-32 of
its bytes and 64 of its elements.
"""

import itertools
import json
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np

import mxnet as mx
from mxnet import nd

DATA = Path(__file__).resolve().parents[1] / "data" / "random.npz"
SHORT = 70
FLOATS = ("float32", "float64", "float16")
SIZES = (5, 64, 65, 3000, 70001)


def array(values, dtype="float32"):
    return {"array": values, "dtype": dtype}


def call(name, *args, shape=(20,), dtype="float32"):
    return {"name": name, "args": list(args), "shape": list(shape), "dtype": dtype}


def programs():
    """Pairs of a seed and calls. A seed is None, a number, or a number and the type of a context."""
    scalars = {
        "uniform": [(0, 1), (-0.1, 0.3)],
        "normal": [(0, 1), (0.7, 0.01)],
        "exponential": [(1,), (0.3,)],
        "gamma": [(1, 1), (0.3, 2.5), (7.5, 0.4)],
        "poisson": [(0,), (0.4,), (4,), (12,), (130,)],
        "negative_binomial": [(3, 0.4), (20, 0.1)],
        "generalized_negative_binomial": [(2, 0.3), (30, 0.5), (4, 0)],
    }
    for name, parameters in scalars.items():
        for args, dtype in itertools.product(parameters, FLOATS):
            yield 7, [call(name, *args, shape=(size,), dtype=dtype) for size in SIZES]
    for dtype in ("int32", "int64"):
        for args in ((0, 10), (-5, 7), (0, 2**31 - 1), (-(2**40), 2**62)):
            yield 11, [call("randint", *args, shape=(size,), dtype=dtype) for size in SIZES]
    for dtype, p in itertools.product(FLOATS, (0.5, 0.3, 0.9)):
        yield 3, [call("dropout", p, shape=(size,), dtype=dtype) for size in SIZES]
        yield 3, [call("dropout", p, axes, shape=(40, 30), dtype=dtype) for axes in ([0], [1], [0, 1])]
    for n in (1, 2, 10, 1000, 70001):
        yield 5, [call("shuffle", shape=(n,)), call("shuffle", shape=(n, 2))]
    yield from multinomials()
    yield from arrays()
    yield from seeds()


def multinomials():
    tables = [[0.1, 0.2, 0.3, 0.4], [[0.5, 0.5, 0.0], [0.2, 0.2, 0.6]], [[[0.25] * 4] * 3] * 2]
    for dtype, n in itertools.product(FLOATS, (1, 5, 300)):
        yield 13, [call("multinomial", array(t, dtype), shape=(n,), dtype="int32") for t in tables]


def arrays():
    """Calls whose parameters are arrays: of one number each, of several, of other types."""
    few = {
        "uniform": ([0, -1.5, 100], [1, 2.25, 1000]),
        "normal": ([0, -1.5, 100], [1, 0.25, -3]),
        "exponential": ([0.5, 1, 7],),
        "gamma": ([0.3, 1, 7], [2, 0.5, 3]),
        "poisson": ([0.5, 11, 40],),
        "negative_binomial": ([1, 3, 10], [0.5, 0.25, 0.75]),
        "generalized_negative_binomial": ([1, 3, 20], [0.5, 0, 0.75]),
    }
    for name, columns in few.items():
        for dtype, of in itertools.product(FLOATS, (*FLOATS, "int32")):
            if of == "int32" and name != "uniform":
                continue
            args = [array(np.asarray(c).astype(of).tolist(), of) for c in columns]
            many = [
                array(np.tile(np.asarray(c), 50).astype(of).reshape(10, 15).tolist(), of) for c in columns
            ]
            calls = [call(name, *args, shape=shape, dtype=dtype) for shape in ((), (7,), (5, 20))]
            yield (
                17,
                [
                    *calls,
                    call(name, *many, shape=(), dtype=dtype),
                    call(name, *many, shape=(30,), dtype=dtype),
                ],
            )


def seeds():
    """Seeds, successive calls, operators that take turns."""
    mixed = [
        call("normal", 0, 1, shape=(3,)),
        call("multinomial", array([0.1, 0.2, 0.3, 0.4]), shape=(6,), dtype="int32"),
        call("uniform", 0, 1, shape=(3,)),
        call("shuffle", shape=(7,)),
        call("dropout", 0.5, shape=(200,)),
        call("normal", 0, 1, shape=(100,), dtype="float64"),
        call("randint", 0, 100, shape=(130,), dtype="int32"),
        call("gamma", 2, 1, shape=(90,)),
        call("poisson", 3, shape=(66000,)),
        call("uniform", 0, 1, shape=(66000,)),
        call("normal", 0, 1, shape=(66000,)),
        call("multinomial", array([0.5, 0.5]), shape=(40,), dtype="int32"),
    ]
    for seed in (None, 0, 1, -1, 42, 2**31 - 1, 2**32 + 5, [42, "cpu"], [-3, "cpu"]):
        yield seed, mixed


# Running them.


def argument(value):
    if isinstance(value, dict):
        return nd.array(value["array"], dtype=value["dtype"])
    return value


def run(name, args, shape, dtype):
    shape = tuple(shape)
    if name == "dropout":
        p, axes = args[0], tuple(args[1]) if len(args) > 1 else ()
        masked = nd.Dropout(nd.ones(shape, dtype=dtype), p=p, mode="always", axes=axes).asnumpy()
        return masked[tuple(slice(0, 1) if i in axes else slice(None) for i in range(len(shape)))]
    if name == "shuffle":
        rows = nd.arange(int(np.prod(shape)), dtype="int32").reshape(shape)
        return nd.random.shuffle(rows).asnumpy()
    if name == "multinomial":
        return nd.random.multinomial(args[0], shape=shape, dtype=dtype).asnumpy()
    kind = "_sample_" if isinstance(args[0], nd.NDArray) else "_random_"
    given = {"shape": shape} if shape else {}
    return getattr(nd._internal, kind + name)(*args, dtype=dtype, **given).asnumpy()


def seeded(seed):
    if isinstance(seed, list):
        mx.random.seed(seed[0], ctx=mx.Context(seed[1], 0))
    elif seed is not None:
        mx.random.seed(seed)


def record(seed, calls):
    seeded(seed)
    for c in calls:
        yield np.ascontiguousarray(run(c["name"], [argument(a) for a in c["args"]], c["shape"], c["dtype"]))


def condensed(result):
    if result.size <= SHORT:
        return result, None
    return result.ravel()[np.linspace(0, result.size - 1, 64).astype(int)], zlib.crc32(result.tobytes())


def unseeded(number):
    """The results of a program in a process of its own, where nobody has set a seed."""
    out = subprocess.run([sys.executable, __file__, str(number)], stdout=subprocess.PIPE, check=True).stdout
    return [
        np.frombuffer(bytes.fromhex(data), dtype).reshape(shape) for dtype, shape, data in json.loads(out)
    ]


def main():
    listed = list(programs())
    if len(sys.argv) > 1:
        results = record(*listed[int(sys.argv[1])])
        print(json.dumps([[str(r.dtype), r.shape, r.tobytes().hex()] for r in results]))
        return
    kept, described = {}, []
    for number, (seed, calls) in enumerate(listed):
        results = unseeded(number) if seed is None else record(seed, calls)
        noted = []
        for position, result in enumerate(results):
            kept["%d_%d" % (number, position)], crc = condensed(result)
            noted.append(dict(calls[position], crc=crc, result=result.shape))
        described.append({"seed": seed, "calls": noted})
    np.savez_compressed(str(DATA), programs=np.frombuffer(json.dumps(described).encode(), np.uint8), **kept)


if __name__ == "__main__":
    main()
