"""Functions that have left Python and IPython, in terms of what there is."""

from __future__ import annotations

import inspect
from collections import namedtuple
from collections.abc import Callable
from typing import Any

from regluon.lazy import deferred

__all__ = ["ArgSpec", "getargspec", "set_matplotlib_close", "set_matplotlib_formats"]

ArgSpec = namedtuple("ArgSpec", ["args", "varargs", "keywords", "defaults"])


def getargspec(func: Callable[..., Any]) -> ArgSpec:
    """Names and defaults of a function's positional parameters, and of those that take the rest."""
    full = inspect.getfullargspec(func)
    if full.kwonlyargs or full.annotations:
        raise ValueError(f"getargspec({func!r}): keyword-only or annotated parameters; use inspect.signature")
    return ArgSpec(full.args, full.varargs, full.varkw, full.defaults)


set_matplotlib_formats = deferred(
    "matplotlib_inline.backend_inline:set_matplotlib_formats",
    'Choose the formats of a notebook\'s figures: "png", "svg", "retina", "jpeg", "pdf".',
)
set_matplotlib_close = deferred(
    "matplotlib_inline.backend_inline:set_matplotlib_close",
    "Whether a notebook's figures are closed once they are shown.",
)
