"""Runs inputs in processes of their own, and judges: an error of MXNet or a result, within limits."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import mmap
import os
import resource
import signal
import struct
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import torch

from fuzzing.targets import TARGETS
from regluon.base import MXNetError

__all__ = ["SECONDS", "make", "run"]

SECONDS, MEGABYTES = 1.0, 200
_HANG = 10
# What a reader has no business to do. Modules are imported before the first input.
_FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.Popen", "exec")
_FORBIDDEN += ("socket.connect", "pickle.find_class", "ctypes.dlopen", "import", "os.remove", "os.rename")


def make(target: str, seed: int) -> bytes:
    """The input of that number."""
    return TARGETS[target].make(Random(f"{target} {seed}"))


def run(target: str, seeds: range) -> tuple[Counter[str], list[dict[str, Any]]]:
    """How inputs ended, and those that ended otherwise than allowed, in a process forked from this one."""
    outcomes: Counter[str] = Counter()
    failures: list[dict[str, Any]] = []
    while seeds:
        place = mmap.mmap(-1, 16)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _work(target, seeds, place, writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            report = pipe.read()
        _, status = os.waitpid(child, 0)
        done = json.loads(report) if report else None
        if done is not None:
            outcomes.update(done["outcomes"])
            failures += done["failures"]
            break
        # It died: its last input is guilty, and the others have their turn again.
        (reached,) = struct.unpack_from("<Q", place)
        name = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {status >> 8}"
        failures.append({"target": target, "seed": reached, "what": f"the process died: {name}"})
        before = range(seeds.start, reached)
        more, other = run(target, before) if before else (Counter(), [])
        outcomes.update(more)
        failures += other
        seeds = range(reached + 1, seeds.stop)
    return outcomes, failures


def _work(target: str, seeds: range, place: mmap.mmap, writing: int) -> None:
    """In the child: never returns."""
    code = 1
    try:
        torch.set_num_threads(1)
        faulthandler.dump_traceback_later(_HANG * 30, exit=True)
        _warm(target)
        _forbid()
        outcomes: Counter[str] = Counter()
        failures = []
        for seed in seeds:
            struct.pack_into("<Q", place, 0, seed)
            outcome, problem = _judge(target, seed)
            outcomes[outcome] += 1
            if problem:
                failures.append({"target": target, "seed": seed, "what": problem})
        with os.fdopen(writing, "w") as pipe:
            json.dump({"outcomes": outcomes, "failures": failures}, pipe)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _warm(target: str) -> None:
    """Once through all that is imported or prepared at the first use."""
    signal.signal(signal.SIGALRM, _too_long)
    TARGETS[target].warm()
    for seed in range(2**40, 2**40 + 60):
        signal.setitimer(signal.ITIMER_REAL, _HANG)
        with contextlib.suppress(Exception, _Hang):
            TARGETS[target].use(make(target, seed))


_watched = {"events": [], "on": False}


def _forbid() -> None:
    def hook(event: str, args: tuple[Any, ...]) -> None:
        if _watched["on"] and event in _FORBIDDEN:
            _watched["events"].append(f"{event} {args!r:.200}")

    sys.addaudithook(hook)


def _judge(target: str, seed: int) -> tuple[str, str]:
    """How an input ended, and what is wrong with that, or ""."""
    data = make(target, seed)
    limit = MEGABYTES * 10**6 + len(data)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + limit, hard))
    signal.setitimer(signal.ITIMER_REAL, _HANG)
    _watched["events"], _watched["on"] = [], True
    start = time.process_time()
    problem = ""
    try:
        TARGETS[target].use(data)
        outcome = "read"
    except MXNetError:
        outcome = "refused"
    except BaseException as error:
        outcome = "failed"
        last = traceback.extract_tb(error.__traceback__)[-1]
        problem = (
            f"{type(error).__name__}: {str(error)[:150]} ({last.filename.split('/src/')[-1]}:{last.lineno})"
        )
    finally:
        taken = time.process_time() - start
        signal.setitimer(signal.ITIMER_REAL, 0)
        _watched["on"] = False
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    if taken > SECONDS:
        problem = problem or f"it took {taken:.1f} s"
    if _watched["events"]:
        problem = problem or f"it did {_watched['events'][0]}"
    return outcome, problem


class _Hang(BaseException):
    """No Exception, which a reader may take for damage to the file."""


def _too_long(*_: Any) -> None:
    raise _Hang(f"over {_HANG} s")
