"""Predictions of ResNet-18 and MobileNet in idiomatic PyTorch, with channels last, for 32 images of 64×64."""

from itertools import pairwise

import torch
from torch_zoo import mobilenet, resnet18


def make(name, folded=""):
    """A function that predicts once; ``folded`` with normalization folded into the convolutions before."""
    net = {"resnet": resnet18, "mobilenet": mobilenet}[name](10).eval().to(memory_format=torch.channels_last)
    if folded:
        for module in list(net.modules()):
            children = list(module._modules.items())
            for (first, convolution), (second, norm) in pairwise(children):
                if isinstance(convolution, torch.nn.Conv2d) and isinstance(norm, torch.nn.BatchNorm2d):
                    module._modules[first] = torch.nn.utils.fuse_conv_bn_eval(convolution, norm)
                    module._modules[second] = torch.nn.Identity()
    images = torch.randn(32, 3, 64, 64).to(memory_format=torch.channels_last)

    def run():
        with torch.no_grad():
            net(images)

    return run
