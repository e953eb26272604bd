"""Proposals of regions from anchors."""

from __future__ import annotations
