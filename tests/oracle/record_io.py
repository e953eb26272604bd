"""Records the batches of MXNet 1.9.1's iterators, in tests/data/io.json.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_io.py
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from io_cases import ARRAYS, FILES, READERS, array_iterator, reader, watched, wrapped  # noqa: E402

warnings.simplefilter("ignore")


def tried(make):
    try:
        return watched(make())
    except Exception as error:
        return {"error": type(error).__name__}


def others():
    desc = mx.io.DataDesc("x", (2, 3), "int8", "TN")
    one, other = mx.nd.ones((2, 3)), mx.nd.ones(2)
    return {
        "descriptions": repr([desc, mx.io.DataDesc("y", (1,))]),
        "axes": [mx.io.DataDesc.get_batch_axis(layout) for layout in ("NCHW", "TNC", "TC", None)],
        "list": repr(mx.io.DataDesc.get_list([("a", (2,)), ("b", (3,))], [("a", "int32"), ("b", "int8")])),
        "untyped": repr(mx.io.DataDesc.get_list([("a", (2,))], None)),
        "batches": [str(mx.io.DataBatch([one])), str(mx.io.DataBatch([one, other], [other], 1))],
        "pad": [mx.io.DataBatch([one]).pad, mx.io.DataIter(3).getindex()],
    }


with tempfile.TemporaryDirectory() as folder:
    for name, content in FILES.items():
        with open(folder + "/" + name, "wb") as file:  # not as record_use.py would hold it back
            file.write(content)
    recorded = {
        "readers": [tried(lambda i=i: reader(mx.io, i, folder)) for i in range(len(READERS))],
        "arrays": [tried(lambda i=i: array_iterator(mx.io, mx.nd, i)) for i in range(len(ARRAYS))],
        "wrapped": wrapped(mx.io),
        "others": others(),
    }
text = json.dumps(recorded, separators=(",", ":"))
(TESTS / "data" / "io.json").write_text(text.replace("],[[", "],\n[[") + "\n")
print(len(READERS) + len(ARRAYS), "iterators,", len(text), "bytes")
