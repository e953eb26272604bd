"""Images and boxes, drawn without a display."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])
pytestmark = pytest.mark.usefixtures("figures")


@BOOKS
@pytest.mark.parametrize("rows", [1, 2])
def test_show_images(book: Any, rows: int) -> None:
    images = [mx.nd.full((4, 5, 3), i / 10) for i in range(6)]
    axes = book.show_images(images, rows, 3, scale=1.5)
    assert axes.shape == (rows, 3)
    for i, ax in enumerate(axes.flat):
        (shown,) = ax.images
        assert shown.get_array().shape == (4, 5, 3)
        np.testing.assert_allclose(shown.get_array(), i / 10)
        assert not ax.get_xaxis().get_visible()
        assert not ax.get_yaxis().get_visible()
    assert axes[0][0].figure.get_size_inches().tolist() == [4.5, 1.5 * rows]


@BOOKS
def test_too_few_images(book: Any) -> None:
    with pytest.raises(ValueError, match="show_images: 3 images do not fill 2 rows of 2"):
        book.show_images([mx.nd.zeros((4, 4))] * 3, 2, 2)


@BOOKS
def test_bbox_to_rect(book: Any) -> None:
    rect = book.bbox_to_rect([60, 45, 378, 516], "blue")
    assert (*rect.xy, rect.get_width(), rect.get_height()) == (60, 45, 318, 471)
    assert (rect.get_fill(), rect.get_linewidth()) == (False, 2)
    assert rect.get_edgecolor() == (0, 0, 1, 1)


@BOOKS
def test_show_bboxes(book: Any) -> None:
    (axes,) = book.show_images([mx.nd.zeros((20, 20))], 1, 1)[0]
    boxes = mx.nd.array([[1, 2, 5, 6], [3, 3, 9, 8], [0, 0, 4, 4]])
    book.show_bboxes(axes, boxes, ["dog=0.9", "cat=0.8"], ["w", "r"])
    assert [tuple(patch.xy) for patch in axes.patches] == [(1, 2), (3, 3), (0, 0)]
    assert [patch.get_edgecolor() for patch in axes.patches] == [(1, 1, 1, 1), (1, 0, 0, 1), (1, 1, 1, 1)]
    texts = [(text.get_text(), text.get_position(), text.get_color()) for text in axes.texts]
    assert texts == [("dog=0.9", (1, 2), "k"), ("cat=0.8", (3, 3), "w")]


@BOOKS
def test_boxes_without_labels_or_colors(book: Any) -> None:
    axes = book.plt.figure().gca()
    book.show_bboxes(axes, [mx.nd.array([0, 0, 1, 1])] * 6)
    colors = [patch.get_edgecolor() for patch in axes.patches]
    assert len(set(colors)) == 5
    assert colors[0] == colors[5] == (0, 0, 1, 1)
    assert not axes.texts


def test_show_fashion_mnist() -> None:
    images = mx.nd.arange(2 * 784).reshape((2, 1, 28, 28))
    d2lzh.show_fashion_mnist(images, d2lzh.get_fashion_mnist_labels(np.array([9, 2], np.int32)))
    figure = d2lzh.plt.gcf()
    assert figure.get_size_inches().tolist() == [12, 12]
    assert [ax.get_title() for ax in figure.axes] == ["ankle boot", "pullover"]
    assert figure.axes[1].images[0].get_array()[27, 27] == 2 * 784 - 1
    assert not any(ax.get_xaxis().get_visible() for ax in figure.axes)
