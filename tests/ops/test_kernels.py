"""Kernels that large arrays have for themselves."""

from __future__ import annotations

import torch

from regluon.ops.kernels import tanh


def test_tanh_of_many_numbers() -> None:
    small = torch.logspace(-40, 1, 20_000)
    x = torch.cat([small, -small, torch.tensor([0.0, torch.inf, -torch.inf, torch.nan])])
    exact = torch.tanh(x.double()).float()
    torch.testing.assert_close(tanh(x), exact, rtol=2e-7, atol=1e-44, equal_nan=True)
    apart = torch.stack([x, x], 1)[:, 0]
    torch.testing.assert_close(tanh(apart), exact, rtol=2e-7, atol=1e-44, equal_nan=True)
    assert tanh(apart).is_contiguous()
    assert tanh(x.requires_grad_()).requires_grad
