"""Point processes that excite themselves."""

from __future__ import annotations

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
    _check(lda, alpha, beta, state, lags, marks, valid_length, max_time)
    mark, place = marks.long(), torch.arange(lags.shape[1], device=lags.device)
    valid = place < valid_length.unsqueeze(1)
    each = (torch.cumsum(lags, 1), lda.gather(1, mark), alpha[mark], beta[mark], state.gather(1, mark))
    # The points of one process behind each other, and those that do not count at the end.
    none = lda.shape[1]
    order = torch.argsort(torch.where(valid, mark, none), dim=1, stable=True)
    mark, valid = mark.gather(1, order), valid.gather(1, order)
    times, base, share, speed, start = [x.gather(1, order) for x in each]
    follows = (mark == torch.roll(mark, 1, 1)) & valid & (place > 0)
    since = times - torch.where(follows, torch.roll(times, 1, 1), 0)
    fade = torch.exp(-speed * since)
    left = _recurrence(torch.where(follows, fade, 0), torch.where(follows, fade, fade * start))
    here = torch.where(follows, 1 + torch.roll(left, 1, 1), start)
    rate = torch.where(valid, base + share * speed * left, 1)
    found = torch.where(valid, torch.log(rate) - _expected(base, share, here, left, since), 0).sum(1)
    slots = torch.where(valid & ~torch.roll(follows, -1, 1), mark, none)
    state = _with_last(state, slots, 1 + left)
    since = max_time.unsqueeze(1) - _with_last(torch.zeros_like(state), slots, times)
    left = state * torch.exp(-beta * since)
    return found - _expected(lda, alpha, state, left, since).sum(1), left.detach()


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


def _with_last(x: Tensor, slots: Tensor, values: Tensor) -> Tensor:
    """x with values in the slots; those of the slot behind the last one are dropped."""
    return torch.cat([x, torch.zeros_like(x[:, :1])], 1).scatter(1, slots, values)[:, :-1]


def _expected(rate: Tensor, share: Tensor, before: Tensor, after: Tensor, time: Tensor) -> Tensor:
    """∫ λ over some time without points."""
    return rate * time + share * (before - after)


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
