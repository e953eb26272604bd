"""A small part of ``make fuzz``; and that it would find what it looks for."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from fresh import report

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits a process as Linux does")
ROOT = Path(__file__).parents[2]


def test_a_few_inputs() -> None:
    seed = random.randrange(2**32)
    done = subprocess.run(
        [sys.executable, "-m", "fuzzing", "--count", "200", "--seed", str(seed)],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    assert f"seed {seed}\n" in done.stdout
    assert done.stdout.count("50 inputs") == 4
    assert done.stdout.count(" refused") == 4
    assert " read" in done.stdout  # of few symbols it can happen that all are refused


BAD = """
import contextlib, ctypes, json, os, sys, time
from fuzzing import running, targets
from regluon.base import MXNetError

def use(data):
    act = data.decode()
    if act == "crash": ctypes.string_at(0)
    if act == "exit": os._exit(3)
    if act == "memory":
        with contextlib.suppress(MemoryError): bytearray(300_000_000)
        bytearray(300_000_000)
    if act == "time":
        start = time.process_time()
        while time.process_time() < start + 1.2: pass
    if act == "execute": exec("1")
    if act == "shell": os.system("true")
    if act == "open": __import__("wave")
    if act == "error": raise KeyError("x")
    if act == "refuse": raise MXNetError("x")

acts = "crash exit memory refuse time execute shell open error read".split()
targets.TARGETS["bad"] = targets.Target(lambda rng: acts[numbers[rng.random()]].encode(), use)
numbers = {running.Random(f"bad {seed}").random(): seed for seed in range(10)}
for seed in range(2**40, 2**40 + 60): numbers[running.Random(f"bad {seed}").random()] = 9
outcomes, failures = running.run("bad", range(10))
print(json.dumps([outcomes, {f["seed"]: f["what"] for f in failures}]))
"""


def test_that_it_finds() -> None:
    outcomes, found = report(f"import sys; sys.path[:0] = [{str(ROOT / 'tests')!r}]" + BAD)
    assert outcomes == {"read": 5, "refused": 1, "failed": 2}
    assert found["0"].startswith("the process died: SIG")
    assert found["1"] == "the process died: exit 3"
    assert found["2"].startswith("MemoryError")
    assert found["4"].startswith("it took 1.")
    assert found["5"].startswith("it did exec")
    assert found["6"].startswith("it did os.system")
    assert found["7"].startswith("it did import")
    assert found["8"].startswith("KeyError")
    assert set(found) == set("0 1 2 4 5 6 7 8".split())
