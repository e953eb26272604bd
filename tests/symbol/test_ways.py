"""Convolutions for prediction: each way against torch's in double precision, and which way is taken."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch

from regluon.ops.kernels import onednn
from regluon.symbol import ways
from regluon.symbol.few_places import MatrixOf
from regluon.symbol.few_products import Rows, Tile
from regluon.symbol.ways import Geometry, Ways

pytestmark = pytest.mark.skipif(
    onednn("_convolution_pointwise") is None, reason="this torch has no oneDNN: nothing is folded"
)


def data(*shape: int) -> torch.Tensor:
    return torch.randn(shape).contiguous(memory_format=torch.channels_last)


def weights(filters: int, channels: int, kernel: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(filters, channels, kernel, kernel) / kernel / channels**0.5, torch.randn(filters)


def expected(x: Any, weight: Any, bias: Any, other: Any, rectified: bool, **given: Any) -> torch.Tensor:
    """In double precision."""
    bias = bias if bias is None else bias.double()
    y = torch.conv2d(x.double(), weight.double(), bias, **given)
    y = y if other is None else y + other.double()
    return torch.relu(y) if rectified else y


def error(found: torch.Tensor, right: torch.Tensor) -> float:
    """The largest, of the largest value's size."""
    assert found.shape == right.shape
    assert found.is_contiguous(memory_format=torch.channels_last)
    return float((found - right).abs().max() / right.abs().max())


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("added", [True, False])
@pytest.mark.parametrize("extent", [(2, 2), (2, 4), (4, 2), (4, 4)])
def test_tiles(extent: tuple[int, int], added: bool, biased: bool) -> None:
    torch.manual_seed(1)
    x, (weight, bias) = data(71, 5, *extent), weights(6, 5)
    given = (data(71, 6, *extent) if added else None, not biased)
    found = Tile(weight, bias if biased else None, extent)(x, *given)
    assert error(found, expected(x, weight, bias if biased else None, *given, padding=1)) < 1e-6


