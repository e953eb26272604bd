"""What hybridized blocks are asked: the same questions to MXNet, by the recorder, and to regluon.

``ask(mx, name)`` gives what came out: values, or the kind of the error; and the warnings. Stays within
Python 3.8.
"""

import warnings

import numpy as np


def block_of(mx, body):
    """A hybridized block that computes ``body(F, *inputs)``."""

    class Body(mx.gluon.HybridBlock):
        def hybrid_forward(self, F, *args):
            return body(F, *args)

    block = Body()
    block.hybridize()
    return block


def x(mx):
    return mx.nd.array([[1, 2, 3], [4, 5, 6]])


def body(function, *more):
    """Calls a block of that body with an array, and with other arguments."""

    def run(mx):
        given = [x(mx) if m == "x" else [x(mx), x(mx)] if m == "xx" else m for m in more]
        return block_of(mx, function)(x(mx), *given)

    return run


def twice(first, second, function=lambda F, *args: args[0] + 1):
    """Calls a block with some arguments, then with others."""

    def given(mx, what):
        return [x(mx) if w == "x" else [x(mx), x(mx)] if w == "xx" else None for w in what]

    def run(mx):
        block = block_of(mx, function)
        block(*given(mx, first))
        return block(*given(mx, second))

    return run


def dense(mx, **given):
    net = mx.gluon.nn.HybridSequential()
    net.add(mx.gluon.nn.Dense(2, **given))
    net.initialize(mx.init.One())
    return net


def called(shape, dtype="float32", **given):
    """A dense net called first with (2, 3), then with another shape or type."""

    def run(mx):
        net = dense(mx, **given)
        net.hybridize()
        net(x(mx))
        return net(mx.nd.ones(shape, dtype=dtype))

    return run


def hooks(mx):
    net, log = dense(mx, in_units=3), []
    net[0].register_forward_hook(lambda block, i, o: log.append("after " + type(o).__name__))
    net[0].register_forward_pre_hook(lambda block, i: log.append("before " + type(i[0]).__name__))
    net.register_forward_hook(lambda block, i, o: log.append("net " + type(o).__name__))
    net.hybridize()
    for _ in range(3):
        net(x(mx))
    return log


def changed(how):
    """A net that is changed after its first call."""

    def run(mx):
        nn = mx.gluon.nn
        net, inner = nn.HybridSequential(), nn.HybridSequential()
        inner.add(nn.HybridLambda(lambda F, a: a * 2))
        net.add(inner)
        net.hybridize()
        net(x(mx))
        if how == "child":
            inner.add(nn.HybridLambda(lambda F, a: a + 100))
        elif how == "net":
            net.add(nn.HybridLambda(lambda F, a: a + 100))
        elif how == "child hybridized":
            inner.hybridize(False)
        elif how == "off":
            net.hybridize(False)
        return [net(x(mx)), inner._active, net._active]

    return run


def traces(mx):
    log = []

    def function(F, a):
        log.append(mx.autograd.is_training())
        return a * 2

    block = block_of(mx, function)
    for train in (False, True, False):
        with mx.autograd.record(train):
            block(x(mx))
    return log


def attribute(mx):
    drop = mx.gluon.nn.Dropout(0.5)
    net = mx.gluon.nn.HybridSequential()
    net.add(drop)
    net.hybridize()
    net(x(mx))
    drop._rate = 0
    mx.random.seed(4)
    with mx.autograd.record():
        return net(mx.nd.ones((2, 10)))


def unused(mx):
    class Unused(mx.gluon.HybridBlock):
        def __init__(self, **given):
            super().__init__(**given)
            with self.name_scope():
                self.w = self.params.get("w", shape=(3,), init="ones")
                self.u = self.params.get("u", shape=(0,), allow_deferred_init=True)

        def hybrid_forward(self, F, a, w, u):
            return F.broadcast_mul(a, w)

    block = Unused(prefix="unused_")
    block.initialize()
    block.hybridize()
    return block(x(mx))


def override(inside):
    """A block with a forward of its own, alone or in a hybridized net."""

    def run(mx):
        class Own(mx.gluon.HybridBlock):
            def forward(self, a):
                return a * float(a.asnumpy().sum())

        block = Own()
        if inside:
            net = mx.gluon.nn.HybridSequential()
            net.add(block)
            block = net
        block.hybridize()
        return block(x(mx))

    return run


def gradients(mx):
    """Of a head that stops them, of one array given twice, and of a result that nobody uses."""
    found = []
    a = x(mx)
    a.attach_grad()
    block = block_of(mx, lambda F, a: (a * 2, F.BlockGrad(a * 3)))
    for head in (0, 1):
        with mx.autograd.record():
            outs = block(a)
        outs[head].backward()
        found.append(a.grad.copy())
    block = block_of(mx, lambda F, a, b: a * b)
    with mx.autograd.record():
        out = block(a, a)
    out.backward()
    return [*found, a.grad]


def requests(mx):
    """Gradients that are added up, and those of what is not learned."""
    net = dense(mx, in_units=3)
    net[0].weight.grad_req, net[0].bias.grad_req = "add", "null"
    net.hybridize()
    for _ in range(3):
        with mx.autograd.record():
            out = net(x(mx))
        out.backward()
    return net[0].weight.grad()


