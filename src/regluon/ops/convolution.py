"""Convolution and its transpose, in one to three dimensions."""

from __future__ import annotations
