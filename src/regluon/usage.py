"""The error that ends a command with one paragraph instead of a traceback."""

from __future__ import annotations

__all__ = ["UsageError"]


class UsageError(Exception):
    """What was asked cannot be done; the message is what the user reads, and the exit code is 2."""
