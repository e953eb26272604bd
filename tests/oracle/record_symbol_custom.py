"""Records MXNet's symbols of operators written in Python, in tests/data/symbol_custom.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_symbol_custom.py
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from symbol_custom_cases import run, summing, symbols  # noqa: E402

kept = {}
for name, symbol in symbols(mx).items():
    lists = symbol.list_arguments(), symbol.list_auxiliary_states(), symbol.list_outputs()
    shapes = symbol.infer_shape(**dict.fromkeys(lists[0], (2, 3)))
    kept[name] = {"json": symbol.tojson(), "lists": lists, "shapes": shapes, "values": run(mx, symbol)}

block = summing(mx)
block.hybridize()
block(mx.nd.ones((2,)))
path = os.path.join(tempfile.mkdtemp(), "net")
block.export(path)
kept["block"] = {"json": Path(path + "-symbol.json").read_text()}
with open(str(TESTS / "data" / "symbol_custom.json"), "w", encoding="utf-8") as file:
    lines = ["{}: {}".format(json.dumps(name), json.dumps(found)) for name, found in kept.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
