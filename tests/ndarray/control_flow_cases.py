"""Loops and branches for tests/oracle/record_control_flow.py and tests/ndarray/test_control_flow.py.

Each case takes the module ``mx`` and returns arrays, nested as they come. Stays within Python 3.8: the
recorder runs where MXNet 1.9.1 runs.
"""


def arrays(mx):
    x = mx.nd.array([[1.0, -2.0], [3.0, 0.5], [-1.5, 2.0]])
    w = mx.nd.array([0.5, -1.5])
    s = mx.nd.array([2.0, 1.0])
    for a in (x, w, s):
        a.attach_grad()
    return x, w, s


def with_gradients(mx, loop):
    """The results of ``loop(x, w, s)``, and the gradients of the sum of their squares."""
    x, w, s = arrays(mx)
    with mx.autograd.record():
        found = loop(x, w, s)
        total = sum((a * a).sum() for a in flat(found))
    total.backward()
    return [found, [x.grad, w.grad, s.grad]]


def flat(value):
    return [a for part in value for a in flat(part)] if isinstance(value, (list, tuple)) else [value]


def described(value):
    """As plain data: the form, and for each array its type and elements."""
    if isinstance(value, (list, tuple)):
        return [described(part) for part in value]
    return [value.dtype.__name__, value.asnumpy().tolist()] if hasattr(value, "asnumpy") else value


def foreach(body, data=None, states=None):
    def case(mx):
        def loop(x, w, s):
            def step(d, state):
                return body(mx, d, state, w)

            given = x if data is None else data(mx, x)
            return mx.nd.contrib.foreach(step, given, s if states is None else states(mx, s))

        return with_gradients(mx, loop)

    return case


def while_loop(cond, func, variables, limit=6):
    def case(mx):
        def loop(x, w, s):
            given = variables(mx, x, w, s)
            outputs, last = mx.nd.contrib.while_loop(cond, func, given, max_iterations=limit)
            # What is behind the last step has no defined value in MXNet.
            return [[a[: min(limit, len(a), STEPS)] for a in flat(outputs)], last]

        return with_gradients(mx, loop)

    return case


STEPS = 3


def at(mx):
    return mx.nd.array([0.0])


def cond(pred):
    def case(mx):
        def loop(x, w, s):
            return mx.nd.contrib.cond(pred(mx, x), lambda: [x * w, [s]], lambda: x + s)

        return with_gradients(mx, loop)

    return case


def of_integers(mx):
    i, s = mx.nd.array([0], dtype="int64"), mx.nd.array([1], dtype="int64")
    outputs, last = mx.nd.contrib.while_loop(
        lambda i, s: i <= 5, lambda i, s: ([i + s], [i + 1, s + i]), (i, s), max_iterations=6
    )
    return [outputs, last]


def nested(mx):
    """A loop within a loop within a branch."""

    def loop(x, w, s):
        def row(d, state):
            def cell(e, total):
                return e * state, total + e

            outputs, total = mx.nd.contrib.foreach(cell, d, mx.nd.zeros(1))
            return outputs, state + total * w

        return mx.nd.contrib.cond(
            w[0] > 0, lambda: mx.nd.contrib.foreach(row, x, s), lambda: mx.nd.contrib.foreach(row, x, w)
        )

    return with_gradients(mx, loop)


def recurrent(mx):
    """A cell over a sequence of which an end is masked."""

    def loop(x, w, s):
        def step(d, states):
            h, t = states
            new = mx.nd.tanh(d * w + h)
            h = mx.nd.where(mx.nd.broadcast_lesser(t, mx.nd.array([2.0, 3.0])), new, h)
            return h, [h, t + 1]

        return mx.nd.contrib.foreach(step, x, [s, mx.nd.zeros(1)])

    return with_gradients(mx, loop)


