"""The books' helper packages: an edition's names with their signatures, or as declared gaps, and no other."""

from __future__ import annotations

import importlib
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
def test_a_name_is_there_or_a_declared_gap(package: str, name: str, signature: str) -> None:
    module = EDITIONS[package]
    if name not in module.__all__:
        with pytest.raises(AttributeError, match=rf"'{package}' has no attribute '{name}': .*a declared gap"):
            getattr(module, name)
    elif signature:
        assert bare(getattr(module, name)) == f"({signature}"
        assert getattr(module, name).__doc__
    else:
        assert len(getattr(module, name)) == 21


@pytest.mark.parametrize("package", EDITIONS)
def test_no_other_name_is_there_or_called_a_gap(package: str) -> None:
    module = importlib.import_module(package)
    named = {name for edition, name, _ in NAMES if edition == package} | {"plt"}
    gaps: frozenset[str] = getattr(getattr(module, "__getattr__", None), "gaps", frozenset())
    assert {*module.__all__} | gaps == named
    assert not gaps & {*module.__all__}
    machinery = {"annotations", "declared_gaps"}
    shown = {name for name in vars(module) if not name.startswith("__")} - machinery
    assert shown == {*module.__all__}
    with pytest.raises(AttributeError, match=rf"^module '{package}' has no attribute 'semilog'$"):
        module.semilog  # noqa: B018


@pytest.mark.parametrize("package", EDITIONS.values())
def test_the_plotting_library_is_reached_through_it(package: Any) -> None:
    assert package.plt is plotting.plt
