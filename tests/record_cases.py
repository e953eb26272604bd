"""Records for tests/oracle/record_records.py and tests/test_recordio.py.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import struct

import numpy as np

MAGIC = struct.pack("<I", 0xCED7230A)
# Lengths of all remainders by 4; the magic number as a word of its own, once, twice, first, last, and within.
RECORDS = [
    b"",
    b"a",
    b"ab",
    b"abc",
    b"abcd",
    MAGIC,
    MAGIC * 2,
    MAGIC[:3],
    b"abc" + MAGIC,
    b"abcd" + MAGIC,
    MAGIC + b"abcd" + MAGIC + b"xy",
    b"ab" + MAGIC + b"cd" + MAGIC,
    b"x" + MAGIC[:2] + MAGIC * 3,
    bytes(range(256)) * 3,
]
# (header, what follows it): one label, whatever the flag says; several; none; an array; a tuple for a header.
HEADERS = [
    ((0, 4.0, 2574, 0), b"xy"),
    ((5, 4, 1, 2), b""),
    ((0, [1, 2, 3], 7, 8), b"xyz"),
    ((0, [], 2**40, 1), b"xy"),
    ((0, np.array([[1, 2], [3, 4.5]]), 1, 1), b"xy"),
    ((0, np.float32(3.25), 1, 1), b"xy"),
]
