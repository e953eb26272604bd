"""``ImageDetRecordIter``: images with boxes around objects."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from regluon import recordio
from regluon.base import MXNetError
from regluon.io.images.augment import Array, Plan, Step
from regluon.io.images.batches import Batches, Example, Reader, Skipped, labels_of
from regluon.io.images.boxes import Limits, Region, mirrored, seen
from regluon.io.images.colors import HSL, brightened, shifted
from regluon.io.images.draws import Draws
from regluon.io.images.iterators import ImageIterator
from regluon.io.images.normalize import Light, Normalizer
from regluon.io.images.parameters import COMMON, read_images
from regluon.io.images.shards import Shard, opened
from regluon.io.native import MXDataIter
from regluon.io.parameters import Parameter, table
from regluon.ops.opencv import call, shorter_side

__all__ = ["ImageDetRecordIter"]

_SEED = 233
_HEADER = 4  # channels, rows, columns, length of the label
_LEAST_PAD = 1.05  # less than this is no larger ground
_LABEL_HEADER = 2  # its own length, and that of an object
_LIMITS = (
    "crop_scales",
    "crop_aspect_ratios",
    "crop_overlaps",
    "crop_sample_coverages",
    "crop_object_coverages",
)
_MODES, _EMITS = ("force", "shrink", "fit"), ("center", "overlap")

_KNOWN = table(
    COMMON
    + """
