"""Runs the programs in ``examples`` on MXNet and records the loss of each of their first steps.

Needs Python 3.8 with mxnet==1.9.1::

    python tests/oracle/record_examples.py

Names record those programs alone, and keep what is recorded of others::

    python tests/oracle/record_examples.py digits
"""

import json
import os
import runpy
import sys
from pathlib import Path

os.environ["MXNET_USE_MKLDNN_RNN"] = "0"  # oneDNN's recurrent layers leave out dropout, MXNet's own do not

import mxnet as mx

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests" / "data" / "examples.json"
STEPS = 50
RUNS = [
    "digits --net mlp",
    "digits --net lenet",
    "fine_tuning --pretrain 0 --lr 0.000001",
    "language_model",
    "detection --lr 0.01",
    "factorization --optimizer adam",
    "factorization --optimizer sgd",
]


def run(words):
    """The loss of every step of one program."""
    name, *arguments = words.split()
    main = runpy.run_path(str(ROOT / "examples" / (name + ".py")))["main"]
    losses = main([*arguments, "--steps", str(STEPS), "--seed", "1"])
    return [float("%.7g" % loss) for loss in losses]


def main():
    runs = json.loads(RECORDED.read_text())["runs"] if RECORDED.exists() else {}
    for words in RUNS:
        if words.split()[0] in sys.argv[1:] or not sys.argv[1:]:
            runs[words] = run(words)
    runs = {words: runs[words] for words in RUNS if words in runs}
    recorded = {"mxnet": mx.__version__, "steps": STEPS, "seed": 1, "runs": runs}
    RECORDED.write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main()
