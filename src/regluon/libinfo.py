"""``mx.libinfo``: the release that programs see, and files of a build that are not there."""

from __future__ import annotations

from typing import NoReturn

__all__ = ["find_conf_path", "find_include_path", "find_lib_path"]

__version__ = "1.9.1"


def find_lib_path(prefix: str = "libmxnet") -> NoReturn:
    """There is no library of MXNet's: PyTorch's kernels run the operators."""
    raise RuntimeError(f"Cannot find the MXNet library {prefix}: regluon runs on PyTorch and has none")


def find_include_path() -> NoReturn:
    """There are no headers of MXNet's."""
    raise RuntimeError("Cannot find the MXNet include path: regluon runs on PyTorch and has no headers")


def find_conf_path(prefix: str = "tvmop") -> NoReturn:
    """There are no operators of TVM."""
    raise RuntimeError(f"Cannot find the TVM op config {prefix}: regluon runs on PyTorch and has none")
