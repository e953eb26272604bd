"""``make fuzz``: 100,000 inputs, or as many as asked; prints the seed, and the exit code tells.

make fuzz ARGS="--count 2000 --seed 7 --target states"
make fuzz ARGS="--again states:123"      one input again, with its traceback
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from fuzzing.running import make, run
from fuzzing.targets import TARGETS

CHUNK = 1000


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Damaged and hostile files for all readers of MXNet's files."
    )
    parser.add_argument("--count", type=int, default=100_000, help="how many inputs (default: 100,000)")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="where their numbers begin")
    parser.add_argument(
        "--target", choices=TARGETS, action="append", help="only this reader (can be repeated)"
    )
    parser.add_argument("--again", metavar="TARGET:NUMBER", help="one input again, in this process")
    asked = parser.parse_args()
    if asked.again:
        name, _, number = asked.again.partition(":")
        TARGETS[name].use(make(name, int(number)))
        return 0
    return fuzz(asked.target or list(TARGETS), asked.count, asked.seed)


def fuzz(names: list[str], count: int, seed: int) -> int:
    print(f"seed {seed}", flush=True)
    start, failed = time.monotonic(), 0
    for i, name in enumerate(names):
        share = count // len(names) + (i < count % len(names))
        ended: dict[str, int] = {}
        for first in range(seed, seed + share, CHUNK):
            outcomes, failures = run(name, range(first, min(first + CHUNK, seed + share)))
            ended = {k: ended.get(k, 0) + outcomes.get(k, 0) for k in {*ended, *outcomes}}
            for failure in failures:
                print(f"{name}:{failure['seed']}: {failure['what']}", flush=True)
            failed += len(failures)
        print(
            f"{name}: {share:,} inputs, {', '.join(f'{n:,} {k}' for k, n in sorted(ended.items()))}",
            flush=True,
        )
    print(f"{failed} of {count:,} inputs ended wrongly; {time.monotonic() - start:.0f} s")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
