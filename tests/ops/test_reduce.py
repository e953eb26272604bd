"""Reductions, beside what their samples hold."""

from __future__ import annotations

import pytest

from regluon import nd
from regluon.base import MXNetError


@pytest.mark.parametrize(("dtype", "count"), [("uint8", 256), ("int8", 512)])
def test_a_count_that_its_type_cannot_hold(dtype: str, count: int) -> None:
    # MXNet's process ends in such a division, so there is no recording.
    x = nd.ones((2, count), dtype=dtype)
    with pytest.raises(MXNetError, match=rf"mean\(.*the count {count} is 0 as {dtype}; astype\('float32'\)"):
        nd.mean(x, axis=1)
    assert nd.mean(x.astype("float32"), axis=1).asnumpy().tolist() == [1, 1]


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64"])
def test_the_norm_of_whole_numbers(dtype: str) -> None:
    # √106 = 10.3; MXNet divides whole numbers by the largest on the way, and has 9.
    assert nd.norm(nd.array([9, -5], dtype=dtype)).asnumpy().tolist() == [10]
