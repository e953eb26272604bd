"""Products of matrices."""

from __future__ import annotations

import numpy as np

from regluon.onnx.call import VARY_NOT, Call, converts

__all__: list[str] = []


def _last_two(call: Call, position: int) -> list[int]:
    rank = call.rank(position)
    return [*range(rank - 2), rank - 1, rank - 2]


@converts("batch_dot", "_linalg_gemm2", whole=True)
def _batch_dot(call: Call) -> str:
    left, right = (_as_matrices(call, position) for position in (0, 1))
    if call["transpose_a"]:
        left = call.transpose(left, _last_two(call, 0))
    if call["transpose_b"]:
        right = call.transpose(right, _last_two(call, 1))
    product = call.emit("MatMul", left, right)
    alpha = call.node.attributes.get("alpha", 1.0)
    if alpha != 1:
        product = call.emit("Mul", product, call.constant(alpha))
    order = _rows_last(call, 0)
    return product if order is None else call.transpose(product, np.argsort(order).tolist())


def _rows_last(call: Call, position: int) -> list[int] | None:
    """The order of axes in which the rows of matrices are the last but one, unless they are that already."""
    axis = call.node.attributes.get("axis", -2)
    if axis == -2:
        return None
    rank = call.rank(position)
    order = list(range(rank))
    order.insert(rank - 2, order.pop(axis % rank))
    return order


def _as_matrices(call: Call, position: int) -> str:
    order = _rows_last(call, position)
    return call.inputs[position] if order is None else call.transpose(call.inputs[position], order)


@converts("dot", whole=True)
def _dot(call: Call) -> str:
    """The last axis of the left side with the first of the right one, as a product of two matrices."""
    left, right = call.inputs
    ranks = call.rank(0), call.rank(1)
    if call["transpose_a"]:
        left = call.transpose(left, (*range(1, ranks[0]), 0))
    if call["transpose_b"]:
        right = call.transpose(right, (ranks[1] - 1, *range(ranks[1] - 1)))
    if ranks[1] == 1:  # ONNX Runtime takes transposed matrices with vectors wrongly
        column = call.emit("MatMul", left, call.reshape(right, -1, 1))
        return column if ranks[0] == 1 else call.emit("Squeeze", column, call.ints(-1))
    if ranks[1] == 2:
        return call.emit("MatMul", left, right)
    shape = call.emit("Shape", right)
    ends = call.ints(1), call.ints(ranks[1])
    rest = call.emit("Slice", shape, *ends)
    flat = call.emit("Flatten", right, axis=1)
    before = call.emit("Slice", call.emit("Shape", left), call.ints(0), call.ints(-1))
    product = call.emit("MatMul", left, flat)
    return call.emit("Reshape", product, call.emit("Concat", before, rest, axis=0))


@converts("_contrib_div_sqrt_dim")
def _by_root_of_size(call: Call) -> str:
    return call.emit("Mul", call.inputs[0], call.constant(call.extents()[-1] ** -0.5))


def _interleaved(call: Call, position: int, parts: tuple[int, ...], of: int) -> list[str]:
    """Some of what lies side by side for each head, as (samples * heads, length, size)."""
    heads = call["heads"]
    width = call.shapes[position][2] if call.shapes[position] else 0
    call.need(width > 0, f"it needs the extent of its input {position}'s last axis: {VARY_NOT}")
    split = call.reshape(call.inputs[position], 0, -1, of, width // heads // of)
    found = []
    for part in parts:
        rows = call.emit("Gather", split, call.constant(part, "int64"), axis=2)
        found.append(call.transpose(rows, (1, 0, 2)))
    return found


@converts("_contrib_interleaved_matmul_selfatt_qk", "_contrib_interleaved_matmul_encdec_qk")
def _scores(call: Call) -> str:
    if "selfatt" in call.operator:
        queries, keys = _interleaved(call, 0, (0, 1), 3)
        size = call.shapes[0][2] / call["heads"] / 3
    else:
        (queries,), (keys,) = _interleaved(call, 0, (0,), 1), _interleaved(call, 1, (0,), 2)
        size = call.shapes[0][2] / call["heads"]
    product = call.emit("MatMul", queries, call.transpose(keys, (0, 2, 1)))
    return call.emit("Mul", product, call.constant(size**-0.5))


@converts("_contrib_interleaved_matmul_selfatt_valatt", "_contrib_interleaved_matmul_encdec_valatt")
def _averages(call: Call) -> str:
    of = 3 if "selfatt" in call.operator else 2
    (values,) = _interleaved(call, 0, (of - 1,), of)
    product = call.transpose(call.emit("MatMul", call.inputs[1], values), (1, 0, 2))
    return call.reshape(product, 0, -1, call.shapes[0][2] // of)
