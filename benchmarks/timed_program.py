"""Times a program when asked: a line with a number of calls comes in, a line with the seconds goes out.

Run by another Python too (3.8, with MXNet), so it is written for both.
"""

import importlib
import sys
import time
from pathlib import Path


def main():
    sys.path.insert(0, str(Path(__file__).parent / "programs"))
    run = importlib.import_module(sys.argv[1]).make(*sys.argv[2:])
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            run()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
