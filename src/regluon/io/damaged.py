"""What is left out of files because it is damaged."""

from __future__ import annotations

import logging

__all__ = ["leave_out"]


def leave_out(fault: object, told: list[str]) -> None:
    """Adds a fault to those that have been told, and logs it, unless it is among them."""
    text = str(fault)
    if text not in told:
        told.append(text)
        logging.warning("skipped (%d so far): %s", len(told), text)
