"""Second derivatives of the operators that MXNet differentiates twice, against MXNet 1.9.1."""

from __future__ import annotations

import pytest
import torch

from ops.running import HERE, SAMPLES, Run, read_recordings
from ops.samples.spec import S

RECORDED = read_recordings(HERE.parent / "data" / "second.npz")
KEYS = {name.rpartition("/")[0] for name in RECORDED}


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.key in KEYS], ids=lambda s: s.id)
def test_second_derivative_is_mxnets(sample: S) -> None:
    for n, found in enumerate(Run(sample, double=True).second()):
        expected = torch.from_numpy(RECORDED[f"{sample.key}/second{n}"].copy()).double()
        scale = max(float(expected.abs().max()), 1e-3)
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=1e-4 * scale)


def test_all_recordings_are_compared() -> None:
    assert {s.key for s in SAMPLES} >= KEYS
