"""Feature maps read between their pixels: at few points by NumPy as at many by torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from regluon.ops import deformable, few_points, position_sensitive, regions
from regluon.ops.registry import OPERATORS

PLAIN, MASKED = "_contrib_DeformableConvolution", "_contrib_ModulatedDeformableConvolution"
TURNED, MOVED = "_contrib_RROIAlign", "_contrib_DeformablePSROIPooling"
NAMES = [PLAIN, MASKED, TURNED, MOVED]
Call = tuple[list[Tensor], dict[str, Any]]


def tensor(numbers: Any) -> Tensor:
    return torch.from_numpy(np.asarray(numbers, np.float32))


def convolution(numbers: np.random.RandomState, masked: bool) -> Call:
    batch, each, groups, shared = numbers.randint(1, (4, 3, 3, 3)).tolist()
    height, width, rows, columns = numbers.randint((4, 4, 1, 1), (9, 9, 4, 4)).tolist()
    stride, dilate, pad = (tuple(numbers.randint(*r, 2).tolist()) for r in ((1, 3), (1, 2), (0, 3)))
    channels, filters, kernel = each * groups * shared, 2 * shared, (rows, columns)
    axes = zip((height, width), kernel, stride, pad, strict=True)
    places = [(n + 2 * p - k) // s + 1 for n, k, s, p in axes]
    points = groups * rows * columns
    data = numbers.standard_normal((batch, channels, height, width))
    offset = numbers.uniform(-3, 3, (batch, 2 * points, *places))
    mask = [numbers.uniform(0, 1, (batch, points, *places))] if masked else []
    weight = numbers.standard_normal((filters, channels // shared, *kernel))
    bias = numbers.standard_normal(filters)
    attributes = {"kernel": kernel, "stride": stride, "dilate": dilate, "pad": pad, "num_filter": filters}
    attributes |= {"num_group": shared, "num_deformable_group": groups, "no_bias": bool(numbers.randint(2))}
    inputs = [data, offset, *mask, weight, *([] if attributes["no_bias"] else [bias])]
    return [tensor(x) for x in inputs], attributes


def turned(numbers: np.random.RandomState) -> Call:
    batch, channels, height, width, count = numbers.randint(1, (4, 4, 12, 12, 7)).tolist()
    image = numbers.randint(0, batch, (count, 1))
    region = [image, numbers.uniform(-3, 14, (count, 4)), numbers.uniform(-180, 180, (count, 1))]
    attributes = {
        "pooled_size": tuple(numbers.randint(1, 4, 2).tolist()),
        "spatial_scale": float(numbers.choice([1.0, 0.5, 0.3])),
        "sampling_ratio": int(numbers.randint(-1, 4)),
    }
    data = numbers.standard_normal((batch, channels, height, width))
    return [tensor(data), tensor(np.concatenate(region, 1))], attributes


def moved(numbers: np.random.RandomState) -> Call:
    batch, each, classes, groups, bins = numbers.randint(1, (4, 3, 4, 4, 4)).tolist()
    height, width, count, parts, samples = numbers.randint(1, (10, 10, 6, 4, 4)).tolist()
    image = numbers.randint(0, batch, (count, 1))
    corners = np.sort(np.round(numbers.uniform(-4, 20, (count, 2, 2)) * 2) / 2, 1)
    region = np.concatenate([image, corners.reshape(count, 4)], 1)
    still = bool(numbers.randint(3) == 0)
    trans = [] if still else [numbers.standard_normal((count, 2 * classes, parts, parts))]
    attributes = {
        "spatial_scale": float(numbers.choice([1.0, 0.5, 0.3])),
        "output_dim": each * classes,
        "group_size": groups,
        "pooled_size": bins,
        "part_size": parts,
        "sample_per_part": samples,
        "trans_std": float(numbers.uniform(0, 1)),
        "no_trans": still,
    }
    data = numbers.standard_normal((batch, each * classes * groups**2 + 1, height, width))
    return [tensor(x) for x in (data, region, *trans)], attributes


def example(name: str, seed: int) -> Call:
    numbers = np.random.RandomState(seed)
    if name in (PLAIN, MASKED):
        return convolution(numbers, name == MASKED)
    return turned(numbers) if name == TURNED else moved(numbers)


def run(name: str, inputs: list[Tensor], attributes: dict[str, Any]) -> Tensor:
    op = OPERATORS[name]
    found: Tensor = op.fn(*inputs, **op.read_all(attributes))
    return found


@pytest.fixture
def by_numpy(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gets an entry whenever NumPy sums."""
    calls, sums = [], few_points.sums

    def counted(*arrays: Any) -> Any:
        calls.append(1)
        return sums(*arrays)

    monkeypatch.setattr(few_points, "sums", counted)
    return calls


