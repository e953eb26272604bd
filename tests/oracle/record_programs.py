"""Records what the programs of tests/programs answer on MXNet 1.9.1, in tests/data/programs.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_programs.py
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from programs.answers import plain  # noqa: E402

found = {}
for family in ("kvstore", "text", "modules", "utilities", "pictures", "profiler", "trainers"):
    for program in importlib.import_module("programs." + family).PROGRAMS:
        with tempfile.TemporaryDirectory() as folder:
            found[family + "-" + program.__name__] = plain(program(mx, Path(folder)), mx)
lines = ["{}: {}".format(json.dumps(name), json.dumps(answer)) for name, answer in sorted(found.items())]
path = TESTS / "data" / "programs.json"
path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
print("{}: {} programs".format(path.name, len(found)))
