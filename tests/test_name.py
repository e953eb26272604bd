"""Automatic names."""

from __future__ import annotations

from threading import Thread

import pytest

from regluon import name
from regluon.name import NameManager, Prefix


def test_names_are_numbered_by_hint() -> None:
    names = NameManager()
    assert [names.get(None, "a"), names.get("", "b"), names.get(None, "a")] == ["a0", "b0", "a1"]
    assert names.get("given", "a") == "given"


def test_a_prefix_stands_before_every_name() -> None:
    names = Prefix("p_")
    assert [names.get("given", "a"), names.get(None, "a"), names.get("", "a")] == ["p_given", "p_a0", "p_a1"]


def test_the_innermost_manager_counts() -> None:
    outer, inner = NameManager(), Prefix("p_")
    with outer as entered:
        assert entered is name.current() is outer
        with inner, inner:
            assert name.current() is inner
        assert name.current() is outer
    assert name.current() is not outer


def test_the_manager_before_comes_back_after_an_error() -> None:
    before = name.current()
    with pytest.raises(ZeroDivisionError), NameManager():
        1 / 0  # noqa: B018
    assert name.current() is before


def test_each_thread_has_its_own() -> None:
    found: list[NameManager] = []
    with Prefix("p_") as mine:
        thread = Thread(target=lambda: found.append(name.current()))
        thread.start()
        thread.join()
    assert found[0] is not mine
    assert found[0].get(None, "a") == "a0"


def test_the_current_manager_by_its_old_name() -> None:
    before = name.current()
    with pytest.warns(DeprecationWarning, match="NameManager.current has been deprecated"):
        assert NameManager.current is before
    try:
        NameManager.current = Prefix("p_")
        assert name.current().get(None, "a") == "p_a0"
    finally:
        NameManager.current = before
