"""Fourier transforms, and sketches of counts."""

from __future__ import annotations
