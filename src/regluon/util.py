"""``mx.util``: GPUs counted, the environment, and the flag of NumPy's shapes.

Shapes with an extent of 0 and the shape ``()`` are always allowed here, which is all that the flag is about
in MXNet; so it is kept for programs that look at it.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch

from regluon.context import Context, gpu_memory_info, num_gpus
from regluon.reference import absent

__all__ = [
    "get_cuda_compute_capability",
    "get_gpu_count",
    "get_gpu_memory",
    "getenv",
    "is_np_array",
    "is_np_shape",
    "np_shape",
    "set_module",
    "set_np_shape",
    "setenv",
    "use_np_shape",
]

F = TypeVar("F", bound=Callable[..., Any])


def get_gpu_count() -> int:
    """How many GPUs torch can use."""
    return num_gpus()


def get_gpu_memory(gpu_dev_id: int) -> tuple[int, int]:
    """Free and total memory of a GPU, in bytes."""
    return gpu_memory_info(gpu_dev_id)


def get_cuda_compute_capability(ctx: Any) -> int:
    """A GPU's compute capability as one number: 90 for 9.0."""
    if not isinstance(ctx, Context) or ctx.device_type != "gpu":
        raise ValueError(f"a gpu context is needed, not {ctx!r}")
    major, minor = torch.cuda.get_device_capability(ctx.torch_device)
    return 10 * major + minor


def getenv(name: str) -> str | None:
    """A variable of the environment, or None."""
    return os.environ.get(name)


def setenv(name: str, value: str | None) -> None:
    """Sets a variable of the environment; None takes it away."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def set_module(module: str | None) -> Callable[[F], F]:
    """The decorator that says of a function or class that it is from ``module``."""

    def decorate(func: F) -> F:
        if module is not None:
            func.__module__ = module
        return func

    return decorate


class _Flags(threading.local):
    shape = False


_flags = _Flags()


def is_np_array() -> bool:
    """False: there are no NumPy arrays, mx.np, here."""
    return False


def is_np_shape() -> bool:
    """Whether the flag of NumPy's shapes is up."""
    return _flags.shape


def set_np_shape(active: bool) -> bool:
    """Sets the flag of NumPy's shapes and returns what it was."""
    before, _flags.shape = _flags.shape, bool(active)
    return before


@contextlib.contextmanager
def np_shape(active: bool = True) -> Iterator[None]:
    """A block with the flag of NumPy's shapes up, or down."""
    before = set_np_shape(active)
    try:
        yield
    finally:
        set_np_shape(before)


def use_np_shape(func: F) -> F:
    """The decorator of functions, or of classes and so of their methods, that run with the flag up."""
    if inspect.isclass(func):
        for name, value in list(vars(func).items()):
            if inspect.isfunction(value):
                setattr(func, name, use_np_shape(value))
        return func

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        with np_shape(True):
            return func(*args, **kwargs)

    return call  # type: ignore[return-value]


__getattr__ = absent(__name__, "util")
