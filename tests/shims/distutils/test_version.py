"""Values: what distutils of Python 3.8 answers."""

from __future__ import annotations

import pytest

from regluon.shims.distutils.version import LooseVersion, StrictVersion


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1.9.1", [1, 9, 1]),
        ("1.0-rc1", [1, 0, "-", "rc", 1]),
        ("2.0.0b20200101", [2, 0, 0, "b", 20200101]),
        ("1.10.", [1, 10]),
        ("1..2", [1, 2]),
        ("v1.2", ["v", 1, 2]),
        ("1.2.post3", [1, 2, "post", 3]),
        ("1.2+cu118", [1, 2, "+", "cu", 118]),
        ("1.2 A", [1, 2, " A"]),
        ("0.10rc3 x", [0, 10, "rc", 3, " ", "x"]),
        ("1_2", [1, "_", 2]),
    ],
)
def test_loose_parts(text: str, parts: list[int | str]) -> None:
    version = LooseVersion(text)
    assert version.version == parts
    assert (version.vstring, str(version), repr(version)) == (text, text, f"LooseVersion ('{text}')")


def test_loose_order() -> None:
    assert LooseVersion("1.9") < "1.10" < LooseVersion("1.10.1")
    assert LooseVersion("1.9") == LooseVersion("1.9") == "1.9"
    assert LooseVersion("1.9.1") >= LooseVersion("1.9.1") > LooseVersion("1.9") != "1.9.1"
    assert LooseVersion("1.9") != 1.9
    with pytest.raises(TypeError, match="not supported between instances of 'str' and 'int'"):
        LooseVersion("1.x") < LooseVersion("1.2")  # noqa: B015
    with pytest.raises(TypeError, match="unhashable"):
        hash(LooseVersion("1"))


@pytest.mark.parametrize(
    ("text", "numbers", "stage", "shown"),
    [
        ("1.2", (1, 2, 0), None, "1.2"),
        ("1.2.0", (1, 2, 0), None, "1.2"),
        ("1.2a3", (1, 2, 0), ("a", 3), "1.2a3"),
        ("1.2.1b2", (1, 2, 1), ("b", 2), "1.2.1b2"),
        ("0.4.0", (0, 4, 0), None, "0.4"),
    ],
)
def test_strict_parts(
    text: str, numbers: tuple[int, int, int], stage: tuple[str, int] | None, shown: str
) -> None:
    version = StrictVersion(text)
    assert (version.version, version.prerelease, str(version)) == (numbers, stage, shown)


def test_strict_order() -> None:
    assert StrictVersion("1.2a3") < "1.2b1" < StrictVersion("1.2") == "1.2.0"
    assert StrictVersion("1.2.1") > StrictVersion("1.2")


@pytest.mark.parametrize("text", ["1", "1.2.3.4", "1.2x", "1.2a", "v1.2"])
def test_strict_refuses_the_rest(text: str) -> None:
    with pytest.raises(ValueError, match=f"^invalid version number '{text}'$"):
        StrictVersion(text)
