"""Images in rows and columns, and boxes on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.toolbox.contexts import _make_list
from regluon.toolbox.plotting import plt

__all__ = ["bbox_to_rect", "show_bboxes", "show_images"]


def show_images(imgs: Sequence[Any], num_rows: int, num_cols: int, scale: float = 2) -> Any:
    """Draw images in a grid, without ticks.

    Parameters
    ----------
    imgs : sequence of NDArray
        (height, width) or (height, width, channels), row after row.
    num_rows, num_cols : int
    scale : float
        The side of an image in inches.

    Outputs
    -------
    array of Axes
        (num_rows, num_cols), also for a single row, with which the book's function fails.

    Errors
    ------
    ValueError
        For too few images.
    """
    places = num_rows * num_cols
    if len(imgs) < places:
        raise ValueError(f"show_images: {len(imgs)} images do not fill {num_rows} rows of {num_cols}")
    figsize = (num_cols * scale, num_rows * scale)
    _, axes = plt.subplots(num_rows, num_cols, figsize=figsize, squeeze=False)
    for ax, img in zip(axes.flat, imgs[:places], strict=True):
        ax.imshow(img.asnumpy())
        ax.get_xaxis().set_visible(False)
        ax.get_yaxis().set_visible(False)
    return axes


def bbox_to_rect(bbox: Any, color: Any) -> Any:
    """matplotlib's rectangle, not filled, of a box: left, top, right, bottom."""
    left, top, right, bottom = bbox
    return plt.Rectangle(
        xy=(left, top), width=right - left, height=bottom - top, fill=False, edgecolor=color, linewidth=2
    )


def show_bboxes(axes: Any, bboxes: Sequence[Any], labels: Any = None, colors: Any = None) -> None:
    """Draw boxes on an image, and their labels at their first corners.

    Parameters
    ----------
    axes : Axes
    bboxes : sequence of NDArray
        (4,) each: left, top, right, bottom, in the image's pixels.
    labels : str or list of str, optional
        Those of the first boxes.
    colors : color or list of colors, optional
        Used in turn.
    """
    labels = _make_list(labels, [])
    colors = _make_list(colors, ["b", "g", "r", "m", "k"])
    for i, bbox in enumerate(bboxes):
        color = colors[i % len(colors)]
        rect = bbox_to_rect(bbox.asnumpy(), color)
        axes.add_patch(rect)
        if i < len(labels):
            ink = "k" if color == "w" else "w"
            place = {"va": "center", "ha": "center", "bbox": {"facecolor": color, "lw": 0}}
            axes.text(*rect.xy, labels[i], fontsize=9, color=ink, **place)
