"""What is to be said of the names that a program uses."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from regluon.check.expressions import Use
from regluon.check.reading import BOOKS, Reader
from regluon.check.sources import pieces
from regluon.check.values import ARRAY
from regluon.reference import added, canonical, entries, members, standing
from regluon.usage import UsageError

__all__ = ["Finding", "Report", "check_file", "check_text", "judge"]

ABSENT = ("missing", "gap", "senseless", "unknown")
"""The states of what is not there."""


@dataclass(frozen=True)
class Finding:
    """A use of something that is not there or that deviates.

    ``state`` is *missing* (MXNet has it, regluon not yet), *gap* or *senseless* (left out, for a reason),
    *deviates*, or *unknown* (MXNet has no such name either).
    """

    file: str
    cell: int
    line: int
    name: str
    state: str
    reason: str
    alternative: str

    @property
    def absent(self) -> bool:
        """Whether the program fails there, rather than do something else."""
        return self.state in ABSENT


@dataclass
class Report:
    """What was found in one file, and how many uses of how many names it has."""

    file: str
    findings: list[Finding]
    uses: int
    names: frozenset[str]


def check_file(path: Path) -> Report:
    """What is not there of the names that a file uses.

    Raises
    ------
    UsageError
        If it can't be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: no UTF-8 text at byte {error.start}") from None
    try:
        return check_text(text, path.suffix, str(path))
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def check_text(text: str, suffix: str = ".py", file: str = "") -> Report:
    """What is not there of the names that a text uses, which is written as files with that suffix are."""
    reader = Reader()
    found: dict[tuple[int, int, str], Finding] = {}
    for piece in pieces(text, suffix):
        for use in reader.read(piece.tree):
            judged = judge(use)
            if judged is not None:
                state, reason, alternative = judged
                name = f"{use.package}.{use.name}"
                finding = Finding(file, piece.cell, use.line, name, state, reason, alternative)
                found.setdefault((piece.cell, use.line, name), finding)
    names = frozenset(f"{use.package}.{use.name}" for use in reader.uses)
    return Report(file, sorted(found.values(), key=lambda f: (f.cell, f.line)), len(reader.uses), names)


def judge(use: Use) -> tuple[str, str, str] | None:
    """State, reason and alternative of what is not there or deviates; None for what is fine or not known."""
    if use.package in BOOKS:
        return judge_book(use)
    home = canonical(use.name)
    if home is None:
        return judge_unknown(use)
    if use.member and standing(canonical(use.name.rpartition(".")[0]) or "").state == "missing":
        return None  # told where the object is made
    for name in (home, use.name):
        found = standing(name)
        if found.state != "there":
            return found.state, found.reason or "not there yet", found.alternative
    return None


def judge_unknown(use: Use) -> tuple[str, str, str] | None:
    """A name that MXNet does not have.

    Let be are private names, regluon's own, and members that objects may have.
    """
    own = use.package == "regluon"
    private = own or any(part.startswith("_") for part in use.name.split("."))
    if private or use.name in added() or (use.member and not use.name.startswith(ARRAY + ".")):
        return None
    owner, _, last = use.name.rpartition(".")
    known = canonical(owner)
    if known is None or not (known in ("", ARRAY) or entries()[known].kind == "module"):
        return None  # a class's constant, or something inside a value
    near = get_close_matches(last, [n.rpartition(".")[2] for n in members(known)], 1, 0.75)
    suggestion = ".".join(filter(None, ["mx", owner, near[0]])) if near else ""
    return "unknown", "MXNet 1.9.1 has no such public name", suggestion


@cache
def book_names(package: str) -> frozenset[str]:
    """What a book's helper package presents, read from its source."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return frozenset()
    presented: set[str] = set()
    for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            presented.update(ast.literal_eval(node.value))
    return frozenset(presented)


def judge_book(use: Use) -> tuple[str, str, str] | None:
    """A name of a book's helper package."""
    presented = book_names(use.package)
    name = use.name.partition(".")[0]
    if name in presented or name.startswith("__"):
        return None
    near = get_close_matches(name, presented, 1, 0.75)
    return "unknown", "the book's package has no such name", f"{use.package}.{near[0]}" if near else ""
