"""Records nets that MXNet 1.9.1 exports, of tests/gluon/export_cases.py.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_exports.py

Files of small nets go to tests/data/exports.zip, the outputs of all, and the digests of the symbols of the
model zoo's nets, to tests/data/exports.json.
"""

import hashlib
import json
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from gluon.export_cases import FILES, OLD, ZOO, flat, older, prepared, renamed  # noqa: E402


def exported(name, folder):
    net, inputs = prepared(mx, name)
    kept = {"outputs": [array.tolist() for array in flat(net(*inputs))]}
    net.export(str(folder / name))
    if name in OLD:
        kept["old"] = old(name, folder, inputs)
    return kept


def old(name, folder, inputs):
    """The outputs of a net whose symbol is in the form of MXNet 0.8."""
    arrays = {renamed(key): array for key, array in mx.nd.load(str(folder / (name + "-0000.params"))).items()}
    with tempfile.TemporaryDirectory() as other:
        files = [str(Path(other) / kind) for kind in ("old-symbol.json", "old.params")]
        with open(files[0], "w") as file:
            file.write(older((folder / (name + "-symbol.json")).read_text()))
        mx.nd.save(files[1], arrays)
        block = mx.gluon.SymbolBlock.imports(files[0], "data", files[1])
    return [array.tolist() for array in flat(block(*inputs))]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pack(folder):
    """All files of a folder in one, the same bytes for the same files."""
    path = TESTS / "data" / "exports.zip"
    with zipfile.ZipFile(str(path), "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.iterdir()):
            # A constant's initializer is named by its place in memory.
            data = re.sub(rb"(Constant_\w+_)[0-9]{9,}", rb"\g<1>1", file.read_bytes())
            packed.writestr(zipfile.ZipInfo(file.name), data, zipfile.ZIP_DEFLATED)
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
