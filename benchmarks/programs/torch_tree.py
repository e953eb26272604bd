"""The tree-structured net in idiomatic PyTorch."""

import torch
from torch import nn
from trees import forest

STEPS = 10
WORDS, HIDDEN = 100, 32


class TreeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(WORDS, HIDDEN)
        self.join = nn.Linear(2 * HIDDEN, HIDDEN)
        self.out = nn.Linear(HIDDEN, 2)
        self.words = [torch.tensor([i]) for i in range(WORDS)]

    def encode(self, tree):
        if isinstance(tree, int):
            return self.embed(self.words[tree])
        return torch.tanh(self.join(torch.cat((self.encode(tree[0]), self.encode(tree[1])), dim=1)))

    def forward(self, tree):
        return self.out(self.encode(tree))


def make():
    """A function that trains on ten trees, one after the other."""
    net, loss = TreeNet(), nn.CrossEntropyLoss()
    trees = forest(STEPS, WORDS)
    labels = [torch.tensor([i % 2]) for i in range(STEPS)]
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

    def epoch():
        for tree, label in zip(trees, labels, strict=True):
            optimizer.zero_grad()
            l = loss(net(tree), label)  # noqa: E741
            l.backward()
            optimizer.step()

    return epoch
