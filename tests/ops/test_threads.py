"""Small products on one thread: the same numbers, and MKL's threads are back afterwards."""

from __future__ import annotations

import pytest
import torch

from regluon.ops import threads
from regluon.ops.threads import SMALL, few_threads, product, small_linear

MKL = pytest.mark.skipif(not SMALL, reason="torch has no MKL here")


@pytest.mark.parametrize("n", [2, 16, 32, 64, 80])
def test_products(n: int) -> None:
    a, b = torch.randn(n, n, dtype=torch.float64), torch.randn(n, n, dtype=torch.float64)
    bias = torch.randn(n, dtype=torch.float64)
    torch.testing.assert_close(product(a, b), torch.mm(a, b))
    torch.testing.assert_close(small_linear(a, b, bias), torch.nn.functional.linear(a, b, bias))


@MKL
def test_only_within_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def failing(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        seen.append(few_threads(1))
        raise RuntimeError("shapes")

    monkeypatch.setattr(threads, "_mm", failing)
    with pytest.raises(RuntimeError, match="shapes"):
        product(torch.ones(64, 64), torch.ones(64, 64))
    assert seen == [1]  # MKL tells what was set before
    assert few_threads(0) == 0
