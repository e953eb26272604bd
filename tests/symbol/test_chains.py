"""Convolutions that follow one another: the numbers of one after the other, and how many images at a time."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
import torch

from regluon.ops.kernels import onednn
from regluon.symbol import chains
from regluon.symbol.chains import Chain
from regluon.symbol.ways import Geometry, Ways

pytestmark = pytest.mark.skipif(
    onednn("_convolution_pointwise") is None, reason="this torch has no oneDNN: nothing is folded"
)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)


def data(*shape: int) -> torch.Tensor:
    return torch.randn(shape).contiguous(memory_format=torch.channels_last)


def link(
    channels: int, filters: int, kernel: int = 1, stride: int = 1, groups: int = 1, **given: Any
) -> tuple[Ways, Any]:
    """A convolution, and the same by torch in double precision."""
    weight, bias = torch.randn(filters, channels // groups, kernel, kernel), torch.randn(filters)
    pad = kernel // 2
    geometry = Geometry((kernel, kernel), [pad] * 2, [stride] * 2, [1, 1], groups)
    ways = Ways(
        lambda: (weight, bias),
        filters,
        geometry,
        given.get("rectified", True),
        given.get("over", False),
        given.get("most"),
    )

    def usual(x: torch.Tensor, other: torch.Tensor | None) -> torch.Tensor:
        y = torch.conv2d(x, weight.double(), bias.double(), stride, pad, 1, groups)
        y = y if other is None else y + other
        return y.clamp(0, given.get("most")) if given.get("rectified", True) else y

    return ways, usual


def separable(channels: int, filters: int, stride: int) -> list[Ways]:
    """A convolution of each channel, and one of 1×1."""
    return [link(channels, channels, 3, stride, channels)[0], link(channels, filters)[0]]


def mobile() -> Chain:
    """The first layers of a MobileNet."""
    ways = [link(3, 32, 3, 2)[0]]
    steps = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1))
    for (channels, _), (filters, stride) in pairwise([(32, 1), *steps]):
        ways += separable(channels, filters, stride)
    return Chain(ways, [False] * len(ways))


@pytest.mark.parametrize(
    ("shape", "images", "count"),
    [
        ((32, 3, 64, 64), 16, 8),  # until the second step down
        ((33, 3, 64, 64), 11, 8),
        ((128, 3, 64, 64), 16, 8),
        ((16, 3, 64, 64), 0, 0),  # which fit as they are
        ((8, 3, 224, 224), 1, 8),
        ((1, 3, 224, 224), 0, 0),
    ],
)
def test_many_images_go_some_at_a_time(shape: tuple[int, ...], images: int, count: int) -> None:
    assert mobile().plan(shape)[:2] == (images, count)


def test_each_thread_has_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert mobile().plan((128, 3, 64, 64)).images == 32
    assert mobile().plan((32, 3, 64, 64)).images == 0


def test_dense_convolutions_are_worth_no_blocks() -> None:
    ways = [link(256, 64)[0], link(64, 64, 3)[0], link(64, 256)[0]]
    assert Chain(ways, [False] * 3).plan((32, 256, 56, 56)).images == 0


@pytest.mark.parametrize("seed", range(30))
def test_any_chain(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    print("seed", seed)
    torch.manual_seed(seed)
    draw = random.Random(seed)
    monkeypatch.setattr(chains, "_BLOCK", draw.choice([64, 256, 1024]))
    monkeypatch.setattr(chains, "_ROWS", draw.choice([1, 4, 16]))
    channels, ways, usual, others = draw.choice([4, 8]), [], [], []
    x = data(draw.randint(1, 20), channels, draw.randint(2, 7), draw.randint(2, 7))
    y = x.double()
    for _ in range(draw.randint(2, 5)):
        deep = draw.random() < 0.5
        filters = channels if deep else draw.choice([4, 8])
        given = {"rectified": draw.random() < 0.7, "over": draw.random() < 0.5}
        given["most"] = draw.choice([None, 2.0]) if given["rectified"] else None  # type: ignore[assignment]
        kernel, stride, groups = (3, draw.choice([1, 2]), channels) if deep else (1, 1, 1)
        found, by_torch = link(channels, filters, kernel, stride, groups, **given)
        other = data(*found.result(y.shape)) if draw.random() < 0.3 else None
        others.append(other)
        y = by_torch(y, other if other is None else other.double())
        ways.append(found)
        usual.append(by_torch)
        channels = filters
    chain = Chain(ways, [other is not None for other in others])
    print("plan", chain.plan(x.shape))
    kept = x.clone()
    for _ in range(2):
        values = [other.clone(memory_format=torch.preserve_format) for other in others if other is not None]
        out = chain(x, *values)
        assert out.is_contiguous(memory_format=torch.channels_last)
        torch.testing.assert_close(out.double(), y, rtol=0, atol=1e-5 * max(1, float(y.abs().max())))
    assert torch.equal(x, kept)


@pytest.mark.parametrize("images", [1, 4, 9])
def test_what_is_added_has_as_many_images(images: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_BLOCK", 512)
    monkeypatch.setattr(chains, "_ROWS", 1)
    chain = Chain([link(4, 4, 3, 1, 4)[0], link(4, 4)[0]], [False, True])
    assert chain.plan((8, 4, 8, 8)).images == 2
    with pytest.raises(ValueError, match="the shapes differ"):
        chain(data(8, 4, 8, 8), data(images, 4, 8, 8))


def test_plans_are_forgotten_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_SHAPES", 4)
    chain = Chain([link(4, 4)[0], link(4, 4)[0]], [False, False])
    for images in range(1, 20):
        chain(data(images, 4, 3, 3))
        assert len(chain._plans) <= 4
