"""Calls of functions and methods that no operator's samples make: run on MXNet once, and here by tests.

Stays within Python 3.8: the recorder runs where MXNet 1.9.1 runs.
"""

import pickle
from pathlib import Path

import numpy as np

# x is [[0, 1, 2], [3, 4, 5]], y its negative; both float32. Random numbers start from seed 7 at each line.
CALLS = """
nd.array([[1, 2], [3, 4]], dtype="int32")
nd.array(np.ones((2, 1), "float64"))
nd.zeros((2, 3), dtype="int8")
nd.zeros(3)
nd.empty((2, 3)).shape
nd.eye(3)
nd.eye(3, 4, -1, dtype="int32")
nd.linspace(1, 2, 5)
nd.linspace(1, 2, 5, endpoint=False)
nd.concatenate([x, y], axis=1)
nd.concatenate([x], always_copy=False) is x
nd.moveaxis(nd.zeros((2, 3, 4)), 0, -1).shape
nd.moveaxis(nd.zeros((2, 3, 4)), (0, 1), (1, 0)).shape
nd.onehot_encode(nd.array([1, 0]), nd.ones((2, 3)))
nd.split_v2(x, 3, axis=1)
nd.split_v2(x, (1,), axis=1, squeeze_axis=True)
nd.histogram(x, nd.array([0, 2, 4]))
nd.histogram(x, bins=4, range=(0, 8))
nd.from_numpy(np.arange(3, dtype="float32"))
nd.from_numpy(np.arange(3), zero_copy=False)
nd.from_dlpack(x.to_dlpack_for_read())
nd.from_dlpack(nd.to_dlpack_for_write(x))
nd.from_dlpack(nd.to_dlpack_for_read(x + 1))
nd.from_dlpack(x.to_dlpack_for_write())
nd.load_frombuffer(saved({"x": x}))["x"]
nd.load_frombuffer(saved([x, y]))[1]
nd.sample_multinomial(nd.array([0.1, 0.2, 0.7]), shape=9)
nd.shuffle(nd.arange(9))
nd.random.uniform(-1, 2, shape=(2, 3))
nd.random.uniform(nd.array([0, 10]), nd.array([1, 20]), shape=2)
nd.random.uniform_like(x, low=-1)
nd.random.normal(1, 2, shape=(2, 3), dtype="float64")
nd.random.normal_like(x, scale=3)
nd.random.randn(2, 3, loc=1)
nd.random.randint(0, 10, shape=(7,))
nd.random.exponential(0.5, shape=3)
nd.random.exponential_like(x, lam=2)
nd.random.gamma(2, 0.5, shape=(3,))
nd.random.gamma_like(x, alpha=2)
nd.random.poisson(4, shape=(5,))
nd.random.poisson_like(x, lam=3)
nd.random.negative_binomial(3, 0.4, shape=(5,))
nd.random.negative_binomial_like(x, k=2, p=0.5)
nd.random.generalized_negative_binomial(2, 0.3, shape=(5,))
nd.random.generalized_negative_binomial_like(x, mu=2, alpha=0.5)
nd.random.multinomial(nd.array([0.5, 0.5]), shape=6, get_prob=True)
mx.random.uniform(shape=4)
mx.random.normal(shape=4)
bool(nd.ones(1))
bool(x)
len(x)
repr(x)
repr(nd.ones((2, 1), dtype="int64"))
x.__div__(2)
(x + 1).__rdiv__(2)
x.__idiv__(2)
x.as_in_context(mx.cpu()) is x
x.as_in_context(mx.cpu(1)).context
x.as_nd_ndarray() is x
nd.array([3.5]).asscalar()
x.asscalar()
nd.ones((1, 3)).broadcast_to((2, 3))
nd.ones((1, 3)).broadcast_to((3, 3)).shape
x.broadcast_like(nd.ones((2, 3)))
x.context
x.ctx
x.copy()
x.copyto(y) is y
x.copyto(mx.cpu(1)).context
x.detach()
x.expand_dims(1).shape
x.expand_dims(axis=0, inplace=True).shape
x.flatten().shape
nd.ones((2, 3, 4)).flatten(inplace=True).shape
x.ndim
x.size
x.slice_assign(nd.zeros((1, 2)), (0, 1), (1, 3), (1, 1))
x.slice_assign_scalar(9, (0, 1), (2, 3), (None, 2))
x.split_v2(2)
nd.ones((1, 3, 1)).squeeze().shape
nd.ones((1, 3, 1)).squeeze(axis=0).shape
nd.ones((1, 3)).squeeze(inplace=True).shape
nd.ones((2, 3)).squeeze(axis=0, inplace=True)
x.transpose()
x.transpose((1, 0))
nd.ones((2, 3, 4)).transpose((2, 0, 1)).shape
x.wait_to_read()
pickle.loads(pickle.dumps(x))
autograd.is_recording()
autograd.is_training()
autograd.set_recording(False)
autograd.set_training(False)
under(autograd.record())
under(autograd.record(train_mode=False))
under(autograd.pause())
under(autograd.pause(train_mode=True))
under(autograd.train_mode())
under(autograd.predict_mode())
autograd.grad(recorded(x), [x])
autograd.grad(recorded(x), x, head_grads=nd.ones((2, 3)) * 3)
autograd.backward([recorded(x)], [y]) or x.grad
autograd.mark_variables([x], [y], "add") or autograd.backward(recorded(x, False)) or x.grad
mx.current_context()
mx.cpu_pinned()
mx.gpu(2)
mx.cpu(3).device_id
mx.Context("cpu", 1) == mx.cpu(1)
mx.context.num_gpus()
""".strip().splitlines()


def run(call, mx, folder):
    """The answer to one call, as JSON has it."""
    nd, autograd = mx.nd, mx.autograd
    x = nd.array([[0, 1, 2], [3, 4, 5]])

    def saved(arrays):
        path = str(Path(folder) / "arrays")
        nd.save(path, arrays)
        return Path(path).read_bytes()

    def under(scope):
        with scope:
            return [autograd.is_recording(), autograd.is_training()]

    def recorded(array, attach=True):
        if attach:
            array.attach_grad()
        with autograd.record():
            return array * array

    given = {"mx": mx, "nd": nd, "autograd": autograd, "np": np, "pickle": pickle, "x": x, "y": -x}
    given.update(saved=saved, under=under, recorded=recorded)
    mx.random.seed(7)
    try:
        # The recorder tells by the file's name that it is a test that calls.
        return plain(eval(compile(call, __file__, "eval"), given), mx)  # noqa: S307
    except (ValueError, TypeError, AssertionError, mx.MXNetError) as error:
        return {"error": type(error).__name__}


def plain(value, mx):
    if isinstance(value, mx.nd.NDArray):
        return {
            "type": np.dtype(value.dtype).name,
            "shape": list(value.shape),
            "values": value.asnumpy().tolist(),
        }
    if isinstance(value, (list, tuple)):
        return [plain(v, mx) for v in value]
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, mx.Context) else value
