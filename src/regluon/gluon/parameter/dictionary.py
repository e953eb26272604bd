"""ParameterDict: parameters by name, with a common prefix."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any

import numpy as np

from regluon import initializer
from regluon.base import torch_dtype
from regluon.context import Context
from regluon.gluon.parameter.loading import brief, take_over
from regluon.gluon.parameter.parameter import Constant, Parameter
from regluon.ndarray import NDArray
from regluon.ndarray.saveload import load, save

__all__ = ["ParameterDict"]


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
        if value is None:
            return
        if stored is None:
            setattr(parameter, key, value)
            return
        if key == "shape":
            both = _common_shape(value, stored)
            parameter._shape = both or parameter._shape
            same = both is not None
        elif key == "dtype":
            same = torch_dtype(value) is torch_dtype(stored)
        else:
            same = value == stored
        if not same:
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
        AssertionError
            If it is there with another value, or is no constant.
        """
        name = self._prefix + name
        found = self._find(name)
        if found is None:
            if value is None:
                raise KeyError(
                    f"No constant named '{name}'. Please specify value if you want to create a new one."
                )
            found = self._params[name] = Constant(name, value)
        elif value is not None:
            _check_constant(found, value)
        return found

    def update(self, other: ParameterDict | Mapping[str, Parameter]) -> None:
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
        self._params.update(other.items())

    def initialize(
        self,
        init: Any = None,
        ctx: Context | list[Context] | None = None,
        verbose: bool = False,
        force_reinit: bool = False,
    ) -> None:
        """Initializes all of them; each one's own initializer comes before ``init``."""
        init = initializer.create(initializer.Uniform() if init is None else init)
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
                    "does not start with it. It may be shared with another block, or its block was made "
                    "outside of name_scope()."
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
        for name in self._params:
            if not name.startswith(restore_prefix):
                raise AssertionError(
                    f"restore_prefix is '{restore_prefix}' but Parameter '{name}' does not start with it"
                )
        loaded = load(filename)
        if loaded and not isinstance(loaded, dict):
            raise ValueError(f"{filename} holds arrays without names; a file written by save() is needed")
        named = loaded if isinstance(loaded, dict) else {}
        self.load_dict(
            named, ctx, allow_missing, ignore_extra, restore_prefix, filename, cast_dtype, dtype_source
        )

    def load_dict(
        self,
        param_dict: Mapping[str, NDArray] | Iterable[tuple[str, NDArray]],
        ctx: Context | list[Context] | None = None,
        allow_missing: bool = False,
        ignore_extra: bool = False,
        restore_prefix: str = "",
        filename: str | None = None,
        cast_dtype: bool = False,
        dtype_source: str = "current",
    ) -> None:
        """Takes over values by name, all or none.

        Parameters
        ----------
        param_dict
            Arrays by names, of which a beginning ``arg:`` or ``aux:`` is dropped.
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

        Raises
        ------
        AssertionError
            If parameters are missing, unknown, or of another shape or type. None is changed then.
        """
        where = f"file: {filename}" if filename else "param_dict"
        items = param_dict.items() if isinstance(param_dict, Mapping) else param_dict
        loaded = {restore_prefix + _without_role(name): value for name, value in items}
        missing = [name for name in self._params if name not in loaded]
        if missing and not allow_missing:
            raise AssertionError(
                f"Parameter '{missing[0].removeprefix(restore_prefix)}' is missing in {where}, which "
                f"contains parameters: {brief(loaded)}. Both nets must have the same prefix. Set "
                "allow_missing=True to ignore missing parameters."
            )
        extra = [name for name in loaded if name not in self._params]
        if extra and not ignore_extra:
            raise AssertionError(
                f"Parameter '{extra[0].removeprefix(restore_prefix)}' loaded from {where} is not present in "
                f"ParameterDict, choices are: {brief(self._params)}. Set ignore_extra to True to ignore."
            )
        known = [(self._params[name], value) for name, value in loaded.items() if name in self._params]
        take_over(known, ctx, cast_dtype, dtype_source)


def _without_role(name: str) -> str:
    return name[4:] if name.startswith(("arg:", "aux:")) else name


def _common_shape(a: Any, b: tuple[int, ...]) -> tuple[int, ...] | None:
    """What two shapes with unknown extents know together; None if they contradict each other."""
    a = (a,) if isinstance(a, int) else tuple(a)
    if len(a) != len(b) or any(x != y and x > 0 and y > 0 for x, y in zip(a, b, strict=True)):
        return None
    return tuple(max(x, y) for x, y in zip(a, b, strict=True))


def _check_constant(found: Parameter, value: Any) -> None:
    if not isinstance(found, Constant):
        raise AssertionError(f"Parameter '{found.name}' already exists but it is not a constant.")
    new = value.asnumpy() if isinstance(value, NDArray) else np.asarray(value)
    if not np.array_equal(found.value.asnumpy(), new):
        raise AssertionError(f"Constant '{found.name}' already exists but its value doesn't match new value")
