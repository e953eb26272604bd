"""A function of values and a seed, as what a sweep runs."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import json
import random as python_random
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from regluon import __version__, random
from regluon.lab.reports import plain
from regluon.sweep.errors import RunError, SweepError
from regluon.sweep.grid import Grid, Task, value_of

__all__ = ["Function", "digest_of"]

Result = dict[str, Any]


@dataclass
class Function:
    """A function ``name(value, ..., seed)`` in a file or a module, which returns its results by name."""

    place: str
    name: str
    is_file: bool
    _loaded: Any = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_loaded": None}  # each process loads it anew

    @property
    def title(self) -> str:
        """How the sweep is called."""
        return f"{Path(self.place).name if self.is_file else self.place}:{self.name}"

    def digest(self) -> str:
        """A hash of the file that it is in; what the file imports does not count."""
        try:
            spec = None if self.is_file else importlib.util.find_spec(self.place)
            path = Path(self.place) if self.is_file else Path((spec and spec.origin) or "")
            source = path.read_bytes()
        except (OSError, ImportError, ValueError) as error:
            raise SweepError(f"{self.place}: cannot be read: {error}") from None
        return digest_of("function", self.name, source.decode("utf-8", "replace"))

    def check(self, grid: Grid) -> None:
        """See that it can be called with these names.

        Raises
        ------
        SweepError
            If it is not there, or takes other names.
        """
        try:
            function = self.load()
            signature = inspect.signature(function)
        except Exception as error:
            raise SweepError(f"{self.title}: {type(error).__name__}: {error}") from error
        try:
            signature.bind(**dict.fromkeys(grid.names), **self._seed(signature, 0))
        except TypeError as error:
            raise SweepError(f"{self.title}{signature} cannot be called: {error}") from None

    def run(self, task: Task) -> Result:
        """Seeds Python's, NumPy's and MXNet's generators, and calls it."""
        try:
            function = self.load()
            _seed_all(task.seed)
            values = {name: value_of(source) for name, source in task.values}
            found = function(**values, **self._seed(inspect.signature(function), task.seed))
            if not hasattr(found, "items"):
                raise TypeError(
                    f"{self.title} must return results by name, as in {{'test_loss': [...]}}, not {found!r}"
                )
            return plain(found, self.title)
        except Exception as error:
            raise RunError(f"{type(error).__name__}: {error}", _traceback(error)) from None

    def _seed(self, signature: inspect.Signature, number: int) -> dict[str, int]:
        kinds = [p.kind is p.VAR_KEYWORD or p.name == "seed" for p in signature.parameters.values()]
        return {"seed": number} if any(kinds) else {}

    def load(self) -> Any:
        """The function, loaded in this process when it is first asked for."""
        if self._loaded is None:
            sys.path.insert(0, str(Path(self.place).resolve().parent) if self.is_file else str(Path.cwd()))
            module = _load(Path(self.place)) if self.is_file else importlib.import_module(self.place)
            self._loaded = getattr(module, self.name)
        return self._loaded


def _seed_all(number: int) -> None:
    """Seeds Python's, NumPy's and MXNet's generators."""
    python_random.seed(number)
    np.random.seed(number % 2**32)  # noqa: NPY002 (it is what a DataLoader shuffles by)
    random.seed(number)


def digest_of(*parts: Any) -> str:
    """A hash of a program, and of the regluon that runs it."""
    return hashlib.sha256(json.dumps([__version__, *parts]).encode()).hexdigest()


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _traceback(error: BaseException) -> str:
    """The traceback from the user's function on."""
    step = error.__traceback__
    while step is not None and step.tb_frame.f_code.co_filename == __file__ and step.tb_next is not None:
        step = step.tb_next
    return "".join(traceback.format_exception(type(error), error, step)).rstrip()
