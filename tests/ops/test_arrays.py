"""When NumPy computes with tensors, and when it must not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad

from regluon.ops.arrays import for_numpy
from regluon.ops.registry import OPERATORS

ROIS = torch.tensor([[0.0, 1, 1, 6, 5]])
# Of what torch loads for its transformations.
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
NAMES = ["ROIPooling", "_contrib_ROIAlign"]


def pooled(name: str, data: Tensor) -> Tensor:
    found: Tensor = OPERATORS[name].fn(data, ROIS, pooled_size=(2, 2), spatial_scale=1.0)
    return found


def test_what_numpy_can_compute_with() -> None:
    x = torch.ones(2)
    assert for_numpy(x, x[:1])
    for other in (
        x.double(),
        x.half(),
        x.int(),
        x.to("meta"),
        torch.nn.Parameter(x),
        x.clone().requires_grad_(),
    ):
        assert not for_numpy(x, other)


def test_nothing_that_torch_transforms() -> None:
    seen: list[bool] = []

    def watched(x: Tensor) -> Tensor:
        seen.append(for_numpy(x, torch.ones(2)))
        return x.sum()

    x = torch.ones(2)
    torch.func.grad(watched)(x)
    torch.func.vmap(watched)(x.reshape(1, 2))
    torch.func.jvp(watched, (x,), (x,))
    with forward_ad.dual_level():
        watched(forward_ad.make_dual(x, x))
    assert seen == [False] * 4
    assert for_numpy(x)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_traces_hold_no_results(name: str) -> None:
    torch.manual_seed(5)
    traced = torch.jit.trace(lambda x: pooled(name, x), torch.randn(1, 2, 8, 8))
    data = torch.randn(1, 2, 8, 8)
    np.testing.assert_allclose(traced(data), pooled(name, data), rtol=1e-5, atol=1e-6)


def test_pooling_has_tangents() -> None:
    data = torch.arange(128.0).reshape(1, 2, 8, 8)
    _, tangent = torch.func.jvp(lambda x: pooled("ROIPooling", x), (data,), (torch.ones_like(data),))
    assert (tangent == 1).all()
