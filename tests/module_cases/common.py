"""The table of programs, and what several of them use."""

import logging
import random
import re
import warnings

import numpy as np

CASES = {}


def case(program):
    CASES[program.__name__] = program
    return program


def seeded(mx, seed=7):
    mx.random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (the stream that programs seed)
    random.seed(seed)


class Lines(logging.Handler):
    """Keeps what is logged, without what depends on the clock."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        text = re.sub(r"(Time cost=|Speed: )[\d.]+", r"\1T", record.getMessage())
        self.lines.append(re.sub(r"/\S*/", "", text))


def logger_of(lines):
    logger = logging.Logger("fit")
    logger.addHandler(lines)
    return logger


def told_by(program):
    """The error of a program, what it warns of, and what it logs."""
    lines, kind = Lines(), None
    logging.getLogger().addHandler(lines)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                program()
            except Exception as error:
                kind = [type(error).__name__, str(error) if len(str(error)) < 300 else ""]
    finally:
        logging.getLogger().removeHandler(lines)
    return [kind, [str(w.message) for w in told if "scipy" not in str(w.message)], lines.lines]


def summary(arrays):
    """A few numbers that tell arrays apart."""
    found = {}
    for name, array in sorted(arrays.items()):
        a = array.asnumpy().astype("float64").ravel()
        found[name] = [len(a), a.mean(), np.abs(a).mean(), *a[:4].tolist()]
    return found


def params_of(mx, mod):
    mx.nd.waitall()  # MXNet's backward pass writes running statistics without saying so
    arguments, states = mod.get_params()
    return [summary(arguments), summary(states)]


def shapes_of(shapes):
    return None if shapes is None else [[s[0], list(s[1])] for s in shapes]


def digits(mx, count=120, batch_size=20, **kwargs):
    """Ten kinds of noisy pictures of 8 by 8."""
    rng = np.random.RandomState(3)
    kinds = rng.rand(10, 64)
    label = rng.randint(0, 10, count)
    data = (kinds[label] + 0.3 * rng.randn(count, 64)).astype("float32")
    return mx.io.NDArrayIter(data, label.astype("float32"), batch_size, **kwargs)


def mlp(mx, hidden=16):
    data = mx.sym.Variable("data")
    fc1 = mx.sym.FullyConnected(data, name="fc1", num_hidden=hidden)
    act1 = mx.sym.Activation(fc1, name="relu1", act_type="relu")
    fc2 = mx.sym.FullyConnected(act1, name="fc2", num_hidden=10)
    return mx.sym.SoftmaxOutput(fc2, name="softmax")


def normed(mx):
    """With states, dropout and a parameter that is initialized on its own."""
    data = mx.sym.Variable("data")
    weight = mx.sym.Variable("own_weight", init=mx.init.Normal(0.2), lr_mult=2.0, wd_mult=0.5)
    net = mx.sym.FullyConnected(data, weight=weight, name="fc1", num_hidden=24)
    net = mx.sym.BatchNorm(net, name="bn", fix_gamma=False)
    net = mx.sym.Activation(net, act_type="tanh", name="act")
    net = mx.sym.Dropout(net, p=0.25, name="drop")
    net = mx.sym.FullyConnected(net, name="fc2", num_hidden=10)
    return mx.sym.SoftmaxOutput(net, name="softmax")
