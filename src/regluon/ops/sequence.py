"""Sequences of different lengths in one array."""

from __future__ import annotations