int label_width=-1 label_pad_width=0 fill_value=127 num_crop_sampler=1
int max_random_hue=0 max_random_saturation=0 max_random_illumination=0
float label_pad_value=-1 std_r=0 std_g=0 std_b=0 std_a=0
float rand_crop_prob=0 rand_pad_prob=0 max_pad_scale=1 rand_mirror_prob=0 emit_overlap_thresh=0.3
float max_random_contrast=0 random_hue_prob=0 random_saturation_prob=0
float random_illumination_prob=0 random_contrast_prob=0
floats min_crop_scales=0 max_crop_scales=1 min_crop_aspect_ratios=1 max_crop_aspect_ratios=1
floats min_crop_overlaps=0 max_crop_overlaps=1 min_crop_sample_coverages=0 max_crop_sample_coverages=1
floats min_crop_object_coverages=0 max_crop_object_coverages=1
shape max_crop_trials=25
str crop_emit_mode=center resize_mode=force
"""
)
_KNOWN["path_imgrec"] = Parameter("str", "./data/imgrec.rec")


class _Planned(NamedTuple):
    """What is to be done to an image, and its label by then."""

    steps: list[Step]
    label: Array


def _flipped(image: Array) -> Array:
    found: Array = call("flip", image, 1)
    return found


class _Plan(Plan):
    """What is done to an image, and its size and boxes by then."""

    boxes: Array


class _Detection:
    """Images with labels of boxes, padded to one width."""

    def __init__(self, o: SimpleNamespace, label_width: int) -> None:
        self._o, self._width = o, label_width
        self._draws = Draws(_SEED)
        self._normalizer = Normalizer(o, "float32")
        self._samplers = _samplers(o)

    @property
    def state(self) -> Any:
        """Where the random numbers stand."""
        return self._draws.state

    @state.setter
    def state(self, state: Any) -> None:
        self._draws.state = state

    def plan(self, example: Example) -> _Planned:
        """Draws an example's random numbers."""
        own, width = _checked(example)
        o = self._o
        w = _Plan(o, example.image.shape[0], example.image.shape[1], self._draws)
        w.boxes = example.label[own:].reshape(-1, width)
        if o.resize > 0:
            w.resize(*shorter_side(o.resize, w.height, w.width))
        self._color(w)
        if o.rand_mirror_prob > 0 and w.draws.share() < o.rand_mirror_prob:
            w.boxes = mirrored(w.boxes)
            w.steps.append(_flipped)
        if o.rand_pad_prob > 0 and w.draws.share() < o.rand_pad_prob:
            self._pad(w)
        if o.rand_crop_prob > 0 and self._samplers and w.draws.share() < o.rand_crop_prob:
            self._crop(w)
        self._fit(w)
        label = np.concatenate([example.label[:own], w.boxes.ravel()])
        head = [o.data_shape[0], w.height, w.width, len(label)]
        return _Planned(w.steps, np.concatenate([np.array(head, np.float32), label]))

    def _color(self, w: _Plan) -> None:
        o = self._o
        chances = (
            o.random_hue_prob,
            o.random_saturation_prob,
            o.random_illumination_prob,
            o.random_contrast_prob,
        )
        if not any(chance > 0 for chance in chances):
            return
        widths = (o.max_random_hue, o.max_random_saturation, o.max_random_illumination)
        hsl = [int(w.draws.around(width)) for width in widths]
        contrast = w.draws.around(o.max_random_contrast)
        on = [w.draws.share() < chance for chance in chances]
        by = HSL(*(value * chosen for value, chosen in zip(hsl, on[:3], strict=True)))
        if any(by):
            w.steps.append(partial(shifted, by))
        if on[3]:
            w.steps.append(partial(brightened, np.float32(1 + contrast)))

    def _pad(self, w: _Plan) -> None:
        scale = w.draws.share() * (self._o.max_pad_scale - 1) + 1
        if scale < _LEAST_PAD:
            return
        x, y = w.draws.share() * (scale - 1), w.draws.share() * (scale - 1)
        w.boxes = seen(Region(-x, -y, scale, scale), w.boxes)
        top, left = int(y * w.height), int(x * w.width)
        bottom, right = int((scale - y - 1) * w.height), int((scale - x - 1) * w.width)
        w.pad(top, bottom, left, right)

    def _crop(self, w: _Plan) -> None:
        o = self._o
        least = o.emit_overlap_thresh if o.crop_emit_mode == "overlap" else None
        for number in w.draws.order(len(self._samplers)):
            limits, trials = self._samplers[number]
            for _ in range(trials):
                part = limits.drawn(w.height, w.width, w.draws)
                boxes = seen(part, w.boxes, least)
                if limits.fit(part, w.boxes) and len(boxes):
                    w.boxes = boxes
                    y, x = int(part.y * w.height), int(part.x * w.width)
                    w.cut(y, x, int(part.height * w.height), int(part.width * w.width))
                    return

    def _fit(self, w: _Plan) -> None:
        """Brings the image into the size that is asked for, or within it."""
        _, height, width = self._o.data_shape
        if self._o.resize_mode != "force":
            # In float32, as in MXNet: a side may come out a pixel shorter.
            ratio = min(np.float32(height) / np.float32(w.height), np.float32(width) / np.float32(w.width))
            if self._o.resize_mode == "shrink":
                ratio = min(ratio, np.float32(1))
            height, width = int(ratio * np.float32(w.height)), int(ratio * np.float32(w.width))
        if (height, width) != (w.height, w.width):
            w.resize(height, width)

    def write(self, example: Example, plan: _Planned, data: Array, label: Array) -> None:
        """Writes an example to its place in the batch; a smaller image to its upper left corner."""
        image = example.image
        for step in plan.steps:
            image = step(image)
        data[...] = 0
        part = np.empty((len(data), *image.shape[:2]), np.float32)
        self._normalizer.write(image, Light(False, 1.0, 0.0), part)
        data[:, : image.shape[0], : image.shape[1]] = part
        label[:] = self._o.label_pad_value
        label[: len(plan.label)] = plan.label

    def empty(self, count: int) -> tuple[Array, Array]:
        """The arrays of a batch."""
        label = np.full((count, self._width + _HEADER), self._o.label_pad_value, np.float32)
        return np.zeros((count, *self._o.data_shape), np.float32), label


def _checked(example: Example) -> tuple[int, int]:
    """The lengths of a label's header and of an object."""
    label = example.label
    own, width = (int(n) for n in label[:2]) if len(label) > _LABEL_HEADER else (0, 0)
    if own < _LABEL_HEADER or width < 5 or own >= len(label) or (len(label) - own) % width:
        raise MXNetError(
            f"{example.where}: no label of boxes, which is its header's length, an object's length, and "
            f"objects: {label[:8].tolist()}"
        )
    return own, width


