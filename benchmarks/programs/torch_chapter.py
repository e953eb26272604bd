"""The chapter's loop in idiomatic PyTorch."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

STEPS = 20


def make():
    """A function that runs one epoch of 20 steps."""
    features, labels = torch.randn(STEPS, 200), torch.randn(STEPS, 1)
    loader = DataLoader(TensorDataset(features, labels), batch_size=1, shuffle=True)
    net, loss = nn.Linear(200, 1), nn.MSELoss()
    optimizer_w = torch.optim.SGD([net.weight], lr=0.003, weight_decay=5)
    optimizer_b = torch.optim.SGD([net.bias], lr=0.003)

    def epoch():
        for x, y in loader:
            optimizer_w.zero_grad()
            optimizer_b.zero_grad()
            l = loss(net(x), y) / 2  # noqa: E741
            l.backward()
            optimizer_w.step()
            optimizer_b.step()

    return epoch
