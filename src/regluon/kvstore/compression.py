"""Gradients of two bits: what a store does to them on their way."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.ndarray import NDArray

__all__ = ["TwoBits"]


class TwoBits:
    """Each element becomes ``threshold``, ``-threshold`` or 0; what that leaves out is added the next time.

    The numbers are those of a compressed transfer. Nothing is packed: within a process no wire is narrow.
    """

    def __init__(self, parameters: dict[str, Any]) -> None:
        if "type" not in parameters:
            raise MXNetError("compression_params needs a 'type'; there is '2bit'")
        if parameters["type"] != "2bit":
            raise MXNetError(f"Unknown type for gradient compression {parameters['type']}; there is '2bit'")
        self.threshold = float(parameters.get("threshold", 0.5))
        if not self.threshold > 0:
            raise MXNetError(f"threshold must be greater than 0, not {self.threshold}")
        self._residuals: dict[Any, Tensor] = {}

    def __call__(self, key: Any, part: NDArray) -> NDArray:
        """What arrives of ``part``; ``key`` tells the residuals apart."""
        if part.stype != "default":
            return part
        if part._data.dtype is not torch.float32:
            raise MXNetError(f"gradient compression is for float32, not {part.dtype.__name__}")
        residual = self._residuals.get(key)
        if residual is None or residual.shape != part._data.shape:
            residual = self._residuals[key] = torch.zeros_like(part._data)
        residual += part._data
        kept = self.threshold * ((residual >= self.threshold).float() - (residual <= -self.threshold).float())
        residual -= kept
        return NDArray(kept, part.context)
