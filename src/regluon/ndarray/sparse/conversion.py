"""From one storage to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.sparse.storage import cast, put, rule
from regluon.ops.registry import Operator

__all__ = ["cast_storage"]


def cast_storage(
    data: NDArray | None = None, stype: str | None = None, out: NDArray | None = None, name: str | None = None
) -> Any:
    """``data`` in another storage: ``"default"``, ``"csr"`` or ``"row_sparse"``.

    Raises
    ------
    MXNetError
        From one sparse storage to the other.
    """
    if data is None or stype is None:
        raise TypeError("cast_storage: the arguments 'data' and 'stype' are required")
    found = cast(data, stype)
    if out is None:
        return found
    put(found, out)
    return out


@rule("cast_storage", "csr", "row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    return cast(arrays[0], attributes["stype"])
