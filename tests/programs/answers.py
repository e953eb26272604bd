"""What programs answer, as JSON has it. Stays within Python 3.8: the recorder runs where MXNet 1.9.1 runs."""

import warnings

import numpy as np


def error_of(call):
    """The class of the error that a call raises."""
    try:
        call()
    except Exception as error:
        return type(error).__name__
    raise AssertionError("no error")


def warnings_of(call, kind=Warning):
    """The classes of the warnings of a call, of those of one kind, and what it returns."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = call()
    return [[w.category.__name__ for w in seen if issubclass(w.category, kind)], found]


def write(path, text, encoding="utf8"):
    """Writes a file, also where Path.write_text does not: tests/oracle/record_use.py holds that back."""
    with open(str(path), "wb") as file:
        file.write(text.encode(encoding))


def plain(value, mx):
    """Arrays as their type and numbers, tuples as lists, contexts as text."""
    if isinstance(value, mx.nd.NDArray):
        return [value.stype, np.dtype(value.dtype).name, value.asnumpy().tolist()]
    if isinstance(value, dict):
        return {str(k): plain(v, mx) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v, mx) for v in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bytes):
        return ["bytes", value.decode()]
    return str(value) if isinstance(value, mx.Context) else value
