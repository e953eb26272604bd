"""``make bench``, or ``python benchmarks [part ...]``. With MXNET_PYTHON set, against MXNet as well."""

from __future__ import annotations

import sys

import every_operator
import memory
import operators
import startup
import training

PARTS = {
    "training": training.report,
    "operators": operators.report,
    "every": every_operator.report,
    "startup": startup.report,
    "memory": memory.report,
}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        print(PARTS[part]())
