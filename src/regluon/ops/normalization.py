"""Normalizations: over a batch, an instance, groups of channels, neighbours."""

from __future__ import annotations
