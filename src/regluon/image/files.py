"""Images out of files, in another size, with a border."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from regluon.context import current_context
from regluon.ndarray import NDArray, _internal, array
from regluon.ndarray.ndarray import wrap
from regluon.ops import opencv

__all__ = ["copyMakeBorder", "imdecode", "imread", "imresize"]

_OPTIONS = {"flag", "to_rgb"}


def imread(filename: str, *args: Any, **kwargs: Any) -> NDArray:
    """The image in a file: (height, width, channels), uint8.

    Parameters
    ----------
    filename : str
    flag : int
        1, the default, for an image in colours, 0 for a gray one.
    to_rgb : int
        1, the default, for red, green and blue, 0 for blue, green and red as OpenCV has them.
    """
    if not args and kwargs.keys() <= _OPTIONS and current_context().device_type == "cpu":
        with suppress(OSError, TypeError, ValueError):  # which the other way tells
            return _wrapped(opencv.read(filename, **_usual(kwargs)))
    found: NDArray = _internal._cvimread(filename, *args, **kwargs)
    return found


def imdecode(buf: Any, *args: Any, **kwargs: Any) -> NDArray:
    """The image in the bytes of a file; the parameters are those of ``imread``.

    Parameters
    ----------
    buf : bytes, bytearray, numpy.ndarray or NDArray
    """
    if not isinstance(buf, NDArray):
        if not isinstance(buf, (bytes, bytearray, np.ndarray)):
            raise ValueError(
                f"buf must be bytes, bytearray, numpy.ndarray or NDArray, not {type(buf).__name__}"
            )
        content = np.frombuffer(buf, np.uint8)
        if not args and kwargs.keys() <= _OPTIONS and current_context().device_type == "cpu":
            with suppress(TypeError, ValueError):
                return _wrapped(opencv.decoded(content, **_usual(kwargs)))
        buf = array(content, dtype=np.uint8)
    found: NDArray = _internal._cvimdecode(buf, *args, **kwargs)
    return found


def _usual(options: dict[str, Any]) -> dict[str, Any]:
    """The options as plain values, for reading without the way of an operator's call, which takes longer."""
    return {"flag": int(options.get("flag", 1)), "to_rgb": bool(int(options.get("to_rgb", True)))}


def _wrapped(data: Any) -> NDArray:
    found: NDArray = wrap(data, current_context(), None)
    return found


def imresize(src: NDArray, w: int, h: int, *args: Any, **kwargs: Any) -> NDArray:
    """An image in the size ``w`` times ``h``.

    Parameters
    ----------
    src : NDArray
        (height, width, channels)
    w, h : int
    interp : int
        0 nearest, 1 linear (the default), 2 cubic, 3 area, 4 Lanczos.
    """
    found: NDArray = _internal._cvimresize(src, w, h, *args, **kwargs)
    return found


def copyMakeBorder(
    src: NDArray, top: int, bot: int, left: int, right: int, *args: Any, **kwargs: Any
) -> NDArray:
    """An image with a border; ``type``, ``value`` and ``values`` are those of ``_cvcopyMakeBorder``."""
    found: NDArray = _internal._cvcopyMakeBorder(src, top, bot, left, right, *args, **kwargs)
    return found
