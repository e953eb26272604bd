"""Images per second of the DataLoader with vision transforms, against PyTorch's with the same work."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from harness import alternate_programs, ratio

COUNT = 96
SIZES = {"photographs, 500×375": (375, 500), "thumbnails, 64×64": (64, 64)}
# regluon's workers, and PyTorch's beside them: it has no threads.
WORKERS = {"0": "0", "1": "1", "2": "2", "threads2": "2"}


def write(folder: Path, height: int, width: int) -> None:
    """JPEG files of smooth pictures with some noise, as large as photographs are."""
    random = np.random.default_rng(3)
    for number in range(COUNT):
        coarse = random.integers(0, 256, (8, 10, 3), np.uint8)
        picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.int16)
        picture += random.integers(-12, 13, picture.shape, np.int16)
        path = folder / f"{number % 4}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.clip(picture, 0, 255).astype(np.uint8))


def report(names: Sequence[str] = (), rounds: int = 7) -> str:
    """A row for each kind of images and of workers."""
    lines = [
        "### Loading images: random part, mirror, tensor, normalized",
        "",
        "| images | workers | regluon images/s | PyTorch images/s | regluon time / PyTorch time |",
        "|---|---|---|---|---|",
    ]
    for name, (height, width) in SIZES.items():
        if names and not any(name.startswith(one) for one in names):
            continue
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), height, width)
            for ours, theirs in WORKERS.items():
                commands = {
                    key: (sys.executable, "image_loaders", key, folder, workers)
                    for key, workers in (("regluon", ours), ("torch", theirs))
                }
                times = alternate_programs(commands, rounds, threads=1, warm_up=2)
                speed = {key: COUNT / statistics.median(values) for key, values in times.items()}
                quotient = ratio(times["regluon"], times["torch"])
                title = ours if ours.isdigit() else f"{ours.removeprefix('threads')} threads"
                lines.append(
                    f"| {name} | {title} | {speed['regluon']:.0f} | {speed['torch']:.0f} | {quotient} |"
                )
    return "\n".join(lines) + "\n"
