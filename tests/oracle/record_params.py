"""Records parameter files as MXNet 1.9.1 writes them, and what it reads from them, into tests/data/params/.

Run in a Python 3.8 environment that holds mxnet==1.9.1:

    python tests/oracle/record_params.py

MXNet no longer writes the two oldest versions of the format; files of those are put together here, and
recorded is what MXNet reads from them.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

import mxnet as mx

OUT = Path(__file__).parents[1] / "data" / "params"
BFLOAT16 = np.dtype([("bfloat16", np.uint16)])
DTYPES = ["float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool"]


def values(shape, dtype="float32"):
    """Numbers that differ from each other, with fractions and signs where the type has them."""
    count = int(np.prod(shape))
    numbers = (np.arange(count) * 7 % 23 - (8 if np.dtype(dtype).kind in "fi" else 0)).reshape(shape)
    return mx.nd.array(numbers / 4 if np.dtype(dtype).kind == "f" else numbers, dtype=dtype)


def dtypes():
    arrays = {dtype: values((2, 3), dtype) for dtype in DTYPES}
    arrays["bfloat16"] = values((2, 3)).astype(BFLOAT16)
    arrays["special"] = mx.nd.array([np.inf, -np.inf, np.nan, -0.0, 1e-45, np.float32(3.4028235e38)])
    return arrays


def shapes():
    found = [(1,), (7,), (1, 1), (1, 1, 1, 1), (2, 1, 3, 1, 2), (1, 2, 1, 2, 1, 2, 1), (129, 3)]
    return [values(shape) for shape in found] + [mx.nd.array(np.zeros(s)) for s in [(0,), (0, 3), (2, 0)]]


def views():
    base = values((4, 6))
    repeated = mx.nd.broadcast_to(base[0:1], shape=(3, 6))
    return [base, base.T, base[1:3], base[:, 2:4], base.reshape((2, 12)), repeated]


def sparse():
    dense = mx.nd.array([[0, 1.5, 0, 0], [0, 0, 0, 0], [2, 0, 0, -3]])
    deep = values((3, 2, 2)) * mx.nd.array([1, 0, 1]).reshape((3, 1, 1))
    kinds = [dtype for dtype in DTYPES if dtype not in ("float32", "bool")]
    rows = [mx.nd.sparse.row_sparse_array((values((2, 2), d), [0, 3]), shape=(5, 2), dtype=d) for d in kinds]
    columns = [mx.nd.sparse.csr_matrix(([7, 2], [1, 0], [0, 1, 2]), shape=(2, 3), dtype=d) for d in kinds]
    return {
        "csr": dense.tostype("csr"),
        "row_sparse": dense.tostype("row_sparse"),
        "dense": dense,
        "csr float64": dense.astype("float64").tostype("csr"),
        "csr int64": mx.nd.sparse.csr_matrix(([5, 6], [3, 0], [0, 1, 2]), shape=(2, 4), dtype="int64"),
        "csr zeros": mx.nd.sparse.zeros("csr", (3, 4)),
        "row_sparse zeros": mx.nd.sparse.zeros("row_sparse", (5, 2)),
        "row_sparse rank 1": mx.nd.sparse.row_sparse_array(([1.0, 2.0], [1, 4]), shape=(6,)),
        "row_sparse rank 3": deep.tostype("row_sparse"),
        **{"row_sparse of " + kind: array for kind, array in zip(kinds, rows)},  # noqa: B905 (Python 3.8)
        **{"csr of " + kind: array for kind, array in zip(kinds, columns)},  # noqa: B905
    }


def net():
    """A trained-looking net, its arrays under the names of Block.save_parameters."""
    block = mx.gluon.nn.HybridSequential()
    block.add(mx.gluon.nn.Dense(4, in_units=3), mx.gluon.nn.BatchNorm(in_channels=4), mx.gluon.nn.Dense(2))
    mx.random.seed(1)
    block.initialize(mx.init.Xavier())
    block(mx.nd.ones((1, 3)))
    return block


def checkpoint():
    names = ["arg:fc1_weight", "arg:fc1_bias", "aux:bn_moving_mean"]
    return {name: values((2, i + 1)) for i, name in enumerate(names)}


def old_array(version, shape, flag, data, context=(1, 0)):
    """Version 1 has a magic number and 64-bit sizes; version 0 starts with its rank and has 32-bit sizes."""
    head = struct.pack("<I", 0xF993FAC8) if version == 1 else b""
    sizes = struct.pack("<I%d%s" % (len(shape), "q" if version == 1 else "I"), len(shape), *shape)
    return head + sizes + struct.pack("<iii", *context, flag) + data


def old_list(version):
    arrays = {
        "weight": (0, np.arange(6, dtype="float32").reshape(2, 3) / 2),
        "labels": (4, np.array([3, -1, 0, 7], dtype="int32")),
        "scalar": (1, np.array(2.5)),
        "no rows": (3, np.zeros((0, 3), dtype="uint8")),
        "from a gpu": (2, np.array([1.5, -2], dtype="float16")),
    }
    parts = [struct.pack("<QQQ", 0x112, 0, len(arrays))]
    for name, (flag, array) in arrays.items():
        context = (2, 3) if "gpu" in name else (1, 0)
        parts.append(old_array(version, array.shape, flag, array.tobytes(), context))
    parts.append(struct.pack("<Q", len(arrays)))
    parts.extend(struct.pack("<Q", len(name)) + name.encode() for name in arrays)
    return b"".join(parts)


def numbers(array):
    """Values as JSON has them; bfloat16 as its 16 bits."""
    array = array.asnumpy()
    return (array.view("uint16") if array.dtype == BFLOAT16 else array).tolist()


def description(array):
    found = {"shape": list(array.shape), "stype": array.stype, "values": numbers(array)}
    found["dtype"] = "bfloat16" if array.dtype == BFLOAT16 else np.dtype(array.dtype).name
    if array.stype != "default":
        found["data"] = numbers(array.data)
        aux = [array.indices] if array.stype == "row_sparse" else [array.indptr, array.indices]
        found["aux"] = [numbers(index) for index in aux]
    return found


def reading(path):
    loaded = mx.nd.load(str(path))
    named = isinstance(loaded, dict)
    arrays = [description(a) for a in (loaded.values() if named else loaded)]
    return {"names": list(loaded) if named else [], "arrays": arrays}


def recorded(name, write):
    path = OUT / (name + ".params")
    write(str(path))
    return reading(path)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cpu1, shared = mx.nd.array([1.0], ctx=mx.cpu(1)), mx.nd.array([2.0], ctx=mx.Context("cpu_shared"))
    data = {
        "single": values((3,)),
        "list": [values((3,)), values((2, 2))],
        "dict": {"a": values((3,)), "b": values((2, 2))},
        "names": {"": values((1,)), "ü 漢字": values((2,)), "x" * 300: values((1,))},
        "empty": [],
        "dtypes": dtypes(),
        "shapes": shapes(),
        "views": views(),
        "sparse": sparse(),
        "contexts": [cpu1, shared],
        "checkpoint": checkpoint(),
    }
    manifest = {
        name: recorded(name, lambda path, arrays=arrays: mx.nd.save(path, arrays))
        for name, arrays in data.items()
    }
    manifest["net"] = recorded("net", net().save_parameters)
    for version in (0, 1):
        name, data = "version%d" % version, old_list(version)
        manifest[name] = recorded(name, lambda path, data=data: Path(path).write_bytes(data))
    # A scalar, which MXNet writes without NumPy shapes but cannot read again: recorded with what was saved.
    mx.nd.save(str(OUT / "scalar.params"), [mx.nd.array(3), values((2,))])
    manifest["scalar"] = {"names": [], "arrays": [description(mx.nd.array(3)), description(values((2,)))]}
    with mx.util.np_shape(True):
        arrays = {"scalar": mx.nd.array(3), "no rows": mx.nd.array(np.zeros((0, 2))), "c": values((2, 2))}
        manifest["numpy_shapes"] = recorded("numpy_shapes", lambda path: mx.nd.save(path, arrays))
    text = json.dumps(manifest, indent=None, separators=(",", ":"), ensure_ascii=False)
    (OUT / "manifest.json").write_text(text.replace('},{"shape"', '},\n{"shape"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
