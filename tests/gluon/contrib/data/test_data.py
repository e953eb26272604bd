"""gluon.contrib.data against MXNet 1.9.1 (tests/oracle/record_wikitext.py)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from regluon.gluon.contrib.data import IntervalSampler, text
from wikitext_cases import FILES, TEXT, found, write

RECORDED = json.loads((Path(__file__).parents[3] / "data" / "wikitext.json").read_text())


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MXNET_GLUON_REPO", "file:///absent/")


@pytest.mark.parametrize("name", ["WikiText2", "WikiText103"])
@pytest.mark.filterwarnings("ignore:.*is read although:UserWarning")
def test_words_are_mxnets(name: str, tmp_path: Path) -> None:
    write(str(tmp_path))
    assert json.loads(json.dumps(found(getattr(text, name), str(tmp_path)))) == RECORDED["found"][name]


@pytest.mark.parametrize("name", ["WikiText2", "WikiText103"])
def test_files_are_mxnets(name: str) -> None:
    kind = getattr(text, name)
    assert list(kind._archive) == RECORDED["files"][name]["archive"]
    assert {key: list(file) for key, file in kind._files.items()} == RECORDED["files"][name]["data"]
    assert kind._namespace == RECORDED["files"][name]["namespace"]


def test_an_archive_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / text.WikiText2._archive.name
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"wikitext-2/{FILES['train']}", TEXT)
    with pytest.warns(UserWarning, match="although it is not MXNet's file"):
        dataset = text.WikiText2(str(tmp_path), seq_len=3)
    assert len(dataset) == 8
    assert (tmp_path / FILES["train"]).read_text() == TEXT
    archive.write_bytes(b"no archive")
    (tmp_path / FILES["train"]).unlink()
    with (
        pytest.warns(UserWarning, match="although it is not MXNet's file"),
        pytest.raises(ValueError, match="can't be read"),
    ):
        text.WikiText2(str(tmp_path))


def test_without_a_network_the_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"wikitext-2-v1\.zip \(SHA-1 3c91.*") as caught:
        text.WikiText2(str(tmp_path), segment="validation")
    assert "wiki.valid.tokens (SHA-1 0418" in str(caught.value)
    with pytest.raises(ValueError, match="none of train, validation, test"):
        text.WikiText2(str(tmp_path), segment="valid")


@pytest.mark.parametrize(("case", "order", "length"), RECORDED["sampler"])
def test_intervals(case: list[int], order: list[int], length: int) -> None:
    sampler = IntervalSampler(case[0], case[1], bool(case[2]))
    assert list(sampler) == order
    assert len(sampler) == length


def test_an_interval_longer_than_all_is_refused() -> None:
    with pytest.raises(AssertionError, match="Interval 5 must be smaller than or equal to length 3"):
        IntervalSampler(3, 5)