@pytest.mark.parametrize("added", [True, False])
@pytest.mark.parametrize("height", range(1, 14))
def test_rows(height: int, added: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regluon.symbol.few_products._BLOCK", 3 * 5 * height * 6)  # three images at a time
    torch.manual_seed(height)
    x, (weight, bias) = data(8, 5, height, 6), weights(7, 5)
    kept = x.clone()
    given = (data(8, 7, height, 6) if added else None, added)
    found = Rows(weight, bias, (height, 6))(x, *given)
    assert error(found, expected(x, weight, bias, *given, padding=1)) < 1e-6
    assert torch.equal(x, kept)


@pytest.mark.parametrize("extent", [(4, 4), (16, 16)])
def test_errors_are_those_of_the_convolution(extent: tuple[int, int]) -> None:
    torch.manual_seed(2)
    x, (weight, bias) = torch.relu(data(4, 256, *extent)), weights(256, 256)
    right = expected(x, weight, bias, None, False, padding=1)
    usual = error(torch.conv2d(x, weight, bias, padding=1), right)
    assert (
        error((Tile if extent == (4, 4) else Rows)(weight, bias, extent)(x, None, False), right) < 3 * usual
    )


GEOMETRY = Geometry((3, 3), [1, 1], [1, 1], [1, 1], 1)

KINDS = {
    "tile": [(32, 256, 4, 4), (8, 512, 4, 4), (4, 512, 2, 2), (8, 256, 4, 2)],
    "rows": [(32, 64, 16, 16), (32, 128, 8, 8), (1, 64, 56, 56), (32, 512, 7, 7)],
    "matrix": [(8, 64, 2, 2), (32, 512, 1, 2)],
    "plain": [
        (1, 512, 4, 4),
        (1, 512, 2, 2),
        (32, 16, 64, 64),
        (1, 64, 16, 16),
        (32, 512, 5, 5),
        (1, 512, 7, 7),
    ],
}


@pytest.mark.parametrize(
    ("kind", "shape"), [(kind, shape) for kind, shapes in KINDS.items() for shape in shapes]
)
def test_what_is_quickest(kind: str, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    assert Ways(weights, shape[1], GEOMETRY, True, False).kind(shape) == kind  # type: ignore[arg-type]


def test_few_rows_are_not_shared_among_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    found = Ways(weights, 64, GEOMETRY, True, False)  # type: ignore[arg-type]
    assert found.kind((32, 64, 16, 16)) == "plain"
    assert found.kind((32, 64, 56, 56)) == "rows"


OTHERS = [
    Geometry((3, 3), [1, 1], [2, 2], [1, 1], 1),
    Geometry((3, 3), [2, 2], [1, 1], [2, 2], 1),
    Geometry((3, 3), [0, 1], [1, 1], [1, 1], 1),
    Geometry((3, 3), [1, 1], [1, 1], [1, 1], 2),
    Geometry((5, 5), [2, 2], [1, 1], [1, 1], 1),
    Geometry((1, 1), [0, 0], [2, 2], [1, 1], 1),
    Geometry((1, 1), [1, 1], [1, 1], [1, 1], 1),
    Geometry((1, 1), [0, 0], [1, 1], [1, 1], 2),
]


@pytest.mark.parametrize("geometry", OTHERS, ids=str)
def test_other_convolutions_have_none_of_these_ways(geometry: Geometry) -> None:
    assert Ways(weights, 256, geometry, True, False).kind((32, 256, 16, 16)) == "plain"  # type: ignore[arg-type]


ONE = Geometry((1, 1), [0, 0], [1, 1], [1, 1], 1)


def test_one_by_one_is_a_product_of_matrices() -> None:
    found = Ways(weights, 256, ONE, True, False)  # type: ignore[arg-type]
    assert found.kind((1, 256, 56, 56)) == found.kind((32, 256, 4, 4)) == "linear"
    assert found.kind((1, 256, 14, 14)) == found.kind((32, 256, 1, 1)) == "plain"
    assert found.kind((32, 256, 8, 8), adding=True) == "plain"


def test_a_matrix_is_arranged_once_for_all_extents() -> None:
    found, asked = counted(1, ONE)
    for images, extent in ((1, 32), (9, 8), (30, 5), (30, 5), (600, 1)):
        x = data(images, 8, extent, extent)
        assert found(x).is_contiguous(memory_format=torch.channels_last)
    assert len(asked) == 1


@pytest.mark.parametrize("added", [True, False])
@pytest.mark.parametrize("geometry", [GEOMETRY, ONE], ids=["3", "1"])
@pytest.mark.parametrize("extent", [2, 4, 16])
def test_rectified_up_to_a_limit(extent: int, geometry: Geometry, added: bool) -> None:
    torch.manual_seed(extent)
    weight, bias = weights(128, 128, geometry.kernel[0])
    found = Ways(lambda: (weight, bias), 128, geometry, True, False, 0.5)
    x, other = data(32, 128, extent, extent), data(32, 128, extent, extent) if added else None
    right = expected(x, weight, bias, other, True, padding=geometry.pad[0])
    assert right.min() == 0
    assert right.max() > 3
    tolerance = 2e-6 * float(right.max())
    torch.testing.assert_close(found(x, other).double(), right.clamp_max(0.5), rtol=0, atol=tolerance)


def draw(at_random: random.Random) -> tuple[tuple[int, ...], int, Geometry, bool, bool]:
    """The shape of data, how many filters, the attributes, whether something is added, whether rectified."""
    kernel = at_random.choice([1, 2, 3, 3, 3, 5])
    stride, dilate = at_random.choice([1, 1, 2]), at_random.choice([1, 1, 1, 2])
    pad = at_random.choice([kernel // 2, at_random.randint(0, 2)])
    groups = at_random.choice([1, 1, 1, 2])
    extent = [max(at_random.randint(1, 9), dilate * (kernel - 1) + 1 - 2 * pad) for _ in range(2)]
    shape = (at_random.randint(1, 40), 2 * at_random.randint(1, 4), *extent)
    geometry = Geometry((kernel, kernel), [pad] * 2, [stride] * 2, [dilate] * 2, groups)
    return shape, 2 * at_random.randint(1, 4), geometry, at_random.random() < 0.5, at_random.random() < 0.5


@pytest.mark.parametrize("seed", range(40))
def test_any_convolution(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    print("seed", seed)
    torch.manual_seed(seed)
    at_random = random.Random(seed)
    shape, filters, geometry, added, rectified = draw(at_random)
    kernel, pad, stride, dilate, groups = geometry
    monkeypatch.setattr(ways, "_tile_pays", lambda shape, filters: set(shape[2:]) <= {2, 4})
    monkeypatch.setattr(ways, "_rows_pay", lambda shape, filters: at_random.random() < 0.8)
    monkeypatch.setattr(ways, "_ROWS", 2)
    weight, bias = weights(filters, shape[1] // groups, kernel[0])
    x = data(*shape)
    given: dict[str, Any] = {"padding": pad, "stride": stride, "dilation": dilate, "groups": groups}
    other = torch.randn_like(torch.conv2d(x, weight, **given)) if added else None
    right = expected(x, weight, bias, other, rectified, **given)
    found = Ways(lambda: (weight, bias), filters, geometry, rectified, False)(x, other)
    torch.testing.assert_close(found.double(), right, rtol=0, atol=2e-6 * max(1, float(right.abs().max())))


def test_a_sum_may_go_where_the_other_value_is() -> None:
    weight, bias = weights(8, 8)
    x, other = data(2, 8, 5, 5), data(2, 8, 5, 5)
    right = expected(x, weight, bias, other, True, padding=1)
    found = Ways(lambda: (weight, bias), 8, GEOMETRY, True, True)(x, other)
    assert found is other
    assert error(found, right) < 1e-6


@pytest.mark.parametrize("shape", [(2, 8, 1, 1), (1, 8, 5, 5), (2, 8, 5)], ids=str)
def test_what_is_added_has_the_shape_of_the_result(shape: tuple[int, ...]) -> None:
    weight, bias = weights(8, 8)
    found = Ways(lambda: (weight, bias), 8, GEOMETRY, True, True)
    with pytest.raises(ValueError, match="the shapes differ"):
        found(data(2, 8, 5, 5), torch.ones(shape))


def counted(kernel: int = 3, geometry: Geometry = GEOMETRY) -> tuple[Ways, list[int]]:
    """A convolution, and how often its values were asked for."""
    asked: list[int] = []
    given = weights(8, 8, kernel)

    def values() -> Any:
        asked.append(1)
        return given

    return Ways(values, 8, geometry, False, False), asked


def test_weights_are_arranged_for_extents_that_come_again() -> None:
    found, asked = counted()
    # An extent of the images, and how often weights have been arranged by then.
    for extent, times in ((8, 1), (8, 1), (9, 1), (9, 2), (9, 2), (10, 2), (8, 2), (10, 3), (11, 3), (11, 3)):
        found(data(1, 8, extent, extent))
        assert len(asked) == times
    found(data(5, 8, 10, 10))
    assert len(asked) == 3


def test_values_that_have_changed_are_asked_for() -> None:
    given = list(weights(8, 8))
    found = Ways(lambda: (given[0], given[1]), 8, GEOMETRY, False, False)
    x = data(2, 8, 5, 5)
    before = found(x)
    given[0] = given[0] * 2
    assert torch.equal(found(x), before)
    found.forget()
    assert error(found(x), expected(x, given[0], given[1], None, False, padding=1)) < 1e-6


def test_shapes_are_forgotten_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "_SHAPES", 4)
    found, asked = counted()
    for images in range(1, 20):
        found(data(images, 8, 6, 6))
        assert len(found._alone) <= 4
    for extent in range(7, 20):
        found(data(1, 8, extent, extent))
        assert len(found._seen) <= 4
    assert len(asked) == 1


def test_a_matrix_for_few_places() -> None:
    weight, bias = weights(4, 3)
    found = Ways(lambda: (weight, bias), 4, GEOMETRY, False, False)
    x = data(9, 3, 2, 2)
    assert MatrixOf.pays(x.shape, (3, 3))
    assert error(found(x), expected(x, weight, bias, None, False, padding=1)) < 1e-6
