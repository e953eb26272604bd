"""Gamma and Poisson numbers, of which each draws as many uniform ones as it happens to need.

A distribution tries at many places of the streams at once: ``trial(u, at, index)`` gets the uniform numbers
``u``, where in them each trial begins, and which of the distribution's parameters is each one's. It returns
the numbers, where each trial ended, and which of them succeeded.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from regluon.base import MXNetError
from regluon.random.elementary import log_gamma_of_count, logf
from regluon.random.mt import Block, Lanes, blocks
from regluon.random.numbers import Numbers, rounded, uniforms_of

__all__ = ["Distribution", "Gamma", "NegativeBinomial", "Poisson", "draw"]

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
Trial = tuple[Numbers, Places, Flags]

_WIDTH = 64
_FEW_LANES = 32
_PAD = 64  # no trial reads further beyond its begin, once every number it reads is 1/2
_HOPELESS = 1 << 15  # uniform numbers for a lane of a block
_MANY = np.float32(12)
_PI = np.float32(3.1415926)


class Distribution(Protocol):
    """What is drawn: from float64 numbers if ``wide``, about ``guess`` of them for each."""

    wide: bool
    guess: float

    def trial(self, u: Numbers, at: Places, index: Places) -> Trial: ...


def _check(name: str, values: Numbers, kept: Flags) -> None:
    if not kept.all():
        raise MXNetError(f"{name} can't be {values[~kept][0]}")


class Gamma:
    """Marsaglia and Tsang's method: d v³ β with v = 1 + z / √(9 d), where d = α - 1/3.

    A normal z and a uniform u are drawn until v > 0 and log(1 - u) < z²/2 + d (1 - v³ + log v³). For α < 1,
    d = α + 2/3 and the number is multiplied by a further u^(1/α).
    """

    def __init__(self, alpha: Numbers, beta: Numbers, wide: bool) -> None:
        kind = np.float64 if wide else np.float32
        exact = alpha.astype(np.float64)
        _check("a gamma distribution's alpha", exact, (exact >= 0) & (exact < np.inf))
        self.wide, self.guess = wide, 4.0
        self.small = exact < 1
        self.d = rounded(np.where(self.small, exact + 2 / 3, exact - 1 / 3), alpha).astype(kind)
        self.k = np.sqrt(9.0 * self.d.astype(np.float64)).astype(kind)
        self.c = (1.0 / self.k.astype(np.float64)).astype(kind)
        with np.errstate(divide="ignore"):
            self.power = rounded(1.0 / exact, alpha).astype(kind).astype(np.float64)
        self.beta = beta

    def trial(self, u: Numbers, at: Places, index: Places) -> Trial:
        z, drawn = _polar(u[at], u[at + 1])
        d = self.d[index]
        v = 1 + self.c[index] * z
        drawn &= z > -self.k[index]
        cube = np.where(drawn, v * v * v, u.dtype.type(1))
        done = drawn & _accepts(z, cube, d, u[at + 2])
        value = rounded(d * cube * self.beta[index], self.beta).astype(u.dtype, copy=False)
        end = at + 2
        end += drawn
        self._boost(u, value, end, np.flatnonzero(done & self.small[index]), index)
        return value, end, done

    def _boost(self, u: Numbers, value: Numbers, end: Places, which: Places, index: Places) -> None:
        if which.size:
            value[which] = value[which] * u[end[which]].astype(np.float64) ** self.power[index[which]]
            end[which] += 1


def _polar(u: Numbers, w: Numbers) -> tuple[Numbers, Flags]:
    """A normal number for each pair of uniform ones, and whether the pair is accepted."""
    x, y = 2 * u - 1, 2 * w - 1
    square: Any = x * x + y * y
    accepted = (square > 0) & (square <= 1)
    square = np.where(accepted, square, u.dtype.type(1))
    log = np.log(square) if u.dtype == np.float64 else logf(square)
    return y * np.sqrt(-2 * log / square), accepted


def _accepts(z: Numbers, cube: Numbers, d: Numbers, u: Numbers) -> Flags:
    """Marsaglia and Tsang's test, in float64 but for the logarithm of v³."""
    z, whole = z.astype(np.float64), cube.astype(np.float64)
    bound = 0.5 * z * z + d.astype(np.float64) * (1.0 - whole + np.log(whole).astype(cube.dtype))
    return np.log(1.0 - u.astype(np.float64)) < bound


