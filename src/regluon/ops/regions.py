"""Regions of interest in feature maps."""

from __future__ import annotations
