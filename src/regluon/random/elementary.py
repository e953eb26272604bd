"""float32 logarithms and gamma functions, rounded as the C library rounds them.

MXNet draws with ``logf`` and ``lgammaf``. A logarithm rounded from float64 differs from ``logf`` in the last
bit for 0.7 % of all arguments, NumPy's float32 logarithm for a quarter of them, so the numbers would be close
but not the same. ``logf`` is the algorithm of Arm's Optimized Routines (https://github.com/ARM-software/
optimized-routines, math/logf.c), which glibc took over in 2018; ``lgammaf`` for large arguments is Stirling's
series with the coefficients of fdlibm (https://www.netlib.org/fdlibm/e_lgamma_r.c).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_gamma_of_count", "logf"]

Floats = NDArray[np.float32]

# The significand's range of two begins here, in bits of float32 (0.69921875); 16 intervals follow.
_LOW = np.int32(0x3F330000)
_INDEX_SHIFT = np.int32(19)
_START = _LOW & np.int32((1 << 19) - 1)
_LN2 = math.log(2.0)
# Minimax coefficients of log(1 + r) = r + C2 r² + C3 r³ + C4 r⁴.
_C2, _C3, _C4 = (
    float.fromhex(c) for c in ("-0x1.ffffef20a4123p-2", "0x1.5575b0be00b6ap-2", "-0x1.00ea348b88334p-2")
)


def _table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """1/c and log c of a c in each interval: its middle, but 1 where 1 lies, so that log 1 is 0.

    For all powers of two at once, which spares taking a number's exponent and significand apart.
    """
    edges = _LOW + (np.arange(17, dtype=np.int32) << _INDEX_SHIFT)
    first, last = edges[:-1].view(np.float32), (edges[1:] - 1).view(np.float32)
    inverse = 2.0 / (first.astype(np.float64) + last)
    inverse[9] = 1.0
    inverse[10] = float.fromhex("0x1.e608cfd9a47acp-1")
    logarithm = np.array([-math.log(v) for v in inverse])
    exponent, interval = np.divmod(np.arange(1 << 12) - int(_LOW >> _INDEX_SHIFT), 16)
    return np.ldexp(inverse[interval], -exponent), logarithm[interval] + exponent * _LN2


_INVERSE, _LOG = _table()


def logf(x: Floats) -> Floats:
    """log x, for positive normal numbers."""
    index = x.view(np.int32) - _START
    index >>= _INDEX_SHIFT
    r = _INVERSE.take(index)
    r *= x
    r -= 1.0
    square = r * r
    tail = _C3 * r
    tail += _C2
    tail += _C4 * square
    tail *= square
    r += _LOG.take(index)
    tail += r
    result: Floats = tail.astype(np.float32)
    return result


_STIRLING = [
    np.float32(c)
    for c in (
        4.1893854737e-01,
        8.3333335817e-02,
        -2.7777778450e-03,
        7.9365057172e-04,
        -5.9518753551e-04,
        8.3633989561e-04,
        -1.6309292987e-03,
    )
]
_HALF, _ONE = np.float32(0.5), np.float32(1.0)
_SMALL = np.array([np.inf, *[math.lgamma(n) for n in range(1, 8)]], np.float32)


def log_gamma_of_count(x: Floats) -> Floats:
    """log Γ(x), for the integers from 1 on and any number from 8 on: (x - ½)(log x - 1) + a series in 1/x."""
    z = _ONE / x
    y = z * z
    series = _STIRLING[-2] + y * _STIRLING[-1]
    for coefficient in _STIRLING[-3:0:-1]:
        series = coefficient + y * series
    large = (x - _HALF) * (logf(x) - _ONE) + (_STIRLING[0] + z * series)
    return np.where(x < 8, _SMALL[np.minimum(x, 7).astype(np.int64)], large)
