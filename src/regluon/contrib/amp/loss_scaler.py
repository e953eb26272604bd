"""The factor that keeps small gradients from vanishing in float16."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import torch

__all__ = ["LossScaler"]


class LossScaler:
    """A loss scale that halves when gradients overflow, and doubles after 2,000 steps without that.

    It begins at 2^16 and is at most 2^24. A change holds from the step after the next check, as in MXNet.
    """

    def __init__(self) -> None:
        self._loss_scale = 2.0**16
        self._next_loss_scale = self._loss_scale
        self._max_loss_scale = 2.0**24
        self._scale_seq_len = 2000
        self._unskipped = 0

    @property
    def loss_scale(self) -> float:
        """The factor of now."""
        return self._loss_scale

    def has_overflow(self, params: Iterable[Any]) -> bool:
        """Whether a gradient of these parameters is infinite or no number; adapts the scale."""
        grads = [next(iter(p._grad.values())) for p in params if p._grad]
        tensors = [(g if g.stype == "default" else g.data)._data for g in grads]
        overflow = not all(bool(torch.isfinite(t.to(torch.float32)).all()) for t in tensors)
        self._loss_scale = self._next_loss_scale
        if overflow:
            self._next_loss_scale = self._loss_scale / 2
            self._unskipped = 0
            logging.info("AMP: decreasing loss scale to %f", self._next_loss_scale)
        else:
            self._unskipped += 1
        if self._unskipped == self._scale_seq_len:
            self._unskipped = 0
            self._next_loss_scale = min(self._max_loss_scale, self._loss_scale * 2)
            logging.info("AMP: increasing loss scale to %f", self._next_loss_scale)
        return overflow
