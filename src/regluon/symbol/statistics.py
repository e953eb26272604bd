"""Running statistics as an executor keeps them: the backward pass changes them.

A forward pass works on copies; the backward pass hands over those of the operators that it comes to.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch

from regluon.ndarray import NDArray
from regluon.symbol.graph import Node, postorder
from regluon.symbol.symbol import Symbol

__all__ = ["Statistics"]


class Statistics:
    """The auxiliary states of a graph, with copies in place of running statistics.

    Parameters
    ----------
    states
        In the order of the graph's auxiliary states.
    wanted
        The names of the arguments whose gradients are wanted.
    """

    def __init__(self, symbol: Symbol, states: Sequence[NDArray], wanted: Collection[str]) -> None:
        places = {name: i for i, name in enumerate(symbol.list_auxiliary_states())}
        nodes = postorder(symbol._heads)
        passed = _passed(symbol, nodes, wanted)
        self.arrays = list(states)
        """What to compute with."""
        self._originals: list[torch.Tensor] = []
        self._copies: list[torch.Tensor] = []
        handed: list[tuple[torch.Tensor, torch.Tensor]] = []
        for node in nodes:
            if node.op is None or "moving_mean" not in node.op.inputs:
                continue
            for entry in (node.inputs[i] for i in sorted(node.updated)):
                place = places[entry.node.name]
                original = states[place]
                if original.stype != "default" or self.arrays[place] is not original:
                    continue  # sparse, or known already
                copy = self.arrays[place] = original.copy()
                self._originals.append(original._data)
                self._copies.append(copy._data)
                if id(node) in passed:
                    handed.append((original._data, copy._data))
        self._targets, self._sources = [a for a, _ in handed], [b for _, b in handed]

    def begin(self) -> None:
        """Before a forward pass."""
        if self._copies:
            torch._foreach_copy_(self._copies, self._originals)

    def hand_over(self) -> None:
        """With a backward pass."""
        if self._targets:
            torch._foreach_copy_(self._targets, self._sources)


def _passed(symbol: Symbol, nodes: Sequence[Node], wanted: Collection[str]) -> set[int]:
    """The nodes that a gradient passes on its way from the outputs to a wanted argument."""
    leading: set[int] = set()
    for node in nodes:
        if node.name in wanted if node.op is None else any(id(e.node) in leading for e in node.inputs):
            leading.add(id(node))
    reached = {id(head.node) for head in symbol._heads}
    for node in reversed(nodes):
        if id(node) in reached and node.op is not None and node.op.name != "BlockGrad":
            reached.update(id(e.node) for e in node.inputs)
    return leading & reached
