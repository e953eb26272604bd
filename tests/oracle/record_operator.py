"""Records what MXNet 1.9.1 makes of operators written in Python, in tests/data/operator.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24::

    python tests/oracle/record_operator.py
"""

import json
import sys
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from operator_cases import FAILING, LOG, LOGGED, TOLD, kinds_of, plain  # noqa: E402

told = kinds_of(mx)
kept = {}
for program in LOGGED:
    LOG.clear()
    found = plain(program(mx))
    mx.nd.waitall()
    kept[program.__name__] = {"found": found, "log": list(LOG)}
for program in TOLD:
    told.does.clear()
    kept[program.__name__] = {"found": plain(program(mx, told.does))}
for program in FAILING:
    told.does.clear()
    try:
        program(mx, told.does)
        mx.nd.waitall()
    except mx.MXNetError:
        continue
    raise SystemExit("{} does not fail".format(program.__name__))

asked = "Activation Convolution Dropout FullyConnected clip sum slice zeros_like Custom".split()
kept["arguments of operators"] = {name: mx.operator.get_operator_arguments(name)[:2] for name in asked}
with open(str(TESTS / "data" / "operator.json"), "w", encoding="utf-8") as file:
    lines = ["{}: {}".format(json.dumps(name), json.dumps(found)) for name, found in kept.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
