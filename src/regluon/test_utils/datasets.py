"""Data sets in the current folder, and files from the network."""

from __future__ import annotations

import bz2
import gzip
import os
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from regluon.base import MXNetError
from regluon.fileio import atomic_write
from regluon.gluon.utils import download as fetch
from regluon.io import DataIter, MNISTIter, MXDataIter

__all__ = [
    "DummyIter",
    "download",
    "download_model",
    "get_bz2_data",
    "get_cifar10",
    "get_mnist",
    "get_mnist_iterator",
    "get_mnist_pkl",
    "get_mnist_ubyte",
    "get_zip_data",
]

_MNIST = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
_MNIST_PLACES = (Path(), Path("data"), Path("~/.mxnet/datasets/mnist"))
_IMAGES_MAGIC, _LABELS_MAGIC = 2051, 2049


def download(
    url: str, fname: str | None = None, dirname: str | None = None, overwrite: bool = False, retries: int = 5
) -> str:
    """Fetches a file, unless it is there already; see :func:`regluon.gluon.utils.download`.

    Parameters
    ----------
    fname
        The name of the file; the last part of ``url`` if None.
    dirname
        The folder to put it into.
    overwrite
        Whether to fetch it although it is there.
    retries
        How often to try again.

    Returns
    -------
    The file's name.
    """
    name = url.rsplit("/", maxsplit=1)[-1] if fname is None else fname
    name = name if dirname is None else os.path.join(dirname, name)
    return fetch(url, path=name, overwrite=overwrite, retries=retries)


def download_model(
    model_name: str, dst_dir: str = "./", meta_info: dict[str, dict[str, str]] | None = None
) -> tuple[str | None, int]:
    """Fetches the two files of a model.

    Parameters
    ----------
    meta_info
        Where they are: ``{model_name: {"symbol": url, "params": url}}``. regluon has no list of its own, as
        the server of MXNet's models is gone.

    Returns
    -------
    The name before ``-symbol.json`` and ``-0000.params``, and the 0; or ``(None, 0)`` for an unknown model.
    """
    if model_name not in (meta_info or {}):
        return None, 0
    meta: Any = (meta_info or {})[model_name]
    for part in ("symbol", "params"):
        if part not in meta:
            raise AssertionError(f"download_model: the {part} url of {model_name} is missing")
    os.makedirs(dst_dir, exist_ok=True)
    name = os.path.join(dst_dir, model_name)
    download(meta["symbol"], f"{name}-symbol.json")
    download(meta["params"], f"{name}-0000.params")
    return name, 0


def _missing(what: str, files: list[str], places: str) -> NoReturn:
    raise FileNotFoundError(
        f"{what} is not here: {', '.join(files)} must be in {places}. The server that MXNet took them from "
        "is gone, so that nothing is fetched"
    )


def get_mnist() -> dict[str, Any]:
    """MNIST as NumPy arrays: ``train_data`` and ``test_data`` of shape (n, 1, 28, 28) in 0 to 1, and labels.

    The files of MNIST are read where they are, with or without ``.gz``: in the current folder, in ``data`` or
    in ``~/.mxnet/datasets/mnist``.

    Raises
    ------
    FileNotFoundError
        If one is missing; the message tells which.
    """
    found = {}
    for part, names in _MNIST.items():
        images, labels = (_idx(name) for name in names)
        found[f"{part}_data"] = images.reshape(len(images), 1, 28, 28).astype(np.float32) / 255
        found[f"{part}_label"] = labels.astype(np.int8)
    return found


def _idx(name: str) -> Any:
    """A file of MNIST's format as an array of bytes."""
    paths = [place.expanduser() / (name + end) for place in _MNIST_PLACES for end in (".gz", "")]
    path = next((p for p in paths if p.is_file()), None)
    if path is None:
        _missing("MNIST", [f"{name}.gz"], ", ".join(str(place) for place in _MNIST_PLACES))
    with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
        raw = file.read()
    magic = struct.unpack_from(">I", raw)[0] if len(raw) >= 4 else 0
    axes = {_IMAGES_MAGIC: 3, _LABELS_MAGIC: 1}.get(magic, 0)
    start = 4 + 4 * axes
    shape = struct.unpack_from(f">{axes}I", raw, 4) if axes and len(raw) >= start else ()
    if not shape or len(raw) - start != int(np.prod(shape)):
        raise MXNetError(f"{path} is no file of MNIST, or is damaged")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)


