"""Records files that MXNet 1.9.1's modules write, in tests/data/modules/, and how training goes on from them.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository::

    python tests/oracle/record_module_files.py

And the other way round, which needs both and which pytest does not run::

    python tests/oracle/record_module_files.py write FOLDER    # the Python that has regluon
    python tests/oracle/record_module_files.py check FOLDER    # the Python that has MXNet
"""

import json
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from comparing import differences  # noqa: E402
from module_files import KINDS, resume, save  # noqa: E402

FOLDER = TESTS / "data" / "modules"


def files_and_values(mx, folder):
    """Writes the files and, beside them, what comes of going on from them."""
    found = {}
    for kind in KINDS:
        save(mx, kind, str(folder))
        found[kind] = resume(mx, kind, str(folder))
    (folder / "resumed.json").write_text(json.dumps(found, indent=0) + "\n")


def record():
    import mxnet as mx

    with tempfile.TemporaryDirectory() as folder:
        files_and_values(mx, Path(folder))
        for path in Path(folder).iterdir():
            (FOLDER / path.name).write_bytes(path.read_bytes())
    print(sum(p.stat().st_size for p in FOLDER.iterdir()), "bytes")


def write(folder):
    import regluon as mx

    folder.mkdir(parents=True, exist_ok=True)
    files_and_values(mx, folder)


def check(folder):
    import mxnet as mx

    recorded = json.loads((folder / "resumed.json").read_text())
    for kind in KINDS:
        found = differences(resume(mx, kind, str(folder)), recorded[kind], 2e-5)
        assert not found, (kind, found[:5])
        print(kind, "goes on in MXNet as in regluon")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        record()
    else:
        {"write": write, "check": check}[sys.argv[1]](Path(sys.argv[2]))
