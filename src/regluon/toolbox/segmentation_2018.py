"""Pascal VOC 2012 with the names of arguments that the edition of 2018 has."""

from __future__ import annotations

from typing import Any

from regluon.toolbox import segmentation

__all__ = [
    "VOCSegDataset",
    "read_voc_images",
    "voc_classes",
    "voc_colormap",
    "voc_label_indices",
    "voc_rand_crop",
]

voc_classes = segmentation.VOC_CLASSES
voc_colormap = segmentation.VOC_COLORMAP


def read_voc_images(
    root: str = "../data/VOCdevkit/VOC2012", train: bool = True
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
    return segmentation.read_voc_images(root, train)


def voc_label_indices(img: Any, colormap2label: Any) -> Any:
    """(height, width) classes of (height, width, 3) colors, from the class of each of the 256³ colors."""
    return segmentation.voc_label_indices(img, colormap2label)


def voc_rand_crop(data: Any, label: Any, height: int, width: int) -> tuple[Any, Any]:
    """The same part, at random, of an image and of its colors of classes."""
    return segmentation.voc_rand_crop(data, label, height, width)


class VOCSegDataset(segmentation.VOCSegDataset):
    """Parts of one size of Pascal VOC's images, and their pixels' classes. Smaller images are left out.

    Parameters
    ----------
    train : bool
        Whether the images for training or those for validation.
    crop_size : pair of int
        Height and width.
    voc_dir : str
        The folder VOC2012.
    colormap2label : NDArray
        As of `voc_label_indices`.
    """

    def __init__(self, train: bool, crop_size: tuple[int, int], voc_dir: str, colormap2label: Any) -> None:
        super().__init__(train, crop_size, voc_dir, colormap2label)
