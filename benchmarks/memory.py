"""Whether a long training loop keeps its memory: 20,000 steps of the chapter."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def report(epochs: int = 1000) -> str:
    """The peak of the process after a fifth of the steps and after all of them."""
    sys.path.insert(0, str(Path(__file__).parent / "programs"))
    from gluon_chapter import STEPS, make  # noqa: PLC0415 (it needs the path)

    run = make()
    peaks = []
    for part in (epochs // 5, epochs - epochs // 5):
        for _ in range(part):
            run()
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return (
        f"### Memory\n\nAfter {epochs // 5 * STEPS} steps {peaks[0]:.1f} MiB, after {epochs * STEPS} steps "
        f"{peaks[1]:.1f} MiB: {peaks[1] - peaks[0]:+.1f} MiB.\n"
    )
