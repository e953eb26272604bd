"""Fashion-MNIST: its batches, and its images with their names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from regluon.gluon.data import ArrayDataset, DataLoader
from regluon.gluon.data.vision import FashionMNIST
from regluon.gluon.data.vision.transforms import Compose, Resize, ToTensor
from regluon.toolbox.plotting import plt, use_svg_display

__all__ = ["get_fashion_mnist_labels", "load_data_fashion_mnist", "show_fashion_mnist"]

WORKERS = 0 if sys.platform.startswith("win32") else 4

NAMES = "t-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot".split(",")


def load_data_fashion_mnist(
    batch_size: int,
    resize: int | None = None,
    root: str = os.path.join("~", ".mxnet", "datasets", "fashion-mnist"),
) -> tuple[DataLoader, DataLoader]:
    """Batches of Fashion-MNIST, shuffled for training, in order for testing.

    Parameters
    ----------
    batch_size : int
    resize : int, optional
        The images' height and width, if not 28.
    root : str
        The folder of the files, which are downloaded into it if they are not there.

    Outputs
    -------
    pair of DataLoader
        For training and for testing: (batch_size, 1, height, width) images from 0 to 1, and
        (batch_size,) labels.

    Errors
    ------
    OSError
        If there are neither the files nor a network: which are wanted where.
    """
    train, test = (FashionMNIST(os.path.expanduser(root), train=which) for which in (True, False))
    return _batches(train, batch_size, resize, True), _batches(test, batch_size, resize, False)


def _batches(images: FashionMNIST, batch_size: int, resize: int | None, shuffle: bool) -> DataLoader:
    if resize:
        transform = Compose([Resize(resize), ToTensor()])
        return DataLoader(images.transform_first(transform), batch_size, shuffle, num_workers=WORKERS)
    # All at once: 190 MB, and batches come in a hundredth of the time that workers take, image by image.
    pixels, labels = images[:]
    return DataLoader(ArrayDataset(ToTensor()(pixels), labels), batch_size, shuffle)


def get_fashion_mnist_labels(labels: Iterable[Any]) -> list[str]:
    """The names of labels from 0 to 9."""
    return [NAMES[int(label)] for label in labels]


def show_fashion_mnist(images: Sequence[Any], labels: Iterable[str]) -> None:
    """Draw images of 28 by 28 pixels in a row, each under its label."""
    use_svg_display()
    _, axes = plt.subplots(1, len(images), figsize=(12, 12), squeeze=False)
    for ax, img, label in zip(axes[0], images, labels, strict=False):
        ax.imshow(img.reshape((28, 28)).asnumpy())
        ax.set_title(label)
        ax.get_xaxis().set_visible(False)
        ax.get_yaxis().set_visible(False)
