"""How calls get into compiled functions: the text of a function of arrays that checks, computes and wraps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import get_ident
from typing import Any

from regluon.context import Context
from regluon.ndarray import NDArray
from regluon.ndarray.dispatch import KERNEL_ERRORS
from regluon.symbol.lines import Straight
from regluon.tape import Node, next_number, ports_of, recorders, state

__all__ = ["Entrance", "entrance"]

_ALWAYS = {
    "CAUGHT": (AttributeError, *KERNEL_ERRORS),
    "NDArray": NDArray,
    "get_ident": get_ident,
    "here": state._here,
    "new": object.__new__,
    "Node": Node,
    "next_number": next_number,
    "ports_of": ports_of,
    "recorders": recorders,
}
_OF_THE_GRAPH = ("changes", "ctx", "failed", "other", "shapes", "structure")


@dataclass(slots=True, eq=False)
class Entrance:
    """What the calls of a bound graph need to know."""

    ctx: Context | None
    parameters: Sequence[NDArray]
    other: Callable[..., Any]
    failed: Callable[..., Any]
    shapes: Callable[..., Any] | None
    moded: bool
    single: bool
    structure: Callable[..., Any] | None
    changes: Any
    stamp: Any = None
    """The count of ``changes`` that the parameters are of."""


def entrance(
    within: Entrance,
    straight: Straight,
    count: int,
    types: Sequence[Any],
    training: bool,
    parents: Sequence[Any] | None,
    back: Callable[..., Any],
) -> Callable[..., Any]:
    """The function of ``count`` arrays for one kind of call; others go to ``within.other``.

    Parameters
    ----------
    types
        Of the data's tensors.
    parents
        If recorded: entries of the parameters, and for data True where one is wanted.
    back
        Makes the way back out of what was saved, inputs, parents.
    """
    data = [f"a{i}" for i in range(count)]
    passed = ", ".join(data)
    names: dict[str, Any] = {
        **{f"t{i}": t for i, t in enumerate(types)},
        **{f"p{i}": p for i, p in enumerate(within.parameters, count)},
        **_ALWAYS,
        "forward": straight.forward,
        "back": back,
        "within": within,
    }
    names.update({name: getattr(within, name) for name in _OF_THE_GRAPH})
    checks = _checks(within, count, training, parents, names)
    tensors = ", ".join(f"a{i}._data" for i in range(count))
    lines = [
        f"def call({passed}{', ' if data else ''}*more):",
        "    try:",
        f"        other_kind = more or {' or '.join(checks)}",
        "        if not other_kind:",
        f"            found = forward({f'shapes(({passed},))' if within.shapes else 'None'}, {tensors})",
        "    except CAUGHT:",
        f"        return failed({passed}{', ' if data else ''}*more)",
        "    if other_kind:",
        f"        return other({passed}{', ' if data else ''}*more)",
    ]
    lines += _wrapping(within, straight, count, parents, names)
    exec(compile("\n".join(lines), "<entrance>", "exec"), names)  # noqa: S102 (text of our own names alone)
    return names["call"]  # type: ignore[no-any-return]


def _checks(
    within: Entrance, count: int, training: bool, parents: Sequence[Any] | None, names: dict[str, Any]
) -> list[str]:
    """Expressions, one of which holds for a call of another kind; ``names`` gets what they compare with."""
    checks = [f"a{i}._ctx is not ctx or a{i}._data.dtype is not t{i}" for i in range(count)]
    if within.changes is not None:
        checks.append("changes.count != within.stamp")
    if within.moded:
        checks.append(f"{'not ' * training}here.training")
    asked = "get_ident() in recorders"
    checks.append(f"recorders and {asked}" if parents is None else f"not {asked}")
    for i, parent in enumerate(parents or ()):
        if i < count:
            checks.append(f"(a{i}._ag is None or a{i}._ag.gradient is None) is {parent is not None}")
        else:
            names[f"e{i}"] = parent
            checks.append(f"p{i}._ag is not e{i}")
    return checks


def _wrapping(
    within: Entrance, straight: Straight, count: int, parents: Sequence[Any] | None, names: dict[str, Any]
) -> list[str]:
    """Lines that record, and that make arrays of the tensors found."""
    heads, lines = straight.heads, []
    entries = ["None"] * heads
    if parents is None or not any(parents):
        lines.append(f"    {''.join(f'r{i}, ' for i in range(heads))} = found")
    else:
        names.update({f"v{i}": p._data for i, p in enumerate(within.parameters, count)})
        inputs = "".join(
            [f"a{i}._data, " for i in range(count)] + [f"v{i}, " for i in range(count, len(parents))]
        )
        up = "".join(
            f"{f'a{i}._ag' if i < count else f'e{i}'}, "
            if p is not None and straight.reached[i]
            else "None, "
            for i, p in enumerate(parents)
        )
        lines += [
            f"    ({''.join(f'r{i}, ' for i in range(heads))}), saved = found",
            f"    inputs, parents = ({inputs}), ({up})",
            "    way = new(back)",
            "    way.saved = saved",
        ]
        if heads == 1:
            lines += _node("r0")
            entries = ["node"]
        else:
            lines += _node("found[0]")
            lines.append(f"    {''.join(f'n{i}, ' for i in range(heads))} = ports_of(node, {heads})")
            entries = [f"n{i}" for i in range(heads)]
    for i, entry in enumerate(entries):
        lines += [
            f"    o{i} = new(NDArray)",
            f"    o{i}._data = r{i}",
            f"    o{i}._ctx = ctx",
            f"    o{i}._ag = {entry}",
        ]
    outs = ", ".join(f"o{i}" for i in range(heads))
    given = "structure([{}])" if within.structure else "{}" if within.single else "[{}]"
    lines.append(f"    return {given.format(outs)}")
    return lines


def _node(out: str) -> list[str]:
    """Lines that make the call's node, as ``tape.node_of`` does."""
    values = {"order": "next_number()", "fn": "None", "gradient": "way", "inputs": "inputs"}
    values |= {"attributes": "{}", "out": out, "parents": "parents"}
    return ["    node = new(Node)", *[f"    node.{name} = {value}" for name, value in values.items()]]
