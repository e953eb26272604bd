"""Runs a markdown chapter on MXNet and records what it printed and drew.

Needs Python 3.8 with mxnet==1.9.1. The chapter's own toolbox is replaced by one that keeps the curves::

    python tests/oracle/record_chapter.py CHAPTER.md --seed 1 --seed 7 --out tests/data/chapter.json
"""

import argparse
import json
import re
import sys
import types

import numpy as np

import mxnet as mx

CELL = re.compile(r"^```\{\.python \.input[^}]*\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def toolbox(curves):
    """A stand-in for the books' helper package: ``semilogy`` keeps what it should draw."""
    box = types.ModuleType("gluonbook")

    def semilogy(x_vals, y_vals, x_label, y_label, x2_vals=None, y2_vals=None, legend=None, figsize=None):
        curves.append([[float(y) for y in ys] for ys in (y_vals, y2_vals) if ys is not None])

    box.semilogy = semilogy
    return box


def plain(value):
    if isinstance(value, mx.nd.NDArray):
        return value.asnumpy().tolist()
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def run(chapter, seed):
    """The values of the cells' last expressions, and the curves, under one seed."""
    curves, values = [], []
    sys.modules["gluonbook"] = sys.modules["d2lzh"] = toolbox(curves)
    np.random.seed(seed)
    mx.random.seed(0)
    names = {}
    for source in CELL.findall(chapter):
        lines = [line for line in source.splitlines() if not line.startswith("%")]
        try:
            value = eval("\n".join(lines), names)
        except SyntaxError:
            exec("\n".join(lines), names)
        else:
            values.append(plain(value))
    return {"values": values, "curves": curves}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapter")
    parser.add_argument("--seed", type=int, action="append", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    with open(options.chapter, encoding="utf-8") as file:
        chapter = file.read()
    found = {str(seed): run(chapter, seed) for seed in options.seed}
    with open(options.out, "w", encoding="utf-8") as file:
        json.dump({"mxnet": mx.__version__, "seeds": found}, file, indent=1)


if __name__ == "__main__":
    main()
