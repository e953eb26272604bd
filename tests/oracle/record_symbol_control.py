"""Records loops and branches of MXNet's symbols, in tests/data/symbol_control.json.gz.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_symbol_control.py
"""

import gzip
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from symbol_control_cases import BLOCKS, SYMBOLS, WITHOUT_GRADIENTS, fresh, set_parameters, trained  # noqa: E402
from symbol_values import values_for  # noqa: E402


def plain(found, leaf):
    return [None if part is None else [leaf(one) for one in part] for part in found]


def symbol(name):
    build, given = SYMBOLS[name]
    with fresh(mx), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = build(mx)
        first = net.list_arguments()[0]
        kept = {
            "json": net.tojson(),
            "arguments": net.list_arguments(),
            "outputs": net.list_outputs(),
            "internals": net.get_internals().list_outputs(),
            "attributes": net.attr_dict(),
            "debug": net.debug_str(),
            "shapes": plain(net.infer_shape(**given), list),
            "types": plain(net.infer_type(**{first: "float32"}), lambda t: np.dtype(t).name),
        }
    names = kept["arguments"]
    shapes = dict(zip(names, kept["shapes"][0] or [given[n] for n in names]))  # noqa: B905 (Python 3.8)
    arrays = {k: mx.nd.array(v) for k, v in values_for(shapes).items()}
    grads = None if name in WITHOUT_GRADIENTS else {k: mx.nd.zeros(shape) for k, shape in shapes.items()}
    executor = net.bind(mx.cpu(), arrays, args_grad=grads, grad_req="write" if grads else "null")
    kept["predicted"] = [o.asnumpy().tolist() for o in executor.forward(is_train=False)]
    if grads is None:
        return kept
    executor.forward(is_train=True)
    executor.backward([mx.nd.ones(o.shape) * (i + 1) for i, o in enumerate(executor.outputs)])
    kept["gradients"] = {k: v.asnumpy().tolist() for k, v in grads.items()}
    return kept


def block(name, active):
    """A net with its parameters. MXNet's gradients of a hybridized while_loop are what was in memory."""
    with fresh(mx):
        net, shapes = BLOCKS[name](mx)
        net.initialize()
        values = values_for({"data{}".format(i): shape for i, shape in enumerate(shapes)})
        inputs = [mx.nd.array(values[key]) for key in sorted(values)]
        if active:
            net.hybridize()
        net(*inputs)
        set_parameters(mx, net, values_for)
        if not active:
            return trained(mx, net, inputs)
        path = os.path.join(tempfile.mkdtemp(), "net")
        net.export(path)
        with open(path + "-symbol.json") as file:
            return {"json": file.read()}


def main():
    kept = {
        "symbols": {name: symbol(name) for name in SYMBOLS},
        "blocks": {name: dict(block(name, True), **block(name, False)) for name in BLOCKS},
    }
    path = TESTS / "data" / "symbol_control.json.gz"
    text = json.dumps(
        json.loads(json.dumps(kept), parse_float=lambda t: float("%.7g" % float(t))), sort_keys=True
    )
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write(text.encode())
    print("{}: {:,} bytes".format(path.name, path.stat().st_size))


if __name__ == "__main__":
    main()
