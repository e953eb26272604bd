"""Programs with tables and drawings of symbols. Each takes ``mx`` and a folder."""

import contextlib
import io
import sys
from types import SimpleNamespace

from programs.answers import error_of, warnings_of


class Drawing:
    """What ``graphviz.Digraph`` is asked for."""

    def __init__(self, **given):
        self.calls = [["drawing", given]]

    def node(self, **given):
        self.calls.append(["node", given])

    def edge(self, **given):
        self.calls.append(["edge", given])


def drawn(call):
    """What a drawing is made of, without Graphviz."""
    before = sys.modules.get("graphviz")
    sys.modules["graphviz"] = SimpleNamespace(Digraph=Drawing)
    try:
        return call().calls
    finally:
        if before is None:
            del sys.modules["graphviz"]
        else:
            sys.modules["graphviz"] = before


def printed(call):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        call()
    return out.getvalue().splitlines()


def convnet(mx):
    sym = mx.sym
    x = sym.Convolution(sym.var("data"), kernel=(3, 3), num_filter=8, pad=(1, 1), stride=(2, 2), name="conv")
    x = sym.Activation(sym.BatchNorm(x, name="bn"), act_type="relu", name="relu")
    x = sym.Convolution(x, kernel=(1, 1), num_filter=6, num_group=2, no_bias=True, name="group")
    x = sym.LeakyReLU(
        sym.Pooling(x, kernel=(2, 2), pool_type="max", stride=(2, 2), name="pool"), name="leaky"
    )
    parts = sym.split(x, num_outputs=2, name="parts")
    x = sym.Concat(parts[0], parts[1] + parts[0], name="both")
    x = sym.Pooling(x, global_pool=True, pool_type="avg", kernel=(1, 1), name="all")
    x = sym.FullyConnected(sym.Flatten(x, name="flat"), num_hidden=4, name="fc")
    x = sym.FullyConnected(x, num_hidden=3, no_bias=True, name="last")
    return sym.SoftmaxOutput(x, name="softmax")


def words(mx):
    sym = mx.sym
    x = sym.Embedding(sym.var("words"), input_dim=20, output_dim=5, name="embed")
    return sym.Reshape(sym.softmax(x, name="soft") * 2, shape=(-1, 5), name="flat")


def tables(mx, folder):
    summary = mx.viz.print_summary
    net, shape = convnet(mx), {"data": (2, 3, 16, 16)}
    return [
        printed(lambda: summary(net, shape)),
        printed(lambda: summary(net, shape=shape, line_length=60, positions=[0.4, 0.6, 0.8, 1.0])),
        printed(lambda: summary(net, shape, 80, [20, 40, 50, 70])),
        printed(lambda: summary(words(mx), {"words": (2, 7)})),
        printed(lambda: summary(words(mx))),
        printed(lambda: summary(mx.sym.var("data"), {"data": (1, 2)})),
        printed(lambda: summary(mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=3, name="fc"))),
        error_of(lambda: summary(3)),
        error_of(lambda: warnings_of(lambda: summary(net, {}))),
    ]


def drawings(mx, folder):
    plot = mx.viz.plot_network
    net, shape = convnet(mx), {"data": (2, 3, 16, 16)}
    return [
        drawn(lambda: plot(net)),
        drawn(lambda: plot(net, shape=shape, hide_weights=False)),
        drawn(
            lambda: plot(
                words(mx), "words", "png", {"words": (2, 7)}, {"words": "float32"}, {"fixedsize": "false"}
            )
        ),
        drawn(lambda: plot(words(mx), dtype={"words": "float64"})),
        error_of(lambda: drawn(lambda: plot(3))),
        error_of(lambda: warnings_of(lambda: drawn(lambda: plot(net, shape={})))),
    ]


def drawings_of_other_operators(mx, folder):
    sym, plot = mx.sym, mx.visualization.plot_network
    x = sym.var("x")
    resized = sym.contrib.BilinearResize2D(x, height=4, width=4, name="resize")
    leaky = sym.LeakyReLU(resized, act_type="elu", name="elu")
    twice = sym.Activation(sym.var("x") + sym.var("x"), act_type="tanh", name="twice")
    return [
        drawn(lambda: plot(leaky)),
        warnings_of(lambda: drawn(lambda: plot(twice)), RuntimeWarning),
    ]


PROGRAMS = [tables, drawings, drawings_of_other_operators]
