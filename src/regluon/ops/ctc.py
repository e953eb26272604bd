"""Connectionist temporal classification."""

from __future__ import annotations
