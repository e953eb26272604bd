"""Records what recurrent layers and cells and deformable convolutions print and compute, as MXNet has them.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_rnn.py

writes tests/data/rnn.npz and tests/data/rnn/*.params.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gluon" / "rnn")]

import cases  # noqa: E402
import language_model  # noqa: E402

FILES = TESTS / "data" / "rnn"
SAVED = ("lstm both", "gru", "lstm projection both", "deep", "LSTMPCell", "stack steps")


def pack(path, said, kept):
    """One index and all numbers behind each other: an entry in the file for each array would be larger."""
    index = [[k, v.dtype.str, v.shape] for k, v in kept.items()]
    text = json.dumps({"said": said, "index": index})
    data = b"".join([v.tobytes() for v in kept.values()])
    np.savez_compressed(str(path), index=np.array(text), data=np.frombuffer(data, np.uint8))


def main():
    warnings.simplefilter("ignore")
    said, kept = {}, {}
    for name in cases.CASES:
        said[name], arrays = cases.run(mx, name)
        kept.update({"{}: {}".format(name, key): a.astype("float32") for key, a in arrays.items()})
    said["made"] = {name: cases.made(mx, name) for name in cases.MADE}
    said["losses"] = {kind: language_model.train(mx, kind) for kind in ("LSTM", "GRU", "cells")}
    pack(TESTS / "data" / "rnn.npz", said, kept)
    FILES.mkdir(exist_ok=True)
    for name in SAVED:
        block, _, _ = cases.initialized(mx, name)
        block.save_parameters(str(FILES / (name.replace(" ", "-") + ".params")))
        block.collect_params().save(str(FILES / (name.replace(" ", "-") + "-names.params")))
    print((TESTS / "data" / "rnn.npz").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
