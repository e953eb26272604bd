"""How a convolution for prediction is computed: by oneDNN as it is, or by fewer products where that pays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor

from regluon.ops.kernels import arranged, onednn
from regluon.ops.memory import LAST
from regluon.ops.outlines import places
from regluon.ops.registry import Shape
from regluon.symbol.few_places import MatrixOf
from regluon.symbol.few_products import Rows, Tile

__all__ = ["Geometry", "Ways"]

_plain, _sum = onednn("_convolution_pointwise"), onednn("_convolution_pointwise", "binary")
_sum_in_place = onednn("_convolution_pointwise_", "binary")
_linear, _reordered = onednn("_linear_pointwise"), onednn("_reorder_linear_weight")

Values: TypeAlias = "tuple[Tensor, Tensor | None]"
Way: TypeAlias = Callable[[Tensor, "Tensor | None"], Tensor]


class Geometry(NamedTuple):
    """The attributes of a convolution, for both axes of space."""

    kernel: Shape
    pad: list[int]
    stride: list[int]
    dilate: list[int]
    groups: int


class Ways:
    """A convolution of images, plus another value if there is one, rectified or not.

    Parameters
    ----------
    values
        Gives the weight and the bias.
    filters
        How many the weight has.
    over
        Whether the sum may be written over that other value.
    most
        What is rectified is cut off there, unless it is None.
    """

    def __init__(
        self,
        values: Callable[[], Values],
        filters: int,
        geometry: Geometry,
        rectified: bool,
        over: bool,
        most: float | None = None,
    ) -> None:
        self._values, self._filters, self._geometry = values, filters, geometry
        self._rectified, self._over, self._most = rectified, over, most
        self._made: dict[tuple[Any, ...], Way] = {}
        self._alone: dict[Sequence[int], tuple[Way, Shape]] = {}
        """By the shape of the data; with that of the result."""
        self._added: dict[Sequence[int], tuple[Way, Shape]] = {}
        """The same where another value is added."""
        self._seen: set[Sequence[int]] = set()

    def __call__(self, x: Tensor, other: Tensor | None = None) -> Tensor:
        x = x.contiguous(memory_format=LAST)
        if other is None:
            way, _ = self._alone.get(x.shape) or self._choose(x.shape, self._alone)
            return way(x, None)
        way, result = self._added.get(x.shape) or self._choose(x.shape, self._added)
        if other.shape != result:  # which oneDNN would repeat
            raise ValueError("the shapes differ")
        return way(x, other.contiguous(memory_format=LAST))

    def forget(self) -> None:
        """Has the values asked for anew: they are others now."""
        self._made.clear()
        self._alone.clear()
        self._added.clear()
        self._seen.clear()

    def result(self, shape: Sequence[int]) -> Shape:
        """The shape of what is made of data of that shape."""
        kernel, pad, stride, dilate, _ = self._geometry
        found = places(shape[2:], kernel, tuple(stride), tuple(pad), tuple(dilate))
        return (shape[0], self._filters, *found)

    def work(self, shape: Sequence[int]) -> int:
        """How many products a number of the result is made of."""
        return prod(self._geometry.kernel) * shape[1] // self._geometry.groups

    def kind(self, shape: Sequence[int], adding: bool = False) -> str:
        """What is the quickest for data of that shape: "tile", "rows", "matrix", "linear" or "plain"."""
        kernel, pad, stride, dilate, groups = self._geometry
        if kernel == (1, 1) and stride == [1, 1] and pad == [0, 0] and groups == 1:
            # Sums oneDNN makes in place of the other value, which it does for convolutions alone.
            few = shape[0] * prod(shape[2:]) < _ROWS
            return "plain" if adding or few else "linear"
        if groups > 1 or dilate != [1, 1] or kernel == (1, 1):
            return "plain"
        if kernel == (3, 3) and stride == pad == [1, 1]:
            if _tile_pays(shape, self._filters):
                return "tile"
            if _rows_pay(shape, self._filters):
                return "rows"
        return "matrix" if MatrixOf.pays(shape, kernel) else "plain"

    def _choose(
        self, shape: Sequence[int], chosen: dict[Sequence[int], tuple[Way, Shape]]
    ) -> tuple[Way, Shape]:
        """The way for data of that shape, and the shape of the result."""
        kind, extent, result = self.kind(shape, chosen is self._added), shape[2:], self.result(shape)
        key = (kind, extent) if kind in ("tile", "plain") else (kind,)
        if key not in self._made:
            if kind == "plain" and (usual := self._usual(extent)):
                return usual, result
            self._made[key] = self._make(kind, shape)
        if len(chosen) >= _SHAPES:
            chosen.clear()
        chosen[shape] = self._made[key], result
        return self._made[key], result

    def _usual(self, extent: Sequence[int]) -> Way | None:
        """What was made for images of another extent, until images of this one come again.

        To arrange a weight takes longer than to convolve, which images of ever other extents are not to pay.
        """
        made = [way for key, way in self._made.items() if key[0] == "plain"]
        if not made or (extent in self._seen and len(made) < _EXTENTS):
            return None
        if len(self._seen) >= _SHAPES:
            self._seen.clear()
        self._seen.add(extent)
        return made[0]

    def _make(self, kind: str, shape: Sequence[int]) -> Way:
        weight, bias = self._values()
        if kind == "plain":
            return self._plain(weight, bias, shape)
        if kind == "linear":
            return self._product(weight, bias)
        made: Any
        if kind == "matrix":
            made = MatrixOf(weight, bias, tuple(self._geometry.stride), tuple(self._geometry.pad))
        else:
            made = (Tile if kind == "tile" else Rows)(weight, bias, (shape[2], shape[3]))
        rectified, most = self._rectified, self._most
        if most is None:
            return lambda x, other: made(x, other, rectified)
        return lambda x, other: made(x, other, rectified).clamp_max_(most)

    def _last(self) -> tuple[str, list[float]]:
        """What oneDNN is to do with the result."""
        if self._most is not None:
            return "hardtanh", [0.0, float(self._most)]
        return ("relu" if self._rectified else "none"), []

    def _product(self, weight: Tensor, bias: Tensor | None) -> Way:
        """A product of matrices, one with a row for each place; the weight lies so for any number of them."""
        matrix = _reordered(weight.flatten(1), 2)
        more: Any = (matrix, bias, *self._last(), "")
        return lambda x, other: _linear(x.permute(0, 2, 3, 1), *more).permute(0, 3, 1, 2)

    def _plain(self, dense: Tensor, bias: Tensor | None, shape: Sequence[int]) -> Way:
        """The whole as one call of oneDNN."""
        _, pad, stride, dilate, groups = geometry = self._geometry
        weight = arranged(dense, pad, stride, dilate, groups, shape)
        over, most, unary = self._over, self._most, "relu" if self._rectified else None
        alone: Any = (weight, bias, *geometry[1:], *self._last(), "")
        added: Any = (weight, bias, *geometry[1:], "add", 1.0, unary, [], "")

        def way(x: Tensor, other: Tensor | None) -> Tensor:
            if other is None:
                return _plain(x, *alone)  # type: ignore[no-any-return]
            y: Tensor = _sum_in_place(other, x, *added) if over else _sum(x, other, *added)
            return y if most is None else y.clamp_max_(most)

        return way


_ROWS = 2**9
"""Products of fewer rows are no quicker as such; for a single one the weight would have to lie otherwise."""
_SHAPES, _EXTENTS = 256, 3
"""How many shapes of data are remembered, and for how many extents of images weights are arranged."""


def _tile_pays(shape: Sequence[int], filters: int) -> bool:
    """Whether sums of data and of products are quicker made than the products that they save.

    For 4×4 places the weight is five times as large as it was: few images take longer to read it.
    """
    images, channels, *extent = shape
    if not all(n in Tile.EXTENTS for n in extent):
        return False
    work = channels * filters / (channels + filters)
    if min(extent) == 4:
        return work >= 128 and images * work >= 2**11
    return work >= 64 and images * work >= 2**10


def _rows_pay(shape: Sequence[int], filters: int) -> bool:
    """The same, row by row: 7 products for four rows, where oneDNN skips those with the zeros around.

    It is thirty calls instead of one, each of which waits for all threads; and for few places it is reading
    the weight that takes the time.
    """
    images, channels, height, width = shape
    places = images * height * width
    fewest = 10**8 if torch.get_num_threads() == 1 else 10**9
    if places < 2**9 or 9 * places * channels * filters < fewest:
        return False
    share = 7 * -(-height // 4) / (3 * height - 2)
    sums = 8 * (channels + filters) / (channels * filters)
    return width >= 4 and share + sums < 0.87
