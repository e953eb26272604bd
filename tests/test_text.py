"""Embeddings: what no recording of MXNet holds. The rest is in tests/programs/text.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mxnet as mx
from regluon.contrib.text import embedding, pretrained

VECTORS = "a 1 2\nb 3 4\n"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(url: str, path: str, sha1_hash: str) -> None:
        raise OSError("no network")

    monkeypatch.setattr(pretrained, "download", fail)


@pytest.mark.usefixtures("offline")
def test_a_file_that_is_missing(tmp_path: Path) -> None:
    wanted = (
        r"glove\.6B\.50d\.txt is not there, and https://.*/gluon/embeddings/glove/glove\.6B\.zip cannot be "
        r"fetched \(no network\)\. Put the file glove\.6B\.50d\.txt \(SHA-1 21bf566a\w+\), or its archive "
        r"glove\.6B\.zip \(SHA-1 b64e54f1\w+\), into .*glove"
    )
    with pytest.raises(OSError, match=wanted):
        embedding.create("glove", pretrained_file_name="glove.6B.50d.txt", embedding_root=str(tmp_path))


@pytest.mark.usefixtures("offline")
def test_another_file_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "fasttext").mkdir()
    (tmp_path / "fasttext" / "wiki.simple.vec").write_text(VECTORS)
    with pytest.raises(OSError, match=r"wiki\.simple\.vec has another SHA-1"):
        embedding.FastText(embedding_root=str(tmp_path))


@pytest.mark.usefixtures("offline")
def test_the_environment_says_where_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    monkeypatch.setenv("MXNET_GLUON_REPO", "https://elsewhere.invalid")
    with pytest.raises(
        OSError, match=r"https://elsewhere\.invalid/gluon/embeddings/glove.* into (.*)"
    ) as error:
        embedding.GloVe()
    assert str(tmp_path / "embeddings" / "glove") in str(error.value)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("a 1 2\nb\n", AssertionError, "At line 2 .* the data format of .* is unexpected"),
        ("a 1 2\nb 1 2 3\n", AssertionError, "At line 2 .* the dimension of token b is 3 but .* tokens is 2"),
        ("a 1 x\n", ValueError, "line 1: could not convert string to float: 'x'"),
        ("", ValueError, "has no vectors"),
        ("<unk> 1 2 3\na 1 2\n", ValueError, "the vector of <unk> has 3 numbers, not 2"),
    ],
)
def test_damaged_files(tmp_path: Path, text: str, kind: Any, message: str) -> None:
    (tmp_path / "own").write_text(text)
    with pytest.raises(kind, match=message):
        embedding.CustomEmbedding(str(tmp_path / "own"))


def test_a_vocabulary_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "own").write_text(VECTORS)
    found = embedding.CustomEmbedding(str(tmp_path / "own"), vocabulary=mx.contrib.text.vocab.Vocabulary())
    assert found.idx_to_vec.asnumpy().tolist() == [[0, 0]]


def test_namespaces() -> None:
    assert mx.contrib.nd is mx.nd.contrib is mx.contrib.ndarray
    with pytest.raises(AttributeError, match=r"MXNet 1\.9\.1 has it, a gap of regluon"):
        mx.contrib.svrg_optimization  # noqa: B018
