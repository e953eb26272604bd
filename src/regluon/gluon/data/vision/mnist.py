"""MNIST, and clothes in its format."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from regluon.gluon.data.vision.downloaded import DownloadedDataset, File, folder_of
from regluon.ndarray import array

__all__ = ["MNIST", "FashionMNIST"]


def _read(path: str, axes: int) -> np.ndarray[Any, Any]:
    """An array of unsigned bytes in a packed file (http://yann.lecun.com/exdb/mnist)."""
    try:
        with gzip.open(path, "rb") as file:
            magic, *extents = struct.unpack(f">{axes + 1}I", file.read(4 * (axes + 1)))
            content = file.read()
    except (EOFError, OSError, struct.error, zlib.error) as error:
        raise ValueError(f"{path} can't be read: {error}") from error
    size = int(np.prod(extents, dtype=object))
    if magic != 0x800 + axes or len(content) != size:
        raise ValueError(
            f"{path} holds {len(content)} bytes after the number {magic:#x}; {axes} axes of extents "
            f"{extents} take {size} after {0x800 + axes:#x}"
        )
    return np.frombuffer(content, np.uint8).reshape(extents)


class MNIST(DownloadedDataset):
    """Handwritten digits: images (28, 28, 1), uint8, and labels, int32.

    Parameters
    ----------
    root : str
        The folder of the files, which are fetched into it if they are not there.
    train : bool
        Whether it is the 60000 images to train with, or the 10000 to test with.
    transform : callable, optional
        ``transform(image, label)`` is what an example becomes.
    """

    _namespace = "mnist"
    _files: ClassVar[dict[bool, tuple[File, ...]]] = {
        True: (
            File("train-images-idx3-ubyte.gz", "6c95f4b05d2bf285e1bfb0e7960c31bd3b3f8a7d"),
            File("train-labels-idx1-ubyte.gz", "2a80914081dc54586dbdf242f9805a6b8d2a15fc"),
        ),
        False: (
            File("t10k-images-idx3-ubyte.gz", "c3a25af1f52dad7f726cce8cacb138654b760d48"),
            File("t10k-labels-idx1-ubyte.gz", "763e7fa3757d93b0cdec073cef058b2004252c17"),
        ),
    }

    def __init__(
        self,
        root: str = folder_of("mnist"),
        train: bool = True,
        transform: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        self._train = train
        super().__init__(root, transform)

    def _get_data(self) -> None:
        images, labels = self._files[bool(self._train)]
        self._fetch(images)
        self._fetch(labels)
        data, label = _read(self._path(images), 3), _read(self._path(labels), 1)
        if len(data) != len(label):
            raise ValueError(f"{self._root} has {len(data)} images and {len(label)} labels")
        self._data = array(data[..., np.newaxis], dtype=np.uint8)
        self._label = label.astype(np.int32)


class FashionMNIST(MNIST):
    """Clothes in 10 classes: images (28, 28, 1), uint8, and labels, int32.

    Parameters
    ----------
    root : str
        The folder of the files, which are fetched into it if they are not there.
    train : bool
        Whether it is the 60000 images to train with, or the 10000 to test with.
    transform : callable, optional
        ``transform(image, label)`` is what an example becomes.
    """

    _namespace = "fashion-mnist"
    _files: ClassVar[dict[bool, tuple[File, ...]]] = {
        True: (
            File("train-images-idx3-ubyte.gz", "0cf37b0d40ed5169c6b3aba31069a9770ac9043d"),
            File("train-labels-idx1-ubyte.gz", "236021d52f1e40852b06a4c3008d8de8aef1e40b"),
        ),
        False: (
            File("t10k-images-idx3-ubyte.gz", "626ed6a7c06dd17c0eec72fa3be1740f146a2863"),
            File("t10k-labels-idx1-ubyte.gz", "17f9ab60e7257a1620f4ad76bbbaf857c3920701"),
        ),
    }

    def __init__(
        self,
        root: str = folder_of("fashion-mnist"),
        train: bool = True,
        transform: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        super().__init__(root, train, transform)
