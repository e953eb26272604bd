"""Programs with operators written in Python, for tests/oracle/record_operator.py and tests/test_operator.py.

Each takes the module ``mx`` and returns plain data. Stays within Python 3.8: the recorder runs where MXNet
1.9.1 runs. The operators note how they are called.
"""

import numpy as np

LOG = []


def kinds_of(mx):  # noqa: C901 (classes)
    """Registers the operators that the programs use."""

    class Sum(mx.operator.CustomOp):
        """Output i is (i + 2) times the sum of the inputs; an auxiliary state counts the calls."""

        def forward(self, is_train, req, in_data, out_data, aux):
            recording = mx.autograd.is_recording(), mx.autograd.is_training()
            LOG.append(["forward", int(is_train), list(req), [len(in_data), len(aux)], list(recording)])
            for i, out in enumerate(out_data):
                self.assign(out, req[i], sum(in_data[1:], in_data[0]) * (i + 2))
            if aux:
                aux[0][:] += 1

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            heads = [g.asnumpy().tolist() for g in out_grad]
            LOG.append(["backward", list(req), heads, [o.asnumpy().tolist() for o in out_data], len(aux)])
            for i, grad in enumerate(in_grad):
                self.assign(grad, req[i], sum([g * (k + 2) for k, g in enumerate(out_grad)]))

    @mx.operator.register("sum_of_all")
    class SumProp(mx.operator.CustomOpProp):
        def __init__(self, inputs="1", outputs="1", states="0", **others):
            super().__init__(need_top_grad=True)
            LOG.append(["prop", inputs, outputs, states, sorted(others.items())])
            self.counts = int(inputs), int(outputs), int(states)

        def list_arguments(self):
            return [f"in{i}" for i in range(self.counts[0])]

        def list_outputs(self):
            return [f"out{i}" for i in range(self.counts[1])]

        def list_auxiliary_states(self):
            return [f"state{i}" for i in range(self.counts[2])]

        def infer_shape(self, in_shape):
            LOG.append(["infer_shape", [list(s) for s in in_shape]])
            return in_shape, [in_shape[0]] * self.counts[1], [in_shape[0]] * self.counts[2]

        def infer_type(self, in_type):
            LOG.append(["infer_type", [t.__name__ for t in in_type]])
            return super().infer_type(in_type)

        def create_operator(self, ctx, shapes, dtypes):
            LOG.append(["create_operator", str(ctx), [list(s) for s in shapes], list(dtypes)])
            return Sum()

    class Told(mx.operator.CustomOp):
        """Computes what the program says."""

        def __init__(self, forward, backward):
            super().__init__()
            self._forward, self._backward = forward, backward

        def forward(self, is_train, req, in_data, out_data, aux):
            self._forward(self, req, in_data, out_data)

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            self._backward(self, req, out_grad, in_data, out_data, in_grad)

    @mx.operator.register("told")
    class ToldProp(mx.operator.CustomOpProp):
        does = {}  # noqa: RUF012 (what the program writes)

        def __init__(self, **others):
            super().__init__(need_top_grad=self.does.get("need_top_grad", True))

        def infer_shape(self, in_shape):
            return self.does["shape"](in_shape) if "shape" in self.does else super().infer_shape(in_shape)

        def infer_type(self, in_type):
            return self.does["type"](in_type) if "type" in self.does else super().infer_type(in_type)

        def declare_backward_dependency(self, out_grad, in_data, out_data):
            if "needs" in self.does:
                return self.does["needs"](out_grad, in_data, out_data)
            return super().declare_backward_dependency(out_grad, in_data, out_data)

        def create_operator(self, ctx, shapes, dtypes):
            return Told(self.does.get("forward", doubled), self.does.get("backward", doubled_back))

    return ToldProp


def doubled(op, req, in_data, out_data):
    op.assign(out_data[0], req[0], in_data[0] * 2)


def doubled_back(op, req, out_grad, in_data, out_data, in_grad):
    op.assign(in_grad[0], req[0], out_grad[0] * 2)


def variable(mx, req="write"):
    x = mx.nd.array([1.0, 2.0])
    x.attach_grad(req)
    return x


def plain(found):
    if isinstance(found, (list, tuple)):
        return [plain(one) for one in found]
    return [str(found.dtype.__name__), found.asnumpy().tolist()] if hasattr(found, "asnumpy") else found


def called(mx, *arrays, **others):
    """One call, and no other before it is done."""
    found = mx.nd.Custom(*arrays, **others)
    mx.nd.waitall()
    return found


# What is noted of the calls


def arguments(mx):
    return called(
        mx, variable(mx), op_type="sum_of_all", f=1.5, t=(1, 2), b=True, n=None, s="q", l=[1, 2], name="x"
    )


def outputs(mx):
    x = variable(mx)
    with mx.autograd.record():
        y = called(mx, x, op_type="sum_of_all", outputs=2)
    y[0].backward()
    return [y, x.grad]


def states(mx):
    x, state = variable(mx), mx.nd.zeros(2)
    with mx.autograd.record():
        y = called(mx, x, mx.nd.array([5.0, 6.0]), state, op_type="sum_of_all", inputs=2, states=1)
        z = y * y
    z.backward()
    return [y, x.grad, state]


def types(mx):
    x = variable(mx)
    return [
        called(mx, x.astype("int32"), op_type="sum_of_all"),
        called(mx, x.astype("float16"), x.astype("float16"), op_type="sum_of_all", inputs=2),
        called(mx, x.astype("float64"), op_type="sum_of_all", outputs=2),
    ]


def modes(mx):
    x = variable(mx)
    with mx.autograd.record(train_mode=False):
        y = called(mx, x, op_type="sum_of_all")
    y.backward()
    mx.nd.waitall()
    with mx.autograd.train_mode():
        z = called(mx, x, op_type="sum_of_all")
    return [y, z, x.grad]


