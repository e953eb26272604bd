"""What every test of loaders has to leave as it was."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import pytest


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def maps_messages() -> bool:
    """Whether memory of messages is there. It has no name that could be left behind in a folder."""
    return "/memfd:regluon (deleted)" in Path("/proc/self/maps").read_text()


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """No processes, open files or memory."""
    # Python begins it when a process is spawned, and keeps it.
    resource_tracker.ensure_running()
    children, files = set(multiprocessing.active_children()), open_files()
    yield
    gc.collect()
    assert set(multiprocessing.active_children()) <= children
    assert open_files() <= files
    assert not maps_messages()
