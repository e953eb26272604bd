"""Mixed precision of symbols: casts go into the graph as it is made."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping

from regluon import name
from regluon.base import dtype_name
from regluon.contrib.amp.rules import Rule
from regluon.ops.registry import OPERATORS
from regluon.symbol.graph import Entry, Node

__all__ = ["inserting"]


def inserting(rules: Mapping[str, Rule], unscaled: Collection[str]) -> Callable[[Node], None]:
    """What puts casts before the inputs of a new node."""

    def insert(node: Node) -> None:
        if node.op is None:
            return
        if node.op.name in unscaled:
            logging.warning(
                "%s does not support dynamic loss scaling in symbolic and hybridized execution.", node.op.name
            )
        rule = rules.get(node.op.name)
        if rule is not None and rule.holds(node.attrs):
            (_multicast if rule.dtype is None else _cast)(node, rule)

    return insert


def _cast(node: Node, rule: Rule) -> None:
    assert rule.dtype is not None
    op, states, names = OPERATORS["amp_cast"], node.updated, list(node.input_names)
    for i, entry in enumerate(node.inputs):
        if i not in states and names[i] not in rule.kept:
            called = name.current().get(None, "amp_cast")
            cast = Node(op, called, {"dtype": dtype_name(rule.dtype)}, [entry])
            node.inputs[i] = Entry(cast, 0, 0)


def _multicast(node: Node, rule: Rule) -> None:
    count = len(node.inputs)
    called = name.current().get(None, "amp_multicast")
    cast = Node(OPERATORS["amp_multicast"], called, {"num_outputs": str(count)}, node.inputs)
    node.inputs = [Entry(cast, i, 0) for i in range(count)]
