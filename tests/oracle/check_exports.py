"""Checks that MXNet 1.9.1 opens the nets that regluon exports, and gives its outputs. pytest does not run it.

python tests/oracle/check_exports.py write FOLDER    # the Python that has regluon
python tests/oracle/check_exports.py check FOLDER    # a Python 3.8 environment that holds mxnet==1.9.1

The second writes tests/data/exports_opened.json: how far the outputs are from regluon's, over their scale.
"""

import json
import sys
from pathlib import Path

import numpy as np

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from gluon.export_cases import FILES, ZOO, flat, inputs_of, names_of, prepared, shapes_of  # noqa: E402


def write(folder):
    import mxnet as mx

    folder.mkdir(parents=True, exist_ok=True)
    for name in [*FILES, *ZOO]:
        net, inputs = prepared(mx, name)
        outputs = flat(net(*inputs))
        net.export(str(folder / name), epoch=7)
        np.savez(str(folder / name), *outputs)


def check(folder):
    import mxnet as mx

    found = {}
    for name in [*FILES, *ZOO]:
        inputs = inputs_of(mx, name, shapes_of(mx, name))
        files = str(folder / (name + "-symbol.json")), str(folder / (name + "-0007.params"))
        block = mx.gluon.SymbolBlock.imports(files[0], names_of(inputs), files[1])
        ours = list(np.load(str(folder / (name + ".npz"))).values())
        theirs = flat(block(*inputs))
        assert [a.shape for a in ours] == [a.shape for a in theirs], name
        scale = max(1.0, *(np.abs(a).max() for a in theirs))
        worst = max(np.abs(ours[i] - a).max() for i, a in enumerate(theirs)) / scale
        assert worst < 1e-5, (name, worst)
        found[name] = float("%.1g" % worst)
    print("MXNet %s opened %d nets: %s" % (mx.__version__, len(found), found))
    (TESTS / "data" / "exports_opened.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](Path(sys.argv[2]))
