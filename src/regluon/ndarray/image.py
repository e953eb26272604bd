"""``nd.image``: images as arrays."""

from __future__ import annotations

from regluon.ndarray.namespace import functions

globals().update(functions("_image_", __name__))
