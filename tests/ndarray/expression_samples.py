"""Expressions and statements of arrays: one list, run on MXNet by the recorder and here by the tests.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import copy
import operator
import pickle

import numpy as np

# What is evaluated.
EXPRESSIONS = r"""
x.shape
x.size
x.ndim
x.dtype
x.stype
x.context
x.ctx
x.T
v.T
c.T
len(x)
len(s)
bool(s)
bool(x)
bool(nd.zeros(1))
bool(x[0:0])
int(s)
float(s)
int(x)
float(x)
x.asscalar()
s.asscalar()
i.asscalar()
type(s.asscalar()).__name__
type(i.asscalar()).__name__
operator.index(i)
[1,2,3][i]
range(3)[i]
hash(x) == hash(x)
x in [x]
x == None
x != None
x == 'a'
x == x
x != x
x > 1
1 > x
x >= i
x + 1
x + 1.5
i + 1
i + 1.5
i * 2.7
i / 2
1 / i
i % 2
7 % i
i ** 2
2 ** i
x ** 2
2 ** x
x ** v
-x
abs(-x)
+x
~x
x // 2
divmod(x, 2)
x @ x
x & x
x << 1
x + v
x + nd.ones(3)
x + i
x + None
x + 'a'
x + [1, 2]
x + np.ones(2, 'float32')
np.ones(2, 'float32') + x
np.float32(2) * x
np.float64(2) * x
np.int64(2) * x
x * np.float64(2)
x * True
x + (1+2j)
x.copy()
x.copyto(nd.zeros((2, 2)))
x.copyto(nd.zeros((2, 3)))
x.copyto(nd.zeros((4,)))
x.copyto(nd.zeros((2, 2), dtype='int32'))
x.copyto(mx.cpu(1)).context
x.copyto('cpu')
x.copyto(x)
x.as_in_context(mx.cpu(1)).context
x.as_in_context(mx.cpu()) is x
x.as_in_context('cpu')
x.as_nd_ndarray() is x
x.astype('int32')
x.astype(np.int32)
x.astype('float32') is x
x.astype('float32', copy=False) is x
x.astype('float16', copy=False).dtype
x.astype('q')
x.astype(None)
x.astype(int).dtype
x.astype(bool)
x.astype(float).dtype
(x * 1.7).astype('int32')
(x * -1.7).astype('uint8')
x.asnumpy().flags.writeable
np.array(x)
x.reshape(4)
x.reshape(4, 1)
x.reshape((4,))
x.reshape([4])
x.reshape(-1)
x.reshape((-1, 2))
x.reshape(0, -1)
x.reshape(-2)
x.reshape(-3)
x.reshape((-4, 1, 2, 2))
x.reshape((-4, -1, 2, 0))
x.reshape(3)
x.reshape(5)
x.reshape(())
x.reshape()
x.reshape(shape=(4,))
x.reshape((1, 4), reverse=True)
t.reshape((0, -1), reverse=True)
t.reshape((-1, 0), reverse=True)
x.reshape(4, reverse=True)
x.reshape((4,), order='C')
x.reshape(2.0, 2)
x.reshape((-1, -1))
x.reshape(x)
s.reshape(1, 1)
s.reshape(())
x.expand_dims(0)
x.expand_dims(-1)
x.expand_dims(2)
x.expand_dims(3)
x.expand_dims(-4)
x.expand_dims(axis=1, inplace=True)
x.expand_dims(5, inplace=True)
x.flatten()
t.flatten()
v.flatten()
t.flatten(inplace=True)
x.squeeze()
nd.ones((1, 2, 1)).squeeze()
nd.ones((1, 2, 1)).squeeze(0)
nd.ones((1, 2, 1)).squeeze((0, 2))
nd.ones((1, 2, 1)).squeeze(1)
nd.ones((1, 1)).squeeze()
nd.ones((1, 2, 1)).squeeze(axis=2, inplace=True)
nd.ones((1, 2, 1)).squeeze(inplace=True)
nd.ones((1, 2, 1)).squeeze(1, inplace=True)
x.transpose()
x.transpose(1, 0)
x.transpose((1, 0))
x.transpose(axes=(1, 0))
x.transpose([1, 0])
x.transpose(0)
x.transpose(0, 0)
t.transpose(2, 0, 1)
t.transpose(-1, 0, 1)
x.swapaxes(0, 1)
x.swapaxes(dim1=0, dim2=1)
x.flip(0)
x.flip(axis=1)
x.broadcast_to((3, 2, 2))
x.broadcast_to((2, 3))
x.broadcast_to((4,))
x.broadcast_to(4)
v.broadcast_to((3, 2))
nd.ones((1, 2)).broadcast_to((3, 2))
nd.ones(1).broadcast_to(3)
x.broadcast_to(shape=(1, 2, 2))
v.broadcast_like(x)
x.broadcast_axes(axis=0, size=3)
nd.ones((1, 2)).broadcast_axes(axis=0, size=3)
x.broadcast_axes(axis=(0,), size=(3,))
x.tile(2)
x.tile((2, 1))
x.tile(reps=(1, 2))
x.repeat(2)
x.repeat(2, axis=0)
x.repeat(repeats=2, axis=-1)
x.pad(mode='constant', pad_width=(0,0,0,0,1,1,1,1))
x.sum()
x.sum(0)
x.sum(axis=1)
x.sum((0, 1))
x.sum(axis=(0, 1), keepdims=True)
x.sum(axis=0, exclude=True)
x.sum(axis=2)
x.sum(axis=-1)
i.sum()
i.mean()
x.mean()
x.nansum()
x.prod(0)
x.nanprod()
x.max()
x.min(axis=1)
x.norm()
x.norm(1)
x.norm(ord=1, axis=1)
x.norm(2, (0, 1))
x.norm(ord=3)
x.argmax()
x.argmax(0)
x.argmax(axis=1, keepdims=True)
x.argmin(axis=0)
x.argmax_channel()
x.argsort()
x.argsort(is_ascend=False)
x.sort(is_ascend=0)
x.topk()
x.topk(k=2)
x.topk(axis=0, k=1, ret_typ='value')
x.topk(ret_typ='both')
x.clip(1, 2)
x.clip(a_min=1, a_max=2)
x.clip(1)
x.clip()
x.one_hot(3)
v.one_hot(3)
v.one_hot(depth=3, on_value=2)
x.take(nd.array([0, 1]))
x.take(nd.array([5]))
x.take(nd.array([0]), axis=1)
x.take(nd.array([5]), mode='wrap')
x.pick(v)
x.pick(nd.array([0, 1]), axis=0)
x.slice((0, 0), (1, 2))
x.slice(begin=(0,), end=(1,))
x.slice(begin=(None, 0), end=(None, 1))
x.slice(begin=(1, 1), end=(0, 0), step=(-1, -1))
x.slice_axis(0, 0, 1)
x.slice_axis(axis=1, begin=-1, end=None)
x.slice_like(nd.ones((1, 1)))
x.slice_like(nd.ones((1, 1)), axes=(0,))
x.split(2)
x.split(num_outputs=2, axis=0)
x.split(2, 0, True)
x.split(3)
x.split(1)
x.split_v2(2)
x.split_v2((1,), axis=1)
x.split_v2(2, squeeze_axis=True)
x.diag()
x.diag(1)
x.diag(k=-1)
v.diag()
x.reshape_like(nd.ones(4))
x.zeros_like()
x.ones_like()
i.ones_like()
x.shape_array()
x.size_array()
x.softmax()
x.softmax(0)
x.softmax(axis=0)
x.softmax(axis=0, temperature=2)
x.log_softmax()
x.log_softmax(0)
x.softmin()
x.relu()
x.sigmoid()
x.depth_to_space(2)
x.space_to_depth(2)
x.round()
(x * 0.5).rint()
(x * 0.5).fix()
(x * 0.5).trunc()
(x * 0.5).ceil()
(x * -0.5).floor()
x.sqrt()
x.rsqrt()
x.cbrt()
x.rcbrt()
x.square()
x.reciprocal()
x.exp()
x.log()
x.log2()
x.log10()
x.log1p()
x.expm1()
x.sin()
x.degrees()
x.radians()
x.tostype('csr').stype
x.tostype('row_sparse').stype
x.tostype('default') is x
x.tostype('q')
x.detach() is x
x.grad
repr(x)
str(v)
repr(s)
x.slice_assign(nd.ones((1, 2)) * 9, (0, 0), (1, 2), (1, 1))
x.slice_assign(nd.ones((1, 2)) * 9, (0, 0), (1, 2), ())
x.slice_assign_scalar(9, (0, 0), (1, 2), (1, 1))
x.slice_assign_scalar(9, (0, None), (1, None), (None, None))
x.wait_to_read()
x.writable
copy.copy(x)
copy.deepcopy(x)
pickle.loads(pickle.dumps(i))
pickle.loads(pickle.dumps(x)).context
list(x)
list(v)
list(s)
[a.shape for a in t]
x.__nonzero__()
s.__nonzero__()
x.nosuch
x.attach_grad('q')
x.attach_grad(grad_req='add')
x.backward()
x.data
nd.array(x) is x
nd.array([x, x])
nd.array([v, v])
nd.array([[1, 2], [3]])
nd.array([s, s])
x.max(axis=())
x.sum(axis=())
x.sum(axis=[0])
x.sum(0, 1)
x.sum(keepdims=1)
x.mean(axis=None)
x.transpose(None)
x.T.T is x
x.abs()
x.sign()
x.tan().shape
x.broadcast_like(t)
sum(v)
v.tolist()
x.item()
v.asnumpy().tolist()
x.__add__(1)
x.__radd__(1)
x.__div__(2)
x.__rdiv__(2)
x.__idiv__(2)
x.__len__()
x.__rpow__(2)
x.__rmod__(2)
str(x.asnumpy().dtype)
float(max(v).asscalar())
[float(a.asscalar()) for a in sorted(v)]
repr(x[0])
repr(t)
""".strip().split("\n")

# What is executed, and then looked at: x, i and y.
STATEMENTS = r"""
x += 1
x += x
x += v
x += t
x += i
i += 1.7
i *= 2
i /= 2
i -= i
x -= 1
x *= v
x /= 2
x /= v
x %= 2
x **= 2
x //= 2
x @= x
x += 'a'
x += None
x += np.ones((2, 2), 'float32')
x[:] += 1
x[0] *= 2
x[0] = x[1]
x[:] = x.T
x[:, 0] = x[0]
del x[0]
x.shape = (4,)
x.dtype = 'int32'
x.grad = x
x.foo = 1
x[0][0] = 7
y = x[0]; y += 1
y = x.reshape(4); y[0] = 9
y = x.T; y[0] = 9
y = x[:, 0]; y[:] = 9
y = x[::2]; y[:] = 9
y = x.flatten(); y[:] = 9
y = x.expand_dims(0); y[:] = 9
y = x.expand_dims(0, inplace=True); y[:] = 9
y = x.squeeze(); y[:] = 9
y = x.detach(); y[:] = 9
y = x.astype('float32', copy=False); y[:] = 9
y = x.as_in_context(mx.cpu()); y[:] = 9
y = x.broadcast_to((2, 2)); y[:] = 9
y = x.asnumpy(); y[:] = 9
y = nd.from_numpy(x.asnumpy(), zero_copy=True); y[:] = 9
y = x.slice((0, 0), (1, 2)); y[:] = 9
y = x.slice_axis(0, 0, 1); y[:] = 9
y = x.split(2, axis=0)[0]; y[:] = 9
y = x.copy(); y[:] = 9
y = x.transpose((0, 1)); y[:] = 9
y = x.swapaxes(0, 0); y[:] = 9
y = x[None]; y[:] = 9
y = x[...]; y[:] = 9
y = x[0:1, :]; y[:] = 9
y = x[:, 0:2]; y[:] = 9
y = x[1, 1]; y[:] = 9
y = x[1:, 1:]; y[:] = 9
y = x.relu(); y[:] = 9
y = x.clip(0, 100); y[:] = 9
y = x + 0; y[:] = 9
y = x.round(); y[:] = 9
y = x.identity() if hasattr(x, 'identity') else nd.identity(x); y[:] = 9
y = nd.BlockGrad(x); y[:] = 9
y = nd.reshape(x, (4,)); y[:] = 9
y = nd.Reshape(x, (2, 2)); y[:] = 9
y = nd.Flatten(x); y[:] = 9
y = nd.expand_dims(x, 0); y[:] = 9
y = nd.slice_axis(x, 0, 0, 1); y[:] = 9
y = nd.concat(x, dim=0); y[:] = 9
y = nd.concatenate([x]); y[:] = 9
y = nd.array(x); y[:] = 9
y = nd.moveaxis(x, 0, 0); y[:] = 9
""".strip().split("\n")

# What is executed while recording: y is looked at, and the gradient of x for the head gradients 1, 2, 3, ...
RECORDED = r"""
y = x[0]
y = x[0, 1]
y = x[:, 1]
y = x[::-1]
y = x[[0, 0]]
y = x[nd.array([1, 1, 0])]
y = x[[0, 1], [1, 0]]
y = x[None, 0]
y = x[..., 0]
y = x[:]
y = x[()]
y = x[0:0]
y = x.reshape(4)[1:3]
y = x.T
y = x.copy()
y = x.as_in_context(mx.cpu(1)).as_in_context(mx.cpu(0))
y = x.copyto(mx.cpu(1)).as_in_context(mx.cpu(0))
y = x.astype('float64').astype('float32')
y = x.astype('float32', copy=False)
y = x.astype('int32').astype('float32')
y = x.detach()
y = x.detach() * x
y = x.flatten(inplace=True)
y = x.expand_dims(0, inplace=True)
y = x.squeeze(inplace=True)
y = x.broadcast_to((2, 2, 2))
y = x.broadcast_like(nd.ones((2, 2, 2)))
y = x.split(2)[0]
y = x.split_v2(2)[1]
y = nd.zeros((2, 2)); y[:] = x
y = nd.zeros((2, 2)); y[:] = x * 2
y = nd.zeros((3, 2, 2)); y[:] = x * 2
y = nd.zeros((2, 2)); y[0] = x[0]
y = nd.zeros((2, 2)); y[:, 0] = x[0]
y = nd.zeros((2, 2)); y[0:2] = x * x
y = nd.zeros((2, 2)); y[()] = x * x
y = nd.zeros((2, 2)); y[...] = x * x
y = nd.zeros((2, 2)); y[[0, 1]] = x * x
y = nd.zeros((2, 2)); y[0] = 5; y = y * x
y = x * 2; y[0] = 1
y = x * 2; y[:] = 1
y = x * 2; y += 1
y = x * 2; y[:] += x
y = x * 2; y *= x
x[0] = 1; y = x * 2
x[:] = 1; y = x * 2
x += 1; y = x * 2
z = nd.ones((2, 2)); z += x; y = z * 2
z = nd.ones((2, 2)); z += 1; y = z * x
y = x * 2; z = y.detach(); z[:] = 7
y = x.copyto(nd.zeros((2, 2)))
y = nd.zeros((2, 2)); x.copyto(y)
y = nd.zeros((2, 2)); nd.elemwise_add(x, x, out=y)
y = x * 2; nd.elemwise_add(y, x, out=y)
y = x * x; y = y[0] + y[1]
y = sum(r for r in x)
y = x.tostype('row_sparse')
y = x.tostype('csr')
y = x ** 2 + 2 ** x
y = x % 2
y = 5 % x
y = x > 1
y = x.argmax(axis=1)
y = x.norm()
y = x.max()
y = x.sort()
y = x.topk(ret_typ='value')
y = x.clip(1.5, 2.5)
y = x.round() * x
y = nd.stack(*[r * 2 for r in x])
y = x.slice_assign(nd.ones((1, 2)), (0, 0), (1, 2), (1, 1))
y = nd.array(x) * 2
y = nd.concatenate([x, x * 2])
y = x * np.float64(2)
y = x.asnumpy().sum() * x
y = x.zeros_like() + x
y = x.one_hot(3)
""".strip().split("\n")


def names(mx):
    """What the expressions speak of."""
    nd = mx.nd
    return {
        "x": nd.array([[1.0, 2.0], [3.0, 4.0]]),
        "v": nd.array([1.0, 2.0]),
        "s": nd.array([3.0]),
        "i": nd.array([2], dtype="int32"),
        "t": nd.arange(8).reshape((2, 2, 2)),
        "c": nd.arange(6).reshape((2, 3)),
        "mx": mx,
        "nd": nd,
        "np": np,
        "copy": copy,
        "pickle": pickle,
        "operator": operator,
    }


def plain(found):
    """A result as plain data: an array as its type, shape, elements and storage."""
    if hasattr(found, "asnumpy"):
        values = np.round(found.asnumpy().astype("float64"), 4).tolist()
        return [np.dtype(found.dtype).name, list(found.shape), values, found.stype]
    if isinstance(found, np.ndarray):
        return ["numpy", str(found.dtype)] + (
            [list(found.shape), found.tolist()] if found.dtype != "O" else []
        )
    if isinstance(found, (list, tuple)):
        return [plain(one) for one in found]
    if isinstance(found, np.generic):
        return [type(found).__name__, plain(found.item())]
    if isinstance(found, type):
        return found.__name__
    return found if found is None or isinstance(found, (bool, int, float, str)) else str(found)


def settle(mx):
    """Waits for what an error has left in MXNet's engine, or another call would raise it again."""
    for _ in range(5):
        try:
            mx.nd.waitall()
        except Exception:
            continue
        break


def outcome(mx, call):
    """What a call returns as plain data, or the name of its error."""
    try:
        return plain(call())
    except Exception as error:
        settle(mx)
        return "error " + type(error).__name__


def evaluated(mx, text):
    return outcome(mx, lambda: eval(text, names(mx)))  # noqa: S307 (text of this file)


def executed(mx, text):
    known = names(mx)

    def call():
        exec(text, known)  # noqa: S102 (text of this file)
        return [known["x"], known["i"], known.get("y")]

    return outcome(mx, call)


def recorded(mx, text):
    known = names(mx)
    known["x"].attach_grad()

    def call():
        with mx.autograd.record():
            exec(text, known)  # noqa: S102 (text of this file)
        return known["y"]

    def gradient():
        y = known["y"]
        heads = mx.nd.array(np.arange(1, y.size + 1).reshape(y.shape)) if y.stype == "default" else None
        y.backward(heads)
        return known["x"].grad

    found = outcome(mx, call)
    return found if isinstance(found, str) else [found, outcome(mx, gradient)]


RUN = [(evaluated, EXPRESSIONS), (executed, STATEMENTS), (recorded, RECORDED)]
