"""Triangular matrices: products, solutions, packing."""

from __future__ import annotations
