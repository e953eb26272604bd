"""MXNet's name of the module of the data sets."""

from __future__ import annotations

from regluon.gluon.data.vision.cifar import CIFAR10, CIFAR100
from regluon.gluon.data.vision.images import ImageFolderDataset, ImageRecordDataset
from regluon.gluon.data.vision.mnist import MNIST, FashionMNIST

__all__ = ["CIFAR10", "CIFAR100", "MNIST", "FashionMNIST", "ImageFolderDataset", "ImageRecordDataset"]
