"""Convolutions of 3×3 by fewer products: Winograd's minimal filtering, four places at a time.

Four places of a row need 12 products of data and kernel, or 7 of sums of data and sums of the kernel: both
are polynomials, whose product is known from its values at 0, 1, -1, ∞ and ±i, where three products make a
complex one. No number is multiplied by more than ±1, but for powers of two in the kernel's sums: rounding
errors are those of the convolution. With values at 2 and ½ it would be 6 products, and in two axes ten times
the errors.

An infinite number reaches all places that are made together.

Sources: S. Winograd, Arithmetic Complexity of Computations, 1980; L. Meng and J. Brothers, Efficient Winograd
Convolution via Integer Arithmetic, 2019.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from regluon.ops.kernels import arranged, onednn

__all__ = ["Rows", "Tile"]

_plain, _sum = onednn("_convolution_pointwise"), onednn("_convolution_pointwise", "binary")
_sum_in_place = onednn("_convolution_pointwise_", "binary")
_ONE = [1, 1]
_IMAGES = 32
"""So many go together: for twice as many oneDNN wants the weight arranged otherwise."""
_BLOCK = 2**20
"""How many numbers of data go together: what is made of them stays in the caches."""
_END: Any = ([0, 1], _ONE, _ONE, 1, "none", [], "")
_PLUS: Any = ([0, 1], _ONE, _ONE, 1, "add", 1.0, None, [], "")

_add, _sub, _neg, _products = torch.add, torch.sub, torch.neg, torch.bmm


def _rows(*rows: tuple[float, ...]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


_OF_KERNEL = _rows(
    (1, 0, 0),
    (0.25, 0.25, 0.25),
    (0.25, -0.25, 0.25),
    (0.5, 0, -0.5),
    (0, 0.5, 0),
    (-0.5, -0.5, 0.5),
    (0, 0, 1),
)
"""The kernel's values, one a line; those of the data are in :meth:`Rows._block`."""


