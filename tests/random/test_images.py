"""Random image operators with equal seeds, against MXNet 1.9.1 (tests/oracle/record_images.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from image_cases import INPUTS, PROGRAMS
from regluon import random
from regluon.ndarray import array, image, sample_multinomial
from regluon.ndarray.creation import ones
from regluon.random.device import TorchGenerator

DATA = np.load(Path(__file__).parents[1] / "data" / "images.npz")


def run(seed: int, data: str, operator: str, attributes: dict[str, Any], times: int) -> np.ndarray:
    picture = array(INPUTS[data], dtype=INPUTS[data].dtype)
    random.seed(seed)
    return np.stack([getattr(image, operator)(picture, **attributes).asnumpy() for _ in range(times)])


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_images_are_mxnets(number: int) -> None:
    found, recorded = run(*PROGRAMS[number]), DATA[str(number)]
    assert found.dtype == recorded.dtype
    if found.dtype == np.float64:
        np.testing.assert_allclose(found, recorded, rtol=1e-6, atol=1e-4)
    else:
        np.testing.assert_array_equal(found, recorded)


def test_as_many_numbers_are_drawn() -> None:
    run(*PROGRAMS[-1])
    found = sample_multinomial(ones((1000,)) / 1000, shape=4).asnumpy()
    np.testing.assert_array_equal(found, DATA["after"])


def test_an_image_of_one_channel_has_no_hue() -> None:
    for operator, attributes in (
        ("random_hue", {"min_factor": 0.1, "max_factor": 0.2}),
        ("random_saturation", {"min_factor": 0.1, "max_factor": 0.2}),
        ("random_lighting", {}),
    ):
        np.testing.assert_array_equal(run(0, "gray", operator, attributes, 1)[0], INPUTS["gray"])


def test_negative_factors_are_refused() -> None:
    with pytest.raises(Exception, match="must not be negative"):
        run(0, "wide", "random_hue", {"min_factor": -1, "max_factor": 1}, 1)


def test_single_numbers_of_torch() -> None:
    generator = TorchGenerator(torch.device("cpu"), 3)
    assert sorted(generator.order(4)) == [0, 1, 2, 3]
    assert 2 <= generator.factor(2, 3) <= 3
    assert {generator.coin() for _ in range(40)} == {True, False}
    assert len(generator.deviates(3, 0.1)) == 3
    shapes = TorchGenerator(torch.device("meta"))
    assert (shapes.order(2), shapes.factor(2, 3), shapes.deviates(2, 1)) == ([0, 1], 2, [0.0, 0.0])
