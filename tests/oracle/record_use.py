"""Records which of MXNet's names the other recorders call: what they record is what regluon is held against.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_use.py

runs every recorder but record_ops.py and record_second.py, whose samples name their operators, with all that
they would write held back, and writes tests/data/recorded.txt: a line for each name of MXNet, with those that
call it.
"""

import importlib
import inspect
import json
import os
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np

import mxnet as mx

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NAMES = ROOT / "src" / "regluon" / "reference" / "mxnet.txt"
WITHOUT = ("record_api", "record_chapter", "record_ops", "record_second", "record_use")


def lookup(name):
    """The object that a name of the frozen list stands for; members of a class as they stand in it."""
    found = mx
    for part in name.split("."):
        if inspect.isclass(found):
            for base in found.__mro__:
                if part in vars(base):
                    found = vars(base)[part]
                    break
        else:
            module = found.__name__
            found = getattr(found, part, None) or importlib.import_module(module + "." + part)
    return found


def code_of(value):
    if isinstance(value, property):
        value = value.fget
    value = getattr(value, "__func__", value)
    return getattr(value, "__code__", None)


def codes():
    """Names by the code that runs when they are called, and classes by themselves.

    Code that several names share, a decorator's wrapper say, tells nothing.
    """
    by_code, by_class, shared = {}, {}, set()
    found = [line.split(" ", 2) for line in NAMES.read_text().splitlines()]
    pairs = [(name, lookup(name)) for name, kind, *_ in found if kind not in ("module", "alias", "value")]
    pairs += [("nd._internal." + n, v) for n, v in vars(mx.nd._internal).items() if callable(v)]
    for name, value in pairs:
        if inspect.isclass(value):
            by_class[value] = name
            continue
        code = code_of(value)
        if code in by_code:
            shared.add(code)
        by_code[code] = name
    return {c: n for c, n in by_code.items() if c is not None and c not in shared}, by_class


def hold_back():
    """Nothing is written: the recordings are there already. Nor does a recorder end this process."""

    def leave(code):
        raise SystemExit(code)

    os._exit = leave
    np.savez = np.savez_compressed = lambda *args, **kwargs: None
    Path.write_text = Path.write_bytes = lambda self, *args, **kwargs: 0


def used(script):
    """The names that a recorder calls, from its own code or from that of the tests that it imports."""
    by_code, by_class = codes()
    found, tests = set(), str(HERE.parent)

    def watch(frame, event, argument):
        if event != "call" or frame.f_back is None:
            return
        if frame.f_code in by_code and frame.f_back.f_code.co_filename.startswith(tests):
            found.add(by_code[frame.f_code])
        if frame.f_code.co_name == "__init__" and "self" in frame.f_locals:
            # Also what MXNet makes for a test: optimizer.create("sgd").
            kinds = type(frame.f_locals["self"]).__mro__
            found.update([by_class[k] for k in kinds if k in by_class][:1])

    warnings.simplefilter("ignore")
    hold_back()
    sys.argv = [str(script)]
    sys.setprofile(watch)
    try:
        runpy.run_path(str(script), run_name="__main__")
    except SystemExit:
        pass
    finally:
        sys.setprofile(None)
    return sorted(found)


def main():
    leave = os._exit
    if len(sys.argv) > 1:
        names = used(Path(sys.argv[1]).resolve())
        print("\n" + json.dumps(names), flush=True)
        leave(0)  # MXNet's threads can end a process that is ending with a signal
    callers = {}
    for script in sorted(HERE.glob("record_*.py")):
        if script.stem in WITHOUT:
            continue
        command = [sys.executable, __file__, str(script)]
        out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
        names = json.loads(out.splitlines()[-1])
        print("{}: {} names".format(script.stem, len(names)))
        for name in names:
            callers.setdefault(name, []).append(script.stem[len("record_") :])
    lines = ["{} {}\n".format(name, " ".join(by)) for name, by in sorted(callers.items())]
    (ROOT / "tests" / "data" / "recorded.txt").write_text("".join(lines))
    print(len(lines), "names")


if __name__ == "__main__":
    main()
