"""The lines of single steps put together: ways back, and whole functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from regluon.symbol.program import Program

__all__ = ["NAME", "Piece", "backward_lines", "function", "reached_at_once"]

NAME = re.compile(r"\b[a-z]+\d+(?:_\d+)?\b")
"""Names in such lines."""


@dataclass(slots=True)
class Piece:
    """The lines of one step: forward, and backward with the names of the gradients they make."""

    forward: list[str]
    backward: list[str] = field(default_factory=list)
    grads: dict[int, str] = field(default_factory=dict)
    """By the position of the input."""
    sure: bool = False
    """Whether no gradient is ever None."""
    into: dict[int, str] = field(default_factory=dict)
    """By the position of a parameter: a line that writes its gradient into its buffer, ``b7`` for ``v7``."""
    ones: bool = False
    """Whether the gradient of what it makes may be None, for ones."""


def reached_at_once(
    program: Program, pieces: Sequence[Piece], reached: Sequence[bool], parameters: dict[int, Any]
) -> list[int]:
    """The inputs that are reached, if all are parameters whose gradients can be written as they are made."""
    found = [i for i, there in enumerate(reached) if there]
    made = [
        (value, position in piece.into)
        for step, piece in zip(program.steps, pieces, strict=True)
        for position, value in enumerate(step.inputs)
        if position in piece.grads
    ]
    once = sorted(value for value, _ in made if value in found) == found
    written = all(into for value, into in made if value in found)
    alone = len(program.heads) == 1 and program.heads[0] not in found
    return found if once and written and alone and parameters.keys() >= set(found) else []


def _head_lines(program: Program, pieces: Sequence[Piece], active: set[int]) -> list[str]:
    """Where the gradients of results come in."""
    if len(program.heads) > 1:
        return [
            f"g{v} = add(g{v}, h{i})" if v in program.heads[:i] else f"g{v} = h{i}"
            for i, v in enumerate(program.heads)
            if v in active
        ]
    (v,) = program.heads
    if v not in active:
        return []
    pairs = list(zip(program.steps, pieces, strict=True))
    alone = not any(v in step.inputs and piece.grads for step, piece in pairs)
    taken = alone and any(v in step.outputs and piece.ones for step, piece in pairs)
    return [f"g{v} = h0" if taken else f"g{v} = ones_like(v{v}) if h0 is None else h0"]


def backward_lines(
    program: Program, pieces: Sequence[Piece], active: set[int], into: Sequence[int] = ()
) -> tuple[list[str], list[bool]]:
    """The way back, which writes the buffers of ``into``, and which inputs it reaches."""
    lines = _head_lines(program, pieces, active)
    there = {v: True for v in program.heads if v in active}
    """By value whether its gradient, as far as it has come, is surely not None."""
    for step, piece in zip(reversed(program.steps), reversed(pieces), strict=True):
        arrived = [v for v in step.outputs if v in there]
        if not piece.grads or not arrived:
            continue
        for v in step.outputs:
            if v not in there:
                lines.append(f"g{v} = None")
            elif not there[v]:
                lines.append(f"if g{v} is None: g{v} = zeros_like(v{v})")
        lines += piece.backward
        for position, name in piece.grads.items():
            value = step.inputs[position]
            if value in into:
                lines.append(piece.into[position])
            elif value not in there:
                lines.append(f"g{value} = {name}")
            elif there[value] and piece.sure:
                lines.append(f"g{value} = add(g{value}, {name})")
            else:
                lines.append(f"g{value} = plus(g{value}, {name})")
            there[value] = there.get(value, False) or piece.sure
    return lines, [i in there and i in active for i in range(len(program.inputs))]


def function(head: str, lines: list[str], kept: Sequence[str] = ()) -> list[str]:
    """The text of a function of these lines, which leaves the number of threads as it was."""
    body = _with_deletions(lines, set(kept))
    if any("few_threads(" in line for line in lines):
        inner = [f"    {line}" for line in body]
        body = ["    one = False", "    try:", *inner, "    finally:", "        if one: few_threads(ALL)"]
    return [f"def {head}:", *body, ""]


def _with_deletions(lines: list[str], kept: set[str]) -> list[str]:
    """The lines, indented, each name deleted behind its last use: memory is free for the next ones then."""
    targets = [line.split(" = ")[0].rpartition(": ")[2] for line in lines if " = " in line]  # behind an "if"
    assigned = {name for target in targets for name in NAME.findall(target)}
    last: dict[str, int] = {}
    for i, line in enumerate(lines):
        for name in NAME.findall(line):
            last[name] = i
    gone: dict[int, list[str]] = {}
    for name, i in last.items():
        if name in assigned and name not in kept and i < len(lines) - 1:
            gone.setdefault(i, []).append(name)
    text = []
    for i, line in enumerate(lines):
        text.append(f"    {line}")
        if i in gone:
            text.append(f"    del {', '.join(sorted(gone[i]))}")
    return text
