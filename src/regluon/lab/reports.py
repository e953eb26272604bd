"""What an experiment hands over: numbers, curves and weights, as plain data."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["MIME", "plain", "report"]

MIME = "application/vnd.regluon.report+json"
"""The type of a notebook's output that holds a report."""

Plain = dict[str, Any]


def report(**results: Any) -> None:
    """Hands results of this run over to ``regluon sweep``; elsewhere it shows a line in a notebook.

    ::

        lab.report(train_loss=train_losses, test_loss=test_losses, weights=net[0].weight.data())

    Parameters
    ----------
    results
        By name: a number; a curve, which is a list or an array of one axis, one number an epoch, the last of
        which counts as its result; and under the name ``weights`` an array of any shape, of which a sweep
        draws the elements and the length ‖w‖. Arrays are regluon's, NumPy's or torch's.

    Raises
    ------
    TypeError, ValueError
        If a result is none of these; says which.
    """
    found = plain(results)
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        shell.display_pub.publish({MIME: found, "text/plain": f"reported: {_line(found)}"})


def plain(results: Mapping[str, Any], call: str = "lab.report") -> Plain:
    """The results as ``{"numbers": {name: x}, "curves": {name: [...]}, "weights": [...] or None}``.

    What is not finite becomes None. ``call`` is who is named in errors.
    """
    if not results:
        raise ValueError(f"{call}: nothing to report; give results by name, as in report(test_loss=0.5)")
    found: Plain = {"numbers": {}, "curves": {}, "weights": None}
    for name, value in results.items():
        array = _as_array(value, f"{call}: {name}")
        if name == "weights":
            found["weights"] = _numbers(array.ravel())
        elif array.ndim == 1 and not (array.size == 1 and not isinstance(value, (list, tuple))):
            if not array.size:
                raise ValueError(f"{call}: {name} is a curve without points")
            found["curves"][name] = _numbers(array)
        elif array.size == 1:
            found["numbers"][name] = _numbers(array.ravel())[0]
        else:
            raise ValueError(
                f"{call}: {name} has the shape {array.shape}; a number, a curve of one axis or, under the "
                "name 'weights', an array is needed"
            )
    return found


def _as_array(value: Any, what: str) -> np.ndarray[Any, Any]:
    if isinstance(value, (list, tuple, range)):
        parts = [_as_array(part, what) for part in value]
        if any(part.size != 1 for part in parts):
            raise ValueError(f"{what}: the points of a curve are numbers, not arrays of {parts[0].shape}")
        return np.array([part.reshape(()) for part in parts])
    for method in ("asnumpy", "detach"):
        if hasattr(value, method):
            value = getattr(value, method)()
    array = np.asarray(value.cpu() if hasattr(value, "cpu") else value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{what} is {type(value).__name__} {value!r}, no number and no array of numbers")
    return array


def _numbers(array: np.ndarray[Any, Any]) -> list[float | int | None]:
    """Python's numbers; those of few bits as short as they print."""
    if array.dtype.kind != "f":
        return [int(x) for x in array.tolist()]
    short = array.dtype.itemsize < 8
    return [(float(str(x)) if short else float(x)) if math.isfinite(x) else None for x in array]


def _line(found: Plain) -> str:
    parts = [f"{name} {_shown(value)}" for name, value in found["numbers"].items()]
    parts += [f"{name} {_shown(curve[-1])}" for name, curve in found["curves"].items()]
    if found["weights"] is not None:
        parts.append(f"{len(found['weights'])} weights")
    return ", ".join(parts)


def _shown(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.6g}"
