"""Boxes: overlap, suppression, matching, coding."""

from __future__ import annotations
