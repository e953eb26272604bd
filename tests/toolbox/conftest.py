"""Figures without a display, and a chapter's folder to be in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest

from regluon.toolbox import plotting


@pytest.fixture
def figures() -> Iterator[None]:
    with mpl.rc_context():
        plotting.plt.switch_backend("agg")
        yield
        plotting.plt.close("all")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder ../data of a chapter's folder, which is the current one."""
    (tmp_path / "chapter").mkdir()
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "chapter")
    return tmp_path / "data"