def contexts(mx):
    with mx.cpu(1):
        x = mx.nd.ones(3)
    y = called(mx, x, op_type="sum_of_all")
    return [str(y.context), y]


def out(mx):
    y, z = mx.nd.zeros(2), mx.nd.zeros(2)
    called(mx, variable(mx), op_type="sum_of_all", outputs=2, out=[y, z])
    return [y, z]


LOGGED = [arguments, outputs, states, types, modes, contexts, out]

# What programs may do, and what comes of it


def chained(mx, does):
    x = variable(mx)
    with mx.autograd.record():
        y = mx.nd.Custom(mx.nd.Custom(x, op_type="told") * 3, op_type="told")
    y.backward()
    return [y, x.grad]


def added(mx, does):
    x = variable(mx, "add")
    for _ in range(3):
        with mx.autograd.record():
            y = mx.nd.Custom(x, op_type="told") + x
        y.backward()
    return x.grad


def another_shape(mx, does):
    def forward(op, req, in_data, out_data):
        op.assign(out_data[0], req[0], in_data[0].reshape((2, 1)).broadcast_to((2, 3)))

    def backward(op, req, out_grad, in_data, out_data, in_grad):
        op.assign(in_grad[0], req[0], out_grad[0].sum(axis=1))

    does.update(forward=forward, backward=backward, shape=lambda s: (s, [[2, 3]]))
    return chained_once(mx)


def another_type(mx, does):
    does["type"] = lambda kinds: (kinds, [np.float64], [])
    x = variable(mx)
    with mx.autograd.record():
        y = mx.nd.Custom(x, op_type="told")
    y.backward()
    return [y, x.grad]


def chained_once(mx):
    x = variable(mx)
    with mx.autograd.record():
        y = mx.nd.Custom(x, op_type="told")
        z = y * y
    z.backward()
    return [y, x.grad]


def numpy_arrays(mx, does):
    def forward(op, req, in_data, out_data):
        out_data[0][:] = in_data[0].asnumpy() ** 2

    def backward(op, req, out_grad, in_data, out_data, in_grad):
        in_grad[0][:] = out_grad[0].asnumpy() * 2 * in_data[0].asnumpy()

    does.update(forward=forward, backward=backward)
    return chained_once(mx)


def recorded_inside(mx, does):
    def forward(op, req, in_data, out_data):
        x = in_data[0].copy()
        x.attach_grad()
        with mx.autograd.record():
            y = x * x * x
        y.backward()
        op.assign(out_data[0], req[0], x.grad)

    does["forward"] = forward
    return chained_once(mx)


def loss(mx, does):
    def backward(op, req, out_grad, in_data, out_data, in_grad):
        op.assign(in_grad[0], req[0], out_data[0] - 1)

    does.update(backward=backward, need_top_grad=False)
    return chained_once(mx)


def kept_in_the_operator(mx, does):
    def forward(op, req, in_data, out_data):
        op.kept = in_data[0] * 5
        op.assign(out_data[0], req[0], op.kept)

    def backward(op, req, out_grad, in_data, out_data, in_grad):
        op.assign(in_grad[0], req[0], op.kept)

    does.update(forward=forward, backward=backward, needs=lambda g, i, o: [])
    return chained_once(mx)


def without_gradient(mx, does):
    does["backward"] = lambda *args: None
    return chained_once(mx)


def create_graph(mx, does):
    x = variable(mx)
    with mx.autograd.record():
        y = mx.nd.Custom(x, op_type="told")
        z = y * y
    return mx.autograd.grad(z, x, create_graph=True, retain_graph=True)[0]


TOLD = [
    chained, added, another_shape, another_type, numpy_arrays, recorded_inside, loss, kept_in_the_operator,
    without_gradient, create_graph,
]  # fmt: skip

# What fails


def missing(mx, does):
    mx.nd.Custom(variable(mx), op_type="nobody_registered_this").wait_to_read()


def no_type(mx, does):
    mx.nd.Custom(variable(mx)).wait_to_read()


def too_few(mx, does):
    mx.nd.Custom(variable(mx), op_type="sum_of_all", inputs=2).wait_to_read()


def too_many(mx, does):
    mx.nd.Custom(variable(mx), variable(mx), op_type="told").wait_to_read()


def broken(method):
    def fails(mx, does):
        def error(*args):
            raise ValueError("on purpose")

        does[method] = error
        chained(mx, does)[1].asnumpy()

    fails.__name__ = "broken_" + method
    return fails


def wrong(method, name, answer):
    def fails(mx, does):
        does[method] = answer
        chained(mx, does)[1].asnumpy()

    fails.__name__ = name
    return fails


def second_derivative(mx, does):
    x = variable(mx)
    with mx.autograd.record():
        y = mx.nd.Custom(x, op_type="told")
        g = mx.autograd.grad(y * y, x, create_graph=True, retain_graph=True)[0]
    g.backward()


FAILING = [
    missing, no_type, too_few, too_many, second_derivative,
    *[broken(method) for method in ("forward", "backward", "shape", "type", "needs")],
    wrong("shape", "another_input_shape", lambda shapes: ([[3]], [[2]], [])),
    wrong("shape", "too_many_outputs", lambda shapes: (shapes, [[2], [2]], [])),
    wrong("shape", "no_state", lambda shapes: (shapes, [[2]], [[2]])),
    wrong("shape", "negative", lambda shapes: (shapes, [[-2]], [])),
    wrong("shape", "no_lists", lambda shapes: 5),
    wrong("shape", "not_what_is_written", lambda shapes: (shapes, [[3]], [])),
    wrong("needs", "undeclared", lambda g, i, o: []),
]  # fmt: skip
