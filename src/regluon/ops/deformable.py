"""Convolutions whose windows are deformed."""

from __future__ import annotations
