"""Products of queries, keys and values that lie interleaved in one array."""

from __future__ import annotations
