"""Records what loops and branches of MXNet 1.9.1 return, with gradients, in tests/data/control_flow.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24::

    python tests/oracle/record_control_flow.py
"""

import json
import sys
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "ndarray"))

from control_flow_cases import CASES, described, failing  # noqa: E402

kept = {name: described(case(mx)) for name, case in CASES.items()}
for error, call in failing(mx):
    try:
        call()
        mx.nd.waitall()
    except error:
        continue
    raise SystemExit("no {} came".format(error))

with open(str(TESTS / "data" / "control_flow.json"), "w", encoding="utf-8") as file:
    lines = ["{}: {}".format(json.dumps(name), json.dumps(found)) for name, found in kept.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
