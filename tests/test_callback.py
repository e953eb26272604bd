"""mx.callback, mx.monitor and mx.model against MXNet 1.9.1 (tests/oracle/record_callbacks.py)."""

from __future__ import annotations

import json
import logging
import pickle
from pathlib import Path

import pytest

import regluon
from callback_cases import all_logged, checkpoints
from regluon import model, monitor, nd

RECORDED = json.loads((Path(__file__).parent / "data" / "callbacks.json").read_text())


def test_what_is_logged_is_mxnets() -> None:
    for name, lines in all_logged(regluon).items():
        assert lines == RECORDED[name], name


def test_checkpoints_are_mxnets(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert checkpoints(regluon, str(tmp_path)) == RECORDED["checkpoints"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net-0002.params", "net-0004.params"]
    assert caplog.messages[0] == f'Saved checkpoint to "{tmp_path}/net-0002.params"'


def test_other_files_of_parameters(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    nd.save(str(tmp_path / "net-0001.params"), [nd.ones(1)])
    with pytest.raises(ValueError, match="arrays without names"):
        model.load_params(str(tmp_path / "net"), 1)
    nd.save(str(tmp_path / "net-0002.params"), {})
    assert model.load_params(str(tmp_path / "net"), 2) == ({}, {})
    assert "is empty" in caplog.text


def test_params_of_a_batch_can_be_pickled() -> None:
    param = model.BatchEndParam(1, 2, None, {})
    assert pickle.loads(pickle.dumps(param)) == param


def test_a_monitor_wants_arrays() -> None:
    with pytest.raises(AssertionError, match="stat_func must return"):
        monitor._text(3.0)


class Symbol:
    def save(self, name: str, remove_amp_cast: bool) -> None:
        Path(name).write_text(str(remove_amp_cast))


def test_a_symbol_is_saved_too(tmp_path: Path) -> None:
    model.save_checkpoint(str(tmp_path / "net"), 3, Symbol(), {}, {}, remove_amp_cast=False)
    assert (tmp_path / "net-symbol.json").read_text() == "False"
