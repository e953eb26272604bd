"""Images need no watch over processes, which takes as long as all else in these tests."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _nothing_is_left() -> None:
    """In place of the loaders' fixture."""
