"""mx.image against MXNet 1.9.1 (tests/oracle/record_images.py): pixels, places, and what augmenters do."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from image_cases import FUNCTIONS, INPUTS, LISTS
from regluon import image
from regluon.ndarray import NDArray, array

TESTS = Path(__file__).parents[1]
DATA = np.load(TESTS / "data" / "images.npz")
PICTURE = TESTS / "data" / "pictures" / "color.jpg"


def image_of(data: str) -> NDArray:
    return array(INPUTS[data], dtype=INPUTS[data].dtype)


def seeded(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002


def close(found: NDArray, recorded: np.ndarray) -> None:
    assert found.dtype == recorded.dtype
    if recorded.dtype == np.uint8:
        np.testing.assert_array_equal(found.asnumpy(), recorded)
    else:
        scale = max(np.abs(recorded).max(), 1)
        np.testing.assert_allclose(found.asnumpy(), recorded, rtol=0, atol=1e-5 * scale)


@pytest.mark.parametrize("number", range(len(FUNCTIONS)), ids=lambda n: f"{n}-{FUNCTIONS[n][2]}")
def test_functions_are_mxnets(number: int) -> None:
    seed, data, function, arguments = FUNCTIONS[number]
    seeded(seed)
    found: Any = getattr(image, function)(image_of(data), **arguments)
    if isinstance(found, tuple):
        assert list(found[1]) == DATA[f"place{number}"].tolist()
        found = found[0]
    close(found, DATA[f"function{number}"])


@pytest.mark.parametrize("number", range(len(LISTS)))
def test_augmenters_are_mxnets(number: int) -> None:
    seeded(2)
    augmenters = image.CreateAugmenter(**LISTS[number])
    for recorded in DATA[f"list{number}"]:
        found = image_of("photo")
        for augmenter in augmenters:
            found = augmenter(found)
        close(found, recorded)
    dumped = json.loads(json.dumps([one.dumps() for one in augmenters]))
    assert dumped[:2] == json.loads(str(DATA[f"dumps{number}"]))[:2]
    assert [text_of(d) for d in dumped] == [text_of(d) for d in json.loads(str(DATA[f"dumps{number}"]))]


def text_of(dump: Any) -> Any:
    """A dump without its numbers' last digits, nor the order that a random list was left in."""
    name, content = json.loads(dump) if isinstance(dump, str) else dump
    if isinstance(content, list):
        return name, sorted(content)
    return name, {k: np.round(v, 4).tolist() if isinstance(v, list) else v for k, v in content.items()}


def test_files_and_bytes_are_read_alike() -> None:
    content = PICTURE.read_bytes()
    expected = image.imread(str(PICTURE))
    assert (expected.shape, expected.dtype) == ((9, 13, 3), np.uint8)
    for buf in (content, bytearray(content), np.frombuffer(content, np.uint8)):
        np.testing.assert_array_equal(image.imdecode(buf).asnumpy(), expected.asnumpy())
    reversed_colours = image.imdecode(content, to_rgb=0).asnumpy()
    np.testing.assert_array_equal(reversed_colours[:, :, ::-1], expected.asnumpy())
    assert image.imread(str(PICTURE), 0).shape == (9, 13, 1)
    with pytest.raises(ValueError, match="must be bytes"):
        image.imdecode("text")


@pytest.mark.parametrize(
    ("inside", "size", "expected"),
    [((640, 480), (720, 120), (640, 106)), ((360, 1000), (480, 500), (360, 375)), ((5, 5), (3, 2), (3, 2))],
)
def test_scale_down(inside: Any, size: Any, expected: Any) -> None:
    assert image.scale_down(inside, size) == expected


def test_lists_of_augmenters() -> None:
    cast, flip = image.CastAug("float64"), image.HorizontalFlipAug(1)
    for kind in (image.SequentialAug, image.RandomOrderAug):
        both = kind([cast, flip])
        found = both(image_of("photo"))
        np.testing.assert_array_equal(found.asnumpy(), INPUTS["photo"][:, ::-1].astype("float64"))
        assert both.dumps()[0] == kind.__name__.lower()
    resized = image.ForceResizeAug((4, 5))(image_of("photo"))
    assert resized.shape == (5, 4, 3)
    with pytest.raises(NotImplementedError):
        image.Augmenter()(resized)


def test_wrong_calls() -> None:
    with pytest.raises(ValueError, match="interp"):
        image.resize_short(image_of("photo"), 5, interp=7)
    with pytest.raises(AssertionError, match="rand_crop"):
        image.CreateAugmenter((3, 4, 4), rand_resize=True)
    with pytest.raises(AssertionError, match="mean"):
        image.CreateAugmenter((3, 4, 4), mean=[1, 2, 3])
    with pytest.raises(AssertionError, match="unexpected"):
        image.random_size_crop(image_of("photo"), (3, 3), 0.5, (1, 1), other=1)
    with pytest.warns(DeprecationWarning, match="min_area"):
        image.random_size_crop(image_of("photo"), (3, 3), None, (1, 1), min_area=0.5)
    planes = image_of("planes")
    with pytest.raises(ValueError, match="both"):
        image.imrotate(planes, 3, zoom_in=True, zoom_out=True)
    with pytest.raises(TypeError, match="float32"):
        image.imrotate(planes.astype("float64"), 3)
    with pytest.raises(TypeError, match="number"):
        image.imrotate(planes, array([3]))
    with pytest.raises(ValueError, match="number of images"):
        image.imrotate(image_of("planes2"), array([3]))
