"""Symbols as tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from regluon.symbol import Symbol
from regluon.visualization.reading import Node, extents, nodes_and_heads, numbers, shapes_of

__all__ = ["print_summary"]

HEADS = ("Layer (type)", "Output Shape", "Param #", "Previous Layer")


def print_summary(
    symbol: Symbol,
    shape: dict[str, tuple[int, ...]] | None = None,
    line_length: int = 120,
    positions: Sequence[float] = [0.44, 0.64, 0.74, 1.0],
) -> None:
    """Prints the layers of a symbol with the shapes of their outputs and the numbers of their parameters.

    The parameters of ``Convolution``, ``FullyConnected``, ``BatchNorm`` and ``Embedding`` are counted, as in
    MXNet; those of the first two from the channels of what comes before, which takes ``shape``.

    Parameters
    ----------
    shape
        The shapes of inputs, by their names.
    line_length
        How long lines are.
    positions
        Where columns end, as characters or as parts of the line.
    """
    table = _Table(symbol, shape, line_length, positions)
    table.print()


class _Table:
    def __init__(
        self, symbol: Any, shape: dict[str, tuple[int, ...]] | None, length: int, positions: Sequence[float]
    ) -> None:
        self.nodes, self.heads = nodes_and_heads(symbol)
        self.shapes = None if shape is None else shapes_of(symbol, shape)
        self.length = length
        relative = positions[-1] <= 1
        self.ends = [int(length * p) if relative else int(p) for p in positions]

    def print(self) -> None:
        self._line("_")
        self._row(HEADS)
        self._line("=")
        total, last = 0, len(self.nodes) - 1
        for i, node in enumerate(self.nodes):
            if node["op"] == "null" and i > 0:
                continue
            total += self._layer(node, self._shape(node) if node["op"] != "null" or i in self.heads else ())
            self._line("=" if i == last else "_")
        print(f"Total params: {total}")  # noqa: T201
        self._line("_")

    def _line(self, mark: str) -> None:
        print(mark * self.length)  # noqa: T201

    def _row(self, fields: Sequence[Any]) -> None:
        line = ""
        for field, end in zip(fields, self.ends, strict=False):
            line = f"{line}{field}"[:end].ljust(end)
        print(line)  # noqa: T201

    def _shape(self, node: Node) -> tuple[int, ...]:
        name = node["name"] if node["op"] == "null" else f"{node['name']}_output"
        return (self.shapes or {}).get(name, ())

    def _layer(self, node: Node, shape: tuple[int, ...]) -> int:
        """Prints a layer and returns how many parameters it has."""
        before = [i for i, *_ in node.get("inputs", ()) if self.nodes[i]["op"] != "null" or i in self.heads]
        previous = [self.nodes[i] for i in before]
        channels = sum(int(s[1]) for s in map(self._shape, previous) if s)
        count = _COUNTS.get(node["op"], _none)(node.get("attrs", {}), channels, self._shape(node))
        first, *others = [p["name"] for p in previous] or [""]
        self._row((f"{node['name']}({node['op']})", extents(shape), count, first))
        for name in others:
            self._row(("", "", "", name))
        return count


def _none(attributes: dict[str, str], channels: int, shape: tuple[int, ...]) -> int:
    return 0


def _convolution(attributes: dict[str, str], channels: int, shape: tuple[int, ...]) -> int:
    filters = int(attributes["num_filter"])
    kernel = math.prod(map(int, numbers(attributes["kernel"])))
    weights = channels * filters // int(attributes.get("num_group", "1")) * kernel
    return weights if attributes.get("no_bias") == "True" else weights + filters


def _fully_connected(attributes: dict[str, str], channels: int, shape: tuple[int, ...]) -> int:
    hidden = int(attributes["num_hidden"])
    return (channels + (attributes.get("no_bias") != "True")) * hidden


def _batch_norm(attributes: dict[str, str], channels: int, shape: tuple[int, ...]) -> int:
    return 2 * int(shape[1]) if shape else 0


def _embedding(attributes: dict[str, str], channels: int, shape: tuple[int, ...]) -> int:
    return int(attributes["input_dim"]) * int(attributes["output_dim"])


_COUNTS: dict[str, Callable[[dict[str, str], int, tuple[int, ...]], int]] = {
    "Convolution": _convolution,
    "FullyConnected": _fully_connected,
    "BatchNorm": _batch_norm,
    "Embedding": _embedding,
}
