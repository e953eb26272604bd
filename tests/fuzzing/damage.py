"""Bytes and JSON, damaged at random."""

from __future__ import annotations

import copy
import json
import struct
from collections.abc import Callable
from random import Random
from typing import Any

__all__ = ["damaged", "damaged_json"]

NUMBERS = [0, 1, 2, 3, 7, 12, 63, 64, 65, 127, 128, 255, 256, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1]
NUMBERS += [2**40, 2**48, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 0x112, 0xF993FAC8, 0xF993FAC9, 0xF993FACA]
NUMBERS += [0xCED7230A, 1 << 29, 2 << 29, 3 << 29, (1 << 29) - 1]


def damaged(data: bytes, rng: Random, others: list[bytes]) -> bytes:
    """A copy in which one to six things have been changed."""
    content = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        rng.choice(_DAMAGES)(content, rng, others)
    return bytes(content)


def _byte(content: bytearray, rng: Random, others: list[bytes]) -> None:
    if content:
        content[rng.randrange(len(content))] = rng.choice([0, 1, 127, 128, 255, rng.randrange(256)])


def _bit(content: bytearray, rng: Random, others: list[bytes]) -> None:
    if content:
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def _number(content: bytearray, rng: Random, others: list[bytes]) -> None:
    width = rng.choice([1, 2, 4, 4, 8, 8])
    at = rng.randrange(len(content) // 4 + 1) * 4 + rng.choice([0, 0, 0, 1, 2])
    value = (rng.choice(NUMBERS) + rng.choice([0, 0, -1, 1])) % 2 ** (8 * width)
    content[at : at + width] = struct.pack("<Q", value)[:width]


def _cut(content: bytearray, rng: Random, others: list[bytes]) -> None:
    del content[rng.randrange(len(content) + 1) :]


def _remove(content: bytearray, rng: Random, others: list[bytes]) -> None:
    at = rng.randrange(len(content) + 1)
    del content[at : at + rng.choice([1, 4, 8, 24, rng.randrange(64)])]


def _repeat(content: bytearray, rng: Random, others: list[bytes]) -> None:
    at, size = rng.randrange(len(content) + 1), rng.choice([1, 4, 8, rng.randrange(200)])
    content[at:at] = content[at : at + size] * rng.choice([1, 1, 2, 50])


def _splice(content: bytearray, rng: Random, others: list[bytes]) -> None:
    other = rng.choice(others)
    start, at = rng.randrange(len(other) + 1), rng.randrange(len(content) + 1)
    content[at : at + rng.choice([0, 0, rng.randrange(64)])] = other[start : start + rng.randrange(1, 200)]


def _noise(content: bytearray, rng: Random, others: list[bytes]) -> None:
    at = rng.randrange(len(content) + 1)
    content[at : at + rng.randrange(32)] = rng.randbytes(rng.randrange(32))


_Damage = Callable[[bytearray, Random, "list[bytes]"], None]
_DAMAGES: list[_Damage] = [
    _byte,
    _byte,
    _bit,
    _number,
    _number,
    _number,
    _cut,
    _remove,
    _repeat,
    _splice,
    _noise,
]

TEXTS = [
    "",
    "x",
    "0",
    "-1",
    "1",
    "(1, 2)",
    "(1,)",
    "()",
    "[1]",
    "None",
    "True",
    "nan",
    "inf",
    "1e999",
    "-1e-999",
]
TEXTS += [
    "float16",
    "int7",
    "csr",
    "NCHW",
    "9" * 30,
    "9" * 5000,
    "-" * 3000 + "1",
    "(" * 300,
    "(" * 90 + ")" * 90,
]
TEXTS += [
    "[" * 3000,
    "{1: 2}",
    "(1, (2, 3))",
    "(99999999999, 99999999999)",
    "(-5, 0)",
    "1L",
    "(3L, 3L)",
    "\0",
    "é",
]
TEXTS += ["__import__('os').system('x')", "'" * 3, "0x1F", "1_000", "1+1j", "b'1'", "...", "2147483648", "64"]
TEXTS += ["(" + "1," * 70 + ")", "x" * 10_000, "(3, 3)", "4", "0.5", "relu", "max", "lstm", "False", "int32"]
VALUES: list[Any] = [
    None,
    -1,
    0,
    1,
    2,
    7,
    10**30,
    0.5,
    -0.0,
    1e308,
    [],
    [[]],
    {},
    {"a": "b"},
    True,
    [0, 0, 0],
]


def damaged_json(graph: Any, rng: Random, operators: list[str]) -> Any:
    """A copy of a symbol's JSON in which one to five things have been changed."""
    graph = copy.deepcopy(graph)
    for _ in range(rng.choice([1, 1, 2, 3, 5])):
        rng.choice(_GRAPH_DAMAGES)(graph, rng, operators)
    return graph


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every container in a JSON value, with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found.append((value, key))
        _places(value[key], found)
    return found


def _nodes(graph: Any) -> list[Any]:
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    return [n for n in nodes if isinstance(n, dict)] if isinstance(nodes, list) else []


def _other_value(graph: Any, rng: Random, operators: list[str]) -> None:
    places = _places(graph, [])
    if places:
        container, key = rng.choice(places)
        container[key] = copy.deepcopy(rng.choice([rng.choice(VALUES), rng.choice(TEXTS)]))


def _removed(graph: Any, rng: Random, operators: list[str]) -> None:
    places = _places(graph, [])
    if places:
        container, key = rng.choice(places)
        del container[key]


def _other_operator(graph: Any, rng: Random, operators: list[str]) -> None:
    if nodes := _nodes(graph):
        rng.choice(nodes)["op"] = rng.choice(operators)


def _other_attribute(graph: Any, rng: Random, operators: list[str]) -> None:
    if nodes := _nodes(graph):
        attrs = rng.choice(nodes).setdefault(rng.choice(["attrs", "attr", "param"]), {})
        if isinstance(attrs, dict):
            names = [*attrs, "axis", "shape", "num_outputs", "dtype", "__shape__", "lr_mult", "num_args", "k"]
            attrs[rng.choice(names)] = rng.choice(TEXTS)


def _other_input(graph: Any, rng: Random, operators: list[str]) -> None:
    if nodes := _nodes(graph):
        inputs = rng.choice(nodes).get("inputs")
        if isinstance(inputs, list):
            entry = [
                rng.randrange(-1, len(nodes) + 2),
                rng.choice([0, 0, 0, 1, 2, 99]),
                rng.choice([0, 0, 1]),
            ]
            inputs.insert(rng.randrange(len(inputs) + 1), entry[: rng.choice([3, 3, 2, 1])])


def _other_version(graph: Any, rng: Random, operators: list[str]) -> None:
    if isinstance(graph, dict):
        version = rng.choice([-1, 0, 800, 899, 900, 904, 905, 1000, 10901, 10**9, "1", 10**40])
        graph["attrs"] = {"mxnet_version": ["int", version]}


def _twice(graph: Any, rng: Random, operators: list[str]) -> None:
    if nodes := _nodes(graph):
        graph["nodes"].append(copy.deepcopy(rng.choice(nodes)))


def _nested(graph: Any, rng: Random, operators: list[str]) -> None:
    places = _places(graph, [])
    if places:
        container, key = rng.choice(places)
        depth = rng.choice([3, 100, 600])
        container[key] = json.loads("[" * depth + "]" * depth)


def _long_chain(graph: Any, rng: Random, operators: list[str]) -> None:
    nodes = _nodes(graph)
    if nodes and len(nodes) == len(graph["nodes"]):
        for _ in range(rng.choice([10, 500])):
            inputs = [[len(graph["nodes"]) - 1, 0, 0]] * rng.choice([1, 1, 2])
            op = rng.choice(["relu", "elemwise_add", "Flatten", "add_n", rng.choice(operators)])
            graph["nodes"].append({"op": op, "name": "n", "inputs": inputs, "attrs": {"num_args": "2"}})
        graph["heads"] = [[len(graph["nodes"]) - 1, 0, 0]]


_GraphDamage = Callable[[Any, Random, "list[str]"], None]
_GRAPH_DAMAGES: list[_GraphDamage] = [_other_value, _other_value, _removed, _other_operator, _other_attribute]
_GRAPH_DAMAGES += [_other_attribute, _other_input, _other_version, _twice, _nested, _long_chain]
