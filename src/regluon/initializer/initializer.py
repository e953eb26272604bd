"""The base of initializers: which rule a parameter gets by its name."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from regluon import registry
from regluon.ndarray import NDArray, random

__all__ = ["InitDesc", "Initializer", "alias", "create", "register"]


class InitDesc(str):
    """The name of a parameter, with what else decides on its values.

    Parameters
    ----------
    name
        Its name.
    attrs
        Its attributes; under ``"__init__"`` an initializer of its own.
    global_init
        The initializer to fall back on.
    """

    attrs: dict[str, Any]
    global_init: Any

    def __new__(cls, name: str, attrs: dict[str, Any] | None = None, global_init: Any = None) -> InitDesc:
        self = super().__new__(cls, name)
        self.attrs = attrs or {}
        self.global_init = global_init
        return self


# How a parameter is initialized, by the end of its name. The first that fits counts.
_BY_SUFFIX = {
    "weight": "_init_weight",
    "bias": "_init_bias",
    "gamma": "_init_gamma",
    "beta": "_init_beta",
    "min": "_init_zero",
    "max": "_init_one",
    "weight_quantize": "_init_quantized_weight",
    "bias_quantize": "_init_quantized_bias",
}
# The same for a name that comes as a plain str. A pattern is a beginning, "*" and an end.
_BY_PLAIN_NAME = {
    "upsampling*": "_init_bilinear",
    "stn_loc*weight": "_init_zero",
    "stn_loc*bias": "_init_loc_bias",
    "*bias": "_init_bias",
    "*gamma": "_init_gamma",
    "*beta": "_init_beta",
    "*weight": "_init_weight",
    "*moving_mean": "_init_zero",
    "*moving_var": "_init_one",
    "*moving_inv_var": "_init_zero",
    "*moving_avg": "_init_zero",
    "*min": "_init_zero",
    "*max": "_init_one",
}


class Initializer:
    """The base of initializers: called with the name of a parameter and its array, it fills the array.

    An ``__init__`` among the name's attributes decides; else the end of the name does: ``weight`` is what the
    subclass defines as ``_init_weight(desc, array)``, ``bias``, ``beta`` and ``min`` are 0, ``gamma`` and
    ``max`` are 1.

    Parameters
    ----------
    kwargs
        The arguments of the subclass, which :meth:`dumps` writes down.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = kwargs
        self._verbose = False
        self._print_func: Callable[[NDArray], str] | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Initializer):
            return NotImplemented
        return type(self) is type(other) and self._kwargs == other._kwargs

    __hash__ = None  # type: ignore[assignment]

    def set_verbosity(
        self, verbose: bool = False, print_func: Callable[[NDArray], str] | None = None
    ) -> Initializer:
        """Logs what is initialized how, with ``print_func(array)``: by default ``norm / sqrt(size)``."""
        self._verbose = verbose
        self._print_func = print_func or _root_mean_square
        return self

    def _verbose_print(self, desc: str, init: Any, arr: NDArray) -> None:
        if self._verbose and self._print_func:
            logging.info("Initialized %s as %s: %s", desc, init, self._print_func(arr))

    def dumps(self) -> str:
        """The initializer as JSON, of which ``create`` makes it again: ``'["normal", {"sigma": 0.5}]'``."""
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, desc: str, arr: NDArray) -> None:
        """Fills an array.

        Raises
        ------
        ValueError
            If neither attributes nor the name say how.
        """
        if not isinstance(desc, InitDesc):
            self._by_plain_name(desc, arr)
            return
        if desc.global_init is None:
            desc.global_init = self
        own = desc.attrs.get("__init__", "")
        if own:
            create(own)._init_weight(desc, arr)
            self._verbose_print(desc, own, arr)
            return
        for suffix, method in _BY_SUFFIX.items():
            if desc.endswith(suffix):
                getattr(self, method)(desc, arr)
                self._verbose_print(desc, suffix, arr)
                return
        self._init_default(desc, arr)

    def _by_plain_name(self, name: str, arr: NDArray) -> None:
        warnings.warn(
            "an initializer is called with a plain str, which is deprecated: use InitDesc(name)",
            DeprecationWarning,
            stacklevel=3,
        )
        if not isinstance(name, str):
            raise TypeError(f"name must be string, not {type(name).__name__}")
        if not isinstance(arr, NDArray):
            raise TypeError(f"arr must be NDArray, not {type(arr).__name__}")
        for pattern, method in _BY_PLAIN_NAME.items():
            start, end = pattern.split("*")
            if name.startswith(start) and name.endswith(end):
                getattr(self, method)(name, arr)
                return
        self._init_default(name, arr)

    def _init_bilinear(self, desc: str, arr: NDArray) -> None:
        arr[:] = _bilinear(arr.shape)

    def _init_loc_bias(self, desc: str, arr: NDArray) -> None:
        if arr.shape[0] != 6:
            raise AssertionError(f"{desc} must have the 6 numbers of an affine map, not shape {arr.shape}")
        arr[:] = np.array([1.0, 0, 0, 0, 1.0, 0])

    def _init_zero(self, desc: str, arr: NDArray) -> None:
        arr[:] = 0.0

    def _init_one(self, desc: str, arr: NDArray) -> None:
        arr[:] = 1.0

    _init_bias = _init_beta = _init_quantized_bias = _init_zero
    _init_gamma = _init_one

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        raise NotImplementedError(f"{type(self).__name__} must define _init_weight(desc, array)")

    def _init_quantized_weight(self, desc: str, arr: NDArray) -> None:
        arr[:] = random.randint(-127, 127, dtype="int32").asnumpy().astype(np.int8)

    def _init_default(self, desc: str, arr: NDArray) -> None:
        raise ValueError(
            f"Unknown initialization pattern for {desc}: its name ends in none of {', '.join(_BY_SUFFIX)}. "
            "Give the parameter an initializer of its own (init=...)"
        )


_register = registry.get_register_func(Initializer, "initializer")
alias = registry.get_alias_func(Initializer, "initializer")
create = registry.get_create_func(Initializer, "initializer")


def register(klass: Any) -> Any:
    """Makes a subclass of Initializer known by its name, as in ``init="myinit"``; a decorator."""
    return _register(klass)


def _root_mean_square(arr: NDArray) -> str:
    return str(np.float32(np.linalg.norm(arr.asnumpy()) / sqrt(arr.size)))


def _bilinear(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """``(1 - |x / f - c|) (1 - |y / f - c|)`` at row y and column x of the last two axes."""
    if len(shape) != 4:
        raise ValueError(f"Bilinear is for weights of four axes, not of shape {shape}")
    half = np.ceil(shape[3] / 2.0)
    center = (2 * half - 1 - half % 2) / (2.0 * half)
    y, x = (1 - np.abs(np.arange(n) / half - center) for n in shape[2:])
    return np.broadcast_to(np.outer(y, x).astype(np.float32), shape)