def _samplers(o: SimpleNamespace) -> list[tuple[Limits, int]]:
    """What each of the samplers draws, and how often it tries."""
    pairs = []
    for name in _LIMITS:
        low, high = getattr(o, f"min_{name}"), getattr(o, f"max_{name}")
        if len(low) != o.num_crop_sampler or len(high) != o.num_crop_sampler:
            raise MXNetError(
                f"min_{name}={low} and max_{name}={high} must have a number for each of "
                f"num_crop_sampler={o.num_crop_sampler}"
            )
        pairs.append(list(zip(low, high, strict=True)))
    trials = o.max_crop_trials
    if len(trials) != o.num_crop_sampler:
        raise MXNetError(f"max_crop_trials={trials} must have {o.num_crop_sampler} numbers")
    return [(Limits(*limits), trials[i]) for i, limits in enumerate(zip(*pairs, strict=True))]


def _longest_label(shard: Shard, label_of: Any) -> int:
    lengths = [len(label_of(recordio.unpack(record.content)[0])) for record in shard.round(None)]
    if not lengths:
        raise MXNetError("there are no records in this part of path_imgrec")
    return max(lengths)


def ImageDetRecordIter(*args: Any, **kwargs: Any) -> MXDataIter:
    """Batches of images with boxes around objects, in a file of records. All arguments are given by name.

    A label is the length of its header (2 or more), the length of an object (5 or more), the rest of the
    header, and objects: class, left, top, right and bottom as shares of the image. In a batch it stands
    behind four numbers: channels, height and width of the image, and the label's length.

    The parameters not told here are those of ``ImageRecordIter``.

    Parameters
    ----------
    path_imgrec, path_imglist, data_shape, batch_size
    label_width : int
        How many numbers a label has; -1 for any.
    label_pad_width, label_pad_value
        To how many numbers labels are filled up, and with what; as the longest one has if 0.
    rand_crop_prob : float
        The probability of taking a part, as one of ``num_crop_sampler`` samplers draws it, in random order.
        Those below have a number for each sampler.
    min_crop_scales, max_crop_scales, min_crop_aspect_ratios, max_crop_aspect_ratios
        The part's size as the root of its share of the image, and its width for a height of 1.
    min_crop_overlaps, max_crop_overlaps, min_crop_sample_coverages, max_crop_sample_coverages
        What a part has in common with some box, as a share of both together, and of the part.
    min_crop_object_coverages, max_crop_object_coverages, max_crop_trials
        The same as a share of the box; and how often a part is tried.
    crop_emit_mode, emit_overlap_thresh
        Boxes stay whose middle is in the part ("center"), or of which such a share is in it ("overlap").
    rand_pad_prob, max_pad_scale, fill_value
        The probability of a larger ground, how many times as large, and its value.
    max_random_hue, random_hue_prob, max_random_saturation, random_saturation_prob
        Widths and probabilities of changes of colour; of ``illumination`` and ``contrast`` as well.
    rand_mirror_prob : float
    resize_mode : str
        "force": every image gets the size of ``data_shape``; "fit": as large as it can be within it;
        "shrink": the same, but none is enlarged.

    Raises
    ------
    MXNetError
        For parameters that do not fit, and for damaged records, with file and place.
    """
    o = read_images("ImageDetRecordIter", _KNOWN, args, kwargs)
    if o.resize_mode not in _MODES or o.crop_emit_mode not in _EMITS:
        raise MXNetError(
            f"resize_mode={o.resize_mode!r} must be one of {_MODES}, and "
            f"crop_emit_mode={o.crop_emit_mode!r} one of {_EMITS}"
        )
    if o.dtype not in (None, "float32"):
        raise MXNetError(f"ImageDetRecordIter makes float32, not {o.dtype}")
    for name in ("std_r", "std_g", "std_b", "std_a"):
        setattr(o, name, getattr(o, name) or 1.0)
    skipped, label_of = Skipped(o.skip_damaged), labels_of(o.path_imglist, o.label_width)
    shard = opened(o, skipped)
    longest = _longest_label(shard, label_of)
    if 0 < o.label_pad_width < longest:
        raise MXNetError(f"label_pad_width: {o.label_pad_width} smaller than estimated width: {longest}")
    kind = _Detection(o, max(longest, o.label_pad_width))
    reader = Reader(o.data_shape[0], label_of)
    return ImageIterator(Batches(o, shard, reader, kind, _SEED, skipped, old=True), o)
