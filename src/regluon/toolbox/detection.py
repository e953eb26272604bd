"""Images of Pikachus to be found."""

from __future__ import annotations

import os

from regluon.toolbox.files import fetch

__all__ = ["_download_pikachu"]

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
