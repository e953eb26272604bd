"""Operators that move, join and choose elements, on arrays without any; MXNet takes no such array."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from regluon.ops.registry import OPERATORS

NONE = torch.empty(0, 3)
NO_INDEX = torch.empty(0)


@pytest.mark.parametrize(
    ("name", "inputs", "attributes", "expected"),
    [
        ("Reshape", [NONE], {"shape": (-1,)}, (0,)),
        ("Reshape", [NONE], {"shape": (0, -1)}, (0, 3)),
        ("Reshape", [NONE], {"shape": (-1, 3)}, (0, 3)),
        ("Reshape", [NONE], {"shape": (3, -1)}, (3, 0)),
        ("Reshape", [torch.empty(0, 3, 4)], {"shape": (0, -1)}, (0, 12)),
        ("Flatten", [torch.empty(0, 3, 4)], {}, (0, 12)),
        ("expand_dims", [NONE], {"axis": 1}, (0, 1, 3)),
        ("squeeze", [torch.empty(0, 1)], {}, (0,)),
        ("transpose", [NONE], {}, (3, 0)),
        ("SwapAxis", [NONE], {"dim1": 0, "dim2": 1}, (3, 0)),
        ("reverse", [NONE], {"axis": 0}, (0, 3)),
        ("broadcast_axis", [torch.empty(0, 1)], {"axis": 1, "size": 5}, (0, 5)),
        ("tile", [NONE], {"reps": (2, 2)}, (0, 6)),
        ("repeat", [NONE], {"repeats": 2, "axis": 1}, (0, 6)),
        ("Concat", [NONE, torch.empty(2, 3)], {"dim": 0}, (2, 3)),
        ("stack", [NONE, NONE], {}, (2, 0, 3)),
        ("slice", [NONE], {"begin": (None, 1), "end": (None, None)}, (0, 2)),
        ("slice_axis", [NONE], {"axis": 1, "begin": 0, "end": 2}, (0, 2)),
        ("take", [torch.empty(2, 3), NO_INDEX], {}, (0, 3)),
        ("pick", [NONE, NO_INDEX], {}, (0,)),
        ("one_hot", [NO_INDEX], {"depth": 4}, (0, 4)),
        ("gather_nd", [torch.empty(2, 3), torch.empty(1, 0)], {}, (0, 3)),
        ("where", [NONE, NONE, NONE], {}, (0, 3)),
        ("sort", [NONE], {}, (0, 3)),
        ("topk", [NONE], {"k": 2, "ret_typ": "value"}, (0, 2)),
        ("_contrib_boolean_mask", [NONE, NO_INDEX], {}, (0, 3)),
    ],
)
def test_empty(name: str, inputs: Any, attributes: Any, expected: Any) -> None:
    op = OPERATORS[name]
    given = op.read_all(attributes)
    assert tuple(op.compute(*inputs, **given).shape) == expected
    leaves = [x.clone().requires_grad_() for x in inputs]
    with torch.enable_grad():
        out = op.fn(*leaves, **given)
    grads = op.gradient(torch.ones_like(out), [True] * len(leaves), out, *leaves, **given)
    assert all(g is None or g.shape == x.shape for g, x in zip(grads, leaves, strict=True))


def test_a_shape_that_no_extent_completes() -> None:
    with pytest.raises(ValueError, match="Cannot reshape"):
        OPERATORS["Reshape"].compute(torch.empty(6), shape=(-1, 4), reverse=False, target_shape=())
