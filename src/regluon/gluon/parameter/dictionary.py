"""ParameterDict: parameters by name, with a common prefix."""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from regluon import initializer
from regluon.base import torch_dtype
from regluon.context import Context
from regluon.gluon.parameter.parameter import Constant, Parameter
from regluon.ndarray import NDArray
from regluon.ndarray.saveload import load, save

__all__ = ["ParameterDict"]


_ROLE = re.compile("^(arg|aux):")


class ParameterDict:
    """Parameters by name, in the order of their making.

    Parameters
    ----------
    prefix
        Put before the name of every parameter made by :meth:`get`.
    shared
        Another dictionary; what it has is taken from there instead of being made.
    """

    def __init__(self, prefix: str = "", shared: ParameterDict | None = None) -> None:
        self._prefix = prefix
        self._shared = shared
        self._params: dict[str, Parameter] = {}

    @property
    def prefix(self) -> str:
        """What the names begin with."""
        return self._prefix

    def __repr__(self) -> str:
        lines = "\n".join(f"  {p!r}" for p in self._params.values())
        return f"{self._prefix + ' ' if self._prefix else ''}(\n{lines}\n)"

    def __getitem__(self, key: str) -> Parameter:
        return self._params[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)

    def __contains__(self, key: object) -> bool:
        return key in self._params

    def items(self) -> ItemsView[str, Parameter]:
        """Names and parameters."""
        return self._params.items()

    def keys(self) -> KeysView[str]:
        """Names."""
        return self._params.keys()

    def values(self) -> ValuesView[Parameter]:
        """Parameters."""
        return self._params.values()

    def _find(self, name: str) -> Parameter | None:
        if name not in self._params and self._shared is not None and name in self._shared._params:
            self._params[name] = self._shared._params[name]
        return self._params.get(name)

    def get(self, name: str, **kwargs: Any) -> Parameter:
        """The parameter ``prefix + name``, made with the given arguments unless it is there.

        Raises
        ------
        AssertionError
            If it is there with another shape, type, ...
        """
        name = self._prefix + name
        found = self._find(name)
        if found is None:
            found = self._params[name] = Parameter(name, **kwargs)
            return found
        for key, value in kwargs.items():
            self._agree(found, key, value)
        return found

    def _agree(self, parameter: Parameter, key: str, value: Any) -> None:
        stored = getattr(parameter, key, None)
        if value is None or stored is None:
            if stored is None:
                setattr(parameter, key, value)
            return
        if key == "shape":
            value = (value,) if isinstance(value, int) else tuple(value)
            pairs = list(zip(value, stored, strict=False))
            if len(value) == len(stored) and all(a == b or 0 in (a, b) for a, b in pairs):
                parameter._shape = tuple(a or b for a, b in pairs)
                return
        elif key == "dtype":
            same = torch_dtype(value) is torch_dtype(stored)
            if same:
                return
        elif value == stored:
            return
        raise AssertionError(
            f"Cannot retrieve Parameter '{parameter.name}' because desired attribute does not match with "
            f"stored for attribute '{key}': desired '{value}' vs stored '{stored}'."
        )

    def get_constant(self, name: str, value: Any = None) -> Parameter:
        """The constant ``prefix + name``, made of ``value`` unless it is there.

        Raises
        ------
        KeyError
            If it is not there and no value is given.
        """
        name = self._prefix + name
        found = self._find(name)
        if found is None:
            if value is None:
                raise KeyError(
                    f"No constant named '{name}'. Please specify value if you want to create a new one."
                )
            found = self._params[name] = Constant(name, value)
        elif not isinstance(found, Constant):
            raise AssertionError(f"Parameter '{name}' already exists but it is not a constant.")
        return found

    def update(self, other: ParameterDict) -> None:
        """Takes in the parameters of another dictionary.

        Raises
        ------
        AssertionError
            If both have a name for different parameters.
        """
        for name, parameter in other.items():
            if self._params.get(name, parameter) is not parameter:
                raise AssertionError(
                    "Cannot update self with other because they have different Parameters with the same "
                    f"name '{name}'"
                )
        self._params.update(other._params)

    def initialize(
        self,
        init: Any = None,
        ctx: Context | list[Context] | None = None,
        verbose: bool = False,
        force_reinit: bool = False,
    ) -> None:
        """Initializes all of them; each one's own initializer comes before ``init``."""
        init = initializer.Uniform() if init is None else init
        if verbose:
            init.set_verbosity(verbose=verbose)
        for parameter in self._params.values():
            parameter.initialize(None, ctx, init, force_reinit=force_reinit)

    def zero_grad(self) -> None:
        """Sets all gradients to zero."""
        for parameter in self._params.values():
            parameter.zero_grad()

    def reset_ctx(self, ctx: Context | list[Context]) -> None:
        """Moves all of them to other contexts."""
        for parameter in self._params.values():
            parameter.reset_ctx(ctx)

    def list_ctx(self) -> list[Context]:
        """The contexts on which any of them lives."""
        return list(dict.fromkeys(ctx for p in self._params.values() for ctx in p.list_ctx()))

    def setattr(self, name: str, value: Any) -> None:
        """Sets an attribute of all of them: ``setattr("grad_req", "null")``."""
        for parameter in self._params.values():
            setattr(parameter, name, value)

    def save(self, filename: str, strip_prefix: str = "") -> None:
        """Writes them to a file, leaving ``strip_prefix`` out of their names."""
        for name in self._params:
            if not name.startswith(strip_prefix):
                raise ValueError(
                    f"Prefix '{strip_prefix}' is to be stripped before saving, but Parameter's name '{name}' "
                    "does not start with it"
                )
        save(filename, {name[len(strip_prefix) :]: p._reduce() for name, p in self._params.items()})

    def load(
        self,
        filename: str,
        ctx: Context | list[Context] | None = None,
        allow_missing: bool = False,
        ignore_extra: bool = False,
        restore_prefix: str = "",
        cast_dtype: bool = False,
        dtype_source: str = "current",
    ) -> None:
        """Reads values from a file; see :meth:`load_dict`."""
        loaded = load(filename)
        if not isinstance(loaded, dict):
            raise ValueError(f"{filename} holds arrays without names; a file written by save() is needed")
        self.load_dict(
            loaded, ctx, allow_missing, ignore_extra, restore_prefix, filename, cast_dtype, dtype_source
        )

    def load_dict(
        self,
        param_dict: dict[str, NDArray],
        ctx: Context | list[Context] | None = None,
        allow_missing: bool = False,
        ignore_extra: bool = False,
        restore_prefix: str = "",
        filename: str | None = None,
        cast_dtype: bool = False,
        dtype_source: str = "current",
    ) -> None:
        """Takes over values by name.

        Parameters
        ----------
        ctx
            Where to put parameters that were not initialized.
        allow_missing
            Whether parameters may be left out in ``param_dict``.
        ignore_extra
            Whether ``param_dict`` may hold others.
        restore_prefix
            Put before the names in ``param_dict``.
        cast_dtype, dtype_source
            Whether types may differ, and which then counts: ``"current"`` or ``"saved"``.
        """
        where = f"file '{filename}'" if filename else "param_dict"
        loaded = {
            restore_prefix + name.removeprefix("arg:").removeprefix("aux:"): v
            for name, v in param_dict.items()
        }
        missing = [name for name in self._params if name not in loaded]
        if missing and not allow_missing:
            raise AssertionError(
                f"Parameter '{missing[0]}' is missing in {where}, which contains parameters: "
                f"{brief(loaded)}. Both nets must have the same prefix; or set allow_missing=True."
            )
        extra = [name for name in loaded if name not in self._params]
        if extra and not ignore_extra:
            raise ValueError(
                f"Parameter '{extra[0]}' loaded from {where} is not present in ParameterDict, which contains "
                f"parameters {brief(self._params)}. Set ignore_extra=True to ignore."
            )
        for name, value in loaded.items():
            if name in self._params:
                self._params[name]._load_init(value, ctx, cast_dtype, dtype_source)


def brief(names: Any, limit: int = 7) -> str:
    """Names for an error, the first and the last of many."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) > limit:
        quoted = [*quoted[: limit // 2], "...", *quoted[-(limit // 2) :]]
    return ", ".join(quoted)
