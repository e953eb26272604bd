"""Records how MXNet's hybridized blocks answer the questions of tests/gluon/hybrid_cases.py.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_hybridize.py

writes tests/data/hybridize.json.
"""

import json
import sys
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from gluon.hybrid_cases import CASES, ask  # noqa: E402

if __name__ == "__main__":
    path = TESTS / "data" / "hybridize.json"
    path.write_text(json.dumps({name: ask(mx, name) for name in CASES}, indent=1) + "\n", encoding="utf-8")
