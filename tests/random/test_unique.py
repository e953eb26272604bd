"""Numbers of Zipf's distribution, against those that MXNet 1.9.1 drew."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch

from regluon import nd
from regluon import random as seeds
from regluon.base import MXNetError
from regluon.random import MXNetGenerator, TorchGenerator

# The limit, the shape, and the CRC-32 of the numbers and of how many draws they took, with seed 5.
DRAWN = [
    (1, (1, 1), 1696784233, 2844319735),
    (5, (1, 5), 1050904654, 944292671),
    (50, (3, 4), 2568099577, 2596017666),
    (1000, (65, 3), 2460563239, 1083412589),
    (7, (130, 5), 1318342631, 2113495233),
    (1000, (2, 300), 3506060316, 4195045034),
    (100, (2500, 2), 60685664, 581527434),
]


@pytest.mark.parametrize(("limit", "shape", "samples", "tries"), DRAWN)
def test_different_numbers_are_mxnets(limit: int, shape: tuple[int, int], samples: int, tries: int) -> None:
    seeds.seed(5)
    found = [x.asnumpy() for x in nd._internal._sample_unique_zipfian(limit, shape=shape)]
    assert [x.dtype for x in found] == [np.int64, np.int64]
    assert (found[0].shape, found[1].shape) == (shape, shape[:1])
    assert [zlib.crc32(x.tobytes()) for x in found] == [samples, tries]


def test_numbers_go_on_where_they_stopped() -> None:
    seeds.seed(5)
    first, _ = nd._internal._sample_unique_zipfian(10000000, shape=(1, 8))
    assert first.asnumpy().tolist() == [[180, 52840, 62271, 119281, 116, 8591860, 1000, 377]]
    second, _ = nd._internal._sample_unique_zipfian(10000000, shape=(1, 8))
    assert second.asnumpy().tolist() == [[602558, 403385, 3, 4, 51138, 8, 1789718, 170]]


@pytest.mark.parametrize("arguments", [{"shape": (1, 5)}, {"shape": (2,)}, {}])
def test_refused(arguments: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(MXNetError, match="_sample_unique_zipfian"):
        nd._internal._sample_unique_zipfian(3, **arguments)


def test_on_other_devices_they_differ_as_well() -> None:
    samples, tries = TorchGenerator(torch.device("cpu"), 3).unique_zipfian(20, 3, 15)
    expected = MXNetGenerator().unique_zipfian(20, 3, 15)
    assert (samples.shape, samples.dtype) == (expected[0].shape, expected[0].dtype)
    assert all(len(set(row)) == 15 and min(row) >= 0 and max(row) < 20 for row in samples.tolist())
    assert all(n >= 15 for n in tries.tolist())
    shapes = TorchGenerator(torch.device("meta")).unique_zipfian(20, 3, 15)
    assert [tuple(x.shape) for x in shapes] == [(3, 15), (3,)]


def test_rand_zipfian() -> None:
    seeds.seed(5)
    drawn, of_true, of_drawn = nd.contrib.rand_zipfian(nd.array([3, 7]), 4, 100)
    assert (drawn.dtype, of_true.dtype, of_drawn.dtype) == (np.int64, np.float64, np.float64)
    assert drawn.asnumpy().tolist() == [3, 21, 22, 27]
    np.testing.assert_allclose(of_true.asnumpy(), [0.1934021445376569, 0.10208447231362706], rtol=1e-7)
    expected = [0.1934021445376569, 0.03852706546546095, 0.036887109893221255, 0.030414217512385003]
    np.testing.assert_allclose(of_drawn.asnumpy(), expected, rtol=1e-7)
