"""The errors of sweeps."""

from __future__ import annotations

from regluon.usage import UsageError

__all__ = ["RunError", "SweepError"]


class SweepError(UsageError):
    """What was asked of a sweep cannot be done."""


class RunError(Exception):
    """A run failed: its last line, all there is to read about it, and the notebook up to there."""

    def __init__(self, line: str, text: str, notebook: str | None = None) -> None:
        super().__init__(line)
        self.line, self.text, self.notebook = line, text, notebook
