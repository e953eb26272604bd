"""The tape: what was recorded, and the way back through it. On torch tensors; knows no NDArray.

A recorded call is a :class:`Node`. Nodes are numbered in the order of their making, so going through
those that a gradient has reached from the highest number down meets each one after all its consumers.
"""

from __future__ import annotations

from regluon.tape.flags import keepers, recorders, state
from regluon.tape.nodes import Entry, Leaf, Node, Port, Traced, Way, live, next_number, node_of, ports_of
from regluon.tape.recorded import backward_recorded
from regluon.tape.recording import ones_like, record
from regluon.tape.way_back import backward, backward_of_ones

__all__ = [
    "Entry",
    "Leaf",
    "Node",
    "Port",
    "Traced",
    "Way",
    "backward",
    "backward_of_ones",
    "backward_recorded",
    "keepers",
    "live",
    "next_number",
    "node_of",
    "ones_like",
    "ports_of",
    "record",
    "recorders",
    "state",
]
