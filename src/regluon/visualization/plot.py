"""Symbols as drawings, by Graphviz."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

from regluon.lazy import resolve
from regluon.symbol import Symbol
from regluon.visualization.reading import Node, extents, nodes_and_heads, numbers, shapes_of, types_of

__all__ = ["plot_network"]

Attributes = dict[str, str]

INPUT, LAYER, ACTIVATION, NORM, POOL, RESHAPE, SOFTMAX, OTHER = (
    *("#8dd3c7", "#fb8072", "#ffffb3", "#bebada"),
    *("#80b1d3", "#fdb462", "#b3de69", "#fccde5"),
)
STYLE = {"shape": "box", "fixedsize": "true", "width": "1.3", "height": "0.8034", "style": "filled"}
WEIGHTS = tuple(
    f"_{n}" for n in "weight bias beta gamma moving_var moving_mean running_var running_mean".split()
)


def plot_network(
    symbol: Symbol,
    title: str = "plot",
    save_format: str = "pdf",
    shape: dict[str, tuple[int, ...]] | None = None,
    dtype: dict[str, Any] | None = None,
    node_attrs: dict[str, str] = {},  # noqa: B006 (MXNet's; it is only read)
    hide_weights: bool = True,
) -> Any:
    """A drawing of a symbol: a ``graphviz.Digraph``, which notebooks show and ``render()`` writes to a file.

    Parameters
    ----------
    title
        The drawing's name, and the file's.
    save_format
        What ``render()`` writes.
    shape, dtype
        Shapes and types of inputs, by their names: what flows from node to node is then written beside it.
    node_attrs
        Graphviz attributes of all nodes.
    hide_weights
        Whether variables that look like parameters are left out.

    Raises
    ------
    ImportError
        If the package graphviz is not installed.
    """
    try:
        digraph = resolve("graphviz:Digraph")
    except ImportError as error:
        raise ImportError("plot_network draws by Graphviz: pip install graphviz") from error
    nodes, _ = nodes_and_heads(symbol)
    shapes = None if shape is None else shapes_of(symbol, shape)
    types = None if dtype is None else types_of(symbol, dtype)
    _warn_of_repeated(nodes)
    drawing = digraph(name=title, format=save_format)
    for node in nodes:
        if not _is_weight(node):
            label, style = _look(node)
            drawing.node(name=node["name"], label=label, **{**STYLE, **node_attrs, **style})
    for node in nodes:
        for source in _sources(node, nodes):
            if not (hide_weights and _is_weight(source)):
                label = _label(source, shapes, types)
                drawing.edge(
                    tail_name=node["name"],
                    head_name=source["name"],
                    dir="back",
                    arrowtail="open",
                    label=label,
                )
    return drawing


def _warn_of_repeated(nodes: list[Node]) -> None:
    repeated = [name for name, count in Counter(node["name"] for node in nodes).items() if count > 1]
    if repeated:
        warnings.warn(
            "There are multiple variables with the same name in your graph, this may result in cyclic graph. "
            f"Repeated names: {','.join(repeated)}",
            RuntimeWarning,
            stacklevel=3,
        )


def _is_weight(node: Node) -> bool:
    return bool(node["op"] == "null" and node["name"].endswith(WEIGHTS))


def _sources(node: Node, nodes: list[Node]) -> list[Node]:
    """The nodes that a node takes its inputs from."""
    inputs = node.get("inputs", [])
    if node["op"] == "_contrib_BilinearResize2D":
        inputs = inputs[:1]
    return [nodes[i] for i, *_ in inputs]


def _label(source: Node, shapes: dict[str, Any] | None, types: dict[str, Any] | None) -> str:
    key = source["name"]
    if source["op"] != "null":
        outputs = source.get("attrs", {}).get("num_outputs")
        key += "_output" if outputs is None else f"_output{int(outputs) - 1}"
    label = "" if shapes is None else extents(shapes[key])
    return label if types is None else f"{label}({types[key].__name__})"


# How nodes look: a label, and Graphviz attributes.


def _look(node: Node) -> tuple[str, Attributes]:
    attributes = node.get("attrs", {})
    if node["op"] == "null":
        return node["name"], {"shape": "oval", "fillcolor": INPUT}
    color = _COLORS.get(node["op"], OTHER)
    label = _LABELS.get(node["op"])
    return node["name"] if label is None else label(attributes), {"fillcolor": color}


def _by(text: str | None, missing: str) -> str:
    return missing if text is None else "x".join(numbers(text))


def _convolution(a: Attributes) -> str:
    return f"Convolution\n{_by(a['kernel'], '')}/{_by(a.get('stride'), '1')}, {a['num_filter']}"


def _pooling(a: Attributes) -> str:
    return f"Pooling\n{a['pool_type']}, {_by(a.get('kernel'), '[]')}/{_by(a.get('stride'), '1')}"


_LABELS: dict[str, Callable[[Attributes], str]] = {
    "Convolution": _convolution,
    "FullyConnected": lambda a: f"FullyConnected\n{a['num_hidden']}",
    "Activation": lambda a: f"Activation\n{a['act_type']}",
    "LeakyReLU": lambda a: f"LeakyReLU\n{a.get('act_type', 'Leaky')}",
    "Pooling": _pooling,
    "Custom": lambda a: a["op_type"],
}
_COLORS = {
    "Convolution": LAYER,
    "FullyConnected": LAYER,
    "BatchNorm": NORM,
    "Activation": ACTIVATION,
    "LeakyReLU": ACTIVATION,
    "Pooling": POOL,
    "Concat": RESHAPE,
    "Flatten": RESHAPE,
    "Reshape": RESHAPE,
    "Softmax": SOFTMAX,
}
