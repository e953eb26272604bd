"""What is in a file of optimizer states: a row for each array or number of each weight's state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from regluon.base import MXNetError, dtype_name
from regluon.files.arrays_table import stored_bytes
from regluon.files.description import Column, Description, count, plain, shown_shape, shown_size
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.saveload import stored_form
from regluon.optimizer.optimizer import Optimizer
from regluon.optimizer.states import load_states
from regluon.usage import UsageError

__all__ = ["describe_states"]

_COLUMNS = [Column("weight"), Column("part", right=True), Column("shape", right=True), Column("type")]
_COLUMNS += [Column("storage"), Column("size", right=True)]
_SETTINGS = ("lr", "wd", "momentum", "beta1", "beta2", "rescale_grad", "clip_gradient", "num_update")


def describe_states(path: Path) -> Description:
    """The states in a file of ``Trainer.save_states`` or ``Module.save_optimizer_states``.

    Raises
    ------
    UsageError
        If the file is damaged, or holds what is no state.
    """
    try:
        states, optimizer = load_states(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {str(path)!r}: {error.strerror}") from None
    except MXNetError as error:
        raise UsageError(f"{path}: {error}") from None
    data = [values for weight, state in states.items() for values in _parts(weight, state)]
    total = sum(d["bytes"] for d in data)
    facts = [f"of {count(len(states), 'weight')}, {shown_size(total)}"]
    facts.append("without an optimizer" if optimizer is None else _optimizer(optimizer))
    return Description("optimizer states", facts, _COLUMNS, [_row(d) for d in data], data)


def _parts(weight: Any, state: Any) -> Iterator[dict[str, Any]]:
    parts = list(_flat(state))
    for number, part in enumerate(parts):
        yield {"weight": weight, "part": number if len(parts) > 1 else None, **_values(part)}


def _flat(state: Any) -> Iterator[Any]:
    if isinstance(state, (tuple, list)):
        for part in state:
            yield from _flat(part)
    else:
        yield state


def _values(part: Any) -> dict[str, Any]:
    if isinstance(part, NDArray):
        stored = stored_form(part)
        assert stored.data is not None
        size, kind = stored_bytes(stored), dtype_name(stored.data.dtype)
        return {"shape": part.shape, "type": kind, "storage": part.stype, "bytes": size}
    return {"shape": None, "type": "none" if part is None else type(part).__name__, "storage": "", "bytes": 0}


def _row(values: dict[str, Any]) -> list[str]:
    shape = "" if values["shape"] is None else shown_shape(values["shape"])
    part = "" if values["part"] is None else str(values["part"])
    size = shown_size(values["bytes"]) if values["shape"] is not None else ""
    return [plain(str(values["weight"])), part, shape, values["type"], values["storage"], size]


def _optimizer(optimizer: Optimizer) -> str:
    known = {name: optimizer.__dict__.get(name) for name in _SETTINGS}
    settings = [f"{name} {value:.6g}" for name, value in known.items() if isinstance(value, (int, float))]
    return ", ".join([f"saved with its optimizer, {type(optimizer).__name__}", *settings])
