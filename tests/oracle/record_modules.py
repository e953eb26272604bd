"""Records what MXNet 1.9.1's modules and FeedForward compute and say, in tests/data/modules.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_modules.py
"""

import json
import sys
import tempfile
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from module_cases import CASES  # noqa: E402
from module_examples import EXAMPLES, run  # noqa: E402

recorded = {name: program(mx) for name, program in CASES.items()}
with tempfile.TemporaryDirectory() as folder:
    recorded["examples"] = {name: run(mx, name, folder) for name in EXAMPLES}


def rounded(value):
    if isinstance(value, float):
        return float("%.9g" % value)
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, (list, tuple)) else value


text = json.dumps(rounded(recorded), separators=(",", ":")).replace('},"', '},\n"')
(TESTS / "data" / "modules.json").write_text(text + "\n")
print(len(recorded), "programs,", len(text), "bytes")
