"""Initializers that look at the shape: what goes in and comes out of a layer, gates, interpolation."""

from __future__ import annotations

import numpy as np

from regluon.initializer.initializer import Initializer, register
from regluon.ndarray import NDArray, random

__all__ = ["Bilinear", "LSTMBias", "MSRAPrelu", "Orthogonal", "Xavier"]


@register
class Orthogonal(Initializer):
    """``scale`` times orthonormal rows or columns, whichever are fewer (Saxe, McClelland and Ganguli, 2013).

    They are singular vectors of a random matrix of shape (first axis, all others).

    Parameters
    ----------
    scale
        The length of each row or column.
    rand_type
        ``"uniform"`` or ``"normal"``: the random matrix.
    """

    def __init__(self, scale: float = 1.414, rand_type: str = "uniform") -> None:
        super().__init__(scale=scale, rand_type=rand_type)
        self.scale = scale
        self.rand_type = rand_type

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        shape = (arr.shape[0], int(np.prod(arr.shape[1:])))
        if self.rand_type == "uniform":
            matrix = random.uniform(-1.0, 1.0, shape=shape).asnumpy()
        elif self.rand_type == "normal":
            matrix = random.normal(0.0, 1.0, shape=shape).asnumpy()
        else:
            raise ValueError(f"Orthogonal: rand_type must be 'uniform' or 'normal', not {self.rand_type!r}")
        left, _, right = np.linalg.svd(matrix, full_matrices=False)
        arr[:] = self.scale * (left if left.shape == shape else right).reshape(arr.shape)


@register
class Xavier(Initializer):
    """Random with a spread that keeps gradients of about one size in all layers (Glorot and Bengio, 2010).

    With ``s = sqrt(magnitude / n)``, uniform in [-s, s) or normal with standard deviation s. The n_in of a
    weight of shape (a, b, ...) is b times the product of the rest, n_out is a times it.

    Parameters
    ----------
    rnd_type
        ``"uniform"`` or ``"gaussian"``.
    factor_type
        What n is: ``"in"``, ``"out"``, or ``"avg"`` for the mean of both.
    magnitude
        See above.
    """

    def __init__(self, rnd_type: str = "uniform", factor_type: str = "avg", magnitude: float = 3) -> None:
        super().__init__(rnd_type=rnd_type, factor_type=factor_type, magnitude=magnitude)
        self.rnd_type = rnd_type
        self.factor_type = factor_type
        self.magnitude = float(magnitude)

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        shape = arr.shape
        if len(shape) < 2:
            raise ValueError(
                f"{type(self).__name__} initializer cannot be applied to vector {desc}, of shape {shape}. It "
                "requires at least 2D."
            )
        rest = float(np.prod(shape[2:]))
        n_in, n_out = shape[1] * rest, shape[0] * rest
        sizes = {"avg": (n_in + n_out) / 2.0, "in": n_in, "out": n_out}
        if self.factor_type not in sizes:
            raise ValueError(f"Incorrect factor type {self.factor_type!r}; there are {', '.join(sizes)}")
        scale = float(np.sqrt(self.magnitude / sizes[self.factor_type]))
        if self.rnd_type == "uniform":
            random.uniform(-scale, scale, shape, out=arr)
        elif self.rnd_type == "gaussian":
            random.normal(0, scale, shape, out=arr)
        else:
            raise ValueError(f"Unknown random type {self.rnd_type!r}; there are uniform, gaussian")


@register
class MSRAPrelu(Xavier):
    """Xavier's for layers before a PReLU (He et al., 2015): gaussian, ``magnitude = 2 / (1 + slope ** 2)``.

    Parameters
    ----------
    factor_type
        See :class:`Xavier`.
    slope
        The PReLU's initial slope.
    """

    def __init__(self, factor_type: str = "avg", slope: float = 0.25) -> None:
        super().__init__("gaussian", factor_type, 2.0 / (1 + slope**2))
        self._kwargs = {"factor_type": factor_type, "slope": slope}


@register
class Bilinear(Initializer):
    """The kernel by which a transposed convolution interpolates, for weights of four axes."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        self._init_bilinear(desc, arr)


@register
class LSTMBias(Initializer):
    """For the bias of an LSTM cell: 0, but ``forget_bias`` for the forget gate, the second quarter.

    Parameters
    ----------
    forget_bias
        See above.
    """

    def __init__(self, forget_bias: float = 1.0) -> None:
        super().__init__(forget_bias=forget_bias)
        self.forget_bias = forget_bias

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        quarter = arr.shape[0] // 4
        arr[:] = 0.0
        arr[quarter : 2 * quarter] = self.forget_bias
