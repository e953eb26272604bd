"""Putting the names of the table into their modules: the loaded ones at once, the others when they load."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from regluon.alias import StandInFinder
from regluon.lazy import resolve
from regluon.shims.table import LOADED, RETURNED, STAND_INS

__all__ = ["activate", "enabled"]


def enabled() -> bool:
    """Whether the environment leaves the shims on: any value of REGLUON_SHIMS but ``0``, or none."""
    return os.environ.get("REGLUON_SHIMS", "").strip() != "0"


def activate() -> None:
    """Put every shim in its place, unless ``REGLUON_SHIMS=0``; a second call changes nothing."""
    if not enabled():
        return
    for name in LOADED:
        importlib.import_module(name)
    for alias, target in STAND_INS.items():
        StandInFinder(alias, target).install()
    for name in RETURNED.keys() & sys.modules.keys():
        patch(sys.modules[name])
    if not any(isinstance(finder, OnImportFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, OnImportFinder())


def patch(module: ModuleType) -> None:
    """Give a module the names of the table that it lacks."""
    # vars, not hasattr: NumPy's __getattr__ warns of some of these names before it refuses them.
    missing = RETURNED[module.__name__].keys() - vars(module).keys()
    for name in missing:
        setattr(module, name, resolve(RETURNED[module.__name__][name]))


class OnImportFinder:
    """Patches a module of the table right after it is loaded, so that none is loaded for our sake."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the other finders give, with a loader that patches; None for all other names."""
        if fullname not in RETURNED:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (finder.find_spec(fullname, path, target) for finder in others)), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader)
        return spec


class _PatchingLoader(Loader):
    """A module's own loader, with the patch after it; what it leaves behind is the module's own loader."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the module's own loader does it."""
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then give it the names it lacks."""
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        module.__loader__ = self.loader
        self.loader.exec_module(module)
        patch(module)
