"""Kernels that large arrays have for themselves."""

from __future__ import annotations

import torch

import fresh
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


WITHOUT = """
import types
import torch
torch.backends.mkldnn.is_available = lambda: False
torch.ops.mkldnn = types.SimpleNamespace()  # as a torch that was built without oneDNN has it
torch._C._nn.mkldnn_reorder_conv2d_weight = torch.Tensor.to_mkldnn = None
import numpy as np
from mxnet import autograd, gluon, nd
net = gluon.nn.HybridSequential()
net.add(gluon.nn.Conv2D(512, 1, in_channels=512, activation="relu"), gluon.nn.BatchNorm(),
        gluon.nn.Conv2D(4, 3, padding=1), gluon.nn.Activation("tanh"))
net.initialize()
x = nd.random.normal(shape=(64, 512, 2, 2))
with autograd.record():
    net(x).sum().backward()
expected = net(x).asnumpy()
net.hybridize()
for _ in range(3):
    assert np.allclose(net(x).asnumpy(), expected, atol=1e-5)
print(expected.size)
"""


def test_a_torch_without_onednn() -> None:
    assert fresh.report(WITHOUT) == 64 * 4 * 2 * 2
