"""Records what MXNet says of the symbols of tests/symbol_cases.py and symbol_blocks.py, and what they give.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_symbols.py

writes tests/data/symbols.json.gz.
"""

import ctypes
import gzip
import hashlib
import importlib
import json
import sys
import warnings
from pathlib import Path

import numpy as np
from mxnet.base import _LIB, OpHandle, SymbolHandle, c_str, c_str_array, check_call, mx_uint, py_str

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from symbol_blocks import BLOCKS, ZOO, called, from_zoo  # noqa: E402
from symbol_values import values_for, without_batch  # noqa: E402

cases = importlib.import_module("symbol_cases")

# Operators whose symbols crash MXNet.
CRASHING = ("reset_arrays",)


def shapes(found):
    return [None if part is None else [list(shape) for shape in part] for part in found]


def types(found):
    return [None if part is None else [t and np.dtype(t).name for t in part] for part in found]


def described(symbol, given):
    fields = {
        "json": symbol.tojson(),
        "arguments": symbol.list_arguments(),
        "auxiliary": symbol.list_auxiliary_states(),
        "outputs": symbol.list_outputs(),
        "inputs": symbol.list_inputs(),
        "attributes": symbol.attr_dict(),
        "internals": symbol.get_internals().list_outputs(),
        "children": symbol.get_children().list_outputs(),
        "debug": symbol.debug_str(),
        "repr": repr(symbol),
        "shapes": shapes(symbol.infer_shape(**given)),
    }
    first = symbol.list_arguments()[0]
    fields["types"] = types(symbol.infer_type(**{first: "float32"}))
    try:
        fields["partial"] = shapes(symbol.infer_shape_partial(**without_batch(given)))
    except mx.MXNetError:  # operators that need to know more
        fields["partial"] = None
    return fields


def computed(symbol, given, grad_req):
    executor = symbol.simple_bind(mx.cpu(), grad_req=grad_req or "null", **given)
    arrays = dict(executor.arg_dict, **executor.aux_dict)
    for name, value in values_for({name: a.shape for name, a in arrays.items()}).items():
        arrays[name][:] = value
    found = {"predicted": [o.asnumpy().tolist() for o in executor.forward(is_train=False)]}
    if grad_req is None:
        return found
    for _ in range(2):
        outputs = executor.forward(is_train=True)
        executor.backward([mx.nd.ones(o.shape) * (i + 1) for i, o in enumerate(outputs)])
    found["trained"] = [o.asnumpy().tolist() for o in outputs]
    found["gradients"] = {k: v.asnumpy().tolist() for k, v in executor.grad_dict.items() if v is not None}
    found["auxiliary"] = {k: v.asnumpy().tolist() for k, v in executor.aux_dict.items()}
    return found


def net(name):
    build, given, grad_req = cases.NETS[name]
    with mx.name.NameManager(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        symbol = build(mx)
        return dict(described(symbol, given), values=computed(symbol, given, grad_req))


def loaded(text):
    try:
        return mx.sym.load_json(text).tojson()
    except mx.MXNetError:
        return None


def atomic(op, attributes):
    """A symbol of an operator that is given nothing but its attributes."""
    handle, symbol = OpHandle(), SymbolHandle()
    check_call(_LIB.NNGetOpHandle(c_str(op), ctypes.byref(handle)))
    keys, values = c_str_array(attributes.keys()), c_str_array([str(v) for v in attributes.values()])
    check_call(
        _LIB.MXSymbolCreateAtomicSymbol(handle, mx_uint(len(attributes)), keys, values, ctypes.byref(symbol))
    )
    found = mx.sym.Symbol(symbol)
    found._compose(name="N")
    return found


def counted(op):
    """The attribute that counts an operator's inputs."""
    handle = OpHandle()
    check_call(_LIB.NNGetOpHandle(c_str(op), ctypes.byref(handle)))
    texts = [ctypes.c_char_p() for _ in range(4)]
    number, lists = mx_uint(), [ctypes.POINTER(ctypes.c_char_p)() for _ in range(3)]
    check_call(
        _LIB.MXSymbolGetAtomicSymbolInfo(
            handle,
            *map(
                ctypes.byref, (texts[0], texts[1], number, lists[0], lists[1], lists[2], texts[2], texts[3])
            ),
        )
    )
    return py_str(texts[2].value)


def operators():
    """Of each sample: operator, attributes, name in files, inputs, states, outputs, starts, all outputs."""
    found, seen = [], set()
    for path in sorted((TESTS / "ops" / "samples").glob("*.py")):
        if path.stem in ("spec", "__init__"):
            continue
        for sample in importlib.import_module("ops.samples." + path.stem).SAMPLES:
            attributes = {key: str(value) for key, value in sample.attributes.items()}
            key = (sample.op, str(sorted(attributes.items())), len(sample.inputs))
            skipped = sample.op.startswith("_regluon") or "_update" in sample.op or sample.op in CRASHING
            if sample.fails or skipped or key in seen:
                continue
            seen.add(key)
            number = counted(sample.op)
            if number:
                attributes.setdefault(number, str(len(sample.inputs)))
            try:
                symbol = atomic(sample.op, attributes)
            except mx.MXNetError:  # an operator that does not name its inputs
                continue
            graph = json.loads(symbol.tojson())
            starts = {n["name"]: n.get("attrs", {}).get("__init__") for n in graph["nodes"]}
            rows = graph["node_row_ptr"]
            lists = symbol.list_arguments(), symbol.list_auxiliary_states(), symbol.list_outputs()
            own = {name: start for name, start in starts.items() if start}
            found.append([sample.op, attributes, graph["nodes"][-1]["op"], *lists, own, rows[-1] - rows[-2]])
    return found


def zoo(name):
    """The digest of a net's JSON."""
    return hashlib.sha256(from_zoo(mx, name).tojson().encode()).hexdigest()


def main():
    kept = {
        "nets": {name: net(name) for name in cases.NETS},
        "files": {name: loaded(text) for name, text in cases.FILES.items()},
        "blocks": {name: called(mx, name)[2].tojson() for name in BLOCKS},
        "zoo": {name: zoo(name) for name in ZOO},
        "operators": operators(),
    }
    path = TESTS / "data" / "symbols.json.gz"
    text = json.dumps(json.loads(json.dumps(kept), parse_float=lambda t: float("%.7g" % float(t))))
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write(text.encode())
    print("{}: {:,} bytes".format(path.name, path.stat().st_size))


if __name__ == "__main__":
    main()
