"""``mx.contrib.onnx``: where ``mx.onnx`` was before."""

from __future__ import annotations

import warnings
from typing import Any

from regluon.onnx import mx2onnx
from regluon.reference import absent

__all__ = ["export_model"]


def export_model(*args: Any, **kwargs: Any) -> str:
    """:func:`mx.onnx.export_model`, with a warning that it has moved there"""
    warnings.warn(
        "contrib.onnx.export_model has moved to mx.onnx.export_model", DeprecationWarning, stacklevel=2
    )
    return mx2onnx.export_model(*args, **kwargs)


__getattr__ = absent(__name__, "contrib.onnx")
