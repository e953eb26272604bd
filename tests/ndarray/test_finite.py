"""``nd.contrib``'s functions that are no operators of their own; the values are MXNet 1.9.1's."""

from __future__ import annotations

import pytest
import torch

from regluon.context import cpu
from regluon.ndarray import contrib
from regluon.ndarray.ndarray import NDArray

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
@pytest.mark.parametrize(
    ("name", "expected"), [("isnan", [0, 1, 0, 0]), ("isinf", [0, 0, 1, 1]), ("isfinite", [1, 0, 0, 0])]
)
def test_what_is_no_ordinary_number(name: str, expected: list[int], dtype: torch.dtype) -> None:
    data = NDArray(torch.tensor([1.0, NAN, INF, -INF], dtype=dtype), cpu())
    found = getattr(contrib, name)(data)
    assert found.dtype is data.dtype
    assert found.asnumpy().tolist() == expected


def test_integers_are_ordinary() -> None:
    data = NDArray(torch.tensor([1, -2], dtype=torch.int32), cpu())
    assert contrib.isnan(data).asnumpy().tolist() == [0, 0]
    assert contrib.isinf(data).asnumpy().tolist() == [0, 0]
    assert contrib.isfinite(data).asnumpy().tolist() == [1, 1]
