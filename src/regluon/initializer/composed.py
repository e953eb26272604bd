"""Initializers that pass parameters on to others, or to a file."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from regluon import ndarray
from regluon.initializer.initializer import InitDesc, Initializer
from regluon.ndarray import NDArray

__all__ = ["Load", "Mixed"]


class Load(Initializer):
    """Values from a file or a dict of arrays by names; a beginning ``arg:`` or ``aux:`` is dropped.

    Parameters
    ----------
    param
        The file's name, or the dict.
    default_init
        For names that are not there.
    verbose
        Whether to log where values came from.
    """

    def __init__(
        self, param: str | dict[str, NDArray], default_init: Any = None, verbose: bool = False
    ) -> None:
        super().__init__()
        loaded: Any = ndarray.load(param) if isinstance(param, str) else param
        if not isinstance(loaded, Mapping):
            raise AssertionError(f"Load needs arrays by names, not {type(loaded).__name__}")
        self.param = {name.removeprefix("arg:").removeprefix("aux:"): a for name, a in loaded.items()}
        self.default_init = default_init
        self.verbose = verbose

    def __call__(self, desc: str, arr: NDArray) -> None:
        value = self.param.get(str(desc))
        if value is None and self.default_init is None:
            raise AssertionError(
                f"Cannot Initialize {desc}. Not found in loaded param and no default Initializer is provided."
            )
        if value is None:
            self.default_init(_without(self, desc), arr)
        elif value.shape != arr.shape:
            raise AssertionError(
                f"Parameter {desc} cannot be initialized from loading. Shape mismatch, target {arr.shape} vs "
                f"loaded {value.shape}"
            )
        else:
            arr[:] = value
        if self.verbose:
            logging.info("Initialized %s by %s", desc, "default" if value is None else "loading")

    _init_weight = __call__


class Mixed(Initializer):
    """For each parameter the initializer of the first pattern that its name begins with.

    Parameters
    ----------
    patterns
        Regular expressions: ``[".*bias", ".*"]``.
    initializers
        An initializer for each.
    """

    def __init__(self, patterns: Sequence[str], initializers: Sequence[Any]) -> None:
        super().__init__()
        if len(patterns) != len(initializers):
            raise AssertionError(f"Mixed: {len(patterns)} patterns for {len(initializers)} initializers")
        self.map = [(re.compile(p), i) for p, i in zip(patterns, initializers, strict=True)]

    def __call__(self, desc: str, arr: NDArray) -> None:
        for pattern, init in self.map:
            if pattern.match(desc):
                init(_without(self, desc), arr)
                return
        raise ValueError(
            f"Parameter name {desc} did not match any pattern. Consider adding a '.*' pattern at the end "
            "with a default Initializer."
        )

    _init_weight = __call__


def _without(init: Initializer, desc: str) -> str:
    """A name that does not lead back to ``init``: Gluon puts a net's initializer into the attributes too."""
    if isinstance(desc, InitDesc) and desc.attrs.get("__init__") is init:
        return InitDesc(desc, {k: v for k, v in desc.attrs.items() if k != "__init__"})
    return desc
