"""Module names that stand for other modules: ``mxnet.gluon.nn`` is the very object ``regluon.gluon.nn``.

An entry in ``sys.modules`` for the package alone would not do: ``import mxnet.gluon.nn`` would then find the
file a second time, through the package's path, and load a copy whose classes are strangers to the first.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["AliasFinder", "StandInFinder"]


class _AliasLoader:
    """Puts the module of another name where the import system looks for the one just loaded."""

    def __init__(self, target: str) -> None:
        self.target = target

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make a placeholder: so no attribute of the real module is touched."""

    def exec_module(self, module: ModuleType) -> None:
        """Import the real module; an error inside it, a missing dependency say, is its own."""
        real = importlib.import_module(self.target)
        # The modules inside that have come with it, too. The import system would put each into its package as
        # it is first asked for, over a function of the same name: gluon.model_zoo.vision.alexnet.
        for name in [n for n in sys.modules if n.startswith(self.target + ".")]:
            sys.modules.setdefault(module.__name__ + name[len(self.target) :], sys.modules[name])
        sys.modules[module.__name__] = real


class AliasFinder:
    """Resolves ``alias.x.y`` to the module object of ``target.x.y``, and ``alias`` itself if `whole`.

    Parameters
    ----------
    alias, target : str
        Names of packages.
    whole : bool
        Whether the package itself is an alias too, or only what is inside it.
    """

    def __init__(self, alias: str, target: str, *, whole: bool = False) -> None:
        self.alias, self.target, self.whole = alias, target, whole

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.alias, self.target, self.whole))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of an aliased name, or None for a name that is not ours or that stands for no module."""
        inside = fullname.startswith(self.alias + ".")
        if not inside and not (self.whole and fullname == self.alias):
            return None
        name = self.target + fullname[len(self.alias) :]
        real = importlib.util.find_spec(name)
        if real is None:
            return None
        spec = ModuleSpec(fullname, _AliasLoader(name), origin=real.origin)  # type: ignore[arg-type]
        spec.submodule_search_locations = real.submodule_search_locations
        return spec

    def install(self) -> None:
        """Ask this finder before all others, who would load a second copy; a second time changes nothing."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)


class StandInFinder(AliasFinder):
    """Makes `alias` stand for `target` where no other finder knows `alias`: it is asked after them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of the alias, whose insides are aliases from then on; None for all other names."""
        if fullname != self.alias:
            return None
        finder = AliasFinder(self.alias, self.target, whole=True)
        finder.install()
        return finder.find_spec(fullname)

    def install(self) -> None:
        """Ask this finder after all others; a second time changes nothing."""
        if self not in sys.meta_path:
            sys.meta_path.append(self)
