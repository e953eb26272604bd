"""``make bench``, or ``python benchmarks [part ...]``. With MXNET_PYTHON set, against MXNet as well.

A part can be narrowed: ``nets:resnet,lstm,imperative,2``, ``every:LRN``.
"""

from __future__ import annotations

import sys

import every_operator
import hybridized
import loading
import memory
import modules
import nets
import operators
import records
import startup
import training

import sweep

PARTS = {
    "training": training.report,
    "nets": nets.report,
    "hybridized": hybridized.report,
    "modules": modules.report,
    "operators": operators.report,
    "every": every_operator.report,
    "startup": startup.report,
    "memory": memory.report,
    "records": records.report,
    "sweep": sweep.report,
    "loading": loading.report,
}

if __name__ == "__main__":
    for argument in sys.argv[1:] or PARTS:
        part, _, names = argument.partition(":")
        print(PARTS[part](*([names.split(",")] if names else [])), flush=True)
