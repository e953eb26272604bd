"""Sliding blocks as columns, and back."""

from __future__ import annotations
