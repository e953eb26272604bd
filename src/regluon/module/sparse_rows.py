"""Rows of row_sparse parameters, which a store keeps and contexts get as they need them."""

from __future__ import annotations

import warnings
from typing import Any

from regluon.module.guards import require
from regluon.ndarray import NDArray, arange

__all__ = ["pull_all_rows", "pull_rows"]


def pull_all_rows(store: Any, params: dict[str, NDArray]) -> None:
    """Brings the row_sparse ones of ``params`` up to date."""
    for name, value in sorted(params.items()):
        if value.stype == "row_sparse":
            store.row_sparse_pull(name, value, row_ids=arange(0, value.shape[0], dtype="int64"))


def pull_rows(store: Any, group: Any, row_ids: Any) -> None:
    """Brings rows, given by names of parameters, to the contexts."""
    require(
        isinstance(row_ids, dict),
        f"Expected dict output from sparse_row_id_fn: rows by names of parameters, not {row_ids!r}",
    )
    for name, rows in row_ids.items():
        place = group.param_names.index(name)
        arrays = group.param_arrays[place]
        if arrays[0].stype == "row_sparse":
            store.row_sparse_pull(name, arrays, row_ids=rows, priority=-place)
        else:
            warnings.warn(
                f"{name}.stype is not 'row_sparse'. No need to perform row_sparse_pull.", stacklevel=3
            )
