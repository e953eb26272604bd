"""Transforms against MXNet 1.9.1 (tests/oracle/record_transforms.py): results, random ones too, and print."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon
from regluon import nd
from regluon.base import MXNetError
from regluon.gluon import HybridBlock
from regluon.gluon.data.vision import transforms
from transform_cases import CASES, TIMES, results

DATA = np.load(Path(__file__).parents[3] / "data" / "transforms.npz")


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{CASES[n][0]}-{CASES[n][2]}-{n}")
def test_transforms_are_mxnets(number: int) -> None:
    if f"error{number}" in DATA:
        with pytest.raises((MXNetError, TypeError, ValueError)) as caught:
            results(regluon, number)
        assert type(caught.value).__name__ == str(DATA[f"error{number}"])
        return
    found, text = results(regluon, number)
    assert text == str(DATA[f"text{number}"])
    for i in range(TIMES):
        expected = DATA[f"{number}_{i}"]
        assert (found[i].shape, found[i].dtype) == (expected.shape, expected.dtype)
        if expected.dtype == np.uint8:
            np.testing.assert_array_equal(found[i], expected)
        else:
            scale = max(np.abs(expected).max(), 1)
            np.testing.assert_allclose(found[i], expected, rtol=0, atol=1e-5 * scale)


def test_every_transform_is_recorded() -> None:
    seen = {name for number, (name, _, _) in enumerate(CASES) if f"text{number}" in DATA}
    assert seen == set(transforms.__all__)


def test_a_list_of_transforms_is_left_as_it_is() -> None:
    given = [transforms.Resize(4), transforms.ToTensor()]
    transforms.Compose(given)
    assert len(given) == 2


def test_transforms_go_to_workers() -> None:
    block = transforms.Compose([transforms.Resize(4), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
    again = pickle.loads(pickle.dumps(block))
    x = nd.arange(48).reshape((4, 4, 3)).astype("uint8")
    np.testing.assert_array_equal(again(x).asnumpy(), block(x).asnumpy())


@pytest.mark.parametrize("channels", [1, 3])
def test_bytes_are_normalized_by_a_table_to_the_same_numbers(channels: int) -> None:
    random = np.random.default_rng(2)
    picture = nd.array(random.integers(0, 256, (7, 6, channels)), dtype="uint8")
    mean, std = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)) if channels == 3 else (0.3, 0.7)
    together = transforms.Compose([transforms.ToTensor(), transforms.Normalize(mean, std)])
    apart = transforms.Normalize(mean, std)(transforms.ToTensor()(picture))
    assert np.array_equal(together(picture).asnumpy(), apart.asnumpy())
    batch = nd.stack(picture, picture)
    assert np.array_equal(together(batch)[1].asnumpy(), apart.asnumpy())
    assert "HybridSequential" in repr(together)


def test_a_block_that_only_shares_a_name_with_a_transform_need_not_keep_bytes() -> None:
    class Resize(HybridBlock):
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return F.cast(x, "float32") / 2

    steps = [Resize(), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)]
    picture = nd.arange(24).reshape((2, 4, 3)).astype("uint8")
    apart = steps[2](steps[1](steps[0](picture)))
    np.testing.assert_allclose(transforms.Compose(steps)(picture).asnumpy(), apart.asnumpy(), rtol=1e-6)


@pytest.mark.filterwarnings("ignore:All children of this Sequential layer:UserWarning")
def test_hooks_see_the_steps_of_a_composition() -> None:
    steps = [transforms.ToTensor(), transforms.Normalize(0.5, 0.5)]
    seen = []
    together = transforms.Compose(steps)
    together.hybridize(False)  # as otherwise the steps are not called one by one
    steps[0].register_forward_hook(lambda block, data, out: seen.append(out.shape))
    together(nd.zeros((4, 5, 3), dtype="uint8"))
    assert seen == [(3, 4, 5)]


def test_mirrors_of_a_composition_are_those_of_the_seed() -> None:
    picture = nd.arange(24).reshape((2, 4, 3)).astype("uint8")
    steps = [transforms.RandomFlipLeftRight(), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)]
    regluon.random.seed(3)
    together = [transforms.Compose(steps)(picture).asnumpy() for _ in range(12)]
    regluon.random.seed(3)
    apart = [steps[2](steps[1](steps[0](picture))).asnumpy() for _ in range(12)]
    assert np.array_equal(together, apart)
    assert len({found.tobytes() for found in together}) == 2
