"""``ImageRecordIter`` and its kin."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from regluon.base import MXNetError
from regluon.io.images.ahead import Ahead
from regluon.io.images.augment import Augmenter, Step
from regluon.io.images.batches import Batches, Example, Reader, Skipped, labels_of
from regluon.io.images.draws import Draws
from regluon.io.images.normalize import Light, Normalizer
from regluon.io.images.parameters import IMAGE, read_images
from regluon.io.images.shards import opened
from regluon.io.native import MXDataIter
from regluon.ndarray import array, save

__all__ = [
    "ImageRecordInt8Iter",
    "ImageRecordIter",
    "ImageRecordIter_v1",
    "ImageRecordUInt8Iter",
    "ImageRecordUInt8Iter_v1",
    "ImageIterator",
]

Array = np.ndarray[Any, Any]

_SEED = 111
_DTYPES = {None: "float32", "float32": "float32", "uint8": "uint8", "int8": "int8"}


class ImageIterator(MXDataIter):
    """The batches of a file's images.

    Attributes
    ----------
    damaged : list of str
        With ``skip_damaged=True``, what was left out: file, place and fault, each once.
    """

    handle: Ahead

    def __init__(self, batches: Batches, o: SimpleNamespace) -> None:
        self._skipped = batches.skipped
        super().__init__(Ahead(batches, o.prefetch_buffer), o.data_name, o.label_name)

    @property
    def damaged(self) -> list[str]:
        """What was left out."""
        return self._skipped.places


class _Plan(NamedTuple):
    """What is to be done to an image."""

    steps: list[Step]
    light: Light


class _Images:
    """Images of one size, with labels of one width.

    Parameters
    ----------
    o : SimpleNamespace
        The iterator's parameters.
    dtype : str
    old : bool
        Whether the mirror and the light have a stream of their own, seeded by ``seed``.
    """

    def __init__(self, o: SimpleNamespace, dtype: str, old: bool) -> None:
        self._o, self._dtype = o, dtype
        self._augmenter = Augmenter(o)
        self._normalizer = Normalizer(o, dtype, coin_first=not old)
        self._draws = Draws(_SEED)
        self._light_draws = Draws(o.seed) if old else self._draws

    @property
    def state(self) -> Any:
        """Where the random numbers stand."""
        return self._draws.state, self._light_draws.state

    @state.setter
    def state(self, state: Any) -> None:
        self._draws.state, self._light_draws.state = state

    def plan(self, example: Example) -> _Plan:
        """Draws an example's random numbers."""
        draws, light_draws = self._draws, self._light_draws
        if self._o.seed_aug is not None and light_draws is draws:
            draws = light_draws = Draws(_SEED + self._o.seed_aug + example.number)
        try:
            steps = self._augmenter.plan(example.image.shape[0], example.image.shape[1], draws)
        except MXNetError as error:
            raise MXNetError(f"{example.where}: {error}") from error
        return _Plan(steps, self._normalizer.plan(light_draws))

    def write(self, example: Example, plan: _Plan, data: Array, label: Array) -> None:
        """Writes an example to its place in the batch."""
        image = example.image
        for step in plan.steps:
            image = step(image)
        self._normalizer.write(image, plan.light, data)
        label[:] = example.label

    def empty(self, count: int) -> tuple[Array, Array]:
        """The arrays of a batch."""
        width = self._o.label_width
        label = np.zeros((count, width) if width > 1 else count, np.float32)
        return np.zeros((count, *self._o.data_shape), self._dtype), label


def _batches(o: SimpleNamespace, dtype: str, old: bool) -> Batches:
    skipped, kind = Skipped(o.skip_damaged), _Images(o, dtype, old)
    reader = Reader(o.data_shape[0], labels_of(o.path_imglist, o.label_width))
    return Batches(o, opened(o, skipped), reader, kind, _SEED, skipped, old)


def _opened(what: str, args: Any, kwargs: dict[str, Any], dtype: str | None, old: bool) -> ImageIterator:
    o = read_images(what, IMAGE, args, kwargs)
    if dtype is None:
        if o.dtype not in _DTYPES:
            raise MXNetError(f"{what}: unknown dtype {o.dtype}; there are float32, uint8 and int8")
        dtype = _DTYPES[o.dtype]
    if o.mean_img and not os.path.exists(o.mean_img):
        _make_mean(o, dtype, old)
    return ImageIterator(_batches(o, dtype, old), o)


def _make_mean(o: SimpleNamespace, dtype: str, old: bool) -> None:
    """Writes the mean of a round's images, as they would be without one."""
    plain = SimpleNamespace(
        **{**vars(o), "mean_r": 0.0, "mean_g": 0.0, "mean_b": 0.0, "mean_a": 0.0, "mean_img": ""}
    )
    total, count = np.zeros(o.data_shape), 0
    for made in _batches(plain, dtype, old).round():
        images = made.batch.data.asnumpy()[: o.batch_size - made.batch.pad]
        total += images.sum(axis=0, dtype=np.float64)
        count += len(images)
    save(o.mean_img, {"mean_img": array(total / max(count, 1))})


