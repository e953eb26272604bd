"""Pooling of large arrays goes another way than that of small ones: the same comes out."""

from __future__ import annotations

import pytest
import torch

from ops.running import TAKEN, Run, as_list, close
from ops.samples.spec import S
from regluon.ops import unfold, windows
from regluon.ops.registry import OPERATORS
from regluon.ops.windows import as_channels, as_planes, with_channels_last

Request = pytest.FixtureRequest
POOLING = [s for s in TAKEN if s.op in ("Pooling", "Pooling_v1", "_contrib_quantized_pooling")]
each_pooling = pytest.mark.parametrize("sample", POOLING, ids=lambda s: s.id)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "_FORWARD", 0)
    monkeypatch.setattr(windows, "_BACKWARD", 0)


@each_pooling
@pytest.mark.parametrize("training", [True, False])
def test_large_pooling_is_that_of_small_ones(sample: S, training: bool, request: Request) -> None:
    run = Run(sample)
    outs, grads = run.shown(run.forward()), run.own_gradients() if sample.grad else []
    request.getfixturevalue("large")
    if run.op.mode:
        run.supplied[run.op.mode] = training
    for out, same in zip(run.shown(run.forward()), outs, strict=True):
        close(out, same, sample)
        assert out.is_contiguous()
    if grads:
        for grad, same in zip(run.gradients(), grads, strict=True):
            close(grad, same, sample)


@pytest.mark.parametrize("shape", [(2, 9, 8, 11), (1, 2, 8, 11), (1, 9, 5, 6, 7)])
@pytest.mark.parametrize("convention", ["valid", "full"])
def test_maxima_of_what_is_not_finite(shape: tuple[int, ...], convention: str, large: None) -> None:
    x = torch.randint(0, 3, shape).float()
    x[torch.rand(shape) < 0.1] = torch.nan
    x[torch.rand(shape) < 0.5] = -torch.inf
    axes = len(shape) - 2
    kernel, pool = (3,) * axes, {2: torch.max_pool2d, 3: torch.max_pool3d}[axes]
    given = {"kernel": kernel, "stride": (2,) * axes, "pad": (1,) * axes, "pooling_convention": convention}
    op = OPERATORS["Pooling"]
    expected = pool(x, kernel, 2, 1, 1, convention == "full")
    for training in (False, True):
        found = as_list(op.fn(x, **op.read_all(given), training=training))[0]
        torch.testing.assert_close(found, expected, equal_nan=True, rtol=0, atol=0)


def test_a_window_of_one_number_is_a_copy(large: None) -> None:
    x = torch.rand(2, 3, 4, 5)
    op = OPERATORS["Pooling"]
    for kind in ("max", "avg"):
        found = op.fn(x, **op.read_all({"kernel": (1, 1), "pool_type": kind}), training=False)[0]
        assert torch.equal(found, x)
        assert found.data_ptr() != x.data_ptr()


@pytest.mark.parametrize("shape", [(3, 5, 16, 16), (2, 3, 4, 8, 8), (2, 3, 5, 7)])
def test_channels_last_in_memory(shape: tuple[int, ...], large: None) -> None:
    x = torch.rand(shape)
    found = with_channels_last(x)
    assert torch.equal(found, x)
    assert found.movedim(1, -1).is_contiguous()


@pytest.mark.parametrize("shape", [(3, 5, 16, 16), (2, 3, 4, 8, 8), (2, 3, 5, 7)])
def test_planes_as_channels(shape: tuple[int, ...]) -> None:
    x = torch.rand(shape)
    found = as_channels(x)
    assert torch.equal(found, x.view(1, -1, *shape[2:]))
    last = {4: torch.channels_last, 5: torch.channels_last_3d}[len(shape)]
    assert found.contiguous(memory_format=last) is found  # torch would make a copy of any other
    back = as_planes(found, shape[0])
    assert torch.equal(back, x)
    assert back.is_contiguous()


BLOCKS = [s for s in TAKEN if s.op == "col2im" and s.grad]


@pytest.mark.parametrize("sample", BLOCKS, ids=lambda s: s.id)
def test_large_blocks_are_summed_like_small_ones(sample: S, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(sample)
    expected = run.forward()[0]
    monkeypatch.setattr(unfold, "_MANY", 0)
    found = run.forward()[0]
    close(found, expected, sample)
    assert found.is_contiguous()
