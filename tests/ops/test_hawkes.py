"""The likelihood of a Hawkes process: both ways to it, and numbers behind the valid ones."""

from __future__ import annotations

import pytest
import torch

from regluon.ops import hawkes

ALIKE = [(1e3, torch.float32), (-1e3, torch.float32), (1, torch.float32), (1, torch.float64)]


def arguments() -> list[torch.Tensor]:
    torch.manual_seed(3)
    n, k, t = 5, 3, 40

    def rand(*shape: int) -> torch.Tensor:
        return torch.rand(*shape, dtype=torch.float64)

    marks = torch.randint(0, k, (n, t), dtype=torch.int32)
    counts, until = torch.tensor([0.0, 1, 20, 40, 39], dtype=torch.float64), torch.full((n,), 130.0)
    return [
        rand(n, k) + 0.1,
        rand(k) + 0.1,
        rand(k),
        rand(n, k),
        3 * rand(n, t),
        marks,
        counts,
        until.double(),
    ]


def results(given: list[torch.Tensor]) -> list[torch.Tensor]:
    """The outputs and all gradients."""
    learned = [x.requires_grad_() for x in given[:5]]
    out, state = hawkes.hawkes_log_likelihood(*given)
    return [out.detach(), state, *torch.autograd.grad(out.sum(), learned)]


@pytest.mark.parametrize("pairs", [0, 2**30])
@pytest.mark.parametrize("rest", [0.0, float("nan"), float("inf")])
def test_all_ways_agree(pairs: int, rest: float, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = results(arguments())
    monkeypatch.setattr(hawkes, "_PAIRS", pairs)
    given = arguments()
    given[4][2, 20:] = rest
    given[4][0] = rest
    for a, b in zip(results(given), expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rest", [0.0, float("nan"), float("inf")])
def test_unrecorded_calls_agree(rest: float) -> None:
    given = arguments()
    given[4][2, 20:] = rest
    given[4][0] = rest
    expected = hawkes._by_torch(*arguments())
    for a, b in zip(hawkes.hawkes_log_likelihood(*given), expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("factor", "kind"), [(1e3, torch.float32), (-1e3, torch.float32), (1, torch.float32)]
)
def test_unrecorded_calls_over_any_time(factor: float, kind: torch.dtype) -> None:
    given = [x if i == 5 else x.to(kind) for i, x in enumerate(arguments())]
    given[4] *= factor
    given[7] *= factor
    expected = hawkes._by_torch(*given)
    for a, b in zip(hawkes.hawkes_log_likelihood(*given), expected, strict=True):
        assert a.dtype is kind
        torch.testing.assert_close(a, b, equal_nan=True)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_unrecorded_calls_without_points(shape: tuple[int, int]) -> None:
    n, k, t = shape[0], 2, shape[1]
    marks = torch.zeros(n, t, dtype=torch.int32)
    given = [torch.ones(x) for x in ((n, k), (k,), (k,), (n, k), (n, t))]
    given += [marks, torch.zeros(n), torch.ones(n)]
    for a, b in zip(hawkes.hawkes_log_likelihood(*given), hawkes._by_torch(*given), strict=True):
        torch.testing.assert_close(a, b)


def test_by_the_definition() -> None:
    lda, alpha, beta, state, lags, marks, counts, until = arguments()
    out, left = hawkes.hawkes_log_likelihood(lda, alpha, beta, state, lags, marks, counts, until)
    for i in range(len(until)):
        s, now, found = state[i].clone(), 0.0, 0.0
        points = [(float(d), int(m)) for d, m in zip(lags[i], marks[i], strict=True)][: int(counts[i])]
        for lag, mark in [*points, (None, None)]:
            time = float(until[i]) - now if lag is None else lag
            fade = torch.exp(-beta * time)
            found -= float((lda[i] * time + alpha * s * (1 - fade)).sum())
            s, now = s * fade, now + time
            if mark is not None:
                found += float(torch.log(lda[i, mark] + alpha[mark] * beta[mark] * s[mark]))
                s[mark] += 1
        assert float(out[i]) == pytest.approx(found, rel=1e-9)
        torch.testing.assert_close(left[i], s)
