"""Training steps of whole nets in idiomatic PyTorch, in either memory format."""

import torch
from torch import nn
from torch_zoo import mobilenet, resnet18

WORDS, LENGTH, BATCH, HIDDEN = 10000, 35, 32, 256


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5),
        nn.Sigmoid(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Sigmoid(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(256, 120),
        nn.Sigmoid(),
        nn.Linear(120, 84),
        nn.Sigmoid(),
        nn.Linear(84, 10),
    )


def mlp():
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def classifier(net, shape, last, **options):
    """A step of a net that sorts images into ten classes."""
    images, labels = torch.randn(shape), torch.arange(shape[0]) % 10
    if last:
        net, images = net.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), **options)

    def step():
        optimizer.zero_grad()
        l = loss(net(images), labels)  # noqa: E741
        l.backward()
        optimizer.step()

    return step


class Language(nn.Module):
    """Words (length, batch) and states -> scores of the next words, and states."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, HIDDEN)
        self.lstm = nn.LSTM(HIDDEN, HIDDEN, 2)
        self.decoder = nn.Linear(HIDDEN, WORDS)

    def forward(self, words, state):
        out, state = self.lstm(self.embedding(words), state)
        return self.decoder(out), state


def recurrent(net, inputs, loss):
    """A step of truncated backpropagation through time: the states go on, the gradients do not."""
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    state = [torch.zeros(2, BATCH, HIDDEN), torch.zeros(2, BATCH, HIDDEN)]

    def step():
        state[:] = [s.detach() for s in state]
        optimizer.zero_grad()
        out, state[:] = net(inputs, tuple(state))
        l = loss(out)  # noqa: E741
        l.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 0.25)
        optimizer.step()

    return step


def words():
    """Numbers of words, each as likely as its rank says."""
    return (WORDS ** torch.rand(LENGTH, BATCH)).long() - 1


def make(name, variant=""):
    """A function that makes one training step of the net called ``name``."""
    last = variant == "channels last"
    if name == "lenet":
        return classifier(lenet(), (256, 1, 28, 28), last, lr=0.5)
    if name == "mlp":
        return classifier(mlp(), (256, 784), False, lr=0.1)
    if name == "lstm":
        vectors, targets, loss = (
            torch.randn(LENGTH, BATCH, HIDDEN),
            torch.randn(LENGTH, BATCH, HIDDEN),
            nn.MSELoss(),
        )
        return recurrent(nn.LSTM(HIDDEN, HIDDEN, 2), vectors, lambda out: loss(out, targets))
    if name == "language":
        targets, loss = words().flatten(), nn.CrossEntropyLoss()
        return recurrent(Language(), words(), lambda out: loss(out.flatten(0, 1), targets))
    net = {"resnet": resnet18, "mobilenet": mobilenet}[name](10)
    return classifier(net, (32, 3, 64, 64), last, lr=0.01, momentum=0.9, weight_decay=1e-4)
