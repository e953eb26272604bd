"""Casts between precisions; whether numbers are finite."""

from __future__ import annotations
