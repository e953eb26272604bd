from __future__ import annotations

import importlib
import importlib.util
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from regluon.alias import AliasFinder, StandInFinder

FILES = {
    "real_a/__init__.py": "from real_a import shape\n",
    "real_a/shape.py": "class Circle:\n    pass\n",
    "real_a/same/__init__.py": "from real_a.same.name import name\n",
    "real_a/same/name.py": "def name():\n    pass\n",
    "real_a/deep/__init__.py": "",
    "real_a/deep/late.py": "from real_a.shape import Circle\n",
    "real_a/broken.py": "import surely_not_installed\n",
    "alias_a/__init__.py": "import real_a\n",
}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A package real_a, and alias_a that stands for its insides."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    AliasFinder("alias_a", "real_a").install()
    yield importlib.import_module("alias_a")
    for name in [n for n in sys.modules if n.partition(".")[0] in ("alias_a", "real_a", "other_a")]:
        del sys.modules[name]


@pytest.mark.parametrize("first", ["alias_a", "real_a"])
@pytest.mark.parametrize("name", ["shape", "deep", "deep.late"])
def test_both_names_are_one_module(packages: ModuleType, name: str, first: str) -> None:
    importlib.import_module(f"{first}.{name}")
    module = importlib.import_module(f"alias_a.{name}")
    assert module is importlib.import_module(f"real_a.{name}") is sys.modules[f"alias_a.{name}"]
    assert module.__name__ == module.__spec__.name == f"real_a.{name}"  # type: ignore[union-attr]


def test_a_function_keeps_its_place_before_the_module_that_has_its_name(packages: ModuleType) -> None:
    package = importlib.import_module("alias_a.same")
    function = package.name
    module = importlib.import_module("alias_a.same.name")
    assert module.name is function is package.name


def test_reload_runs_the_real_module_again(packages: ModuleType) -> None:
    module = importlib.import_module("alias_a.shape")
    before = module.Circle
    assert importlib.reload(module) is module is sys.modules["real_a.shape"]
    assert module.Circle is not before


def test_a_pickle_by_the_old_name_opens(packages: ModuleType) -> None:
    opened = pickle.loads(b"calias_a.deep.late\nCircle\n(tR.")
    assert type(opened) is importlib.import_module("real_a.shape").Circle


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("alias_a.nothing", "No module named 'alias_a.nothing'"),
        ("alias_a.deep.nothing", "No module named 'alias_a.deep.nothing'"),
        ("alias_a.shape.x", "No module named 'alias_a.shape.x'; 'alias_a.shape' is not a package"),
        ("alias_a.broken", "No module named 'surely_not_installed'"),
    ],
)
def test_what_is_missing_is_named(packages: ModuleType, name: str, message: str) -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module(name)
    assert str(caught.value) == message
    assert name not in sys.modules


def test_find_spec_tells_the_real_file_without_loading_it(packages: ModuleType) -> None:
    spec = importlib.util.find_spec("alias_a.deep")
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).parts[-3:] == ("real_a", "deep", "__init__.py")
    assert "real_a.deep" not in sys.modules
    assert importlib.util.find_spec("alias_a.nothing") is None


def test_the_package_itself_is_an_alias_only_if_asked(packages: ModuleType) -> None:
    assert AliasFinder("other_a", "real_a").find_spec("other_a") is None
    AliasFinder("other_a", "real_a", whole=True).install()
    assert importlib.import_module("other_a.shape") is importlib.import_module("real_a.shape")
    assert sys.modules["other_a"] is sys.modules["real_a"]


def test_a_stand_in_serves_only_what_nobody_else_has(packages: ModuleType) -> None:
    StandInFinder("other_a", "real_a").install()
    StandInFinder("real_a", "other_a").install()
    assert importlib.import_module("real_a").__name__ == "real_a"
    assert importlib.import_module("other_a.shape") is importlib.import_module("real_a.shape")
    assert sys.modules["other_a"] is sys.modules["real_a"]


def test_installing_twice_changes_nothing(packages: ModuleType) -> None:
    before = list(sys.meta_path)
    AliasFinder("alias_a", "real_a").install()
    assert sys.meta_path == before
    assert before[0] == AliasFinder("alias_a", "real_a")