class Poisson:
    """Below a mean λ of 12: how many uniform numbers have a product above e^-λ.

    From there on: y = tan(π u) until m = ⌊√(2λ) y + λ⌋ >= 0, until another u is at most
    0.9 (1 + y²) e^(m log λ - log m! - g), with g = λ log λ - log Γ(λ + 1).
    """

    wide = False

    def __init__(self, mean: Numbers) -> None:
        self.mean = mean.astype(np.float32)
        _check("a Poisson distribution's mean", self.mean, self.mean < np.inf)
        self.many = self.mean >= _MANY
        self.guess = 1 + float(np.where(self.many, 3, self.mean).mean())
        with np.errstate(over="ignore"):
            self.least = np.exp(-self.mean.astype(np.float64)).astype(np.float32)
        if self.many.any():
            large = np.maximum(self.mean, _MANY)
            self.width = np.sqrt(2.0 * large.astype(np.float64)).astype(np.float32)
            self.log = logf(large)
            self.constant = large * self.log - log_gamma_of_count(large + np.float32(1))

    def trial(self, u: Numbers, at: Places, index: Places) -> Trial:
        many = self.many[index]
        if not many.any():
            return self._multiply(u, at, index)
        if many.all():
            return self._reject(u, at, index)
        value, end, done = np.zeros(at.shape), at.copy(), np.ones(at.shape, bool)
        for which, method in ((~many, self._multiply), (many, self._reject)):
            value[which], end[which], done[which] = method(u, at[which], index[which])
        return value, end, done

    def _multiply(self, u: Numbers, at: Places, index: Places) -> Trial:
        end, left, product = at.copy(), np.arange(at.size), u[at]
        while left.size:
            end[left] += 1
            on = product > self.least[index[left]]
            left = left[on]
            product = product[on] * u[end[left]]
        return (end - at - 1).astype(np.float64), end, np.ones(at.shape, bool)

    def _reject(self, u: Numbers, at: Places, index: Places) -> Trial:
        y = np.tan((_PI * u[at]).astype(np.float64)).astype(np.float32)
        count = np.floor(self.width[index] * y + self.mean[index])
        drawn = count >= 0
        count = np.where(drawn, count, np.float32(0))
        power = count * self.log[index] - log_gamma_of_count(count + np.float32(1)) - self.constant[index]
        height = np.exp(power.astype(np.float64)).astype(np.float32)
        bound = (0.9 * (1.0 + (y * y).astype(np.float64)) * height).astype(np.float32)
        return count.astype(np.float64), at + 1 + drawn, drawn & (u[at + 1] <= bound)


class NegativeBinomial:
    """A Poisson number whose mean is a gamma number, or ``fixed`` where that is not NaN."""

    wide = False

    def __init__(self, gamma: Gamma, fixed: Numbers) -> None:
        self.gamma, self.fixed = gamma, fixed
        self.guess = gamma.guess + 8

    def trial(self, u: Numbers, at: Places, index: Places) -> Trial:
        mean, end = self.fixed[index], at.copy()
        drawn = np.flatnonzero(np.isnan(mean))
        mean[drawn], end[drawn] = _settle(self.gamma, u, at[drawn], index[drawn])
        value, end = _settle(Poisson(mean), u, end, np.arange(at.size))
        return value, end, np.ones(at.shape, bool)


def _settle(distribution: Distribution, u: Numbers, at: Places, index: Places) -> tuple[Numbers, Places]:
    """Numbers whose draws begin at these places, and where they end, which may be beyond what is there."""
    last = u.size - _PAD
    value, end = np.zeros(at.shape), at.copy()
    left = np.flatnonzero(end <= last)
    while left.size:
        value[left], end[left], done = distribution.trial(u, end[left], index[left])
        left = left[~done & (end[left] <= last)]
    return value, end


def draw(lanes: Lanes, size: int, distribution: Distribution, batch: int) -> Numbers:
    """``size`` numbers, of which ``batch`` follow each parameter of the distribution."""
    out = np.empty(size)
    for block in blocks(size, _WIDTH, size):
        rows = block.start + np.arange(block.last - block.first) * block.share
        index = (rows[:, None] + np.arange(block.begin, block.end)) // batch
        block.of(out)[:] = _draw_block(lanes, block, distribution, index, batch == size)
    return out


def _draw_block(
    lanes: Lanes, block: Block, distribution: Distribution, index: Places, alike: bool
) -> Numbers:
    words = 1 + distribution.wide
    walk = _hop if alike and len(index) <= _FEW_LANES else _march
    count = int(distribution.guess * (block.width + 3 * block.width**0.5)) + 16
    while count < _HOPELESS:
        u = uniforms_of(lanes.peek(block, count * words), distribution.wide)
        padded = np.full(u.size + _PAD, 0.5, u.dtype)
        padded[:-_PAD] = u.ravel()
        with np.errstate(all="ignore"):
            found = walk(padded, count, distribution, index)
        if found is not None:
            numbers, used = found
            lanes.skip(block, used * words)
            return numbers
        count *= 2
    raise MXNetError("next to no number that is drawn for these parameters is accepted")


def _hop(u: Numbers, count: int, distribution: Distribution, index: Places) -> tuple[Numbers, Places] | None:
    """Tries at every place, then goes from one to the next: most places are never reached."""
    rows, share = index.shape
    at = np.arange(rows * count)
    numbers, end, done = distribution.trial(u, at, np.zeros_like(at))
    following = np.where(done, end, -end).tolist()
    reached: list[int] = []
    used: list[int] = []
    for begin in range(0, rows * count, count):
        place, beyond, wanted = begin, begin + count, len(reached) + share
        while len(reached) < wanted:
            if place >= beyond:
                return None
            if following[place] > 0:
                reached.append(place)
            place = abs(following[place])
        if place > beyond:
            return None
        used.append(place - begin)
    return numbers[reached].reshape(rows, share), np.array(used)


def _march(
    u: Numbers, count: int, distribution: Distribution, index: Places
) -> tuple[Numbers, Places] | None:
    """Tries in all lanes at once, each at the number that it has come to."""
    rows, share = index.shape
    begin = np.arange(rows) * count
    numbers, at, column = np.empty((rows, share)), begin.copy(), np.zeros(rows, np.int64)
    left = np.arange(rows)
    while left.size:
        which = column[left]
        numbers[left, which], at[left], done = distribution.trial(u, at[left], index[left, which])
        column[left] += done
        left = left[(column[left] < share) & (at[left] <= begin[left] + count)]
    return None if (at > begin + count).any() else (numbers, at - begin)
