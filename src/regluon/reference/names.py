"""The public names of MXNet 1.9.1, as tests/oracle/record_api.py recorded them in ``mxnet.txt``.

A line is a name without ``mxnet.``, its kind, and what belongs to the kind::

    gluon.nn.Dense class (units, activation=None, use_bias=True, ...) < gluon.HybridBlock
    gluon.nn.basic_layers.Dense alias gluon.nn.Dense
    nd.NDArray.T property

``operator`` is a function that MXNet generates; its parameters are written out for ``nd`` alone. ``_Null``
stands for a default that MXNet's C code knows.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

__all__ = ["Entry", "canonical", "entries", "members", "signature_text"]

MEMBERS = ("method", "property", "staticmethod", "classmethod")


class Entry(NamedTuple):
    """What is known of a name."""

    kind: str
    text: str


@cache
def entries() -> dict[str, Entry]:
    """Every public name."""
    text = files(__package__).joinpath("mxnet.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        name, kind, *rest = line.split(" ", 2)
        found[name] = Entry(kind, rest[0] if rest else "")
    return found


def canonical(path: str) -> str | None:
    """The name's home: aliases followed, inherited members at their class. None if MXNet has no such name.

    ``ndarray.array`` is ``nd.array``, and ``gluon.nn.Dense.cast`` is ``gluon.HybridBlock.cast``; "" is MXNet.
    """
    found = ""
    for part in filter(None, path.split(".")):
        step = _step(found, part)
        if step is None:
            return None
        found = step
    return found


def _step(owner: str, part: str) -> str | None:
    name = f"{owner}.{part}" if owner else part
    entry = entries().get(name)
    if entry is not None:
        return entry.text if entry.kind == "alias" else name
    for base in bases(owner):
        found = _step(base, part)
        if found is not None:
            return found
    return None


def bases(name: str) -> list[str]:
    """The base classes of a class; names without a line are Python's, or private."""
    entry = entries().get(name)
    if entry is None or entry.kind != "class" or " < " not in entry.text:
        return []
    return entry.text.rpartition(" < ")[2].split(", ")


def members(name: str) -> list[str]:
    """The names directly inside a module or a class, without those that it inherits."""
    prefix = name + "." if name else ""
    return [n for n in entries() if n.startswith(prefix) and "." not in n[len(prefix) :] and n != name]


def signature_text(entry: Entry) -> str:
    """``(units, activation=None, ...)``, or "" where there is none."""
    return entry.text.partition(" < ")[0] if entry.kind == "class" else entry.text
