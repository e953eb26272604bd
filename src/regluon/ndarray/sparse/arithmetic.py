"""``nd.sparse.add`` and its like: arrays of one shape keep their storage where they can."""

from __future__ import annotations

from typing import Any

from regluon.ndarray.sparse.storage import arithmetic

__all__ = ["add", "divide", "multiply", "subtract"]


def add(lhs: Any, rhs: Any) -> Any:
    """``lhs + rhs``; each an array or a number"""
    return arithmetic("add", lhs, rhs)


def subtract(lhs: Any, rhs: Any) -> Any:
    """``lhs - rhs``; each an array or a number"""
    return arithmetic("subtract", lhs, rhs)


def multiply(lhs: Any, rhs: Any) -> Any:
    """``lhs · rhs``; each an array or a number"""
    return arithmetic("multiply", lhs, rhs)


def divide(lhs: Any, rhs: Any) -> Any:
    """``lhs / rhs``; each an array or a number"""
    return arithmetic("divide", lhs, rhs)
