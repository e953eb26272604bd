"""What a test runs in: environment variables, devices, standard error; and tests that may fail at times."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from regluon.context import num_gpus
from regluon.ndarray import waitall

__all__ = [
    "discard_stderr",
    "environment",
    "get_im2rec_path",
    "has_tvm_ops",
    "is_aarch64_run",
    "is_cd_run",
    "is_op_runnable",
    "list_gpus",
    "retry",
]


def list_gpus() -> range:
    """The numbers of the GPUs."""
    return range(num_gpus())


def is_cd_run() -> bool:
    """Whether MXNet's continuous delivery runs this: the variable ``CD_JOB`` is 1."""
    return os.environ.get("CD_JOB") == "1"


def is_aarch64_run() -> bool:
    """Whether the processor is an ARM of 64 bits."""
    return platform.machine() == "aarch64"


def has_tvm_ops() -> bool:
    """Whether there are operators that TVM has compiled: never."""
    return False


def is_op_runnable() -> bool:
    """Whether the operators of TVM can run on this device: there are none that can't."""
    return True


def get_im2rec_path(home_env: str = "MXNET_HOME") -> str:
    """MXNet's program ``im2rec.py``, in the folder that an environment variable names.

    Raises
    ------
    OSError
        If it is not there: it is no part of regluon.
    """
    home = os.environ.get(home_env)
    for place in () if home is None else (Path(home, "tools"), Path(home, "..", "..", "tools")):
        if (place / "im2rec.py").is_file():
            return str(place / "im2rec.py")
    raise OSError(
        f"Could not find path to tools/im2rec.py: set {home_env} to a folder of MXNet that has it; "
        "mx.recordio writes files of records"
    )


def retry(n: int) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Decorates a test that is run up to ``n`` times, until it does not raise an AssertionError."""
    if n <= 0:
        raise AssertionError(f"retry: a test can't be run {n} times")

    def decorate(f: Callable[..., Any]) -> Callable[..., None]:
        @wraps(f)
        def wrapper(*args: Any, **kwargs: Any) -> None:
            for left in range(n - 1, -1, -1):
                try:
                    f(*args, **kwargs)
                    return
                except AssertionError:
                    if not left:
                        raise
                    waitall()

        return wrapper

    return decorate


@contextmanager
def discard_stderr() -> Iterator[None]:
    """A ``with`` block whose standard error goes nowhere, that of libraries too."""
    try:
        number = sys.stderr.fileno()
    except (AttributeError, OSError):  # it is no file
        yield
        return
    before = os.dup(number)
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), number)
            yield
    finally:
        os.dup2(before, number)
        os.close(before)


@contextmanager
def environment(*args: Any) -> Iterator[None]:
    """A ``with`` block with other environment variables: a name and a value, or a dict; None unsets one."""
    if len(args) == 1 and isinstance(args[0], dict):
        wanted = args[0]
    elif len(args) == 2:
        wanted = {args[0]: args[1]}
    else:
        raise AssertionError("Expecting one dict arg or two args: env var name and value")
    before = {name: os.environ.get(name) for name in wanted}
    try:
        _set(wanted)
        yield
    finally:
        waitall()
        _set(before)


def _set(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
