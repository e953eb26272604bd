"""AlexNet."""

from __future__ import annotations

from typing import Any

from regluon.gluon import nn
from regluon.gluon.model_zoo.model_store import ROOT
from regluon.gluon.model_zoo.vision.classifier import CPU, Classifier, Contexts, trained

__all__ = ["AlexNet", "alexnet"]


class AlexNet(Classifier):
    """Five convolutions, three dense layers.

    Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014.

    Parameters
    ----------
    classes
        How many outputs there are.
    """

    def __init__(self, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            with self.features.name_scope():
                self.features.add(
                    nn.Conv2D(64, kernel_size=11, strides=4, padding=2, activation="relu"),
                    nn.MaxPool2D(pool_size=3, strides=2),
                    nn.Conv2D(192, kernel_size=5, padding=2, activation="relu"),
                    nn.MaxPool2D(pool_size=3, strides=2),
                    nn.Conv2D(384, kernel_size=3, padding=1, activation="relu"),
                    nn.Conv2D(256, kernel_size=3, padding=1, activation="relu"),
                    nn.Conv2D(256, kernel_size=3, padding=1, activation="relu"),
                    nn.MaxPool2D(pool_size=3, strides=2),
                    nn.Flatten(),
                    nn.Dense(4096, activation="relu"),
                    nn.Dropout(0.5),
                    nn.Dense(4096, activation="relu"),
                    nn.Dropout(0.5),
                )
            self.output = nn.Dense(classes)


def alexnet(pretrained: bool = False, ctx: Contexts = CPU, root: str = ROOT, **kwargs: Any) -> AlexNet:
    """AlexNet.

    Parameters
    ----------
    pretrained
        Whether to read trained parameters.
    ctx
        Where to put them.
    root
        The folder they are in.
    """
    return trained(AlexNet(**kwargs), "alexnet", pretrained, ctx, root)
