"""Anchor boxes: their making, matching with targets, and detections."""

from __future__ import annotations
