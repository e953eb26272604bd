"""What every run of the tests does first: it marks the failures that are expected."""

from __future__ import annotations

import pytest

from expectations import UNKNOWN, expect_failures
from regluon.reference import deviations


@pytest.hookimpl(tryfirst=True)  # before tests are deselected
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    whole = not any("::" in argument for argument in config.args)
    config.stash[UNKNOWN] = expect_failures(items, deviations()) if whole else []
