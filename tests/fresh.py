"""Code run in an interpreter of its own, for what an import changes once and for all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a fresh interpreter makes of `code`; REGLUON_SHIMS is unset there unless it is given."""
    inherited = {name: value for name, value in os.environ.items() if name != "REGLUON_SHIMS"}
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**inherited, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def report(code: str, **environment: str) -> Any:
    """What a fresh interpreter prints, read as JSON."""
    done = run(code, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
