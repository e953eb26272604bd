"""CIFAR, of 10 classes and of 100."""

from __future__ import annotations

import os
import shutil
import tarfile
import zlib
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from regluon.fileio import atomic_write
from regluon.gluon.data.vision.downloaded import DownloadedDataset, File, folder_of
from regluon.ndarray import array

__all__ = ["CIFAR10", "CIFAR100"]

_PIXELS = 3 * 32 * 32


class CIFAR10(DownloadedDataset):
    """Photos in 10 classes: images (32, 32, 3), uint8, and labels, int32.

    Parameters
    ----------
    root : str
        The folder of the files, which are fetched into it if they are not there.
    train : bool
        Whether it is the 50000 images to train with, or the 10000 to test with.
    transform : callable, optional
        ``transform(image, label)`` is what an example becomes.
    """

    _namespace = "cifar10"
    _archive = File("cifar-10-binary.tar.gz", "fab780a1e191a7eda0f345501ccd62d20f7ed891")
    _files: ClassVar[dict[bool, tuple[File, ...]]] = {
        True: (
            File("data_batch_1.bin", "aadd24acce27caa71bf4b10992e9e7b2d74c2540"),
            File("data_batch_2.bin", "c0ba65cce70568cd57b4e03e9ac8d2a5367c1795"),
            File("data_batch_3.bin", "1dd00a74ab1d17a6e7d73e185b69dbf31242f295"),
            File("data_batch_4.bin", "aab85764eb3584312d3c7f65fd2fd016e36a258e"),
            File("data_batch_5.bin", "26e2849e66a845b7f1e4614ae70f4889ae604628"),
        ),
        False: (File("test_batch.bin", "67eb016db431130d61cd03c7ad570b013799c88c"),),
    }
    _labels, _column = 1, 0  # bytes before the pixels, and the one that is read

    def __init__(
        self,
        root: str = folder_of("cifar10"),
        train: bool = True,
        transform: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        self._train = train
        super().__init__(root, transform)

    def _get_data(self) -> None:
        files = self._files[bool(self._train)]
        if not all(map(self._is_right, files)):
            self._unpack(files)
        batches = [self._read_batch(self._path(file)) for file in files]
        images, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
        self._data = array(images, dtype=np.uint8)
        self._label = labels

    def _unpack(self, files: tuple[File, ...]) -> None:
        """Takes the files out of their archive; where there is none, those that are there must do."""
        try:
            self._fetch(self._archive)
        except OSError as error:
            missing = [file for file in files if not os.path.exists(self._path(file))]
            if missing:
                text = self._wanted([self._archive], error.__cause__ or error)
                names = ", ".join(f"{file.name} (SHA-1 {file.sha1})" for file in missing)
                raise OSError(f"{text}\nor what it holds: {names}") from error
            for file in files:
                self._warn(file)
            return
        archive = self._path(self._archive)
        wanted = {file.name for file in files}
        try:
            with tarfile.open(archive) as tar:
                for member in tar:
                    name = os.path.basename(member.name)
                    content = tar.extractfile(member) if name in wanted else None
                    if content is not None:
                        with atomic_write(os.path.join(self._root, name)) as target:
                            shutil.copyfileobj(content, target)
                        wanted.discard(name)
        except (EOFError, tarfile.TarError, zlib.error) as error:
            raise ValueError(f"{archive} can't be read: {error}") from error
        if wanted:
            raise ValueError(f"{archive} does not hold {', '.join(sorted(wanted))}")

    def _read_batch(self, filename: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        content = np.fromfile(filename, np.uint8)
        if not content.size or content.size % (_PIXELS + self._labels):
            raise ValueError(
                f"{filename} has {content.size} bytes, not a multiple of {_PIXELS + self._labels}, which are "
                "an image and its labels"
            )
        rows = content.reshape(-1, _PIXELS + self._labels)
        images = rows[:, self._labels :].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        return images, rows[:, self._column].astype(np.int32)


class CIFAR100(CIFAR10):
    """Photos in 100 classes, which make 20: images (32, 32, 3), uint8, and labels, int32.

    Parameters
    ----------
    root : str
        The folder of the files, which are fetched into it if they are not there.
    fine_label : bool
        Whether labels are of the 100 classes, or else of the 20.
    train : bool
        Whether it is the 50000 images to train with, or the 10000 to test with.
    transform : callable, optional
        ``transform(image, label)`` is what an example becomes.
    """

    _namespace = "cifar100"
    _archive = File("cifar-100-binary.tar.gz", "a0bb982c76b83111308126cc779a992fa506b90b")
    _files: ClassVar[dict[bool, tuple[File, ...]]] = {
        True: (File("train.bin", "e207cd2e05b73b1393c74c7f5e7bea451d63e08e"),),
        False: (File("test.bin", "8fb6623e830365ff53cf14adec797474f5478006"),),
    }
    _labels = 2

    def __init__(
        self,
        root: str = folder_of("cifar100"),
        fine_label: bool = False,
        train: bool = True,
        transform: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        self._column = int(fine_label)
        super().__init__(root, train, transform)
