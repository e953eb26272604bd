"""Functions over tensors made of operators' own."""

from __future__ import annotations

import torch
from torch import Tensor

from regluon.ops.binding import owning, with_defaults
from regluon.ops.registry import OPERATORS


def scaled(data: Tensor, *, factor: float, shift: float = 1.0) -> Tensor:
    return data * factor + shift


def test_attributes_become_defaults():
    found = with_defaults(scaled, {"factor": 3.0})
    assert found(torch.ones(1)).item() == 4
    assert found(torch.ones(1), factor=2.0, shift=0.0).item() == 2
    assert with_defaults(found, {"shift": 0.0})(torch.ones(1)).item() == 3
    assert scaled.__kwdefaults__ == {"shift": 1.0}
    assert found.__qualname__ == "scaled"


def test_results_own_their_memory():
    data = torch.arange(6.0).reshape(2, 3)
    for fn in (lambda x: x, lambda x: x.t(), lambda x: x[1:], lambda x: x.reshape(6)):
        found = owning(fn)(data)
        assert found.equal(fn(data))
        assert found.is_contiguous()
        assert found.untyped_storage().data_ptr() != data.untyped_storage().data_ptr()
    first, second = owning(lambda x: (x, x + 1))(data)
    assert first is not data
    assert first.equal(data)
    assert second.equal(data + 1)
    result = data + 1
    assert owning(lambda x: result)(data) is result


def test_how_many_outputs_an_operator_has():
    counts = {
        "square": 1,
        "_contrib_box_encode": 2,
        "_contrib_MultiBoxTarget": 3,
        "split": None,
        "topk": None,
    }
    assert {name: OPERATORS[name].outputs for name in counts} == counts
