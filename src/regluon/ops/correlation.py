"""Correlation of patches of two feature maps."""

from __future__ import annotations
