"""Files of trained parameters: found, checked, unpacked, and asked for by name."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import regluon as mx
from regluon.gluon.model_zoo import model_store, vision

RECORDED = json.loads(str(np.load(Path(__file__).parents[1] / "data" / "models.npz")["texts"]))
NAME = "mobilenet0.25"


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the only file that is known, of a net whose outputs are all 2; and no way to a server."""
    monkeypatch.setenv("MXNET_GLUON_REPO", (tmp_path / "server").as_uri())
    net = vision.get_model(NAME)
    net.initialize()
    net(mx.nd.zeros((1, 3, 32, 32)))
    net.output.bias.set_data(mx.nd.full((1000,), 2))
    net.output.weight.set_data(mx.nd.zeros(net.output.weight.shape))
    file = tmp_path / "net"
    net.save_parameters(str(file))
    monkeypatch.setitem(model_store._model_sha1, NAME, hashlib.sha1(file.read_bytes()).hexdigest())
    root = tmp_path / "models"
    root.mkdir()
    return file.rename(root / f"{NAME}-{model_store.short_hash(NAME)}.params")


def zipped(file: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{file.stem}.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(file, file.name)
    return archive


def is_trained(net: vision.MobileNet) -> bool:
    return bool((net(mx.nd.ones((1, 3, 32, 32))).asnumpy() == 2).all())


def test_hashes_are_mxnets() -> None:
    assert RECORDED["sha1"] == model_store._model_sha1
    assert model_store.short_hash("resnet18_v1") == "a0666292"
    with pytest.raises(ValueError, match=r"Pretrained model for mine is not available.*vgg19_bn"):
        model_store.short_hash("mine")


def test_a_file_that_is_there_is_read(trained: Path) -> None:
    assert model_store.get_model_file(NAME, root=str(trained.parent)) == str(trained)
    assert is_trained(vision.mobilenet0_25(pretrained=True, root=str(trained.parent)))
    assert is_trained(vision.get_model(NAME, pretrained=True, ctx=mx.cpu(), root=str(trained.parent)))


def test_an_absent_file_is_asked_for(trained: Path, tmp_path: Path) -> None:
    digest, root = model_store._model_sha1[NAME], tmp_path / "new"
    with pytest.raises(OSError, match=r"cannot be fetched") as caught:
        vision.mobilenet0_25(pretrained=True, root=str(root))
    message = str(caught.value)
    assert message.startswith(
        f"{root / trained.name} is not there, and {(tmp_path / 'server').as_uri()}/gluon/"
    )
    assert f"Put the file {trained.name} (SHA-1 {digest}), or the archive {trained.stem}.zip" in message
    assert message.endswith(f"into {root}")
    trained.write_bytes(b"something else")
    with pytest.raises(OSError, match="is another file, by its SHA-1"):
        vision.mobilenet0_25(pretrained=True, root=str(trained.parent))
    assert trained.read_bytes() == b"something else"


@pytest.mark.parametrize("place", ["models", "server/gluon/models"])
def test_archives_are_unpacked(trained: Path, tmp_path: Path, place: str) -> None:
    archive, data = zipped(trained, tmp_path / place), trained.read_bytes()
    trained.write_bytes(b"half a file")
    assert is_trained(vision.mobilenet0_25(pretrained=True, root=str(trained.parent)))
    assert trained.read_bytes() == data
    assert sorted(trained.parent.iterdir()) == sorted({trained} | ({archive} if place == "models" else set()))


def test_archives_of_something_else_are_refused(trained: Path, tmp_path: Path) -> None:
    data = trained.read_bytes()
    trained.write_bytes(b"not it")
    archive = zipped(trained, tmp_path / "models")
    trained.write_bytes(data[:-1])
    with pytest.raises(ValueError, match=r"mobilenet0\.25-\w{8}\.params in .* is another file"):
        model_store.get_model_file(NAME, str(trained.parent))
    archive.write_bytes(b"no archive")
    with pytest.raises(ValueError, match="is no archive that holds"):
        model_store.get_model_file(NAME, str(trained.parent))
    assert trained.read_bytes() == data[:-1]
    assert sorted(trained.parent.iterdir()) == sorted([trained, archive])


def test_purge_deletes_files_of_parameters_alone(trained: Path) -> None:
    other = trained.with_name("notes.txt")
    other.write_text("mine")
    model_store.purge(str(trained.parent))
    assert list(trained.parent.iterdir()) == [other]
