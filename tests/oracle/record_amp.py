"""Records mxnet.contrib.amp: the lists, types of results on a CPU, converted graphs, the loss scaler.

/opt/oracle/bin/python tests/oracle/record_amp.py
"""

import gzip
import json
import logging
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

import numpy as np
from mxnet.contrib import amp

import mxnet as mx
from amp_cases import OPTIONS, OVERFLOWS, calls, nets
from mxnet import gluon

OUT = os.path.join(os.path.dirname(__file__), "..", "data", "amp.json.gz")
LISTS = [n for n in dir(amp) if n.startswith("list_")]


def nodes(symbol):
    found = json.loads(saved(symbol))
    return {
        "nodes": [[n["op"], n["name"], n["inputs"], n.get("attrs", {})] for n in found["nodes"]],
        "heads": found["heads"],
    }


def saved(symbol):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net.json")
        symbol.save(path, remove_amp_cast=False)
        with open(path) as file:
            return file.read()


def converted():
    found = {}
    for name, symbol in nets():
        for label, options in OPTIONS.items():
            try:
                found[name + " " + label] = nodes(amp.convert_symbol(symbol, **options))
            except mx.MXNetError:
                found[name + " " + label] = "MXNetError"
    return found


def scales():
    """What a LossScaler makes of gradients that overflow at some steps."""
    logging.disable(logging.CRITICAL)
    scaler, weight = amp.loss_scaler.LossScaler(), gluon.Parameter("weight", shape=(2,))
    weight.initialize()
    scaler._scale_seq_len = 5
    found = []
    for overflow in OVERFLOWS:
        weight.grad()[:] = float("inf") if overflow == "1" else float("nan") if overflow == "2" else 1
        found.append([bool(scaler.has_overflow([weight])), scaler.loss_scale])
    return found


def types():
    """The types of results after init, or False for what MXNet can't do on a CPU."""
    amp.init()
    found = {}
    for name, make in calls(mx.nd).items():
        try:
            result = make()
            results = result if isinstance(result, (list, tuple)) else [result]
            found[name] = [np.dtype(r.dtype).name for r in results]
        except mx.MXNetError:
            found[name] = False
    return found


def main():
    lists = {f: getattr(amp, f)("float16") for f in LISTS}
    bfloat16 = np.dtype([("bfloat16", np.uint16)])
    lists_bf = {f: getattr(amp, f)(bfloat16) for f in LISTS}
    found = {"lists": {"float16": lists, "bfloat16": lists_bf}, "converted": converted()}
    found["scales"], found["overflows"], found["types"] = scales(), OVERFLOWS, types()
    with gzip.open(OUT, "wt", compresslevel=9) as file:
        json.dump(found, file)
    print(os.path.getsize(OUT))
    os._exit(0)  # MXNet finds out now that some of the calls can't be computed on a CPU


main()
