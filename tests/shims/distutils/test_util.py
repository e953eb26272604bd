from __future__ import annotations

import sys
from pathlib import Path

import pytest

from regluon.shims.distutils.spawn import find_executable
from regluon.shims.distutils.util import strtobool


@pytest.mark.parametrize("word", ["y", "Yes", "t", "TRUE", "on", "1"])
def test_words_for_true(word: str) -> None:
    assert strtobool(word) == 1


@pytest.mark.parametrize("word", ["n", "No", "f", "FALSE", "off", "0"])
def test_words_for_false(word: str) -> None:
    assert strtobool(word) == 0


def test_other_words_are_refused() -> None:
    with pytest.raises(ValueError, match=r"strtobool\('maybe'\): expected one of y, yes"):
        strtobool("maybe")


def test_find_executable() -> None:
    python = Path(sys.executable)
    assert find_executable(python.name, str(python.parent)) == str(python)
    assert find_executable("no-such-program-anywhere") is None
