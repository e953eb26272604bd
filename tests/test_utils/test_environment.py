"""What tests run in."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import mxnet as mx
from regluon import test_utils


def test_variables() -> None:
    os.environ.pop("REGLUON_TESTED", None)
    with test_utils.environment("REGLUON_TESTED", "1"):
        assert os.environ["REGLUON_TESTED"] == "1"
        with test_utils.environment({"REGLUON_TESTED": None, "REGLUON_TESTED_2": "x"}):
            assert "REGLUON_TESTED" not in os.environ
            assert os.environ["REGLUON_TESTED_2"] == "x"
        assert os.environ["REGLUON_TESTED"] == "1"
    assert {"REGLUON_TESTED", "REGLUON_TESTED_2"}.isdisjoint(os.environ)
    with pytest.raises(KeyError), test_utils.environment("REGLUON_TESTED", "1"):
        raise KeyError
    assert "REGLUON_TESTED" not in os.environ
    with pytest.raises(AssertionError, match="one dict arg or two args"), test_utils.environment("A"):
        pass


def run(code: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    return subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True
    )


def test_standard_error() -> None:
    done = run(
        "import os; from regluon.test_utils import discard_stderr\n"
        "os.write(2, b'before ')\nwith discard_stderr(): os.write(2, b'within ')\nos.write(2, b'after')"
    )
    assert done.stderr == "before after"


def test_standard_error_that_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", object())
    with test_utils.discard_stderr():
        pass


def test_repeated_tests() -> None:
    runs: list[int] = []

    @test_utils.retry(3)
    def fails(times: int) -> None:
        """Doc."""
        runs.append(times)
        assert len(runs) > times

    fails(2)
    assert len(runs) == 3
    assert fails.__doc__ == "Doc."
    runs.clear()
    with pytest.raises(AssertionError):
        fails(3)
    assert len(runs) == 3
    with pytest.raises(AssertionError, match="0 times"):
        test_utils.retry(0)


def test_the_machine() -> None:
    assert list(test_utils.list_gpus()) == list(range(mx.num_gpus()))
    assert test_utils.is_aarch64_run() == (platform.machine() == "aarch64")
    with test_utils.environment("CD_JOB", "1"):
        assert test_utils.is_cd_run()
    with test_utils.environment("CD_JOB", None):
        assert not test_utils.is_cd_run()
    assert (test_utils.has_tvm_ops(), test_utils.is_op_runnable()) == (False, True)


def test_im2rec(tmp_path: Path) -> None:
    with test_utils.environment("MXNET_HOME", str(tmp_path)):
        with pytest.raises(OSError, match="set MXNET_HOME"):
            test_utils.get_im2rec_path()
        (tmp_path / "tools").mkdir()
        (tmp_path / "tools" / "im2rec.py").touch()
        assert Path(test_utils.get_im2rec_path()).samefile(tmp_path / "tools" / "im2rec.py")


def test_neither_scipy_nor_matplotlib_is_needed() -> None:
    code = "import sys, mxnet.test_utils; print({'scipy', 'matplotlib', 'requests'} & set(sys.modules))"
    assert run(code).stdout.strip() == "set()"
