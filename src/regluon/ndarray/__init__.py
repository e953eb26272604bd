"""``mx.nd``: arrays, and every operator as a function of them."""

from __future__ import annotations

from regluon.ndarray import _internal, contrib, image, linalg, op, random, sparse
from regluon.ndarray.arithmetic import BINARY, binary_function
from regluon.ndarray.creation import (
    arange,
    array,
    empty,
    eye,
    from_dlpack,
    from_numpy,
    full,
    linspace,
    ones,
    to_dlpack_for_read,
    to_dlpack_for_write,
    zeros,
)
from regluon.ndarray.methods import attach_methods
from regluon.ndarray.ndarray import NDArray, waitall
from regluon.ndarray.rearrange import concatenate, moveaxis, onehot_encode, split_v2
from regluon.ndarray.saveload import load, load_frombuffer, save
from regluon.ndarray.sparse import cast_storage
from regluon.ndarray.statistics import histogram
from regluon.reference import absent

__all__ = [
    "NDArray",
    "_internal",
    "arange",
    "array",
    "concatenate",
    "contrib",
    "empty",
    "eye",
    "from_dlpack",
    "from_numpy",
    "full",
    "histogram",
    "image",
    "linalg",
    "linspace",
    "load",
    "load_frombuffer",
    "moveaxis",
    "onehot_encode",
    "ones",
    "op",
    "random",
    "save",
    "sparse",
    "split_v2",
    "to_dlpack_for_read",
    "to_dlpack_for_write",
    "waitall",
    "zeros",
]

attach_methods()
globals().update({name: getattr(op, name) for name in op.__all__})
globals().update({name: binary_function(name) for name in BINARY})
globals()["cast_storage"] = cast_storage  # which makes sparse arrays

__getattr__ = absent(__name__, "nd")
