"""All nets of the model zoo through ONNX Runtime: python -m onnx_zoo, with src and tests on PYTHONPATH.

Minutes, and what the tests do with the smallest net of each family. Prints how far ONNX Runtime's results are
from ours, in units of our largest number.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from mxnet.gluon.model_zoo import vision

import mxnet as mx
from mxnet import nd
from onnx_runs import array, closeness, session
from regluon.interop import export_onnx

# Extents of images; those without a fixed pooling at the end take small ones.
SIZES = {"densenet": 224, "squeezenet": 224, "inception": 299}


def measure(name: str, folder: Path) -> float:
    size = next((n for family, n in SIZES.items() if name.startswith(family)), 64)
    net = vision.get_model(name, classes=10)
    net.initialize(mx.init.Xavier())
    path = export_onnx(net, folder / "net.onnx", nd.zeros((1, 3, size, size)))
    x = array(2, 3, size, size)
    return closeness(session(path).run(None, {"data": x.asnumpy()})[0], net(x))


def main() -> None:
    names = sys.argv[1:] or sorted(vision._MODELS)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            print(f"{name:20} {measure(name, Path(folder)):.1e}", flush=True)


if __name__ == "__main__":
    main()
