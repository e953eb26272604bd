from __future__ import annotations

import json

import pytest

from check import states
from regluon.check import check_text

PREFIX = "import mxnet as mx\nfrom mxnet import gluon, nd\n"


@pytest.fixture(autouse=True)
def _fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    states.fix(monkeypatch)


@pytest.mark.parametrize(
    ("code", "name", "state", "alternative"),
    [
        ("mx.sym.Variable", "mx.sym.Variable", "missing", ""),
        ("mx.symbol.Variable", "mx.sym.Variable", "missing", ""),
        ("mx.nd.utils.save", "mx.nd.utils.save", "missing", ""),
        ("gluon.nn.Conv2D(1)", "mx.gluon.nn.Conv2D", "missing", ""),
        ("gluon.nn.Dense(1).export", "mx.gluon.nn.Dense.export", "missing", ""),
        ("gluon.Trainer(p, 'ftrl')", "mx.optimizer.Ftrl", "missing", ""),
        ("nd.contrib.dgl_subgraph", "mx.nd.contrib.dgl_subgraph", "gap", "DGL on PyTorch"),
        ("nd.ones(1).tostype('csr')", "mx.nd.NDArray.tostype", "gap", ""),
        ("nd.Crop", "mx.nd.Crop", "deviates", ""),
        ("nd.op.Crop", "mx.nd.op.Crop", "deviates", ""),
        ("nd.zerso", "mx.nd.zerso", "unknown", "mx.nd.zeros"),
        ("nd.ones(1).asnumpi()", "mx.nd.NDArray.asnumpi", "unknown", "mx.nd.NDArray.asnumpy"),
        ("gluon.nn.LazyLinear", "mx.gluon.nn.LazyLinear", "unknown", ""),
        ("mx.gloun", "mx.gloun", "unknown", "mx.gluon"),
        ("import d2lzh\nd2lzh.semilog", "d2lzh.semilog", "unknown", "d2lzh.semilogy"),
    ],
)
def test_what_is_found(code: str, name: str, state: str, alternative: str) -> None:
    (found,) = check_text(PREFIX + code).findings
    assert (found.name, found.state, found.alternative) == (name, state, alternative)
    assert found.line == 2 + len(code.splitlines())
    assert found.reason
    assert found.absent == (state != "deviates")


@pytest.mark.parametrize(
    "code",
    [
        "nd.zeros(1).exp().shape",
        "import mxnet as a\nm = getattr(a, 'module', None)",
        "nd.NDArray",
        "nd._internal._plus_scalar",
        "mx.num_gpus()",
        "mx.cpu().device_type",
        "gluon.nn.Dense(1).weight.data().x",
        "mx.Context.devtype2str",
        "nd.exp.__name__",
        "mx.__version__",
        "import d2lzh\nd2lzh.plt.plot\nd2lzh.semilogy",
        "import regluon\nregluon.nd.anything",
    ],
)
def test_what_is_fine(code: str) -> None:
    assert check_text(PREFIX + code).findings == []


def test_objects_of_a_missing_class_are_told_of_once() -> None:
    assert [f.name for f in check_text(PREFIX + "gluon.nn.Conv2D(1).initialize()").findings] == [
        "mx.gluon.nn.Conv2D"
    ]


def test_places() -> None:
    markdown = (
        "text\n```{.python .input}\nfrom mxnet import nd\n```\n\n```{.python .input}\n\nnd.x(\n  nd.y)\n```\n"
    )
    cells = [{"cell_type": "code", "source": s} for s in ("from mxnet import nd", "\nnd.x(\n  nd.y)")]
    for text, suffix, places in (
        (markdown, ".md", [(2, 8), (2, 9)]),
        (json.dumps({"cells": cells}), ".ipynb", [(2, 2), (2, 3)]),
    ):
        assert [(f.cell, f.line) for f in check_text(text, suffix).findings] == places


def test_once_a_line() -> None:
    report = check_text("from mxnet import nd\nnd.x(nd.x)\nnd.x")
    assert [f.line for f in report.findings] == [2, 3]
    assert (report.uses, report.names) == (4, {"mx.nd", "mx.nd.x"})
