"""What is in a symbol file: the graph, a row for each node."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regluon.base import MXNetError
from regluon.files.description import Column, Description, count, plain, shown_shape
from regluon.symbol import Symbol
from regluon.symbol.graph import Node, postorder
from regluon.symbol.reading import load_json
from regluon.usage import UsageError

__all__ = ["describe_graph"]

_COLUMNS = [Column("#", right=True), Column("operator"), Column("name", wide=True)]
_COLUMNS += [Column("inputs"), Column("attributes", wide=True)]
# What Gluon writes for every variable, and which says nothing: left out for readers.
_USUAL = {"__dtype__": "0", "__storage_type__": "0", "__lr_mult__": "1.0", "__wd_mult__": "1.0"}
_MOST_KINDS = 8


def describe_graph(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> Description:
    """The graph in a file, with the shapes of outputs that follow from those given.

    Raises
    ------
    UsageError
        If the file is damaged, or the shapes do not fit the graph.
    """
    try:
        text = path.read_bytes().decode(errors="replace")
        symbol = load_json(text)
        outputs = _output_shapes(symbol, shapes) if shapes else {}
    except OSError as error:
        raise UsageError(f"cannot read {str(path)!r}: {error.strerror}") from None
    except MXNetError as error:
        raise UsageError(f"{path}: {error}") from None
    nodes = postorder(symbol._heads)
    numbers = {id(node): i for i, node in enumerate(nodes)}
    states = {id(node.inputs[i].node) for node in nodes for i in node.updated}
    data = [_values(node, numbers, id(node) in states, outputs.get(id(node))) for node in nodes]
    facts = [*_counts(nodes, data), *_version(text), _outputs(symbol)]
    facts += _parameters(data, shapes) if shapes else []
    columns = [*_COLUMNS, Column("output", right=True)] if shapes else _COLUMNS
    return Description("MXNet symbol", facts, columns, [_row(d, bool(shapes)) for d in data], data)


def _output_shapes(symbol: Symbol, shapes: Mapping[str, tuple[int, ...]]) -> dict[int, list[Any]]:
    """The shapes of each node's outputs that a user sees."""
    unknown = [name for name in shapes if name not in symbol.list_inputs()]
    if unknown:
        inputs = symbol.list_inputs()
        raise UsageError(
            f"--shape {unknown[0]}: the graph has no such variable; there are {', '.join(inputs[:8])}"
            + (f" and {len(inputs) - 8} more" if len(inputs) > 8 else "")
        )
    internals = symbol.get_internals()
    _, found, _ = internals.infer_shape_partial(**shapes)
    places: dict[int, list[Any]] = {}
    for head, shape in zip(internals._heads, found or [None] * len(internals), strict=True):
        places.setdefault(id(head.node), []).append(shape or None)
    return places


def _values(node: Node, numbers: Mapping[int, int], state: bool, outputs: list[Any] | None) -> dict[str, Any]:
    kind = "state" if state else "variable"
    return {
        "number": numbers[id(node)],
        "operator": None if node.op is None else node.op.name,
        "kind": kind if node.op is None else "operator",
        "name": node.name,
        "inputs": [[numbers[id(entry.node)], entry.index] for entry in node.inputs],
        "attributes": dict(node.attrs),
        **({} if outputs is None else {"shapes": outputs}),
    }


def _row(values: dict[str, Any], with_shapes: bool) -> list[str]:
    shapes = values.get("shapes", [None])
    known = with_shapes and shapes[0] is not None
    attributes = [
        f"{plain(key)}={plain(_tight(text))}"
        for key, text in values["attributes"].items()
        if _USUAL.get(key) != text and not (known and key == "__shape__")
    ]
    inputs = " ".join(f"{number}[{output}]" if output else str(number) for number, output in values["inputs"])
    row = [str(values["number"]), values["operator"] or values["kind"], plain(values["name"]), inputs]
    row.append(", ".join(attributes))
    return [*row, "; ".join(map(shown_shape, shapes))] if with_shapes else row


def _tight(text: str) -> str:
    return text.replace(", ", ",")


def _counts(nodes: list[Node], data: list[dict[str, Any]]) -> list[str]:
    operators = Counter(node.op.name for node in nodes if node.op is not None)
    states = sum(d["kind"] == "state" for d in data)
    variables = len(nodes) - operators.total() - states
    parts = [count(operators.total(), "operator"), count(variables, "variable")]
    kinds = [f"{name} {n}" for name, n in operators.most_common(_MOST_KINDS)]
    rest = len(operators) - len(kinds)
    more = [f"{count(rest, 'other kind')}"] if rest > 0 else []
    return [", ".join([*parts, *([count(states, "auxiliary state")] if states else [])])] + (
        [", ".join([*kinds, *more])] if kinds else []
    )


def _version(text: str) -> list[str]:
    found = json.loads(text, strict=False).get("attrs", {}).get("mxnet_version")
    if found is None:
        return ["of a version of MXNet before 0.9"]
    number = found[1]
    return [f"written by MXNet {number // 10000}.{number // 100 % 100}.{number % 100}"]


def _outputs(symbol: Symbol) -> str:
    return f"outputs: {', '.join(map(plain, symbol.list_outputs()))}"


def _parameters(data: list[dict[str, Any]], given: Mapping[str, Any]) -> list[str]:
    """How many numbers the variables hold that were not given."""
    variables = [d for d in data if d["operator"] is None and d["name"] not in given]
    shapes = [d["shapes"][0] for d in variables]
    known = [shape for shape in shapes if shape and min(shape) > 0]
    text = f"parameters: {count(sum(map(math.prod, known)), 'number')} in {count(len(known), 'variable')}"
    missing = len(variables) - len(known)
    return [text + (f"; the shapes of {missing} do not follow" if missing else "")]
