"""The alias package ``mxnet``."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import pkgutil
import pydoc
import types
from pathlib import Path

import pytest

import fresh
import mxnet as mx
import regluon

NAMES = [module.name for module in pkgutil.walk_packages(regluon.__path__, "regluon.")]


@pytest.mark.parametrize("name", NAMES)
def test_every_module_is_the_very_module(name: str) -> None:
    module = importlib.import_module(name)
    assert importlib.import_module("mxnet" + name.removeprefix("regluon")) is module
    assert module.__spec__ is not None
    assert module.__spec__.name == module.__name__ == name


def test_the_imports_that_programs_write() -> None:
    code = """
import mxnet
import mxnet as mx
import mxnet.gluon.nn
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import data as gdata, loss as gloss, nn
from mxnet.ndarray import NDArray
import regluon
assert mx.nd is nd is regluon.nd is regluon.ndarray and mx.init is init is regluon.initializer
assert nn is mxnet.gluon.nn is gluon.nn is regluon.gluon.nn
assert gdata is gluon.data and gloss is gluon.loss and mx.autograd is autograd
assert isinstance(nn.Dense(1), regluon.gluon.Block) and isinstance(mx.nd.ones(1), NDArray)
assert mx.cpu() == regluon.cpu() and issubclass(mx.base.MXNetError, regluon.MXNetError)
"""
    done = fresh.run(code)
    assert done.returncode == 0, done.stderr


def test_reload_keeps_one_module() -> None:
    code = """
import importlib, sys, mxnet.gluon, regluon
assert importlib.reload(mxnet.gluon) is regluon.gluon is sys.modules["mxnet.gluon"]
finders = list(sys.meta_path)
assert importlib.reload(mxnet) is mxnet and sys.meta_path == finders
assert mxnet.nd is regluon.nd
"""
    done = fresh.run(code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["mxnet.nonexistent", "mxnet.gluon.nonexistent", "mxnet.nd", "mxnet.init"])
def test_a_module_that_mxnet_lacks_is_named(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=f"^No module named '{name}'$"):
        importlib.import_module(name)


def test_a_slip_and_a_gap_are_told_apart() -> None:
    with pytest.raises(AttributeError, match=r"^module 'mxnet' has no attribute 'gloun'$"):
        mx.gloun  # noqa: B018
    with pytest.raises(
        AttributeError, match=r"^module 'mxnet' has no attribute 'rtc'.*: MXNet 1\.9\.1 has it"
    ):
        mx.rtc  # noqa: B018


def test_version_file_and_path() -> None:
    assert mx.__version__ == "1.9.1"
    assert Path(mx.__file__).parts[-2:] == ("mxnet", "__init__.py")
    assert list(mx.__path__) == list(regluon.__path__)
    assert importlib.util.find_spec("mxnet.gluon") is not None
    assert "mxnet.gluon" in {module.name for module in pkgutil.iter_modules(mx.__path__, "mxnet.")}


def test_help_shows_the_package() -> None:
    text = pydoc.plain(pydoc.render_doc(mx))
    assert "mxnet - MXNet's name for regluon" in text
    assert "gluon (package)" in text


def test_everything_of_regluon_is_there_and_nothing_foreign() -> None:
    assert set(regluon.__all__) <= set(dir(mx))
    assert all(getattr(mx, name) is getattr(regluon, name) for name in regluon.__all__)
    modules = [v for n, v in vars(mx).items() if isinstance(v, types.ModuleType) and n != "regluon"]
    assert len(modules) > 5
    assert [m.__name__ for m in modules if not m.__name__.startswith("regluon.")] == []


def test_pickles_by_mxnets_names_open() -> None:
    assert pickle.loads(b"cmxnet.ndarray.ndarray\nNDArray\n.") is regluon.nd.NDArray
    assert pickle.loads(b"cmxnet.context\nContext\n.") is regluon.Context
    assert pickle.loads(b"cmxnet.gluon.block\nBlock\n.") is regluon.gluon.Block