def ImageRecordIter(*args: Any, **kwargs: Any) -> MXDataIter:
    """Batches of the images in a file of records. All arguments are given by name.

    Threads read, decode and change images while the last batch is being used. The file is made by
    ``regluon im2rec``, or by ``recordio.pack_img``.

    Parameters
    ----------
    path_imgrec : str
        The file, or several with ; between, or a folder of them.
    path_imgidx : str
        The file that tells where the records begin; without it, ``shuffle`` mixes the records of each 8 MB.
    path_imglist : str
        A list, ``number TAB labels TAB file``, whose labels are taken for the records of these numbers.
    data_shape : tuple of int
        (channels, height, width); 1 channel for gray images, 3 for colours, 4 with transparency.
    batch_size, label_width : int
    round_batch : bool
        Whether a last batch that is not full goes on with the first records, which the next round leaves
        out; else zeros follow. ``pad`` tells how many these are.
    shuffle, seed
        Whether each round has a new order, and what it is drawn from.
    shuffle_chunk_size, shuffle_chunk_seed : int
        The size in MB of pieces of the file that are mixed themselves, for ``shuffle`` without an index.
    part_index, num_parts : int
        Which of how many parts of the records is read.
    preprocess_threads, prefetch_buffer : int
        How many threads there are, and how many batches are made ahead.
    seed_aug : int
        What an image's random numbers are drawn from, with its place in the file.
    resize : int
        The length of the shorter side, before all else.
    max_rotate_angle, max_shear_ratio, max_aspect_ratio, min_aspect_ratio, min_random_scale, max_random_scale
        How much an image is turned (degrees), slanted, stretched and scaled at random; ``rotate`` is a fixed
        angle. ``min_img_size`` and ``max_img_size`` limit what comes out.
    pad, fill_value : int
        The width of a border, and the value of its pixels and of those from outside of a turned image.
    rand_crop : bool
        Whether the part of the size that is asked for is a random one, not the middle.
    min_crop_size, max_crop_size : int
        The side of a square part that is then resized.
    random_resized_crop, min_random_area, max_random_area
        A part of random area and ratio (those of ``max_aspect_ratio``), resized.
    brightness, contrast, saturation, pca_noise, random_h, random_s, random_l
        How much colours change at random.
    mirror, rand_mirror : bool
        Whether all images are mirrored, or half of them.
    mean_r, mean_g, mean_b, mean_a, std_r, std_g, std_b, std_a, scale : float
        Pixels become ((pixel - mean) contrast + brightness) scale / std, with numbers within
        1 ± ``max_random_contrast`` and ± ``max_random_illumination``.
    mean_img : str
        A file of an image to be subtracted; it is made if there is none.
    inter_method : int
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos, 9 by the sizes, 10 at random.
    dtype : str
        "float32", or "uint8" and "int8" as ``ImageRecordUInt8Iter`` and ``ImageRecordInt8Iter`` give.
    skip_damaged : bool
        Whether damaged records and images are left out; the iterator's ``damaged`` tells which. Not in MXNet.
    data_name, label_name : str
        The names of the arrays.

    Raises
    ------
    MXNetError
        For parameters that do not fit, and for damaged records, with file and place.
    """
    return _opened("ImageRecordIter", args, kwargs, None, False)


def ImageRecordUInt8Iter(*args: Any, **kwargs: Any) -> MXDataIter:
    """``ImageRecordIter`` whose images are of uint8, with neither mean nor scale."""
    return _opened("ImageRecordUInt8Iter", args, kwargs, "uint8", False)


def ImageRecordInt8Iter(*args: Any, **kwargs: Any) -> MXDataIter:
    """``ImageRecordIter`` whose images are of int8: pixels less the means, rounded, without a scale."""
    return _opened("ImageRecordInt8Iter", args, kwargs, "int8", False)


def ImageRecordIter_v1(*args: Any, **kwargs: Any) -> MXDataIter:
    """``ImageRecordIter`` as it was before: batches tell the ids of their records.

    Without ``round_batch``, a last batch keeps what the one before had. Mirrors and light depend on ``seed``.
    """
    return _opened("ImageRecordIter_v1", args, kwargs, "float32", True)


def ImageRecordUInt8Iter_v1(*args: Any, **kwargs: Any) -> MXDataIter:
    """``ImageRecordIter_v1`` whose images are of uint8, with neither mean nor scale."""
    return _opened("ImageRecordUInt8Iter_v1", args, kwargs, "uint8", True)
