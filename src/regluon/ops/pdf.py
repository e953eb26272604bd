"""Densities of random distributions."""

from __future__ import annotations
