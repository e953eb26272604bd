"""The books' helper packages: an edition's names with their signatures, and no other."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

import d2lzh
import gluonbook
from regluon.toolbox import plotting

EDITIONS = {"gluonbook": gluonbook, "d2lzh": d2lzh}

# (package, name, signature), the last empty for lists.
NAMES = [
    (package, *signature.partition("(")[::2])
    for line in (Path(__file__).parent / "data" / "books.txt").read_text(encoding="utf-8").splitlines()
    for package, _, signature in [line.partition(" ")]
]


def bare(function: Any) -> str:
    """A signature without types."""
    signature = inspect.signature(function)
    parameters = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    return str(inspect.Signature(parameters))


@pytest.mark.parametrize(("package", "name", "signature"), NAMES)
def test_a_name_is_there(package: str, name: str, signature: str) -> None:
    found = getattr(EDITIONS[package], name)
    if signature:
        assert bare(found) == f"({signature}"
        assert found.__doc__
    else:
        assert len(found) == 21


@pytest.mark.parametrize("package", EDITIONS)
def test_no_other_name_is_there(package: str) -> None:
    module = EDITIONS[package]
    named = {name for edition, name, _ in NAMES if edition == package} | {"plt"}
    shown = {name for name in vars(module) if not name.startswith("__")} - {"annotations"}
    assert {*module.__all__} == shown == named


@pytest.mark.parametrize("package", EDITIONS.values())
def test_the_plotting_library_is_reached_through_it(package: Any) -> None:
    assert package.plt is plotting.plt
