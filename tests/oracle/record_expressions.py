"""Records what expressions and statements of arrays give in MXNet 1.9.1, in tests/data/expressions.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_expressions.py
"""

import json
import sys
import warnings
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
warnings.simplefilter("ignore")

from ndarray.expression_samples import RUN  # noqa: E402

kept = {text: run(mx, text) for run, texts in RUN for text in texts}
with open(str(TESTS / "data" / "expressions.json"), "w", encoding="utf-8") as file:
    lines = ["{}: {}".format(json.dumps(text), json.dumps(found)) for text, found in kept.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
