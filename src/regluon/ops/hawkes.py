"""Point processes that excite themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import torch

from regluon.ops.registry import Tensor, register

__all__: list[str] = []


@register("_contrib_hawkesll")
def hawkes_log_likelihood(
    lda: Tensor,
    alpha: Tensor,
    beta: Tensor,
    state: Tensor,
    lags: Tensor,
    marks: Tensor,
    valid_length: Tensor,
    max_time: Tensor,
) -> tuple[Tensor, Tensor]:
    """log L = Σᵢ log λ(tᵢ) - ∫ λ, where λₖ(t) = ldaₖ + αₖ βₖ sₖ(t), sₖ(t) = Σ exp(-βₖ (t - tᵢ))

    s sums over the earlier points of process k. After Bacry and others, *Hawkes Processes in Finance* (2015).
    No gradient comes back through ``out_state``.

    Inputs
    ------
    lda : (n, k), how often points come of themselves
    alpha : (k,), how many points a point brings about
    beta : (k,), how fast that fades
    state : (n, k), s at time 0
    lags : (n, t), times between points
    marks : (n, t), the process of each point, in int32
    valid_length : (n,), how many points there are
    max_time : (n,), how long they were watched

    Outputs
    -------
    out : (n,), the logarithms of the likelihoods
    out_state : (n, k), s at ``max_time``
    """
    inputs = (lda, alpha, beta, state, lags, marks, valid_length, max_time)
    _check(*inputs)
    if _for_numpy(inputs, marks.numel() * alpha.numel()):
        found = _by_process(*[x.numpy() for x in inputs])
        if found is not None:
            return torch.from_numpy(found[0]), torch.from_numpy(found[1])
    return _by_torch(*inputs)


def _by_torch(
    lda: Tensor,
    alpha: Tensor,
    beta: Tensor,
    state: Tensor,
    lags: Tensor,
    marks: Tensor,
    valid_length: Tensor,
    max_time: Tensor,
) -> tuple[Tensor, Tensor]:
    """The outputs on any device, with gradients."""
    mark, end = marks.long(), max_time.unsqueeze(1)
    # As numbers: truth values take torch four times as long, both to find and to choose by.
    valid, place = torch.empty_like(lags), torch.arange(lags.shape[1], device=lags.device)
    torch.lt(place, valid_length.detach().unsqueeze(1), out=valid)
    share, speed = alpha.take(mark), beta.take(mark)
    age = speed * torch.cumsum(torch.where(valid > 0, lags, 0), 1)  # what does not count may be anything
    states = _between if lags.numel() * lags.shape[1] <= _PAIRS else _in_turn
    here = torch.addcmul(states(mark, valid, age), state.gather(1, mark), torch.exp(-age))
    rate = torch.addcmul(lda.gather(1, mark), share * speed, here)
    found = torch.sum(torch.log(torch.addcmul(1 - valid, rate, valid)) - share * valid, 1)
    left = torch.exp((age - speed * end) * valid) * valid
    left = torch.scatter_add(state * torch.exp(-beta * end), 1, mark, left)
    # What the integral of αₖ βₖ sₖ(t) adds up to: each point brings αₖ, less what is still to come of it.
    expected = torch.addcmul(lda * end, alpha, state - left)
    return found - torch.sum(expected, 1), left.detach()


_PAIRS = 2**17
"""Pairs of points that are looked at one by one: for more of them, the way in turn is the shorter one."""


def _between(mark: Tensor, valid: Tensor, age: Tensor) -> Tensor:
    """What the earlier points of its process have left of s at each point: a sum over pairs."""
    process, since = mark.to(age.dtype), age.unsqueeze(1) - age.unsqueeze(2)
    earlier = torch.eq(process.unsqueeze(2), process.unsqueeze(1), out=torch.empty_like(since)).tril_(-1)
    return torch.sum(torch.exp(since * earlier) * earlier, 2)


def _in_turn(mark: Tensor, valid: Tensor, age: Tensor) -> Tensor:
    """The same from each point of a process to its next one."""
    # The points of one process behind each other, and those that do not count at the end.
    order = torch.argsort(mark.masked_fill(valid == 0, torch.iinfo(mark.dtype).max), dim=1, stable=True)
    own, counts, age = [x.gather(1, order) for x in (mark, valid > 0, age)]
    follows = (own == torch.roll(own, 1, 1)) & counts
    follows[:, :1] = False
    since = torch.where(follows, age - torch.roll(age, 1, 1), 0)
    fade = torch.where(follows, torch.exp(-since), 0)
    return torch.zeros_like(fade).scatter(1, order, _recurrence(fade, fade))


def _recurrence(a: Tensor, b: Tensor) -> Tensor:
    """xᵢ = aᵢ xᵢ₋₁ + bᵢ with x₀ = 0 along axis 1, in as many steps as i has binary digits.

    After each step, b holds what comes of twice as many terms, and a the factor of what is before them.
    """
    step = 1
    while step < b.shape[1]:
        before, behind = b[:, :step], b[:, step:] + a[:, step:] * b[:, :-step]
        a, b = torch.cat([a[:, :step], a[:, step:] * a[:, :-step]], 1), torch.cat([before, behind], 1)
        step *= 2
    return b


_SUMS, _EXPONENT = 2**20, 600.0
"""Up to so many sums, of a process at a point; and what exp() holds of in float64, on both sides of 0."""

Array: TypeAlias = np.ndarray[Any, Any]


def _for_numpy(inputs: tuple[Tensor, ...], sums: int) -> bool:
    """Whether NumPy will do: it takes a third of torch's time for each of the many small steps."""
    if not 0 < sums <= _SUMS or inputs[0].dtype not in (torch.float32, torch.float64):
        return False
    return all(x.is_cpu and not x.requires_grad for x in inputs)


