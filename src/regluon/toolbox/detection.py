"""Pictures in which a Pikachu is to be found."""

from __future__ import annotations

import os

from regluon.image import ImageDetIter
from regluon.toolbox.files import fetch

__all__ = ["_download_pikachu", "load_data_pikachu"]

PIKACHU_FOLDER = "../data/pikachu"

PIKACHU_URL = "https://apache-mxnet.s3-accelerate.amazonaws.com/gluon/dataset/pikachu/"
PIKACHU_SHA1 = {
    "train.rec": "e6bcb6ffba1ac04ff8a9b1115e650af56ee969c8",
    "train.idx": "dcf7318b2602c06428b9988470c731621716c393",
    "val.rec": "d6c33f799b4d058e82f2cb5bd9a976f69d72d520",
}


def _download_pikachu(data_dir: str) -> None:
    """Download the record files into a folder, unless they are there.

    Errors
    ------
    FileNotFoundError
        If there are neither the files nor a network.
    """
    for name, sha1 in PIKACHU_SHA1.items():
        fetch(os.path.join(data_dir, name), PIKACHU_URL + name, sha1)


def load_data_pikachu(batch_size: int, edge_size: int = 256) -> tuple[ImageDetIter, ImageDetIter]:
    """Batches of pictures and of the boxes in them, from ``../data/pikachu``.

    The files are downloaded if they are not there. Pictures to train with are shuffled, and cut at random so
    that at least 95 % of an object remain.

    Parameters
    ----------
    batch_size : int
    edge_size : int
        The pictures' height and width.

    Outputs
    -------
    pair of ImageDetIter
        For training and for validation: (batch_size, 3, edge_size, edge_size) pictures from 0 to 255, and
        (batch_size, objects, 5) classes and boxes, as shares of width and height.

    Errors
    ------
    FileNotFoundError
        If there are neither the files nor a network.
    """
    _download_pikachu(PIKACHU_FOLDER)
    shape = (3, edge_size, edge_size)
    train_iter = ImageDetIter(
        batch_size=batch_size,
        data_shape=shape,
        path_imgrec=os.path.join(PIKACHU_FOLDER, "train.rec"),
        path_imgidx=os.path.join(PIKACHU_FOLDER, "train.idx"),
        shuffle=True,
        rand_crop=1,
        min_object_covered=0.95,
        max_attempts=200,
    )
    val_iter = ImageDetIter(
        batch_size=batch_size,
        data_shape=shape,
        path_imgrec=os.path.join(PIKACHU_FOLDER, "val.rec"),
        shuffle=False,
    )
    return train_iter, val_iter
