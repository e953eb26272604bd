"""What samples don't show of the operators that OpenCV carries out: how it is called, or missed."""

from __future__ import annotations

import sys

import cv2
import numpy as np
import pytest
import torch

from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.ops import opencv
from regluon.ops.opencv import call

PICTURE = torch.arange(60, dtype=torch.uint8).reshape(4, 5, 3)


def test_its_pixels_are_not_those_of_ipp() -> None:
    floats, before = np.random.default_rng(0).random((13, 17, 3), np.float32), cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    expected = cv2.resize(floats, (31, 7))
    cv2.ipp.setUseIPP(before)
    np.testing.assert_array_equal(call("resize", floats, (31, 7)), expected)
    assert cv2.ipp.useIPP() is before


def test_its_complaints_are_errors_of_the_call() -> None:
    with pytest.raises(ValueError, match="OpenCV refuses"):
        call("resize", np.zeros((2, 2, 3), np.uint8), (0, 0))


@pytest.mark.parametrize("kind", range(1, 5))
def test_a_border_of_no_pixels(kind: int) -> None:
    for shape in ((0, 9, 3), (7, 0, 3)):
        empty = nd.zeros(shape, dtype="uint8")
        with pytest.raises(MXNetError, match="an image without pixels"):
            nd._internal._cvcopyMakeBorder(empty, top=1, bot=2, left=3, right=0, type=kind)


def test_without_it_the_way_to_install_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    monkeypatch.setattr(opencv, "_function", opencv._function.__wrapped__)  # as if it had not been needed yet
    with pytest.raises(ImportError, match=r"pip install 'regluon\[image\]'"):
        nd.image.resize(nd.array(PICTURE.numpy()), size=2)


def test_batches_without_images_and_sizes_without_numbers() -> None:
    found = nd.image.resize(nd.zeros((0, 4, 5, 3)), size=(2, 3))
    assert found.shape == (0, 3, 2, 3)


def test_resizing_has_no_gradient() -> None:
    data = nd.zeros((4, 5, 3))
    data.attach_grad()
    with autograd.record():
        found = nd.image.resize(data, size=(2, 3))
    with pytest.raises(ValueError, match="no gradient"):
        found.backward()
