"""Pooling: windows over space, reduced to their maximum, mean, sum or p-norm."""

from __future__ import annotations
