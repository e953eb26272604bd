"""Records what nets print and compute, loaders' batches and files of parameters, as MXNet has them.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_gluon.py

writes tests/data/gluon.json and tests/data/gluon/.
"""

import json
import sys
import warnings
from pathlib import Path

import mxnet as mx

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gluon"), str(TESTS / "gluon" / "data")]

import loaders  # noqa: E402
import nets  # noqa: E402

FILES = TESTS / "data" / "gluon"


def initialized(name):
    with mx.name.NameManager():
        net, inputs = nets.NETS[name](mx)
    mx.random.seed(nets.SEED)
    net.initialize(mx.init.Normal(0.5))
    net(*inputs)
    return net


def record_files():
    """Files of parameters in every form that MXNet 1.9.1 writes, and what is in them."""
    FILES.mkdir(exist_ok=True)
    custom, shared = initialized("custom"), initialized("shared")
    custom.save_parameters(str(FILES / "custom.params"))
    custom.collect_params().save(str(FILES / "full-names.params"))
    initialized("scoped").save_params(str(FILES / "legacy.params"))
    shared.save_parameters(str(FILES / "shared.params"))
    shared.save_parameters(str(FILES / "deduplicated.params"), deduplicate=True)
    nested = initialized("nested")
    nested.save(str(FILES / "nested"))
    nested.cast("float64")
    nested.save_parameters(str(FILES / "float64.params"))
    found = {}
    for path in sorted(FILES.glob("*.params")):
        found[path.name] = {name: nets.numbers(a) for name, a in mx.nd.load(str(path)).items()}
    return found


def main():
    warnings.simplefilter("ignore")
    kept = {
        "nets": {name: nets.run(mx, name) for name in nets.NETS},
        "loaders": {name: loaders.run(mx, name) for name in loaders.LOADERS},
        "files": record_files(),
    }
    text = json.dumps(kept, indent=None, separators=(",", ":"))
    (TESTS / "data" / "gluon.json").write_text(text.replace('},"', '},\n"') + "\n")
    print(len(text), "characters")


if __name__ == "__main__":
    main()
