"""``distutils.spawn``: finding a program."""

from __future__ import annotations

import shutil

__all__ = ["find_executable"]


def find_executable(executable: str, path: str | None = None) -> str | None:
    """The file that a command's name stands for on the search path, or None."""
    return shutil.which(executable, path=path)
