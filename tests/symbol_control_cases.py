"""Loops and branches as symbols, and in hybrid blocks, that are recorded. Stays within Python 3.8."""

from contextlib import contextmanager


@contextmanager
def fresh(mx):
    """Names that count from 0."""
    mx.AttrScope._subgraph_names.clear()
    with mx.name.NameManager():
        yield


def group(mx, *parts):
    """All symbols in nested lists."""
    flat = []
    for part in parts:
        flat += list(group(mx, *part)) if isinstance(part, (list, tuple)) else [part]
    return mx.sym.Group(flat) if flat else []


def accumulated(mx):
    x, s = mx.sym.var("x"), mx.sym.var("s")
    return group(mx, mx.sym.contrib.foreach(lambda d, s: (d * s, d + s), x, s))


def dense_steps(mx):
    """Weights of the body, a weight from outside, and a result from outside."""
    w, outer = mx.sym.var("w", shape=(3, 4)), mx.sym.exp(mx.sym.var("e"), name="cut")

    def body(d, s):
        y = mx.sym.FullyConnected(d, weight=w, num_hidden=3, no_bias=True, name="first")
        y = mx.sym.FullyConnected(y, num_hidden=3, name="second")
        return [mx.sym.tanh(mx.sym.broadcast_add(y, outer)), [y + s[0]]], [s[0] + y, s[1] * 2]

    return group(mx, mx.sym.contrib.foreach(body, mx.sym.var("x"), [mx.sym.var("s"), mx.sym.var("t")]))


def two_arrays(mx):
    parts = mx.sym.split(mx.sym.var("q"), num_outputs=2, axis=2, name="sp")

    def body(d, s):
        return d[0] * parts_sum + d[1], [s[0] + d[0]]

    parts_sum = mx.sym.sum(parts[1], name="total")
    parts_sum = mx.sym.Reshape(parts_sum, shape=(1, 1))
    parts_sum = mx.sym.broadcast_to(parts_sum, shape=(2, 2))
    return group(mx, mx.sym.contrib.foreach(body, [parts[0], parts[1]], [mx.sym.var("s")]))


def copies(mx):
    """Outputs that are inputs, and one that is a state as well."""

    def body(d, s):
        y = d * 2
        return [d, y, s], [y]

    return group(mx, mx.sym.contrib.foreach(lambda d, s: body(d, s[0]), mx.sym.var("x"), [mx.sym.var("s")]))


def only_states(mx):
    return group(
        mx, mx.sym.contrib.foreach(lambda d, s: ([], [s[0] * d]), mx.sym.var("x"), [mx.sym.var("s")])
    )


def only_outputs(mx):
    return group(mx, mx.sym.contrib.foreach(lambda d, s: (d * d, []), mx.sym.var("x"), []))


def nested(mx):
    w = mx.sym.var("w")

    def inner(d, s):
        y = mx.sym.broadcast_add(d * w, s)
        return y, y

    def outer(d, s):
        found, last = mx.sym.contrib.foreach(inner, d, s, name="inner")
        return found * 2, last + 1

    return group(mx, mx.sym.contrib.foreach(outer, mx.sym.var("x"), mx.sym.var("s"), name="outer"))


def counting(mx):
    """A loop of three steps of five; what is behind the last step has no value in MXNet."""
    i, total, w = mx.sym.var("i"), mx.sym.var("t"), mx.sym.var("w")
    found, last = mx.sym.contrib.while_loop(
        lambda i, t: i < 4,
        lambda i, t: (mx.sym.broadcast_mul(t, w), [i + 1, mx.sym.broadcast_add(t, i) + w]),
        [i, total],
        max_iterations=5,
    )
    return group(mx, mx.sym.slice_axis(found, axis=0, begin=0, end=3), last)


def counting_only(mx):
    limit = mx.sym.var("limit")
    return group(
        mx,
        mx.sym.contrib.while_loop(
            lambda i: i < limit, lambda i: (None, [i + 1]), [mx.sym.var("i")], max_iterations=9
        ),
    )


