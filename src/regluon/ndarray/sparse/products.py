"""The rules of ``dot``."""

from __future__ import annotations

from collections.abc import Sequence
from threading import get_ident
from typing import Any

import torch
from torch import Tensor

from regluon.ndarray.dispatch import invoke
from regluon.ndarray.ndarray import STORED, NDArray
from regluon.ndarray.sparse.kernels import Csr, Rows, csr_of, dense_of_csr, product, turned
from regluon.ndarray.sparse.storage import cast, densified, rule, tensor_of
from regluon.ops.registry import Operator
from regluon.ops.storage import by_rows, wants_rows
from regluon.tape import live, node_of, recorders

__all__: list[str] = []

_ALL = [f"{a} {b}" for a in ("default", "csr", "row_sparse") for b in ("default", "csr", "row_sparse")]


@rule("dot", *_ALL[1:])
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    lhs, rhs = arrays
    result = _natural(op, lhs, rhs, **attributes)
    stype = attributes["forward_stype"]
    if result is NotImplemented and stype not in (None, "default"):
        dense = {**attributes, "forward_stype": None}
        return _stored(invoke(op, [densified(lhs), densified(rhs)], dense), stype)
    return result if result is NotImplemented or stype is None else _stored(result, stype)


def _natural(
    op: Operator, lhs: Any, rhs: Any, *, transpose_a: bool, transpose_b: bool, forward_stype: Any
) -> Any:
    """The product in the storage that it has by itself."""
    if lhs.stype == "csr" and rhs.stype != "csr" and not transpose_b:
        return _from_left(lhs, rhs, transpose_a, rows=forward_stype != "default")
    if lhs.stype == "default" and rhs.stype == "csr" and not transpose_a:
        _check(lhs.shape, rhs.shape[::-1] if transpose_b else rhs.shape)
        m = rhs._parts if transpose_b else turned(rhs._parts)
        return type(rhs)(csr_of(product(m, lhs._data.mT.contiguous()).mT), lhs._ctx)
    return NotImplemented


def _from_left(lhs: Any, rhs: Any, transpose: bool, rows: bool) -> Any:
    """csr · dense, or the transpose of csr times it: then only some rows of the result are not 0."""
    _check(lhs.shape[::-1] if transpose else lhs.shape, rhs.shape)
    dense, m = tensor_of(rhs), lhs._parts
    node, result = None, None
    entry = live(rhs._ag) if get_ident() in recorders else None
    if not transpose:
        out = product(m, dense)
    elif entry is not None or not rows or dense.dim() == 1:
        out = product(turned(m), dense)
    else:
        found = _some_rows(m, dense)
        return STORED["row_sparse"](found, lhs._ctx)  # type: ignore[arg-type]
    if entry is not None and live(lhs._ag) is None:
        left = m if transpose else turned(m)
        node = node_of(_Product(m, transpose), _Back(left), (dense,), {}, out, (entry,))
    result = NDArray(out, lhs._ctx, node)
    return _stored(result, "row_sparse") if transpose and rows and dense.dim() > 1 else result


def _some_rows(m: Csr, dense: Tensor) -> Rows:
    """The rows of mᵀ · dense that m has columns for."""
    columns, places = torch.unique(m.indices, return_inverse=True)
    narrow = Csr(m.values, places, m.indptr, (m.shape[0], columns.numel()))
    return Rows(product(turned(narrow), dense), columns, (m.shape[1], dense.shape[1]))


class _Product:
    """m · x as a function that torch differentiates."""

    def __init__(self, m: Csr, transpose: bool) -> None:
        self._m, self._transpose = m, transpose

    def __call__(self, x: Tensor) -> Tensor:
        dense = dense_of_csr(self._m)
        return torch.matmul(dense.mT if self._transpose else dense, x)


class _Back:
    """The gradient of the dense factor: m · g, by rows where the variable takes it so."""

    def __init__(self, m: Csr) -> None:
        self._m = m

    def __call__(self, g: Tensor, need: Sequence[Any], out: Tensor, dense: Tensor) -> tuple[Tensor]:
        if wants_rows(need[0]) and not g.requires_grad and g.dim() > 1:
            found = _some_rows(turned(self._m), g)
            return (by_rows(found.indices, found.values, found.shape),)
        return (product(self._m, g),)


def _stored(result: NDArray, stype: str) -> Any:
    """The result in another storage, at the same place of the graph."""
    if result.stype == stype:
        return result
    dense = densified(result)
    if stype == "default":
        return dense
    found = cast(NDArray(dense._data, dense._ctx), stype)
    found._ag = result._ag
    return found


def _check(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    if len(b) > 2 or len(a) != 2 or a[1] != b[0]:
        raise ValueError(f"dot: the shapes {a} and {b} do not fit")
