"""Python's operators and the functions of two operands on MXNet's arrays, numbers and NumPy's numbers.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_arithmetic.py

writes tests/data/arithmetic.json: for each case [function, type, left, right] the type and the numbers that
come out. An operand is "x", "y", [NumPy type, number] or a number.
"""

import json
import operator
from pathlib import Path

import numpy as np

import mxnet as mx

TYPES = ("float32", "float64", "float16", "int32", "int64", "int8", "uint8")
ARITHMETIC = "add sub mul truediv mod pow".split()
COMPARISONS = "eq ne gt ge lt le".split()
IN_PLACE = "iadd isub imul itruediv imod ipow".split()
FUNCTIONS = (
    "add subtract multiply divide true_divide modulo power maximum minimum equal not_equal greater"
    " greater_equal lesser lesser_equal logical_and logical_or logical_xor"
).split()
NUMPY = [["float32", 2.0], ["float64", 1.5], ["int64", 3], ["int32", 2], ["bool_", True], ["float16", 2.0]]


def arrays(dtype):
    x, y = [7, -7, 3, 2], [2, 2, -2, 2]
    if dtype == "uint8":
        x, y = [7, 249, 3, 2], [2, 2, 254, 2]
    return {"x": mx.nd.array(x, dtype=dtype), "y": mx.nd.array(y, dtype=dtype)}


def cases():
    for dtype in TYPES:
        for name in ARITHMETIC + COMPARISONS:
            for left, right in (("x", "y"), ("x", 2), ("x", 1.5), ("x", True), (2, "x"), (1.5, "x")):
                yield [name, dtype, left, right]
        for name in IN_PLACE:
            for right in ("y", 2, 1.5, ["float64", 2.5]):
                yield [name, dtype, "x", right]
    for dtype in ("float32", "int32"):
        for name in ARITHMETIC + COMPARISONS:
            for number in NUMPY:
                yield [name, dtype, "x", number]
                if name in ARITHMETIC:  # NumPy's comparisons hand over an array of no axes, which is refused
                    yield [name, dtype, number, "x"]
        for name in FUNCTIONS:
            for left, right in (("x", "y"), ("x", 2), (2, "x"), (7, -2), (2, 2.0), (0, 3)):
                yield ["nd." + name, dtype, left, right]


def operand(value, given):
    if isinstance(value, list):
        return getattr(np, value[0])(value[1])
    return given[value] if isinstance(value, str) else value


def run(case):
    name, dtype, left, right = case
    given = arrays(dtype)
    function = getattr(mx.nd, name[3:]) if name.startswith("nd.") else getattr(operator, name)
    result = function(operand(left, given), operand(right, given))
    if isinstance(result, mx.nd.NDArray):
        return [np.dtype(result.dtype).name, result.asnumpy().tolist()]
    return [type(result).__name__, result]


def main():
    found = [[case, run(case)] for case in cases()]
    path = Path(__file__).resolve().parents[1] / "data" / "arithmetic.json"
    path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in found) + "\n]\n")
    print("{}: {} cases, {:,} bytes".format(path.name, len(found), path.stat().st_size))


main()
