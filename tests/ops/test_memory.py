"""Results own their memory: those of operators that move, join and choose elements too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from regluon.ops.registry import OPERATORS

X = (3, 4)
# Calls that change nothing, where a view or the input itself would come naturally.
CALLS: list[tuple[str, list[tuple[int, ...]], dict[str, Any]]] = [
    ("Reshape", [X], {"shape": (3, 4)}),
    ("reshape_like", [X, X], {}),
    ("Flatten", [X], {}),
    ("squeeze", [X], {"axis": None}),
    ("transpose", [(1, 4)], {}),
    ("transpose", [X], {"axes": (0, 1)}),
    ("SwapAxis", [X], {}),
    ("reverse", [X], {"axis": ()}),
    ("reverse", [(1, 4)], {"axis": 0}),
    ("broadcast_to", [X], {"shape": X}),
    ("broadcast_like", [X, X], {}),
    ("broadcast_axis", [X], {}),
    ("tile", [X], {"reps": (1, 1)}),
    ("repeat", [X], {"repeats": 1, "axis": 0}),
    ("Concat", [X], {}),
    ("Pad", [(1, 1, 3, 4)], {"mode": "constant", "pad_width": (0,) * 8}),
    ("Pad", [(1, 1, 3, 4)], {"mode": "edge", "pad_width": (0,) * 8}),
    ("depth_to_space", [(1, 1, 3, 4)], {"block_size": 1}),
    ("space_to_depth", [(1, 1, 3, 4)], {"block_size": 1}),
    ("diag", [(1,)], {}),
    ("diag", [X], {}),
    ("slice", [X], {"begin": (None,), "end": (None,)}),
    ("slice_axis", [X], {"axis": 0, "begin": 0, "end": None}),
    ("slice_like", [X, X], {}),
    ("SliceChannel", [X], {"num_outputs": 1}),
    ("_split_v2", [X], {"indices": (0,)}),
    ("sort", [(1, 1)], {}),
    ("topk", [(1, 1)], {"k": 1, "ret_typ": "value"}),
    ("where", [X, X, X], {}),
]


@pytest.mark.parametrize(("name", "shapes", "attributes"), CALLS)
def test_results_share_no_memory_with_inputs(name: str, shapes: Any, attributes: Any) -> None:
    op = OPERATORS[name]
    inputs = [torch.ones(shape) for shape in shapes]
    found = op.compute(*inputs, **op.read_all(attributes))
    for out in [found] if isinstance(found, torch.Tensor) else found:
        out.fill_(-1)
        assert out.is_contiguous()
    assert all((x == 1).all() for x in inputs)


@pytest.mark.parametrize(("name", "shapes", "attributes"), CALLS)
def test_inputs_that_are_views_change_nothing(name: str, shapes: Any, attributes: Any) -> None:
    op = OPERATORS[name]
    base = [torch.ones((2, *shape)) for shape in shapes]
    found = op.compute(*[x[1] for x in base], **op.read_all(attributes))
    for out in [found] if isinstance(found, torch.Tensor) else found:
        out.fill_(-1)
    assert all((x == 1).all() for x in base)
