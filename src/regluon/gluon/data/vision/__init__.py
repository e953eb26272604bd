"""``gluon.data.vision``: data sets of images, and transforms of images."""

from __future__ import annotations

from regluon.gluon.data.vision import datasets, transforms
from regluon.gluon.data.vision.cifar import CIFAR10, CIFAR100
from regluon.gluon.data.vision.images import ImageFolderDataset, ImageRecordDataset
from regluon.gluon.data.vision.mnist import MNIST, FashionMNIST
from regluon.reference import absent

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "MNIST",
    "FashionMNIST",
    "ImageFolderDataset",
    "ImageRecordDataset",
    "datasets",
    "transforms",
]

__getattr__ = absent(__name__, "gluon.data.vision")
