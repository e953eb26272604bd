"""Which names a program uses: by its imports, through aliases, in objects whose class is known."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from regluon.check.reading import Reader


def uses(*cells: str) -> list[str]:
    reader = Reader()
    for cell in cells:
        reader.read(ast.parse(dedent(cell)))
    return [use.name if use.package == "mx" else f"{use.package}.{use.name}" for use in reader.uses]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import mxnet as mx\nmx.nd.zeros(1)", ["nd.zeros"]),
        ("import mxnet\nmxnet.gluon.nn.Dense", ["gluon.nn.Dense"]),
        ("import mxnet.gluon.nn as n\nn.Dense", ["gluon.nn", "gluon.nn.Dense"]),
        ("import mxnet.gluon\nmxnet.nd.x", ["gluon", "nd.x"]),
        ("from mxnet import nd as n\nn.zeros", ["nd", "nd.zeros"]),
        ("from mxnet import ndarray\nndarray.zeros", ["ndarray", "nd.zeros"]),
        ("from mxnet import nd as n, init as i\ni.Xavier", ["nd", "init", "init.Xavier"]),
        ("from mxnet.gluon.block import Block as B\nB.cast", ["gluon.block.Block", "gluon.Block.cast"]),
        ("from mxnet.gluon.nn import *\nDense.forward", ["gluon.nn.Dense.forward"]),
        ("import mxnet as mx\nnd = mx.nd\nf = nd.exp\nf(1)", ["nd", "nd.exp"]),
        ("import mxnet as mx\ngetattr(mx.nd, 'exp')\ngetattr(mx.nd, 'x', None)", ["nd.exp", "nd"]),
        ("import gluonbook as gb\ngb.train(gb.plt.x)", ["gluonbook.plt", "gluonbook.train"]),
        ("import numpy as mx\nmx.nd.zeros", []),
        ("from . import mxnet\nmxnet.nd", []),
        ("nd.zeros", []),
        ("def f():\n    import mxnet as mx\n    mx.nd.exp\nmx.nd.log", ["nd.exp"]),
        ("try:\n    import mxnet as mx\nexcept ImportError:\n    mx = None\nmx.nd.exp", ["nd.exp"]),
        ("import mxnet as mx\nmx.gluon.Trainer(p, 'FTRL', {})", ["gluon.Trainer", "optimizer.Ftrl"]),
        ("import mxnet as mx\nmx.gluon.Trainer(p, optimizer='sgd')", ["gluon.Trainer", "optimizer.SGD"]),
    ],
)
def test_names(code: str, expected: list[str]) -> None:
    assert sorted(uses(code)) == sorted(expected)


PREFIX = "from mxnet import nd, gluon, image\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("nd.zeros(1).x", ["nd.NDArray.x"]),
        ("a = nd.zeros(1)\na.x\na = 1\na.y", ["nd.NDArray.x"]),
        ("a = b = nd.zeros(1)\nb.x", ["nd.NDArray.x"]),
        ("a, c = nd.zeros(1), 2\na.x\nc.x", ["nd.NDArray.x"]),
        ("(nd.zeros(1) * 2 + 1).x", ["nd.NDArray.x"]),
        ("(-nd.zeros(1))[0].x", ["nd.NDArray.x"]),
        ("nd.zeros(1).T.x", ["nd.NDArray.T", "nd.NDArray.x"]),
        ("nd.zeros(1).exp().x", ["nd.NDArray.exp", "nd.NDArray.x"]),
        ("nd.zeros(1).asnumpy().x", ["nd.NDArray.asnumpy"]),
        ("nd.zeros(1).split(2).x", ["nd.NDArray.split"]),
        ("nd.split(1, 2).x", ["nd.split"]),
        ("def f(a: nd.NDArray):\n    a.x", ["nd.NDArray", "nd.NDArray.x"]),
        ("a: nd.NDArray = f()\na.x", ["nd.NDArray", "nd.NDArray.x"]),
        ("if c:\n    a = nd.zeros(1)\nelse:\n    a = 1\na.x", []),
        ("a = nd.zeros(1)\nfor a in b:\n    a.x\na.x", []),
        ("a = 1\nfor i in b:\n    a.x\n    a = nd.zeros(1)\n    a.y", ["nd.NDArray.y"]),
        ("a = nd.zeros(1)\nwhile a.x:\n    a = a.asnumpy()", []),
        ("a = nd.zeros(1)\nf = lambda a: a.x\n[a.x for a in b]\n[a.y for b in c]", ["nd.NDArray.y"]),
        ("with nd.zeros(1) as a:\n    a.x", ["nd.NDArray.x"]),
        ("image = image.imread(f)\nimage.x", ["image.imread"]),
        ("net = gluon.nn.Dense(1)\nnet.export(f)", ["gluon.nn.Dense", "gluon.nn.Dense.export"]),
    ],
)
def test_objects(code: str, expected: list[str]) -> None:
    made = ["nd", "gluon", "image", "nd.zeros"]
    found = uses(PREFIX + code)
    assert [name for name in found if name not in made] == expected


def test_blocks() -> None:
    code = """
    from mxnet import nd
    from mxnet.gluon import nn
    class Base(nn.HybridBlock):
        nd = 3
        def hybrid_forward(self, F, x, w):
            self.export(x.x)
            return F.exp(F.contrib.arange_like(x)) + nd.log(x)
    class Net(Base):
        def f(this):
            this.cast(1)
    Net().hybridize()
    """
    assert uses(code) == [
        "nd",
        "gluon.nn",
        "gluon.nn.HybridBlock",
        "gluon.HybridBlock.hybridize",
        "gluon.HybridBlock.export",
        "nd.contrib.arange_like",
        "nd.exp",
        "nd.log",
        "gluon.HybridBlock.cast",
    ]


def test_functions_see_what_is_bound_later() -> None:
    assert uses("def f():\n    nd.exp\nfrom mxnet import nd") == ["nd", "nd.exp"]


def test_cells_know_the_cells_before() -> None:
    assert uses("from mxnet import nd\nx = nd.ones(1)", "x.exp()") == ["nd", "nd.ones", "nd.NDArray.exp"]


def test_a_long_chain_is_quick() -> None:
    assert len(uses("from mxnet import nd\nnd.ones(1)" + ".exp()" * 60)) == 62