def _by_process(
    lda: Array,
    alpha: Array,
    beta: Array,
    state: Array,
    lags: Array,
    marks: Array,
    valid_length: Array,
    max_time: Array,
) -> tuple[Array, Array] | None:
    """By exp(βt) s(t) = s(0) + Σ exp(βtᵢ), a running sum of each process; None if one overflows."""
    kind, (n, t), k = lda.dtype, marks.shape, len(beta)
    few = (lda, alpha, beta, state, max_time.reshape(n, 1))
    lda, alpha, beta, state, end = [x.astype(np.float64) for x in few]
    (rows, places), marks = _places(n, t, k), marks.astype(np.intp)
    valid = np.arange(t) < valid_length.reshape(n, 1)
    age = beta.take(marks) * np.where(valid, lags, 0).cumsum(1, dtype=np.float64)
    if not (age.max() < _EXPONENT and age.min() > -_EXPONENT):
        return None
    rise, own = np.exp(age), places + marks
    sums = np.zeros((n, t + 1, k))
    sums[:, 0] = state
    flat = sums.reshape(-1)
    flat[own + k] = rise * valid
    torch.from_numpy(sums).cumsum_(1)  # all processes side by side, which NumPy takes one by one
    rate = lda.reshape(-1).take(rows + marks) + (alpha * beta).take(marks) * (flat.take(own) / rise)
    rate[~valid] = 1
    left = sums[:, t] * np.exp(-beta * end)
    found = (np.log(rate) - alpha.take(marks) * valid).sum(1) - (lda * end + alpha * (state - left)).sum(1)
    return found.astype(kind), left.astype(kind)


@lru_cache(64)
def _places(n: int, t: int, k: int) -> tuple[Array, Array]:
    """Where the processes of each row, and of each point's sums, begin."""
    rows = np.arange(n).reshape(n, 1)
    return rows * k, rows * ((t + 1) * k) + np.arange(0, t * k, k)


def _check(lda: Tensor, alpha: Tensor, beta: Tensor, *others: Tensor) -> None:
    state, lags, marks, valid_length, max_time = others
    if lda.dim() != 2 or lags.dim() != 2:
        raise ValueError("lda must be (n, k) and lags (n, t)")
    (n, k), t = lda.shape, lags.shape[1]
    shapes = {"alpha": (k,), "beta": (k,), "state": (n, k), "lags": (n, t), "marks": (n, t)}
    shapes.update({"valid_length": (n,), "max_time": (n,)})
    for (name, shape), tensor in zip(shapes.items(), (alpha, beta, *others), strict=True):
        if tensor.shape != shape:
            raise ValueError(f"{name} must have shape {shape}, but it has {tuple(tensor.shape)}")
    if marks.dtype is not torch.int32:
        raise ValueError("marks must be of type int32")
    if any(x.dtype is not lda.dtype for x in (alpha, beta, state, lags, valid_length, max_time)):
        raise ValueError("all but marks must be of one type")
