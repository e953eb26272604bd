"""Optimizers' updates of one weight."""

from __future__ import annotations
