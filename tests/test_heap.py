"""The C library's heap keeps the memory of arrays that are gone."""

from __future__ import annotations

import ctypes
import sys

import pytest

from regluon.heap import keep_memory

LINUX = sys.platform.startswith("linux")


@pytest.mark.skipif(not LINUX or not hasattr(ctypes.CDLL(None), "mallopt"), reason="not glibc")
def test_the_heap_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"):
        monkeypatch.delenv(name, raising=False)
    assert keep_memory()


@pytest.mark.parametrize(
    ("name", "value"),
    [("MALLOC_TRIM_THRESHOLD_", "1"), ("GLIBC_TUNABLES", "glibc.malloc.trim_threshold=1")],
)
def test_the_environment_has_its_way(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    assert not keep_memory()


def test_other_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert not keep_memory()
