"""Records what MXNet 1.9.1's callbacks and monitor log, in tests/data/callbacks.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_callbacks.py
"""

import json
import sys
import tempfile
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from callback_cases import all_logged, checkpoints  # noqa: E402

recorded = all_logged(mx)
with tempfile.TemporaryDirectory() as folder:
    recorded["checkpoints"] = checkpoints(mx, folder)
(TESTS / "data" / "callbacks.json").write_text(json.dumps(recorded, indent=0) + "\n")
print(len(recorded), "programs")