def get_mnist_pkl() -> None:
    """Looks for ``data/mnist.pkl.gz``.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    """
    _in_place("MNIST", ["mnist.pkl.gz"], "data", None)


def get_mnist_ubyte() -> None:
    """Looks for the four files of MNIST in ``data``, or takes them out of ``data/mnist.zip``.

    Raises
    ------
    FileNotFoundError
        If neither is there.
    """
    _in_place("MNIST", [name for names in _MNIST.values() for name in names], "data", "mnist.zip")


def get_cifar10() -> None:
    """Looks for CIFAR-10 as files of records in ``data/cifar``, or takes them out of ``data/cifar10.zip``.

    Raises
    ------
    FileNotFoundError
        If neither is there.
    """
    names = [f"cifar/{part}.{end}" for part in ("train", "test") for end in ("rec", "lst")]
    _in_place("CIFAR-10", names, "data", "cifar10.zip")


def _in_place(what: str, names: list[str], folder: str, archive: str | None) -> None:
    missing = [name for name in names if not os.path.exists(os.path.join(folder, name))]
    if not missing:
        return
    if archive is None or not os.path.exists(os.path.join(folder, archive)):
        _missing(what, missing, folder + (f", or {archive} with them" if archive else ""))
    with zipfile.ZipFile(os.path.join(folder, archive)) as file:
        file.extractall(folder)


def get_mnist_iterator(
    batch_size: int, input_shape: tuple[int, ...], num_parts: int = 1, part_index: int = 0
) -> tuple[MXDataIter, MXDataIter]:
    """Iterators over the images of ``data`` to train with, shuffled, and over those to test with.

    Parameters
    ----------
    input_shape
        The shape of an image: of three axes, or flat.
    num_parts, part_index
        Into how many parts the images are divided, and which of these it is.

    Raises
    ------
    FileNotFoundError
        If the files are not in place; see :func:`get_mnist_ubyte`.
    """
    get_mnist_ubyte()
    train, test = (
        MNISTIter(
            image=f"data/{images}",
            label=f"data/{labels}",
            input_shape=input_shape,
            batch_size=batch_size,
            shuffle=part == "train",
            flat=len(input_shape) != 3,
            num_parts=num_parts,
            part_index=part_index,
        )
        for part, (images, labels) in _MNIST.items()
    )
    return train, test


def get_zip_data(data_dir: str, url: str, data_origin_name: str) -> None:
    """Fetches a zip archive into a folder and unpacks it there, unless the archive is there already."""
    name = os.path.join(data_dir, data_origin_name)
    if not os.path.exists(name):
        download(url, dirname=data_dir)
        with zipfile.ZipFile(name) as file:
            file.extractall(data_dir)


def get_bz2_data(data_dir: str, data_name: str, url: str, data_origin_name: str) -> None:
    """Fetches a bz2 archive and unpacks it as a file in a folder, unless that is there already."""
    target, archive = os.path.join(data_dir, data_name), os.path.join(data_dir, data_origin_name)
    if os.path.exists(target):
        return
    download(url, fname=data_origin_name, dirname=data_dir)
    with bz2.open(archive) as source, atomic_write(target) as file:
        shutil.copyfileobj(source, file)
    os.remove(archive)


class DummyIter(DataIter):
    """The first batch of an iterator, again and again, for measurements.

    Parameters
    ----------
    real_iter
        The iterator that the batch is taken from.
    """

    def __init__(self, real_iter: Any) -> None:
        super().__init__()
        self.real_iter = real_iter
        self.provide_data = real_iter.provide_data
        self.provide_label = real_iter.provide_label
        self.batch_size = real_iter.batch_size
        self.the_batch = next(real_iter)

    def next(self) -> Any:
        """The batch."""
        return self.the_batch