def random_start(mx):
    """Random layers and branches, initialized in the first call: in the order of the graph."""
    nn = mx.gluon.nn

    class Branches(mx.gluon.HybridBlock):
        def __init__(self, **given):
            super().__init__(**given)
            with self.name_scope():
                self.first, self.second = nn.Dense(3), nn.Dense(3, use_bias=False)
                self.last, self.norm = nn.Dense(2), nn.BatchNorm()

        def hybrid_forward(self, F, a):
            second, first = self.second(a), self.first(a)
            return self.last(self.norm(first - second) + first)

    found = []
    for hybrid in (False, True):
        mx.random.seed(9)
        net = Branches(prefix="branches_")
        net.initialize(mx.init.Normal(1))
        if hybrid:
            net.hybridize()
        net(x(mx))
        found += [p.data() for p in net.collect_params().values()]
    return found


def alias(mx):
    """An output that is an input."""
    block, a = block_of(mx, lambda F, a: a), x(mx)
    out = block(a)
    return [out is a, out]


def contexts(mx):
    net = dense(mx, in_units=3)
    net.collect_params().reset_ctx([mx.cpu(0), mx.cpu(1)])
    net.hybridize()
    return [str(net(x(mx).as_in_context(mx.cpu(i))).context) for i in (1, 0, 1)]


CASES = {
    "an if of a result": body(lambda F, a: a * 2 if a.sum() > 1 else a),
    "an if of an input": body(lambda F, a: a * 2 if a else a),
    "shape": body(lambda F, a: a.reshape((a.shape[0], -1))),
    "asnumpy": body(lambda F, a: a.asnumpy()),
    "asscalar": body(lambda F, a: a.asscalar()),
    "context": body(lambda F, a: F.zeros((2,), ctx=a.context)),
    "dtype": body(lambda F, a: a.astype(a.dtype)),
    "an index": body(lambda F, a: a[0]),
    "length": body(lambda F, a: a * len(a)),
    "elements": body(lambda F, a: list(a)),
    "None": body(lambda F, a, b: a * 2 if b is None else a + b, None),
    "a number": body(lambda F, a, b: a * b, 2),
    "a text": body(lambda F, a, b: a * 2, "mean"),
    "lists": body(lambda F, a, b: [a + b[0], [b[1] * 2, b[0]]], "xx"),
    "a tuple": body(lambda F, a, b: (a + b[0], b[1]), "xx"),
    "None, then an array": twice(["x", None], ["x", "x"]),
    "an array, then None": twice(["x", "x"], ["x", None]),
    "a list, then an array": twice(["x", "xx"], ["x", "x"]),
    "fewer": twice(["x", "x"], ["x"]),
    "more": twice(["x"], ["x", "x"]),
    "an input without use": body(lambda F, a, b: a * 2, "x"),
    "returns None": body(lambda F, a: None),
    "returns a number": body(lambda F, a: 3),
    "returns an array and None": body(lambda F, a: (a * 2, None)),
    "returns a dictionary": body(lambda F, a: {"a": a}),
    "returns one in a list": body(lambda F, a: [a * 2]),
    "no array": lambda mx: block_of(mx, lambda F, a: a)(None),
    "another type": called((2, 3), "float64"),
    "another shape": called((2, 7)),
    "another batch": called((5, 3)),
    "another shape for known units": called((2, 7), in_units=3),
    "hooks": hooks,
    "a child gets a child": changed("child"),
    "the net gets a child": changed("net"),
    "a child is hybridized": changed("child hybridized"),
    "not hybridized any more": changed("off"),
    "traces": traces,
    "an attribute changes": attribute,
    "a parameter without use": unused,
    "its own forward": override(inside=False),
    "a child with its own forward": override(inside=True),
    "gradients": gradients,
    "requests": requests,
    "the order of initialization": random_start,
    "an output that is an input": alias,
    "contexts": contexts,
    "static_shape": lambda mx: hybridized(mx, static_shape=True),
    "static_alloc": lambda mx: hybridized(mx, static_alloc=True, static_shape=True),
    "other flags": lambda mx: hybridized(mx, inline_limit=3, fancy=1),
    "optimize_for without a backend": lambda mx: dense(mx, in_units=3).optimize_for(x(mx)),
}


def hybridized(mx, **flags):
    net = dense(mx, in_units=3)
    net.hybridize(**flags)
    return net(x(mx))


def plain(value):
    """A value as JSON holds it."""
    if hasattr(value, "asnumpy"):
        value = value.asnumpy()
        return {"shape": list(value.shape), "values": np.round(value.astype("float64"), 6).ravel().tolist()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def ask(mx, name):
    """The value or the kind of error, and the texts of warnings."""
    with warnings.catch_warnings(record=True) as caught, mx.name.NameManager():
        warnings.simplefilter("always")
        try:
            found = {"value": plain(CASES[name](mx))}
        except Exception as error:
            found = {"error": type(error).__name__}
    found["warnings"] = sorted(str(w.message) for w in caught if w.category is UserWarning)
    return found
