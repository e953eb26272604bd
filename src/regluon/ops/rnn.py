"""Recurrent layers fused into one operator."""

from __future__ import annotations
