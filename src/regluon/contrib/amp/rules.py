"""What mixed precision does with the inputs of each operator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import torch

from regluon.ndarray.dispatch import invoke
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS

__all__ = ["WIDEST", "Rule", "apply", "rules_of"]


class Rule(NamedTuple):
    """How the inputs of an operator are cast: to ``dtype``, or to the widest of their types if that is None.

    Parameters
    ----------
    kept
        Names of inputs that stay as they are.
    only
        An attribute and its values for which this holds; by default it always does.
    """

    dtype: torch.dtype | None
    kept: frozenset[str] = frozenset()
    only: tuple[str, frozenset[str]] | None = None

    def holds(self, attributes: Any) -> bool:
        """Whether it holds for a call with these attributes."""
        return self.only is None or str(attributes.get(self.only[0])) in self.only[1]


WIDEST = Rule(None)
# Operators that stand for several of MXNet's: the rule of the one that decides about types.
_ALIKE = {
    "_regluon_dense": "FullyConnected",
    "_regluon_rnn": "RNN",
    "_regluon_rnn_cell": "FullyConnected",
    "_regluon_lstm_cell": "FullyConnected",
    "_regluon_gru_cell": "FullyConnected",
    "_regluon_l2_loss": "broadcast_sub",
    "_regluon_l1_loss": "broadcast_sub",
    "_regluon_sigmoid_bce_loss": "broadcast_mul",
    "_regluon_bce_loss": "broadcast_mul",
    "_regluon_softmax_ce_loss": "log_softmax",
    "_regluon_softmax_ce_dense_loss": "broadcast_mul",
}


def rules_of(
    target: torch.dtype,
    lower: Iterable[str],
    float32: Iterable[str],
    conditional: Iterable[tuple[str, str, Sequence[str]]],
    widest: Iterable[str],
    kept: dict[str, list[str]] | None,
) -> dict[str, Rule]:
    """The rules by the names of operators, as they stand in the lists and as the registry has them."""
    found = dict.fromkeys(widest, WIDEST)
    found |= {name: Rule(torch.float32, only=(key, frozenset(values))) for name, key, values in conditional}
    found |= dict.fromkeys(float32, Rule(torch.float32))
    found |= {name: Rule(target, frozenset((kept or {}).get(name, ()))) for name in lower}
    found |= {OPERATORS[name].name: rule for name, rule in found.items() if name in OPERATORS}
    return found | {ours: found[theirs] for ours, theirs in _ALIKE.items() if theirs in found}


def apply(rule: Rule, arrays: Sequence[Any], names: Sequence[str], target: torch.dtype) -> list[Any]:
    """The inputs, those that are arrays cast as the rule says."""
    dtype = rule.dtype
    if dtype is not None:
        return [
            a if name in rule.kept else _each(a, lambda x: _cast(x, dtype))
            for a, name in zip(arrays, names, strict=True)
        ]
    types: set[Any] = set()

    def note(array: Any) -> Any:
        types.add(array._data.dtype)
        return array

    for a in arrays:
        _each(a, note)
    if torch.float32 not in types or target not in types:
        return list(arrays)
    return [_each(a, lambda x: _made(x, torch.float32) if x._data.dtype is target else x) for a in arrays]


def _each(value: Any, act: Callable[[Any], Any]) -> Any:
    """``act`` on an array, or on those in a list; what is none, sparse or without elements stays."""
    if isinstance(value, NDArray):
        data = getattr(value, "_data", None) if value._call_stored is None else None
        return value if data is None or data.device.type == "meta" else act(value)
    if isinstance(value, (list, tuple)):
        return type(value)([_each(v, act) for v in value])
    return value


def _cast(array: Any, dtype: torch.dtype) -> Any:
    """The array in another type: on a CPU float16 stays, as MXNet has it; on a GPU bfloat16 does."""
    other = torch.bfloat16 if array._data.device.type == "cpu" else torch.float16
    old = array._data.dtype
    return _made(array, dtype) if old is not dtype and old in (other, torch.float32) else array


def _made(array: Any, dtype: torch.dtype) -> Any:
    return invoke(OPERATORS["amp_cast"], (array,), {"dtype": dtype})