def by_torch(monkeypatch: pytest.MonkeyPatch, name: str, call: Call) -> Tensor:
    with monkeypatch.context() as patch:
        for module in (deformable, regions, position_sensitive):
            patch.setattr(module, "by_numpy", lambda *given, **more: None)
        return run(name, *call)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(25))
def test_numpy_finds_what_torch_does(
    name: str, seed: int, monkeypatch: pytest.MonkeyPatch, by_numpy: list[int]
) -> None:
    call = example(name, seed)
    found = run(name, *call)
    assert by_numpy
    assert found.is_contiguous()
    torch.testing.assert_close(found, by_torch(monkeypatch, name, call), rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bad", [torch.inf, torch.nan, 1e30])
def test_what_is_not_finite_is_as_by_torch(name: str, bad: float, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(8):
        for position in (0, 1):
            inputs, attributes = example(name, seed)
            if position == 0 or name in (PLAIN, MASKED):
                inputs[position].view(-1)[seed :: 7 + seed] = bad
            else:
                inputs[1][0, 1 + seed % 2] = bad
            found, other = run(name, inputs, attributes), by_torch(monkeypatch, name, (inputs, attributes))
            torch.testing.assert_close(found, other, rtol=1e-5, atol=2e-5, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_many_points_and_large_maps_go_the_other_way(
    name: str, monkeypatch: pytest.MonkeyPatch, by_numpy: list[int]
) -> None:
    call = example(name, 3)
    expected = run(name, *call)
    monkeypatch.setattr(few_points, "_NUMBERS", call[0][0].numel() - 1)
    by_numpy.clear()
    torch.testing.assert_close(run(name, *call), expected, rtol=1e-5, atol=2e-5)
    assert not by_numpy


def test_few_are_counted_by_what_is_read() -> None:
    limit = few_points._NUMBERS
    assert few_points.are_few(limit // 8, 2, limit)
    assert not few_points.are_few(limit // 8 + 1, 2, limit)
    assert not few_points.are_few(limit // 8, 2, limit + 1)
    assert not few_points.are_few(0, 2, limit)
    assert not few_points.are_few(1, 2, 0)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_go_the_other_way(name: str, by_numpy: list[int]) -> None:
    inputs, attributes = example(name, 1)
    run(name, [inputs[0].requires_grad_(), *inputs[1:]], attributes).sum().backward()
    assert inputs[0].grad is not None
    assert not by_numpy


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_a_trace_goes_the_other_way(name: str, by_numpy: list[int]) -> None:
    inputs, attributes = example(name, 1)

    def call(data: Tensor) -> Tensor:
        return run(name, [data, *inputs[1:]], attributes)

    traced = torch.jit.trace(call, inputs[0], check_trace=False)
    assert not by_numpy
    data = torch.randn(inputs[0].shape, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(traced(data), call(data), rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("name", [TURNED, MOVED])
def test_images_that_are_not_there_are_refused(name: str) -> None:
    for image in (-1, 99):
        inputs, attributes = example(name, 2)
        inputs[1][0, 0] = image
        with pytest.raises(ValueError, match="image must be in"):
            run(name, inputs, attributes)
