"""What symbol files of older versions have otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from regluon.symbol.functions import connect
from regluon.symbol.graph import Node
from regluon.symbol.schema import HIDDEN

__all__ = ["upgrade"]


def upgrade(nodes: Iterable[Node], version: int) -> None:
    """Turns the nodes of a file of that version into today's."""
    for node in nodes:
        _hide(node)
    if version < 900:
        for node in nodes:
            _complete(node)
    if version < 905:
        for node in nodes:
            _forget_axis(node)


def _hide(node: Node) -> None:
    """``lr_mult`` becomes ``__lr_mult__``, and ``weight_lr_mult`` that of the input ``weight``."""
    moved: list[tuple[str, str, str]] = []
    for key in list(node.attrs):
        hidden = next((h for h in HIDDEN if key == h or key.endswith(f"_{h}")), None)
        if hidden is not None and not key.startswith("__"):
            moved.append((key.removesuffix(hidden).rstrip("_"), hidden, node.attrs.pop(key)))
    node.changed()
    for variable, hidden, value in moved:
        if not variable:
            node.attrs[f"__{hidden}__"] = value
        elif node.op is not None:
            position = list(node.input_names).index(variable) if variable in node.input_names else -1
            if 0 <= position < len(node.inputs) and node.inputs[position].node.op is None:
                node.inputs[position].node.attrs[f"__{hidden}__"] = value


def _complete(node: Node) -> None:
    """Before 0.9 auxiliary states were no inputs, and did not say how they begin."""
    if node.op is None or node.op.variadic:
        return
    names = node.input_names
    if len(node.inputs) <= len(names):
        given, node.inputs = node.inputs, []
        connect(node, {n: given[i] if i < len(given) else None for i, n in enumerate(names)})
        node.inputs = [*given, *[entry._replace(version=0) for entry in node.inputs[len(given) :]]]


def _forget_axis(node: Node) -> None:
    """Before 0.9.5 an axis of -1 was how argmax and argmin said that there is none."""
    if node.op is not None and node.op.name in ("argmax", "argmin") and node.attrs.get("axis") == "-1":
        del node.attrs["axis"]
        node.changed()
