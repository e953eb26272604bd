"""Finished runs on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from regluon.sweep.errors import SweepError
from regluon.sweep.grid import Task
from regluon.sweep.store import Store

TASK = Task((("wd", "0.3"), ("name", "'a/b, c'")), 10)
RESULT = {"numbers": {"a": 1}, "curves": {"b": [1.5, None]}, "weights": None}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "out", "0123456789abcdef")
    made.prepare()
    return made


def test_a_run_comes_back_as_it_was(store: Store) -> None:
    assert store.load(TASK) is None
    store.save(TASK, RESULT, 1.25)
    found = store.load(TASK)
    assert found == {"values": dict(TASK.values), "seed": 10, "seconds": 1.25, **RESULT}
    assert store.load(Task(TASK.values, 11)) is None
    (path,) = store.runs.iterdir()
    assert path.name.startswith("wd=0.3_name=_a_b_c_seed=10-")


def test_another_programs_runs_are_not_taken_for_this_ones(store: Store, tmp_path: Path) -> None:
    store.save(TASK, RESULT, 1)
    other = Store(tmp_path / "out", "another")
    other.prepare()
    assert other.load(TASK) is None
    assert store.load(TASK) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"values": {}, "seed": 10}', "\x00"])
def test_what_is_no_finished_run_is_run_again(store: Store, text: str) -> None:
    store.save(TASK, RESULT, 1)
    (path,) = store.runs.iterdir()
    path.write_text(text)
    assert store.load(TASK) is None


def test_a_failure_is_kept_until_the_run_finishes(store: Store) -> None:
    path = store.fail(TASK, "Traceback: x", "{}")
    assert path.read_text() == "Traceback: x\n"
    assert {p.suffix for p in store.failures.iterdir()} == {".txt", ".ipynb"}
    store.save(TASK, RESULT, 1)
    assert list(store.failures.iterdir()) == []


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SweepError, match="files cannot be written there"):
        Store(tmp_path / "file", "0").prepare()
