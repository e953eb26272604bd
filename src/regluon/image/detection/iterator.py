"""Batches of images with boxes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import numpy as np

from regluon.image.create import MEAN, STD
from regluon.image.detection.create import CreateDetAugmenter
from regluon.image.iterator import ImageIter
from regluon.lazy import optional
from regluon.ndarray import NDArray, array

__all__ = ["ImageDetIter"]

Boxes = np.ndarray[Any, Any]


class ImageDetIter(ImageIter):
    """Batches of images and the boxes around their objects, (batch, objects, numbers of an object).

    The label of a record, or in a list, is n, k, n - 2 more numbers, and k for each object: its class, left,
    top, right and bottom as shares of width and height, and others. There are as many places for objects as
    any image has, filled up with -1. Images without a proper box are left out.

    Parameters
    ----------
    batch_size : int
    data_shape : tuple of int
        (3, height, width)
    path_imgrec, path_imglist, path_root, path_imgidx, imglist
        See :class:`ImageIter`.
    shuffle, part_index, num_parts, last_batch_handle
        See :class:`ImageIter`.
    aug_list : list of DetAugmenter, optional
        What is done to the images; what ``CreateDetAugmenter(data_shape, **kwargs)`` returns if None.
    data_name, label_name : str
        The names of the arrays.
    """

    def __init__(
        self,
        batch_size: int,
        data_shape: tuple[int, int, int],
        path_imgrec: str | None = None,
        path_imglist: str | None = None,
        path_root: str | None = None,
        path_imgidx: str | None = None,
        shuffle: bool = False,
        part_index: int = 0,
        num_parts: int = 1,
        aug_list: Any = None,
        imglist: Any = None,
        data_name: str = "data",
        label_name: str = "label",
        last_batch_handle: str = "pad",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            batch_size=batch_size,
            data_shape=data_shape,
            path_imgrec=path_imgrec,
            path_imglist=path_imglist,
            path_root=path_root,
            path_imgidx=path_imgidx,
            shuffle=shuffle,
            part_index=part_index,
            num_parts=num_parts,
            aug_list=[],
            imglist=imglist,
            data_name=data_name,
            label_name=label_name,
            last_batch_handle=last_batch_handle,
            skip_damaged=kwargs.pop("skip_damaged", False),
        )
        self.auglist = CreateDetAugmenter(data_shape, **kwargs) if aug_list is None else aug_list
        self.label_shape = self._estimate_label_shape()
        self.provide_label = [(label_name, (batch_size, *self.label_shape))]

    def _estimate_label_shape(self) -> tuple[int, int]:
        """The largest number of objects, and how many numbers each has."""
        most = width = 0
        self.reset()
        try:
            while True:
                label = self._parse_label(self.next_sample()[0])
                most, width = max(most, label.shape[0]), label.shape[1]
        except StopIteration:
            pass
        self.reset()
        return most, width

    def _parse_label(self, label: Any) -> Boxes:
        """The proper boxes, a row each."""
        raw = np.ravel(label.asnumpy() if isinstance(label, NDArray) else label)
        if raw.size < 7:
            raise RuntimeError(f"Label shape is invalid: {raw.shape}; boxes take 7 numbers at least")
        head, width = int(raw[0]), int(raw[1])
        if width < 5 or (raw.size - head) % width:
            raise RuntimeError(f"Label shape {raw.shape} inconsistent with annotation width {width}.")
        boxes = np.reshape(raw[head:], (-1, width))
        boxes = boxes[(boxes[:, 3] > boxes[:, 1]) & (boxes[:, 4] > boxes[:, 2])]
        if not len(boxes):
            raise RuntimeError("Encounter sample with no valid label.")
        return boxes

    def _check_valid_label(self, label: Boxes) -> None:
        if label.ndim != 2 or label.shape[1] < 5:
            raise RuntimeError(f"Label with shape (1+, 5+) required, {label} received.")
        if not ((label[:, 0] >= 0) & (label[:, 3] > label[:, 1])).any():
            raise RuntimeError("Invalid label occurs.")

    def reshape(self, data_shape: Any = None, label_shape: Any = None) -> None:
        """Has batches of other shapes.

        Parameters
        ----------
        data_shape : tuple of int, optional
            (3, height, width)
        label_shape : tuple of int, optional
            How many places for objects there are, and how many numbers each has.
        """
        if data_shape is not None:
            self.check_data_shape(data_shape)
            self.provide_data = [(self.provide_data[0][0], (self.batch_size, *data_shape))]
            self.data_shape = data_shape
        if label_shape is not None:
            self.check_label_shape(label_shape)
            self.provide_label = [(self.provide_label[0][0], (self.batch_size, *label_shape))]
            self.label_shape = label_shape

    def _empty(self) -> tuple[NDArray, NDArray]:
        data, label = super()._empty()
        label[:] = -1
        return data, label

    def _batchify(self, batch_data: NDArray, batch_label: NDArray, start: int = 0) -> int:
        i = start
        try:
            while i < self.batch_size:
                example = self._next_boxes()
                if example is None:
                    continue
                data, label = example
                batch_data[i] = self.postprocess_data(data)
                places = np.full(batch_label.shape[1:], -1, np.float32)
                places[: len(label)] = label
                batch_label[i] = array(places)
                i += 1
        except StopIteration:
            if not i:
                raise
        return i

    def _next_boxes(self) -> tuple[NDArray, Boxes] | None:
        """The next image and its boxes after all augmenters, None if they are not proper."""
        label, data = self._sample()
        try:
            self.check_valid_image([data])
            data, boxes = self.augmentation_transform(data, self._parse_label(label))
            self._check_valid_label(boxes)
        except RuntimeError as error:
            logging.debug("Invalid image, skipping:  %s", error)
            return None
        return data, boxes

    def augmentation_transform(self, data: NDArray, label: Any) -> tuple[NDArray, Any]:  # type: ignore[override]
        """The image and its boxes after all augmenters."""
        for augmenter in self.auglist:
            data, label = augmenter(data, label)
        return data, label

    def check_label_shape(self, label_shape: Any) -> None:
        """Raises a ValueError if objects would not fit, or not have as many numbers."""
        if len(label_shape) != 2:
            raise ValueError(f"label_shape should have length 2, not {len(label_shape)}")
        if label_shape[0] < self.label_shape[0]:
            raise ValueError(
                f"Attempts to reduce label count from {self.label_shape[0]} to {label_shape[0]}, not allowed."
            )
        if label_shape[1] != self.provide_label[0][1][2]:
            raise ValueError(
                f"label_shape object width inconsistent: {self.provide_label[0][1][2]} vs {label_shape[1]}."
            )

    def sync_label_shape(self, it: ImageDetIter, verbose: bool = False) -> ImageDetIter:
        """Has this iterator and another one as many places for objects; returns the other one."""
        if not isinstance(it, ImageDetIter):
            raise AssertionError(f"Synchronize with invalid iterator {it!r}.")
        mine, others = self.label_shape, it.label_shape
        if mine[1] != others[1]:
            raise AssertionError(f"object width mismatch: {mine[1]} and {others[1]}.")
        most = max(mine[0], others[0])
        if most > mine[0]:
            self.reshape(None, (most, mine[1]))
        if most > others[0]:
            it.reshape(None, (most, others[1]))
        if verbose and most > min(mine[0], others[0]):
            logging.info("Resized label_shape to (%d, %d).", most, mine[1])
        return it

    def draw_next(
        self,
        color: Any = None,
        thickness: int = 2,
        mean: Any = None,
        std: Any = None,
        clip: bool = True,
        waitKey: int | None = None,
        window_name: str = "draw_next",
        id2labels: Any = None,
    ) -> Iterator[Boxes]:
        """The images with their boxes drawn, as OpenCV has them: blue, green, red.

        Parameters
        ----------
        color : tuple of int, optional
            Of the boxes: red, green, blue; random ones if None.
        thickness : int
            Of their lines.
        mean, std : True or numpy.ndarray, optional
            By what the augmenters have normalized the colours.
        clip : bool
            Whether to keep colours from 0 to 255.
        waitKey : int, optional
            Shows each image in a window, so many milliseconds at least.
        window_name : str
            The window's name.
        id2labels : dict, optional
            The names of the classes, written into their boxes.
        """
        while True:
            try:
                example = self._next_boxes()
            except StopIteration:
                return
            if example is None:
                continue
            image = _restored(example[0].asnumpy(), mean, std, clip)
            for box in example[1]:
                _draw(image, box, color, thickness, id2labels or {})
            if waitKey is not None:
                _cv2("imshow")(window_name, image)
                _cv2("waitKey")(waitKey)
            yield image


def _cv2(name: str) -> Any:
    return optional(f"cv2:{name}", "image")


def _restored(image: Boxes, mean: Any, std: Any, clip: bool) -> Boxes:
    """The image before its colours were normalized, blue first."""
    for value, usual, operation in ((std, STD, np.multiply), (mean, MEAN, np.add)):
        if value is not None:
            image = operation(image, np.array(usual) if value is True else value)
    image = np.clip(image, 0, 255) if clip else image
    return np.ascontiguousarray(image[:, :, ::-1].astype(np.uint8))


def _draw(image: Boxes, box: Boxes, color: Any, thickness: int, names: Any) -> None:
    height, width, _ = image.shape
    left, top, right, bottom = (int(box[1 + i] * (height if i % 2 else width)) for i in range(4))
    if left < 0:
        return
    shade = tuple(color[::-1]) if color else tuple(np.random.rand(3) * 255)  # noqa: NPY002 (as in MXNet)
    _cv2("rectangle")(image, (left, top), (right, bottom), shade, thickness)
    name = names.get(int(box[0]))
    if name is not None:
        font = _cv2("FONT_HERSHEY_SIMPLEX")
        tall = _cv2("getTextSize")(str(name), font, 0.5, 2)[0][1]
        _cv2("putText")(image, str(name), (left + 5, top + tall + 5), font, 0.5, (255, 255, 255), 2)
