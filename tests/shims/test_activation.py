"""What ``import mxnet`` puts back, and that ``REGLUON_SHIMS=0`` and ``import regluon`` change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import fresh
from regluon.shims import LOADED, RETURNED, STAND_INS

# Loaded before the import that is looked at, so that what it adds to them can be told.
BEFORE = ["collections", "fractions", "inspect", "numpy", "numpy.random", "numpy.typing", "time", "torch"]

ADDED = f"""
import importlib, json, sys
modules = [importlib.import_module(name) for name in {BEFORE!r}]
names, finders, loaded = [set(vars(m)) for m in modules], list(sys.meta_path), set(sys.modules)
import PACKAGE
print(json.dumps(dict(
    added={{m.__name__: sorted(set(vars(m)) - old) for m, old in zip(modules, names)}},
    finders=[type(f).__name__ for f in sys.meta_path if f not in finders],
    loaded=sorted(set(sys.modules) - loaded),
    served={{m.__name__: sorted(vars(m)) for m in modules}},
)))
"""


@pytest.fixture(scope="module", params=["mxnet", "mxnet off", "regluon"])
def outcome(request: pytest.FixtureRequest) -> tuple[str, Any]:
    package, *off = request.param.split()
    environment = {"REGLUON_SHIMS": "0"} if off else {}
    return request.param, fresh.report(ADDED.replace("PACKAGE", package), **environment)


def test_only_mxnet_with_shims_on_changes_other_modules(outcome: tuple[str, Any]) -> None:
    case, seen = outcome
    ours = {"AliasFinder"} if case.startswith("mxnet") else set()
    if case == "mxnet":
        assert all(set(RETURNED[name]) <= set(seen["served"][name]) for name in set(RETURNED) & set(BEFORE))
        assert {"float", "NaN", "asscalar"} <= set(seen["added"]["numpy"])
        assert set(seen["finders"]) == {*ours, "StandInFinder", "OnImportFinder"}
    else:
        assert {name: added for name, added in seen["added"].items() if added} == {}
        assert set(seen["finders"]) == ours


def test_nothing_is_loaded_for_the_shims_sake(outcome: tuple[str, Any]) -> None:
    loaded = {name.partition(".")[0] for name in outcome[1]["loaded"]}
    assert loaded & {"IPython", "matplotlib", "matplotlib_inline", "PIL", "distutils", "setuptools"} == set()


@pytest.mark.parametrize("order", ["import mxnet, IPython.display", "import IPython.display, mxnet"])
def test_a_module_gets_its_names_before_or_after(order: str) -> None:
    code = f"""
{order}
import importlib, sys
from IPython.display import set_matplotlib_close, set_matplotlib_formats
assert "matplotlib" not in sys.modules
display = sys.modules["IPython.display"]
assert type(display.__loader__).__name__ == type(display.__spec__.loader).__name__ == "SourceFileLoader"
del display.set_matplotlib_formats
assert hasattr(importlib.reload(display), "set_matplotlib_formats")
import PIL.Image
assert PIL.Image.ANTIALIAS == PIL.Image.LANCZOS
"""
    done = fresh.run(code)
    assert done.returncode == 0, done.stderr


def test_numpy_gets_its_names_when_it_is_loaded() -> None:
    code = """
import mxnet, sys
assert "numpy" not in sys.modules
import numpy
assert numpy.float is float and numpy.asscalar(numpy.array([2.5])) == 2.5
"""
    done = fresh.run(code)
    assert done.returncode == 0, done.stderr


def test_what_mxnets_import_loads_is_loaded() -> None:
    code = "import mxnet, multiprocessing, sys; multiprocessing.pool.Pool; "
    done = fresh.run(f"{code} assert {set(LOADED)!r} <= set(sys.modules)")
    assert done.returncode == 0, done.stderr


HIDDEN = """
import sys
class Hiding:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] == "distutils" else self.finder.find_spec(name, path, target)
sys.meta_path[:] = map(Hiding, sys.meta_path)
import mxnet
"""


def test_distutils_has_a_stand_in_where_there_is_none() -> None:
    code = """
from distutils.version import LooseVersion, StrictVersion
from distutils.util import strtobool
import distutils.spawn, importlib
assert LooseVersion(mxnet.__version__) >= LooseVersion("1.3.0") and strtobool("yes") == 1
assert distutils.version is importlib.import_module(TARGET + ".version") is sys.modules["distutils.version"]
"""
    done = fresh.run(HIDDEN + code.replace("TARGET", repr(STAND_INS["distutils"])))
    assert done.returncode == 0, done.stderr
    off = fresh.run(HIDDEN + "import distutils", REGLUON_SHIMS="0")
    assert "No module named 'distutils'" in off.stderr


def test_every_shim_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "shims.md").read_text(encoding="utf-8")
    names = {name for table in RETURNED.values() for name in table} | set(STAND_INS) | set(LOADED)
    assert sorted(name for name in names if f"`{name}`" not in text) == []
