"""``mx.onnx``: nets as models of ONNX."""

from __future__ import annotations

from regluon.onnx import mx2onnx
from regluon.onnx.mx2onnx import export_model, get_operator_support
from regluon.reference import absent

__all__ = ["export_model", "get_operator_support", "mx2onnx"]

__getattr__ = absent(__name__, "onnx")
