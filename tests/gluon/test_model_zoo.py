"""The model zoo's nets: what they print, how they call their parameters and what they compute is MXNet's."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import pytest

import regluon as mx
from gluon import model_zoo_cases as cases
from regluon.gluon.model_zoo import vision

FOLDER = Path(__file__).parents[1] / "data"
DATA = np.load(FOLDER / "models.npz")
TEXTS = json.loads(str(DATA["texts"]))

# Normalization by few numbers makes much of roundings: in float32 MXNet's gradients and ours are both up to
# 0.3% away from those in float64.
NEAR = {"output": 1e-5, "training": 1e-3, "gradients": 5e-3, "after": 1e-4}


@pytest.mark.parametrize("name", cases.NAMES)
def test_prints_and_names_its_parameters_as_in_mxnet(name: str) -> None:
    text = cases.listing(mx, cases.by_name(name))
    if name in cases.IN_FULL:
        assert text == TEXTS["in_full"][name]
    assert cases.digest(text) == TEXTS["digests"][name]


@pytest.mark.parametrize("name", cases.PARTS)
def test_nets_of_other_sizes_are_mxnets_too(name: str) -> None:
    text = cases.listing(mx, cases.PARTS[name])
    assert cases.digest(text) == TEXTS["digests"][f"part {name}"], text


def near(found: np.ndarray, wanted: np.ndarray, tolerance: float) -> None:
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * np.abs(wanted).max())


@pytest.mark.parametrize("name", cases.SEEDED)
def test_computes_and_trains_as_mxnet_from_equal_seeds(name: str) -> None:
    for what, found in cases.seeded(mx, name).items():
        near(found, DATA[f"{name} {what}"], NEAR[what])


@pytest.mark.parametrize("name", cases.GIVEN)
def test_computes_what_mxnet_does_with_given_parameters(name: str) -> None:
    near(cases.given(mx, name)["output"], DATA[f"{name} output"], 1e-5)


@pytest.mark.parametrize("kind", ["", "_full"])
@pytest.mark.parametrize("name", cases.SMALL)
def test_files_of_mxnet_load(name: str, kind: str, tmp_path: Path) -> None:
    file, net = FOLDER / "models" / f"{name}{kind}.params", cases.small(mx, name)
    net.load_parameters(str(file))
    near(cases.small_output(mx, net), DATA[f"small {name}"], 1e-5)
    if kind:
        net.collect_params().save(str(tmp_path / "found"), strip_prefix=net.prefix)
    else:
        net.save_parameters(str(tmp_path / "found"))
    assert (tmp_path / "found").read_bytes() == file.read_bytes()


def test_names_of_models_and_their_errors() -> None:
    assert sorted(vision._MODELS) == sorted(cases.NAMES)
    assert isinstance(vision.get_model("ResNet18_V1", thumbnail=True), vision.ResNetV1)
    with pytest.raises(ValueError, match=r"Model resnet19 is not supported[^$]*\n\tresnet18_v1\n"):
        vision.get_model("resnet19")
    with pytest.raises(AssertionError, match=r"Invalid number of layers: 19. Options are 18, 34"):
        vision.get_resnet(1, 19)
    with pytest.raises(AssertionError, match="Options are 1 and 2"):
        vision.get_resnet(3, 18)
    with pytest.raises(AssertionError, match="one number more"):
        vision.ResNetV1(vision.BasicBlockV1, [1, 1], [4, 4])
    with pytest.raises(AssertionError, match=r"1\.0 or 1\.1"):
        vision.SqueezeNet("1.2")
    with pytest.raises(AssertionError, match="2 stages by layers"):
        vision.VGG([1, 1], [8])
    for make, known in ((vision.get_vgg, "11, 13, 16, 19"), (vision.densenet.get_densenet, "121, 161")):
        with pytest.raises(KeyError, match=known):
            make(12)


@pytest.mark.parametrize("name", ["resnet18_v1", "mobilenetv2_0.25"])
def test_blocks_can_be_taken_out_and_replaced(name: str) -> None:
    net, pretrained = (vision.get_model(name, classes=n) for n in (3, 5))
    net.features = pretrained.features
    for each in (pretrained, net.output):
        each.initialize()
    assert net(mx.nd.array(cases.images(1, 32))).shape == (1, 3)
    assert inspect.signature(vision.get_resnet).parameters["ctx"].default == mx.cpu()
