"""Records what MXNet 1.9.1's tools/im2rec.py writes, in tests/data/im2rec.json; or checks our files.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_im2rec.py
    python tests/oracle/record_im2rec.py FILE.rec  # reads it with MXNet: prints records, labels and images

OpenCV is not needed: files are packed as they are, and MXNet has a decoder of its own.
"""

import contextlib
import gc
import io
import json
import os
import runpy
import sys
import tempfile
import types
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from im2rec_cases import LINES, LISTS, PACKED, make_folder, written  # noqa: E402

TOOL = os.path.join(os.path.dirname(mx.__file__), "tools", "im2rec.py")


def run(folder, options):
    sys.argv = ["im2rec.py", os.path.join(folder, "some"), os.path.join(folder, "images"), *options]
    sys.modules["cv2"] = types.ModuleType("cv2")
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.redirect_stderr(io.StringIO()):
        runpy.run_path(TOOL, run_name="__main__")
    gc.collect()  # closes its files
    return printed.getvalue()


def recorded():
    lists, packed = [], []
    for options in LISTS:
        with tempfile.TemporaryDirectory() as folder:
            make_folder(folder)
            printed = run(folder, ["--list", *options])
            lists.append({"files": written(folder, ".lst"), "printed": printed.splitlines()})
    for options in PACKED:
        with tempfile.TemporaryDirectory() as folder:
            make_folder(folder)
            Path(folder, "some.lst").write_text(LINES)
            run(folder, options)
            packed.append({"records": written(folder, ".rec"), "index": written(folder, ".idx")})
    return {"lists": lists, "packed": packed}


def check(path):
    """What MXNet finds in a file."""
    index = os.path.splitext(path)[0] + ".idx"
    reader = mx.recordio.MXIndexedRecordIO(index, path, "r")
    for key in reader.keys:
        header, content = mx.recordio.unpack(reader.read_idx(key))
        print(key, header.label, header.id, mx.image.imdecode(content).shape)


if len(sys.argv) > 1:
    check(sys.argv[1])
else:
    text = json.dumps(recorded(), indent=1)
    (TESTS / "data" / "im2rec.json").write_text(text + "\n")
    print(len(text), "bytes")
