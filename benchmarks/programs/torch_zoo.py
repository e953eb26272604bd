"""ResNet-18 and MobileNet 1.0 in idiomatic PyTorch, layer by layer those of Gluon's model zoo."""

from itertools import pairwise

from torch import nn
from torch.nn.functional import relu


def normalized(inputs, outputs, kernel, stride=1, groups=1):
    """A convolution that keeps the extent (up to its step), and its normalization."""
    pad = kernel // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, pad, groups=groups, bias=False), nn.BatchNorm2d(outputs)
    )


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = normalized(inputs, outputs, 3, stride)
        self.second = normalized(outputs, outputs, 3)
        plain = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if plain else normalized(inputs, outputs, 1, stride)

    def forward(self, x):
        return relu(self.second(relu(self.first(x), inplace=True)) + self.shortcut(x), inplace=True)


def resnet18(classes):
    widths = [64, 64, 128, 256, 512]
    blocks = []
    for stage, (inputs, outputs) in enumerate(pairwise(widths)):
        blocks += [Residual(inputs, outputs, 2 if stage else 1), Residual(outputs, outputs, 1)]
    stem = [normalized(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


def mobilenet(classes):
    widths = [32, 64, 128, 128, 256, 256, *[512] * 6, 1024, 1024]
    strides = [1, 2, 1, 2, 1, 2, *[1] * 5, 2, 1]
    layers = [normalized(3, 32, 3, 2), nn.ReLU(inplace=True)]
    for inputs, outputs, stride in zip(widths, widths[1:], strides, strict=False):
        layers += [normalized(inputs, inputs, 3, stride, inputs), nn.ReLU(inplace=True)]
        layers += [normalized(inputs, outputs, 1), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, classes))
