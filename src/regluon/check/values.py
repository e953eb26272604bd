"""What an expression of a program is known to be, without running it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from regluon.reference import canonical, entries

__all__ = ["ARRAY", "MX", "Instance", "Own", "Path", "Value", "attribute", "called"]

ARRAY = "nd.NDArray"
MX = ("mx", "regluon")


@dataclass(frozen=True)
class Path:
    """A module, class or function of MXNet: ``nd.zeros``; "" is MXNet itself.

    ``package`` is where the program has it from: "mx", "regluon", or one of the books' helper packages.
    """

    name: str
    package: str = "mx"


@dataclass(frozen=True)
class Instance:
    """An object of a class of MXNet."""

    kind: str


@dataclass(frozen=True)
class Own:
    """A class of the program, with the class of MXNet that it is made of."""

    base: str


Value: TypeAlias = Path | Instance | Own | None

# Operators and functions that may give several arrays, or none.
_SEVERAL = frozenset(
    """
    BatchNorm BatchNorm_v1 Custom LayerNorm GroupNorm RNN SliceChannel split split_v2 topk amp_multicast
    moments load load_frombuffer save waitall reset_arrays linalg_gelqf linalg_syevd linalg_slogdet gelqf
    syevd slogdet LeakyReLU foreach while_loop cond to_dlpack_for_read to_dlpack_for_write random_crop
    sample_multinomial multinomial bipartite_matching MultiBoxTarget Proposal MultiProposal
    """.split()
)
_SINGLE = frozenset(
    """
    add arange array concatenate divide empty equal eye from_dlpack from_numpy full greater greater_equal
    imdecode lesser lesser_equal linspace logical_and logical_or logical_xor maximum minimum modulo moveaxis
    multiply not_equal onehot_encode ones power subtract true_divide zeros
    """.split()
)
_METHODS = frozenset(
    "as_in_context as_nd_ndarray astype broadcast_like broadcast_to copy copyto detach diag expand_dims"
    " flatten reshape squeeze transpose".split()
)


def attribute(value: Value, name: str) -> Value:
    """What ``value.name`` is."""
    if isinstance(value, Path) and value.package in MX:
        full = f"{value.name}.{name}" if value.name else name
        return Path(canonical(full) or full, value.package)
    if isinstance(value, Instance) and value.kind == ARRAY and name in ("T", "grad"):
        return value
    return None


def called(value: Value, method: str = "") -> Value:
    """What a call of ``value`` gives, or of its method."""
    if isinstance(value, Own):
        return Instance(value.base)
    if isinstance(value, Instance):
        return value if value.kind == ARRAY and _gives_array(method) else None
    if not isinstance(value, Path) or value.package not in MX:
        return None
    entry = entries().get(value.name)
    if entry is not None and entry.kind == "class":
        return Instance(value.name)
    return Instance(ARRAY) if value.name in array_functions() else None


def _gives_array(method: str) -> bool:
    return method in _METHODS or (method not in _SEVERAL and f"nd.{method}" in array_functions())


@cache
def array_functions() -> frozenset[str]:
    """The functions that give one array."""
    places = ("nd", "nd.op", "nd.linalg", "nd.contrib", "nd.image", "nd.random", "random")
    found = set()
    for name, entry in entries().items():
        place, _, last = name.rpartition(".")
        made = entry.kind == "operator" or place in ("nd.random", "random") or last in _SINGLE
        if place in places and entry.kind in ("operator", "function") and made and last not in _SEVERAL:
            found.add(name)
    return frozenset(found - {"random.seed", "nd.random.seed"})
