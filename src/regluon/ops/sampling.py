"""Feature maps read at points of a grid."""

from __future__ import annotations
