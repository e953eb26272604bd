"""``distutils.version``: version numbers that compare."""

from __future__ import annotations

import re
from functools import total_ordering
from typing import Any

__all__ = ["LooseVersion", "StrictVersion", "Version"]


@total_ordering
class Version:
    """A version number made of a string; it compares with its kind and with strings.

    Parameters
    ----------
    vstring : str, optional
        The number; `parse` sets it later where it is not given.
    """

    vstring: str

    def __init__(self, vstring: str | None = None) -> None:
        if vstring:
            self.parse(vstring)

    def parse(self, vstring: str) -> None:
        """Take the number from a string."""
        self.vstring = vstring

    @property
    def _key(self) -> Any:
        raise NotImplementedError

    def _other(self, other: object) -> Any:
        if isinstance(other, str):
            return type(self)(other)._key
        return other._key if isinstance(other, type(self)) else NotImplemented

    def __eq__(self, other: object) -> bool:
        key = self._other(other)
        return NotImplemented if key is NotImplemented else bool(self._key == key)

    def __lt__(self, other: object) -> bool:
        key = self._other(other)
        return NotImplemented if key is NotImplemented else bool(self._key < key)

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.vstring

    def __repr__(self) -> str:
        return f"{type(self).__name__} ('{self}')"


class LooseVersion(Version):
    """Any string: runs of digits as numbers, runs of letters and whatever else is between dots as strings.

    Errors: TypeError where a number would have to be less than a word ("1.10" and "1.x").
    """

    version: list[int | str]

    def parse(self, vstring: str) -> None:
        """Take the number from a string."""
        super().parse(vstring)
        parts = re.findall(r"\d+|[a-z]+|[^\da-z.]+", vstring)
        self.version = [int(part) if part.isdecimal() else part for part in parts]

    @property
    def _key(self) -> list[int | str]:
        return self.version


class StrictVersion(Version):
    """Two or three numbers, then perhaps ``a`` or ``b`` and a number: ``1.2``, ``1.2.3``, ``1.2a3``.

    ``1.2`` is ``1.2.0``, and ``1.2a3`` comes before ``1.2``. Errors: ValueError for anything else.
    """

    version: tuple[int, int, int]
    prerelease: tuple[str, int] | None

    def parse(self, vstring: str) -> None:
        """Take the number from a string."""
        match = re.fullmatch(r"(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?", vstring, re.ASCII)
        if match is None:
            raise ValueError(f"invalid version number '{vstring}'")
        super().parse(vstring)
        major, minor, patch, stage, number = match.groups()
        self.version = (int(major), int(minor), int(patch or 0))
        self.prerelease = (stage, int(number)) if stage else None

    @property
    def _key(self) -> tuple[tuple[int, int, int], tuple[str, int]]:
        return self.version, self.prerelease or ("final", 0)

    def __str__(self) -> str:
        shown = self.version if self.version[2] else self.version[:2]
        return ".".join(map(str, shown)) + "".join(map(str, self.prerelease or ()))
