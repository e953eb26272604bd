"""Images of Pascal VOC 2012 whose every pixel has a class."""

# ruff: noqa: T201
from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from regluon import image
from regluon import ndarray as nd
from regluon.gluon.data import Dataset
from regluon.toolbox.files import fetch_unpacked, place

__all__ = [
    "VOC_CLASSES",
    "VOC_COLORMAP",
    "VOCSegDataset",
    "download_voc_pascal",
    "read_voc_images",
    "voc_label_indices",
    "voc_rand_crop",
]

VOC_URL = "http://host.robots.ox.ac.uk/pascal/VOC/voc2012/VOCtrainval_11-May-2012.tar"
VOC_SHA1 = "4e443f8a2eca6b1dac8a6c57641b67dd40621a49"

VOC_CLASSES = [
    *"background aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse".split(),
    *("motorbike", "person", "potted plant", "sheep", "sofa", "train", "tv/monitor"),
]


def _color(label: int) -> list[int]:
    """Pascal VOC's color of a class: the label's bits, dealt to red, green and blue, make their high bits."""
    return [
        sum((label >> (3 * place + channel) & 1) << (7 - place) for place in range(3)) for channel in range(3)
    ]


VOC_COLORMAP = [_color(label) for label in range(len(VOC_CLASSES))]


def download_voc_pascal(data_dir: str = "../data") -> str:
    """The path of VOC2012 in `data_dir`, where it is downloaded and unpacked unless it is there.

    Errors
    ------
    FileNotFoundError
        If there is neither the folder, nor its archive in `data_dir`, nor a network.
    """
    return fetch_unpacked(data_dir, "VOCdevkit/VOC2012", VOC_URL, VOC_SHA1)


def read_voc_images(
    root: str = "../data/VOCdevkit/VOC2012", is_train: bool = True
) -> tuple[list[Any], list[Any]]:
    """The images for training or for validation, and as images the colors of their pixels' classes.

    Outputs
    -------
    tuple of lists
        NDArrays (height, width, 3) of unsigned bytes.

    Errors
    ------
    FileNotFoundError
        If the data set is not there: `download_voc_pascal` brings it.
    """
    listed = os.path.join(root, "ImageSets", "Segmentation", "train.txt" if is_train else "val.txt")
    if not os.path.exists(listed):
        raise FileNotFoundError(f"{place(listed)} is not there: download_voc_pascal() first")
    with open(listed, encoding="utf-8") as file:
        names = file.read().split()
    features = [image.imread(os.path.join(root, "JPEGImages", f"{name}.jpg")) for name in names]
    labels = [image.imread(os.path.join(root, "SegmentationClass", f"{name}.png")) for name in names]
    return features, labels


def voc_label_indices(colormap: Any, colormap2label: Any) -> Any:
    """The classes of colors.

    Inputs
    ------
    colormap : (height, width, 3)
        Red, green and blue from 0 to 255.
    colormap2label : (256³,)
        The class of each color, at (red · 256 + green) · 256 + blue.

    Outputs
    -------
    NDArray
        (height, width)
    """
    colormap = colormap.astype("int32")
    index = (colormap[:, :, 0] * 256 + colormap[:, :, 1]) * 256 + colormap[:, :, 2]
    return colormap2label[index]


def voc_rand_crop(feature: Any, label: Any, height: int, width: int) -> tuple[Any, Any]:
    """The same part, at random, of an image and of its colors of classes."""
    feature, rect = image.random_crop(feature, (width, height))
    return feature, image.fixed_crop(label, *rect)


class VOCSegDataset(Dataset):
    """Parts of one size of Pascal VOC's images, and their pixels' classes. Smaller images are left out.

    Parameters
    ----------
    is_train : bool
        Whether the images for training or those for validation.
    crop_size : pair of int
        Height and width.
    voc_dir : str
        The folder VOC2012.
    colormap2label : NDArray
        As of `voc_label_indices`.
    """

    def __init__(self, is_train: bool, crop_size: tuple[int, int], voc_dir: str, colormap2label: Any) -> None:
        self.rgb_mean = nd.array([0.485, 0.456, 0.406])
        self.rgb_std = nd.array([0.229, 0.224, 0.225])
        self.crop_size = crop_size
        features, labels = read_voc_images(root=voc_dir, is_train=is_train)
        self.data = [self.normalize_image(feature) for feature in self.filter(features)]
        self.labels = self.filter(labels)
        self.colormap2label = colormap2label
        print(f"read {len(self.data)} examples")

    def normalize_image(self, data: Any) -> Any:
        """An image's colors with ImageNet's mean and deviation taken out."""
        return (data.astype("float32") / 255 - self.rgb_mean) / self.rgb_std

    def filter(self, images: Iterable[Any]) -> Any:  # type: ignore[override]
        """The images that are large enough."""
        height, width = self.crop_size
        return [img for img in images if img.shape[0] >= height and img.shape[1] >= width]

    def __getitem__(self, idx: int) -> tuple[Any, Any]:
        data, labels = voc_rand_crop(self.data[idx], self.labels[idx], *self.crop_size)
        return data.transpose((2, 0, 1)), voc_label_indices(labels, self.colormap2label)

    def __len__(self) -> int:
        return len(self.data)
