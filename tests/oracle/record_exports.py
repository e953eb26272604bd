"""Records nets that MXNet 1.9.1 exports, of tests/gluon/export_cases.py.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_exports.py

Files of small nets go to tests/data/exports.zip, the outputs of all, and the digests of the symbols of the
model zoo's nets, to tests/data/exports.json.
"""

import hashlib
import json
import sys
import tempfile
import zipfile
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from gluon.export_cases import FILES, ZOO, flat, prepared  # noqa: E402


def exported(name, folder):
    net, inputs = prepared(mx, name)
    kept = {"outputs": [array.tolist() for array in flat(net(*inputs))]}
    net.export(str(folder / name))
    return kept


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pack(folder):
    """All files of a folder in one, the same bytes for the same files."""
    path = TESTS / "data" / "exports.zip"
    with zipfile.ZipFile(str(path), "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.iterdir()):
            packed.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    print(path.name, path.stat().st_size, "bytes")


def main():
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as zoo:
        kept = {name: exported(name, Path(small)) for name in FILES}
        pack(Path(small))
        for name in ZOO:
            kept[name] = exported(name, Path(zoo))
            kept[name]["symbol"] = digest(Path(zoo) / (name + "-symbol.json"))
    lines = ["{}: {}".format(json.dumps(name), json.dumps(found)) for name, found in kept.items()]
    (TESTS / "data" / "exports.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