def branch(mx):
    p, a, w = mx.sym.var("p"), mx.sym.var("a"), mx.sym.var("w")
    outer = mx.sym.sqrt(a, name="root")
    return group(
        mx, mx.sym.contrib.cond(p < 1, lambda: [outer + a, [a]], lambda: [mx.sym.broadcast_mul(a, w), a * 2])
    )


def other_branch(mx):
    return branch(mx)(p=mx.sym.var("p") + 1)


# By name: what builds it, and the shapes that are given.
SYMBOLS = {
    "accumulated": (accumulated, {"x": (3, 2), "s": (2,)}),
    "dense steps": (dense_steps, {"x": (3, 2, 4), "e": (1, 3), "t": (1,)}),
    "two arrays": (two_arrays, {"q": (3, 2, 4), "s": (2, 2)}),
    "copies": (copies, {"x": (3, 2), "s": (2,)}),
    "only states": (only_states, {"x": (3, 2), "s": (2,)}),
    "only outputs": (only_outputs, {"x": (3, 2)}),
    "nested": (nested, {"x": (2, 3, 2), "s": (2,), "w": (2,)}),
    "counting": (counting, {"i": (1,), "t": (2,), "w": (2,)}),
    "counting only": (counting_only, {"i": (1,), "limit": (1,)}),
    "branch": (branch, {"p": (1,), "a": (2, 2), "w": (1, 2)}),
    "other branch": (other_branch, {"p": (1,), "a": (2, 2), "w": (1, 2)}),
}

WITHOUT_GRADIENTS = ("two arrays", "counting only", "branch", "other branch")
"""Whose gradients MXNet fails to bind, for what an input or none of them is used several times."""


def scan(mx):
    class Scan(mx.gluon.HybridBlock):
        def __init__(self):
            super().__init__(prefix="scan_")
            with self.name_scope():
                self.cell = mx.gluon.rnn.LSTMCell(3, prefix="cell_")
                self.last = mx.gluon.nn.Dense(2, flatten=False, prefix="last_")

        def hybrid_forward(self, F, x, h, c):
            found, states = F.contrib.foreach(self.cell, x, [h, c])
            return self.last(found), states[1]

    return Scan(), [(4, 2, 3), (2, 3), (2, 3)]


def repeated(mx):
    class Repeated(mx.gluon.HybridBlock):
        def __init__(self):
            super().__init__(prefix="repeated_")
            with self.name_scope():
                self.w = self.params.get("w", shape=(2, 2))

        def hybrid_forward(self, F, x, i, w):
            def step(i, x):
                y = F.FullyConnected(x, w, num_hidden=2, no_bias=True)
                return y, [i + 1, F.tanh(y)]

            found, last = F.contrib.while_loop(lambda i, x: i < 3, step, [i, x], max_iterations=3)
            return found, last[1]

    return Repeated(), [(3, 2), (1,)]


def chosen(mx):
    class Chosen(mx.gluon.HybridBlock):
        def __init__(self):
            super().__init__(prefix="chosen_")
            with self.name_scope():
                self.a = mx.gluon.nn.Dense(2, in_units=2, prefix="a_")
                self.b = mx.gluon.nn.Dense(2, in_units=2, prefix="b_")

        def hybrid_forward(self, F, x, p):
            return F.contrib.cond(p > 0.5, lambda: self.a(x), lambda: self.b(x))

    return Chosen(), [(3, 2), (1,)]


BLOCKS = {"scan": scan, "repeated": repeated, "chosen": chosen}


def set_parameters(mx, block, values_for):
    """Values for all parameters, once their shapes are known."""
    params = block.collect_params()
    values = values_for({name: p.shape for name, p in params.items()})
    for name, p in params.items():
        p.set_data(mx.nd.array(values[name]) - 0.6)


def trained(mx, block, inputs):
    """The outputs, and the gradients of the parameters for the sum of squares."""
    with mx.autograd.record():
        found = block(*inputs)
        found = list(found) if isinstance(found, (list, tuple)) else [found]
        total = sum((a * a).sum() for a in found)
    total.backward()
    grads = {name: p.grad().asnumpy().tolist() for name, p in block.collect_params().items()}
    return {"outputs": [a.asnumpy().tolist() for a in found], "gradients": grads}