class Rows:
    """A convolution of 3×3, with step 1 and zeros around, by fewer products along the first axis of space.

    Parameters
    ----------
    weight : (filters, channels, 3, 3)
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, extent: tuple[int, int]) -> None:
        self._bias, self._filters = bias, weight.size(0)
        size = [8, weight.size(1), -(-extent[0] // 4), extent[1]]
        kernels = torch.einsum("qk,fckj->qfcj", _OF_KERNEL, weight.double()).float().unsqueeze(3)
        self._weights = [arranged(w, [0, 1], _ONE, _ONE, 1, size) for w in kernels]

    def __call__(self, x: Tensor, other: Tensor | None, rectified: bool) -> Tensor:
        """The convolution of images with their channels last in memory, plus ``other``."""
        n, channels, height, width = x.shape
        if height % 4:
            x = torch.constant_pad_nd(x, (0, 0, 0, -height % 4))
        y = x.new_empty((n, height, width, self._filters)).permute(0, 3, 1, 2)
        images = max(1, _BLOCK // (channels * height * width))
        for i in range(0, n, images):
            out = y[i : i + images]
            self._block(x[i : i + images], out)
            if other is not None:
                out.add_(other[i : i + images])
            if rectified:
                out.relu_()
        return y

    def _block(self, x: Tensor, y: Tensor) -> None:
        """The convolution of some images into ``y``.

        With d the six rows of data that four rows of the result are of, the values of the data are
        d0 - d4, d1 + d2 + d3 + d4, d2 + d4 - d1 - d3, (d3 - d1) + (d4 - d2), (d3 - d1) - (d4 - d2), d3 - d1
        and d5 - d1; with m their products with the kernel's, the rows are m0 + m1 + m2 + m3 + m5,
        m1 - m2 + m4 + m5, m1 + m2 - m3 - m5 and m1 - m2 - m4 - m5 + m6.
        """
        d1, d2, d3, d4 = [x[:, :, i::4] for i in range(4)]
        rows = [y[:, :, i::4] for i in range(4)]
        w0, w1, w2, w3, w4, w5, w6 = self._weights
        a, b = _add(d1, d3), _add(d2, d4)
        v = _add(a, b)
        m1 = _plain(v, w1, self._bias, *_END)
        m12 = _sum(_sub(b, a, out=v), m1, w2, None, *_PLUS)
        _sub(d3, d1, out=a)
        _sub(d4, d2, out=b)
        m5 = _plain(a, w5, None, *_END)
        m45 = _sum(_sub(a, b, out=v), m5, w4, None, *_PLUS)
        m35 = _sum_in_place(m5, _add(a, b, out=v), w3, None, *_PLUS)
        _sub(*_cut(m12, m35, rows[2]), out=rows[2])
        minus = _sub(m12, m1, alpha=2, out=m1)
        _sub(*_cut(m45, minus, rows[1]), out=rows[1])
        _sub(d4[:, :, :-1], d4[:, :, 1:], out=v[:, :, 1:])
        _neg(d4[:, :, :1], out=v[:, :, :1])
        m012 = _sum_in_place(m12, v, w0, None, *_PLUS)
        _add(m012, m35, out=rows[0])
        _sub(d1[:, :, 1:], d1[:, :, :-1], out=v[:, :, :-1])
        _neg(d1[:, :, -1:], out=v[:, :, -1:])
        m6 = _plain(v, w6, None, *_END)
        _sub(*_cut(m6, minus.add_(m45), rows[3]), out=rows[3])


def _cut(a: Tensor, b: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
    """Both, without the rows that lie below the image."""
    n = like.size(2)
    return (a, b) if a.size(2) == n else (a[:, :, :n], b[:, :, :n])


_QUICK = {
    2: (_rows((1, 1, 0), (1, 0, 1)), _rows((0, 1, 0), (0, -1, 1), (1, -1, 0)), _rows((1, 1), (0, 1), (1, 0))),
    4: (
        _rows(
            (1, 1, 1, 1, 0, 1, 0),
            (0, 1, -1, 0, 1, 1, 0),
            (0, 1, 1, -1, 0, -1, 0),
            (0, 1, -1, 0, -1, -1, 1),
        ),
        _OF_KERNEL,
        _rows(
            (0, 0, 0, -1),
            (1, 1, 1, 1),
            (-1, 1, -1, 1),
            (-1, -1, 1, 1),
            (-1, 1, 1, -1),
            (-1, 0, 1, 0),
            (-1, 0, 0, 0),
        ),
    ),
}
"""By the extent of an axis with a zero at either end: what to make of products, of kernel and of data."""


class Tile:
    """A convolution of 3×3, with step 1 and zeros around, of images of 2 or 4 places along each axis.

    Data and products are changed by matrices, for all of an image at once; all products of numbers are one
    call, a convolution of 1×1 with a group of channels for each.
    """

    EXTENTS = tuple(_QUICK)

    def __init__(self, weight: Tensor, bias: Tensor | None, extent: tuple[int, int]) -> None:
        (after, kernel, before), (after2, kernel2, before2) = [_QUICK[n] for n in extent]
        self._before = torch.kron(before, before2).float()
        self._after = torch.kron(after, after2).float()
        filters, channels = weight.shape[:2]
        groups = len(self._before)
        self._filters, self._groups = filters, groups
        kernels = torch.kron(kernel, kernel2) @ weight.double().view(filters * channels, 9).t()
        size = [1, groups * channels, 1, _IMAGES]
        weights = kernels.float().view(groups * filters, channels, 1, 1)
        self._weights = arranged(weights, [0, 0], _ONE, _ONE, groups, size)
        self._bias = None
        if bias is not None:
            # Added to those products whose sum is 1 at each place.
            shares = torch.linalg.pinv(after).sum(1), torch.linalg.pinv(after2).sum(1)
            self._bias = torch.outer(torch.outer(*shares).view(-1), bias.double()).float().view(-1)

    def __call__(self, x: Tensor, other: Tensor | None, rectified: bool) -> Tensor:
        """The convolution of images with their channels last in memory, plus ``other``."""
        n, channels, height, width = x.shape
        data = x.permute(0, 2, 3, 1).reshape(n, height * width, channels)
        out = x.new_empty((n, height * width, self._filters))
        parts = -(-n // _IMAGES)
        for some, place in zip(data.chunk(parts), out.chunk(parts), strict=True):
            _products(self._after.expand(len(some), -1, -1), self._multiplied(some), out=place)
        out = out.view(n, height, width, self._filters).permute(0, 3, 1, 2)
        if other is not None:
            out.add_(other)
        return out.relu_() if rectified else out

    def _multiplied(self, data: Tensor) -> Tensor:
        """All products for some images, (images, places, channels)."""
        n, _, channels = data.shape
        groups = self._groups
        values = _products(self._before.expand(n, -1, -1), data)
        flat = values.view(1, 1, n, groups * channels).permute(0, 3, 1, 2)
        found = _plain(flat, self._weights, self._bias, [0, 0], _ONE, _ONE, groups, "none", [], "")
        return found.permute(0, 2, 3, 1).view(n, groups, self._filters)  # type: ignore[no-any-return]
