"""Optimizers' updates of many weights in one call."""

from __future__ import annotations
