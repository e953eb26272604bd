"""The error of the notebook runner."""

from __future__ import annotations

from regluon.usage import UsageError

__all__ = ["NotebookError"]


class NotebookError(UsageError):
    """What was asked of a notebook cannot be done."""
