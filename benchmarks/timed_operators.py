"""Times operators when asked: a line ``NUMBER SIZE CALLS`` comes in, a line with seconds or ``-`` goes out.

Run by MXNet's Python (3.8) too, where ``mxnet`` is the real one; here it is regluon.
"""

import importlib
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "tests" / "oracle")]

from record_ops import function_of  # noqa: E402 (it needs the path)
from sizes import NAMED, longer  # noqa: E402

import mxnet as mx  # noqa: E402


def samples():
    """Per operator the call to time, and the test's own, smaller one."""
    named = {s.op: s for s in NAMED}
    found = {}
    for path in sorted((HERE.parent / "tests" / "ops" / "samples").glob("*.py")):
        if path.stem != "spec":
            for sample in importlib.import_module("ops.samples." + path.stem).SAMPLES:
                if not sample.fails and sample.inputs:
                    found.setdefault(sample.op, sample)
    return [(named.get(op) or longer(small), small) for op, small in sorted(found.items())]


def prepare(sample):
    """A function that makes the call and waits for its result."""
    arrays = [None if x is None else mx.nd.array(x, dtype=x.dtype) for x in sample.arrays()]
    function, attributes = function_of(sample.op), sample.attributes
    while arrays and arrays[-1] is None:
        arrays.pop()

    def call():
        out = function(*arrays, **attributes)
        (out[0] if isinstance(out, (list, tuple)) else out).wait_to_read()

    return call


def main():
    calls = samples()
    kept = {}
    print(len(calls), flush=True)
    for line in sys.stdin:
        number, size, count = map(int, line.split())
        try:
            if (number, size) not in kept:
                kept[number, size] = prepare(calls[number][size])
                kept[number, size]()
            start = time.perf_counter()
            for _ in range(count):
                kept[number, size]()
            print(time.perf_counter() - start, flush=True)
        except Exception:  # this size is not for this operator, or MXNet can't call it
            print("-", flush=True)


if __name__ == "__main__":
    main()
