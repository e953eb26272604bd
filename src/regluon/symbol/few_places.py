"""Convolutions over fewer places than their kernel has: as one product of matrices.

Most of such a kernel lies outside of the image. Over 2×2 places, a kernel of 3×3 meets 4 numbers of its 9.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch import Tensor

from regluon.ops.kernels import onednn
from regluon.ops.outlines import places
from regluon.ops.registry import Shape

__all__ = ["MatrixOf"]

_linear, _reordered = onednn("_linear_pointwise"), onednn("_reorder_linear_weight")
_BATCH = 8
"""Smaller batches take longer to read the matrix than to convolve."""


class MatrixOf:
    """The matrix that a convolution is, (places filters, places channels), for images of one extent.

    Parameters
    ----------
    weight : (filters, channels, height, width)
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, stride: Shape, pad: Shape) -> None:
        self._weight, self._bias, self._stride, self._pad = weight, bias, stride, pad
        self._extent: tuple[int, ...] = ()
        self._places: Shape = ()
        self._matrix = self._added = weight

    @staticmethod
    def pays(shape: Sequence[int], kernel: Shape) -> bool:
        """Whether the product is quicker for data of that shape."""
        return shape[2] * shape[3] * 2 < prod(kernel) and shape[0] >= _BATCH

    def __call__(self, x: Tensor, other: Tensor | None, rectified: bool) -> Tensor:
        """The convolution of images with their channels last in memory, plus ``other``."""
        batch, extent = x.size(0), tuple(x.shape[2:])
        if extent != self._extent:
            self._make(extent, batch)
        rows = x.permute(0, 2, 3, 1).reshape(batch, -1)
        last = "relu" if rectified and other is None else "none"
        out = _linear(rows, self._matrix, self._added, last, [], "")
        if other is not None:
            out.add_(other.permute(0, 2, 3, 1).reshape(batch, -1))
            if rectified:
                out.relu_()
        return out.view(batch, *self._places, -1).permute(0, 3, 1, 2)  # type: ignore[no-any-return]

    def _make(self, extent: tuple[int, ...], batch: int) -> None:
        """Puts the kernel's numbers where they meet the image's places."""
        filters, channels, *kernel = self._weight.shape
        (up, left), (down, right) = self._pad, self._stride
        found = places(extent, tuple(kernel), self._stride, self._pad, (1, 1))
        matrix = self._weight.new_zeros(*found, filters, *extent, channels)
        turned = self._weight.permute(2, 3, 0, 1)
        for i in range(extent[0]):
            for j in range(extent[1]):
                for a in range(found[0]):
                    for b in range(found[1]):
                        y, x = i + up - a * down, j + left - b * right
                        if 0 <= y < kernel[0] and 0 <= x < kernel[1]:
                            matrix[a, b, :, i, j] = turned[y, x]
        rows = matrix.reshape(prod(found) * filters, -1)
        self._matrix = _reordered(rows, batch)
        bias = self._weight.new_zeros(filters) if self._bias is None else self._bias
        self._added = bias.repeat(prod(found))
        self._places, self._extent = found, extent
