"""MXNet's small modules: what no recording of MXNet holds. The rest is in tests/programs/modules.py."""

from __future__ import annotations

import logging
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import mxnet
import regluon as mx
from regluon import attribute, libinfo, log, runtime, util
from regluon.base import MXNetError
from regluon.contrib import tensorboard


def test_a_logger_for_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    logger = log.get_logger("of the test", level=log.DEBUG)
    assert log.get_logger("of the test", level=log.ERROR) is logger
    assert (logger.level, len(logger.handlers)) == (log.DEBUG, 1)
    for level, letter in ((50, "31mC"), (40, "31mE"), (30, "31mW"), (20, "32mI"), (10, "34mD"), (15, "34mU")):
        logger.log(level, "words")
        line = capsys.readouterr().err
        assert line.startswith(f"\x1b[{letter}")
        assert line.endswith("]\x1b[0m words\n")
        assert "test_small_modules.py:test_a_logger_for_the_console:" in line


def test_a_logger_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("before\n")
    with pytest.warns(DeprecationWarning, match="Use get_logger instead"):
        logger = log.getLogger("for a file", str(path), level=log.INFO)
    logger.info("words")
    logger.handlers[0].close()
    assert path.read_text() == "before\nwords\n"
    again = log.get_logger("for a file again", str(path), "w")
    again.warning("other")
    again.handlers[0].close()
    assert path.read_text() == "other\n"
    assert log.get_logger() is logging.getLogger()


def test_files_of_a_build_are_not_there() -> None:
    assert libinfo.__version__ == mxnet.__version__
    for find in (libinfo.find_lib_path, libinfo.find_include_path, libinfo.find_conf_path):
        with pytest.raises(RuntimeError, match="regluon runs on PyTorch"):
            find()


def test_features_are_this_machines() -> None:
    found = runtime.Features()
    assert found.is_enabled("cuda") == torch.cuda.is_available()
    assert found.is_enabled("MKLDNN") == torch.backends.mkldnn.is_available()
    assert all(isinstance(f.enabled, bool) for f in found.values())
    assert repr(found).count("✔") == sum(f.enabled for f in found.values())
    with pytest.raises(RuntimeError, match="Feature 'FOO' is unknown, known features are"):
        found.is_enabled("foo")


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is there")
def test_gpus_that_are_not_there() -> None:
    assert util.get_gpu_count() == 0
    with pytest.raises(MXNetError, match=r"gpu\(0\) is not there"):
        util.get_gpu_memory(0)
    with pytest.raises(MXNetError, match=r"gpu\(0\) is not there"):
        util.get_cuda_compute_capability(mx.gpu())
    with pytest.raises(ValueError, match="a gpu context is needed"):
        util.get_cuda_compute_capability(mx.cpu())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_gpus_that_are_there() -> None:
    free, total = util.get_gpu_memory(0)
    assert 0 < free <= total
    major, minor = torch.cuda.get_device_capability(0)
    assert util.get_cuda_compute_capability(mx.gpu()) == 10 * major + minor


def test_names_of_numpys_interface_say_that_it_is_not_there() -> None:
    for name in ("set_np", "use_np", "np_array", "reset_np"):
        with pytest.raises(AttributeError, match=r"the NumPy interface, mx\.np, is not there"):
            getattr(util, name)


def test_drawings_ask_for_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ImportError, match="pip install graphviz"):
        mx.viz.plot_network(mx.sym.var("x"))


def test_the_current_scope_of_attributes() -> None:
    scope = mx.AttrScope(a="1")
    with scope:
        assert attribute.current() is scope
    with warnings.catch_warnings(), pytest.raises(KeyError), scope, mx.AttrScope(b="2"):
        raise KeyError
    before = attribute.current()
    try:
        with pytest.warns(DeprecationWarning, match=r"AttrScope\.current has been deprecated"):
            mx.AttrScope.current = scope
        assert attribute.current() is scope
    finally:
        attribute._current.scope = before


def test_the_flag_of_numpys_shapes_comes_down_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), mx.np_shape():
        1 / 0  # noqa: B018
    assert not mx.is_np_shape()


def test_optimizers_in_the_module_that_mxnet_has_them_in() -> None:
    assert mx.optimizer.optimizer.SGD is mx.optimizer.SGD
    with pytest.raises(AttributeError, match="no attribute 'Foo'"):
        mx.optimizer.optimizer.Foo  # noqa: B018


def test_metrics_for_tensorboard(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    written: list[tuple[Any, ...]] = []

    class Writer:
        def __init__(self, folder: str) -> None:
            written.append((folder,))

        def add_scalar(self, name: str, value: float, global_step: int) -> None:
            written.append((name, value, global_step))

    metric = SimpleNamespace(get_name_value=lambda: [("acc", 0.5)])
    monkeypatch.setattr(tensorboard, "resolve", lambda name: Writer)
    for prefix in (None, "train"):
        call = tensorboard.LogMetricsCallback("logs", prefix)
        call(SimpleNamespace(eval_metric=metric, epoch=3))
        call(SimpleNamespace(eval_metric=None, epoch=4))
    assert written == [("logs",), ("acc", 0.5, 3), ("logs",), ("train-acc", 0.5, 3)]

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(tensorboard, "resolve", missing)
    tensorboard.LogMetricsCallback("logs")
    assert "pip install tensorboard" in caplog.text
