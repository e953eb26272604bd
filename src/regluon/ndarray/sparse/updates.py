"""Rules of update operators with gradients by rows: only these rows move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from regluon.ndarray.sparse.storage import rule
from regluon.ops.registry import Operator

__all__ = ["rows_in"]


@rule("sgd_update", "default row_sparse", "row_sparse row_sparse", takes_out=True)
@rule("sgd_mom_update", "default row_sparse default", "row_sparse row_sparse row_sparse", takes_out=True)
@rule(
    "adam_update",
    "default row_sparse default default",
    "row_sparse row_sparse row_sparse row_sparse",
    takes_out=True,
)
@rule("ftrl_update", "row_sparse row_sparse row_sparse row_sparse", takes_out=True)
@rule(
    "_sparse_adagrad_update _contrib_group_adagrad_update",
    "default row_sparse default",
    "row_sparse row_sparse row_sparse",
    takes_out=True,
)
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any], out: Any) -> Any:
    if not attributes.get("lazy_update", True):
        return NotImplemented
    weight, grad, *states = arrays
    target = out[0] if isinstance(out, (list, tuple)) else out
    kept = [weight if target is weight else weight.copy(), *states]
    rows, tables = grad._parts.indices, [rows_in(a) for a in kept]
    now = [table[rows] for table in tables]
    result = op.compute(now[0], grad._parts.values, *now[1:], **attributes)
    new = [result] if isinstance(result, Tensor) else result
    tables[0][rows] = new[0]
    for position, index in op.written(len(arrays)).items():
        tables[position - 1][rows] = new[index]
    return kept[0]


def rows_in(array: Any) -> Tensor:
    """The tensor that holds all rows of an array, to be written; a sparse one stores them all from now on."""
    if array.stype == "default":
        return array._data  # type: ignore[no-any-return]
    before = array._parts
    if before.indices.numel() != array.shape[0]:
        array._fill(0)
        array._parts.values[before.indices] = before.values
    return array._parts.values  # type: ignore[no-any-return]
