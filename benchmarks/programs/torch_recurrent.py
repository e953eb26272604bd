"""The recurrent loop in idiomatic PyTorch."""

import torch
from torch import nn

STEPS = 1
LENGTH, BATCH, INPUTS, HIDDEN = 30, 8, 16, 32


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.gates = nn.Linear(INPUTS + HIDDEN, 4 * HIDDEN)

    def forward(self, x, h, c):
        i, f, g, o = self.gates(torch.cat((x, h), dim=1)).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = Cell()
        self.out = nn.Linear(HIDDEN, 1)

    def forward(self, xs):
        h = torch.zeros(BATCH, HIDDEN)
        c = torch.zeros(BATCH, HIDDEN)
        for x in xs:
            h, c = self.cell(x, h, c)
        return self.out(h)


def make():
    """A function that trains on one batch of sequences."""
    xs, y = torch.randn(LENGTH, BATCH, INPUTS), torch.randn(BATCH, 1)
    net, loss = Net(), nn.MSELoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

    def step():
        optimizer.zero_grad()
        l = loss(net(xs), y) / 2  # noqa: E741
        l.backward()
        optimizer.step()

    return step
