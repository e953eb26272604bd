"""NDArray has MXNet's methods, and they are its functions."""

from __future__ import annotations

import numpy as np
import pytest

from regluon import nd
from regluon.ndarray.methods import OPERATOR_METHODS

# dir(mx.nd.NDArray) of MXNet 1.9.1, without what begins with an underscore and is no operator of Python's.
MXNETS = """
    T __abs__ __add__ __bool__ __div__ __eq__ __ge__ __getitem__ __gt__ __hash__ __iadd__ __idiv__
    __imod__ __imul__ __isub__ __itruediv__ __le__ __len__ __lt__ __mod__ __mul__ __ne__ __neg__ __pow__
    __radd__ __rdiv__ __reduce__ __rmod__ __rmul__ __rpow__ __rsub__ __rtruediv__ __setitem__ __sub__
    __truediv__ _fresh_grad abs arccos arccosh arcsin arcsinh arctan arctanh argmax argmax_channel
    argmin argsort as_in_context as_nd_ndarray asnumpy asscalar astype attach_grad backward
    broadcast_axes broadcast_like broadcast_to cbrt ceil clip context copy copyto cos cosh ctx degrees
    depth_to_space detach diag dtype exp expand_dims expm1 fix flatten flip floor grad log log10 log1p
    log2 log_softmax max mean min nanprod nansum ndim norm one_hot ones_like pad pick prod radians rcbrt
    reciprocal relu repeat reshape reshape_like rint round rsqrt shape shape_array sigmoid sign sin sinh
    size size_array slice slice_assign slice_assign_scalar slice_axis slice_like softmax softmin sort
    space_to_depth split split_v2 sqrt square squeeze stype sum swapaxes take tan tanh tile
    to_dlpack_for_read to_dlpack_for_write topk tostype transpose trunc wait_to_read writable zeros_like
""".split()

ARGUMENTS = {
    "broadcast_axes": {"axis": 0, "size": 3},
    "clip": {"a_min": 0.3, "a_max": 0.5},
    "depth_to_space": {"block_size": 2},
    "flip": {"axis": 1},
    "one_hot": {"depth": 3},
    "pad": {"mode": "edge", "pad_width": (0, 0, 0, 0, 1, 1, 1, 1)},
    "pick": {"index": nd.zeros((1, 4, 2))},
    "repeat": {"repeats": 2},
    "reshape_like": {"rhs": nd.zeros((8, 2))},
    "slice": {"begin": (0, 1), "end": (1, 3)},
    "slice_axis": {"axis": 1, "begin": 0, "end": 2},
    "slice_like": {"shape_like": nd.zeros((1, 2, 2, 2))},
    "space_to_depth": {"block_size": 2},
    "split": {"num_outputs": 2},
    "swapaxes": {"dim1": 1, "dim2": 2},
    "take": {"indices": nd.array([0, 0])},
    "tile": {"reps": (2,)},
}


def test_none_is_missing() -> None:
    assert [name for name in MXNETS if not hasattr(nd.NDArray, name)] == []


@pytest.mark.parametrize(("method", "operator"), OPERATOR_METHODS.items())
def test_methods_are_the_functions(method: str, operator: str) -> None:
    x = nd.array(np.linspace(0.1, 0.9, 16).reshape(1, 4, 2, 2))
    arguments = ARGUMENTS.get(method, {})
    found, expected = getattr(x, method)(**arguments), getattr(nd, operator)(x, **arguments)
    for a, b in zip(*[r if isinstance(r, list) else [r] for r in (found, expected)], strict=True):
        np.testing.assert_array_equal(a.asnumpy(), b.asnumpy())
    assert getattr(nd.NDArray, method).__name__ == method
