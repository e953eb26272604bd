"""Factors, inverses and determinants of matrices."""

from __future__ import annotations
