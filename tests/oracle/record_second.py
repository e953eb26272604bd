"""Asks MXNet for second derivatives: of each operator on its first sample, where it has one.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_second.py

writes tests/data/second.npz. MXNet refuses most operators, and its process ends or hangs for a few: each
run of a worker goes on behind the operator that ended the last one.
"""

import contextlib
import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "oracle")]

from record_ops import as_list, function_of, mx, pack, settle  # noqa: E402 (it needs the path)

from mxnet import autograd  # noqa: E402


def samples():
    """Per operator the first sample that has gradients."""
    found = {}
    for path in sorted((TESTS / "ops" / "samples").glob("*.py")):
        if path.stem != "spec":
            for sample in importlib.import_module("ops.samples." + path.stem).SAMPLES:
                fits = sample.second and not sample.fails and not sample.kink
                if fits and sample.differentiable(sample.arrays()):
                    found.setdefault(sample.op, sample)
    return [found[op] for op in sorted(found)]


def second(sample):
    """The gradients of a fixed combination of the gradients."""
    arrays = sample.arrays()
    inputs = [None if x is None else mx.nd.array(x, dtype=x.dtype) for x in arrays]
    wanted = [inputs[i] for i in sample.differentiable(arrays)]
    for x in wanted:
        x.attach_grad()
    with autograd.record(train_mode=sample.train):
        outs = as_list(function_of(sample.op)(*inputs, **sample.attributes))
        heads = [
            mx.nd.array(sample.direction(o.shape, o.dtype, n), dtype=o.dtype) for n, o in enumerate(outs)
        ]
        first = autograd.grad(outs, wanted, heads, retain_graph=True, create_graph=True)
    directions = [
        mx.nd.array(sample.direction(g.shape, g.dtype, 100 + n), dtype=g.dtype) for n, g in enumerate(first)
    ]
    autograd.backward(first, directions)
    return [x.grad.asnumpy() for x in wanted]


def work(start, folder):
    """Answers from the ``start``-th operator on, a file each."""
    for number, sample in list(enumerate(samples()))[start:]:
        print(number, sample.op, flush=True)
        try:
            found = second(sample)
        except Exception:
            settle()
        else:
            names = ["{}|second{}".format(sample.key.replace("/", "|"), n) for n in range(len(found))]
            kept = {name: found[n] for n, name in enumerate(names)}
            np.savez(str(folder / (sample.op + ".npz")), **kept)


def main():
    folder = TESTS.parent / "build" / "second"
    folder.mkdir(parents=True, exist_ok=True)
    start, count = 0, len(samples())
    while start < count:
        command = [sys.executable, __file__, str(start), str(folder)]
        with contextlib.suppress(subprocess.TimeoutExpired), open(str(folder / "log"), "w") as log:
            subprocess.run(command, check=False, stdout=log, timeout=60)
        lines = (folder / "log").read_text().splitlines()
        start = int(lines[-1].split()[0]) + 1 if lines else start + 1
    kept = {}
    for path in sorted(folder.glob("*.npz")):
        with np.load(str(path)) as file:
            kept.update({name.replace("|", "/"): file[name] for name in file.files})
    pack(TESTS / "data" / "second.npz", kept)
    print("{} arrays of {} operators".format(len(kept), len({k.split("/")[0] for k in kept})))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        work(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