CASES = {
    "sums": foreach(lambda mx, d, s, w: (d * w + s, s + d)),
    "lists of states": foreach(
        lambda mx, d, s, w: (d * s[0], [s[0] + d, s[1] * w]), states=lambda mx, s: [s, s]
    ),
    "nested outputs": foreach(lambda mx, d, s, w: ([d + s, [d * w, (s,)]], s * 2)),
    "nested states": foreach(
        lambda mx, d, s, w: (d, (s[0] * w, [s[1][0] + d])), states=lambda mx, s: (s, [s * 3])
    ),
    "two sequences": foreach(lambda mx, d, s, w: (d[0] * d[1], s + d[1]), lambda mx, x: [x, x * 2]),
    "a tuple of sequences": foreach(lambda mx, d, s, w: (d[0] - d[1], s), lambda mx, x: (x, x * x)),
    "sequences of two lengths": foreach(lambda mx, d, s, w: (d[0] * d[1], s), lambda mx, x: [x[:2], x]),
    "one element": foreach(lambda mx, d, s, w: (d * w, s + d), lambda mx, x: x[:1]),
    "numbers": foreach(lambda mx, d, s, w: (d * s, s + d), lambda mx, x: x[:, 0]),
    "no outputs": foreach(lambda mx, d, s, w: ([], s * d)),
    "a constant sequence": foreach(lambda mx, d, s, w: (d * w, s * d), lambda mx, x: mx.nd.ones((2, 2))),
    "no states": foreach(lambda mx, d, s, w: (d * w, []), states=lambda mx, s: []),
    "recurrent": recurrent,
    "nested loops": nested,
    "counted": while_loop(
        lambda i, s: i < STEPS, lambda i, s: (s * 2 + i, [i + 1, s * s]), lambda mx, x, w, s: [at(mx), s]
    ),
    "to the limit": while_loop(
        lambda i, s: True, lambda i, s: ((s, [i]), (i + 1, s * 0.5)), lambda mx, x, w, s: (at(mx), s), STEPS
    ),
    "one variable": while_loop(lambda s: s.sum() < 20, lambda s: (s, s * 2), lambda mx, x, w, s: s),
    "no step": while_loop(lambda s: s.sum() < 0, lambda s: (s, s * 2), lambda mx, x, w, s: [s]),
    "outputs left out": while_loop(lambda s: s.sum() < 9, lambda s: (None, s + 1), lambda mx, x, w, s: [s]),
    "a limit of none": while_loop(lambda s: True, lambda s: (s, s), lambda mx, x, w, s: [s], 0),
    "of integers": of_integers,
    "then": cond(lambda mx, x: x[0, 0] > 0),
    "else": cond(lambda mx, x: x[0, 1] > 0),
    "by a number": cond(lambda mx, x: 0),
    "by what is no number": cond(lambda mx, x: mx.nd.array([float("nan")])),
}


def failing(mx):
    """What is refused: a call for each, and MXNet's error."""
    f = mx.nd.contrib
    x, s = mx.nd.ones((3, 2)), mx.nd.ones(2)
    one, two = mx.nd.ones(1), mx.nd.ones(2)
    return [
        (AssertionError, lambda: f.foreach(lambda d, s: (None, s), x, s)),
        (AssertionError, lambda: f.foreach(lambda d, s: (d, s), x, 5)),
        (AssertionError, lambda: f.foreach(lambda d, s: (d, s), x, None)),
        (AssertionError, lambda: f.foreach(lambda d, s: (d, s), 5, s)),
        (AssertionError, lambda: f.foreach(lambda d, s: (d.asnumpy(), s), x, s)),
        (IndexError, lambda: f.foreach(lambda d, s: (d[0], s), [x, x[:2]], s)),
        (TypeError, lambda: f.foreach(lambda d: (d, d), x, s)),
        (ValueError, lambda: f.while_loop(lambda i: i < 3, lambda i: (i, i + 1), [one])),
        (ValueError, lambda: f.while_loop(lambda: True, lambda: ([], []), [], max_iterations=3)),
        (ValueError, lambda: f.while_loop(lambda i: True, lambda i: (i, i), [one], max_iterations="q")),
        (ValueError, lambda: f.while_loop(lambda i: True, lambda i: (i, None), [one], max_iterations=3)),
        (ValueError, lambda: f.while_loop(lambda i: True, lambda i: (i, [i, i]), [one], max_iterations=3)),
        (ValueError, lambda: f.while_loop(lambda i: two, lambda i: (i, i), [one], max_iterations=3)),
        (ValueError, lambda: f.while_loop(lambda i: True, lambda i: i, [one], max_iterations=3)),
        (AssertionError, lambda: f.while_loop(lambda i: True, lambda i: (5, i), [one], max_iterations=3)),
        (
            ValueError,
            lambda: f.while_loop(
                lambda i: True, lambda i: ([i] * int(i.asscalar()), i + 1), [one], max_iterations=3
            ),
        ),
        (
            mx.MXNetError,
            lambda: f.while_loop(
                lambda i: True, lambda i: (i, mx.nd.concat(i, i, dim=0)), [one], max_iterations=3
            ),
        ),
        (ValueError, lambda: f.cond(two, lambda: one, lambda: one)),
    ]
