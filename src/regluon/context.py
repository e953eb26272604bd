"""Contexts: the devices on which arrays live and operators run."""

from __future__ import annotations

import re
import threading
import warnings
from typing import ClassVar

import torch

from regluon.base import MXNetError
from regluon.heap import keep_memory

__all__ = [
    "SHAPES",
    "Context",
    "as_context",
    "cpu",
    "cpu_pinned",
    "cpu_shared",
    "current_context",
    "gpu",
    "gpu_memory_info",
    "num_gpus",
]


keep_memory()

_TEXT = re.compile(r"(\w+?)(?:\((\d+)\))?")


class _WithDefault(type):
    @property
    def default_ctx(cls) -> Context:
        """The current context of this thread; deprecated, as in MXNet."""
        _warn_of_default()
        return entered.current

    @default_ctx.setter
    def default_ctx(cls, context: Context) -> None:
        _warn_of_default()
        entered.current = context


def _warn_of_default() -> None:
    warnings.warn(
        "Context.default_ctx has been deprecated. Please use Context.current_context() instead. Please use "
        "test_utils.set_default_context to set a default context",
        DeprecationWarning,
        stacklevel=3,
    )


class Context(metaclass=_WithDefault):
    """A device: ``Context("gpu", 1)``, or of a ``with`` block the one where new arrays are made.

    There is one object per device, so contexts compare by identity. ``cpu(0)`` and ``cpu(1)`` are two
    devices although both are the machine's memory; programs for several devices are tried out that way.
    """

    __slots__ = ("_device", "device_id", "device_type")

    devtype2str: ClassVar[dict[int, str]] = {1: "cpu", 2: "gpu", 3: "cpu_pinned", 5: "cpu_shared"}
    devstr2type: ClassVar[dict[str, int]] = {name: number for number, name in devtype2str.items()}
    _known: ClassVar[dict[tuple[str, int], Context]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    device_type: str
    device_id: int
    _device: torch.device | None

    def __new__(cls, device_type: str | Context, device_id: int = 0) -> Context:
        if isinstance(device_type, Context):
            return device_type
        key = (device_type, int(device_id))
        try:
            return cls._known[key]
        except KeyError:
            return cls._make(*key)

    @classmethod
    def _make(cls, device_type: str, device_id: int) -> Context:
        if device_type not in cls.devstr2type:
            raise MXNetError(f"unknown device type {device_type!r}; there are {', '.join(cls.devstr2type)}")
        if device_id < 0:
            raise MXNetError(f"{device_type}({device_id}): a device number is 0 or more")
        with cls._lock:
            context = cls._known.get((device_type, device_id))
            if context is None:
                context = object.__new__(cls)
                context.device_type, context.device_id = device_type, device_id
                context._device = None if device_type == "gpu" else torch.device("cpu")
                cls._known[device_type, device_id] = context
        return context

    @classmethod
    def _without_number(cls, name: str, device: torch.device) -> Context:
        """A context outside MXNet's table."""
        context = object.__new__(cls)
        context.device_type, context.device_id, context._device = name, 0, device
        return context

    @property
    def device_typeid(self) -> int:
        """MXNet's number of the device type: 1 cpu, 2 gpu, 3 cpu_pinned, 5 cpu_shared."""
        return self.devstr2type[self.device_type]

    @property
    def torch_device(self) -> torch.device:
        """The torch device behind this context.

        Raises
        ------
        MXNetError
            For a GPU that this machine does not have.
        """
        if self._device is None:
            count = num_gpus()
            if self.device_id >= count:
                raise MXNetError(f"{self} is not there: this machine has {count} GPUs that torch can use")
            self._device = torch.device("cuda", self.device_id)
        return self._device

    def empty_cache(self) -> None:
        """Gives unused memory of a GPU back to its driver."""
        if self.device_type == "gpu":
            with torch.cuda.device(self.torch_device):
                torch.cuda.empty_cache()

    def __repr__(self) -> str:
        return f"{self.device_type}({self.device_id})"

    def __reduce__(self) -> tuple[type[Context], tuple[str, int]]:
        return Context, (self.device_type, self.device_id)

    def __enter__(self) -> Context:
        entered.stack.append(entered.current)
        entered.current = self
        return self

    def __exit__(self, *exc: object) -> None:
        entered.current = entered.stack.pop()


SHAPES = Context._without_number("shapes", torch.device("meta"))
"""Where arrays have a shape and a type but no values: what shape inference computes on."""


class _Entered(threading.local):
    """Per thread: the current context, and those to go back to."""

    def __init__(self) -> None:
        self.current = Context("cpu", 0)
        self.stack: list[Context] = []


entered = _Entered()
"""What ``with`` blocks this thread is in; on hot paths read directly."""


def current_context() -> Context:
    """The context where new arrays are made: that of the innermost ``with``, or ``cpu(0)``."""
    return entered.current


def as_context(context: Context | str) -> Context:
    """A context from itself or from the text that symbol files hold: ``"gpu(1)"``, ``"cpu"``.

    Raises
    ------
    TypeError
        For anything else.
    """
    if isinstance(context, Context):
        return context
    parts = _TEXT.fullmatch(str(context))
    if parts is None:
        raise TypeError(f"a context is needed, such as cpu() or gpu(0), not {context!r}")
    return Context(parts[1], int(parts[2] or 0))


def cpu(device_id: int = 0) -> Context:
    """The CPU; numbers other than 0 are the same memory under another name."""
    return Context("cpu", device_id)


def gpu(device_id: int = 0) -> Context:
    """The GPU of that number: only a name until something is put there."""
    return Context("gpu", device_id)


def cpu_pinned(device_id: int = 0) -> Context:
    """Host memory from which copies to a GPU are fast."""
    return Context("cpu_pinned", device_id)


def cpu_shared(device_id: int = 0) -> Context:
    """Host memory that worker processes share."""
    return Context("cpu_shared", device_id)


def num_gpus() -> int:
    """How many GPUs torch can use."""
    return torch.cuda.device_count()


def gpu_memory_info(device_id: int = 0) -> tuple[int, int]:
    """Free and total memory of a GPU, in bytes."""
    free, total = torch.cuda.mem_get_info(gpu(device_id).torch_device)
    return free, total
