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
    times = torch.cumsum(lags, 1)
    last = torch.zeros_like(state)
    found = torch.zeros_like(max_time)
    for i in range(lags.shape[1]):
        mark = marks[:, i : i + 1].long()
        valid = (i < valid_length).unsqueeze(1)
        here, since = state.gather(1, mark), times[:, i : i + 1] - last.gather(1, mark)
        base, share, speed = lda.gather(1, mark), alpha[mark], beta[mark]
        left = here * torch.exp(-speed * since)
        likelihood = torch.log(base + share * speed * left) - _expected(base, share, here, left, since)
        found = found + torch.where(valid, likelihood, 0).squeeze(1)
        state = state.scatter(1, mark, torch.where(valid, 1 + left, here))
        last = last.scatter(1, mark, torch.where(valid, times[:, i : i + 1], last.gather(1, mark)))
    since = max_time.unsqueeze(1) - last
    left = state * torch.exp(-beta * since)
    found = found - _expected(lda, alpha, state, left, since).sum(1)
    return found, left.detach()


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
