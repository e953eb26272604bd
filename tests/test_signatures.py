"""Parameters and defaults are MXNet's: every signature here against the frozen list of its names."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mxnet_names import find
from regluon.base import dtype_name
from regluon.ops.registry import OPERATORS, Operator
from regluon.reference import Entry, entries, standing
from regluon.reference.names import signature_text

# Reviewed: operators of which MXNet's registry does not say what they take, or not what we take.
ACCEPTED = {
    "BatchNorm_v1": "the running statistics are inputs here, as in BatchNorm; MXNet hides them",
    "IdentityAttachKLSparseReg": "the running average is an input here; MXNet hides it",
    "_contrib_quantized_concat": "it has three inputs for each that num_args counts",
    "_linspace": "MXNet lists the parameters of another operator",
    "_ravel_multi_index": "without a shape MXNet fails",
    "_unravel_index": "without a shape MXNet fails",
    "ravel_multi_index": "without a shape MXNet fails",
    "unravel_index": "without a shape MXNet fails",
}

OPERATOR_LIST = Path(__file__).parent / "data" / "operators.txt"
Parameter = tuple[str, Any]
NONE = inspect.Parameter.empty

ANY = "_Null"
"""The default of a parameter that MXNet's C code knows, or takes from elsewhere."""


def mxnets_operators() -> dict[str, list[str]]:
    lines = OPERATOR_LIST.read_text(encoding="utf-8").splitlines()
    return {name: arguments for name, *arguments in (line.split("; ") for line in lines)}


LISTED = mxnets_operators()
OURS = sorted(name for name in OPERATORS if LISTED.get(name))


def described(argument: str) -> tuple[str, bool, str | None]:
    """An argument of MXNet's registry: its name, whether it is an array, its default as text."""
    name, _, kind = argument.partition(": ")
    default = re.search(r"default=(.*)$", kind)
    required = None if kind.endswith("required") else ANY
    return name, kind.startswith(("NDArray", "Symbol")), default[1].strip("'") if default else required


def plain(default: Any) -> Any:
    """A default of ours as MXNet's registry can say it."""
    if default in (None, (), ""):
        return None
    if isinstance(default, torch.dtype):
        return dtype_name(default)
    if isinstance(default, float):
        return float(np.float32(default))
    return default


def read(text: str) -> Any:
    """A default of MXNet's registry."""
    if text in ("None", "[]", ""):
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    if isinstance(value, list):
        return tuple(value) or None
    return float(np.float32(value)) if isinstance(value, float) else value


def same(ours: Any, theirs: str | None) -> bool:
    if theirs == ANY:
        return True
    if theirs is None:
        return ours is inspect.Parameter.empty
    if ours is inspect.Parameter.empty:
        return False
    a, b = plain(ours), read(theirs)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return np.allclose(np.float32(a), np.float32(b), rtol=1e-6)
    return a == b


def differences(op: Operator, arguments: list[str]) -> list[str]:
    """What is not as in MXNet's registry: order, names, defaults."""
    counted = [a.removeprefix("counted by ") for a in arguments if a.startswith("counted by ")]
    theirs = [described(a) for a in arguments if not a.startswith("counted by ")]
    inputs = [n for n, array, _ in theirs if array]
    ours = {a.name: a.default for a in op.attributes.values()}
    left_out = {*counted, *({"ctx"} - ours.keys())}  # the namespace supplies the context
    attributes = {n: d for n, array, d in theirs if not array and n not in left_out}
    found = []
    if list(op.inputs) != inputs and not op.variadic:
        found.append(f"inputs {', '.join(op.inputs)}; MXNet's {', '.join(inputs)}")
    if list(ours) != list(attributes):
        found.append(f"attributes {', '.join(ours)}; MXNet's {', '.join(attributes)}")
    return found + [
        f"{name}={ours[name]!r}; MXNet's {attributes[name]}"
        for name in ours.keys() & attributes.keys()
        if not same(ours[name], attributes[name])
    ]


@pytest.mark.parametrize("name", OURS)
def test_operator(name: str) -> None:
    found = differences(OPERATORS[name], LISTED[name])
    assert bool(found) == (name in ACCEPTED), found or "it is MXNet's now: take it out of ACCEPTED"


def test_operators_are_mxnets() -> None:
    own = {name for name in OPERATORS if not name.startswith("_regluon_")}
    assert own - LISTED.keys() == {"fully_connected"}  # MXNet has it in npx alone


# Functions, classes and methods.


def compared() -> list[str]:
    """The names here whose parameters MXNet tells, less what Python, or its engine, calls by itself."""
    unsaid = ("(self, *args, **kwargs)", "(*args, **kwargs)", "(*data, **kwargs)", "(handle, writable=True)")
    told = {n: signature_text(entry) for n, entry in entries().items() if "__" not in n}
    return [n for n, text in told.items() if text[:1] == "(" and text not in unsaid and callable(find(n))]


def theirs(entry: Entry) -> list[Parameter]:
    """The parameters of a recorded signature; a default that is no literal is its own text."""
    arguments = ast.parse(f"def f{signature_text(entry)}: ...").body[0].args  # type: ignore[attr-defined]
    named = [*arguments.args, *arguments.kwonlyargs]
    defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + arguments.defaults
    found = [(a.arg, default_of(d)) for a, d in zip(named, defaults + arguments.kw_defaults, strict=True)]
    if arguments.vararg:
        found.insert(len(arguments.args), ("*" + arguments.vararg.arg, NONE))
    if arguments.kwarg:
        found.append(("**" + arguments.kwarg.arg, NONE))
    return found


def default_of(node: ast.expr | None) -> Any:
    if node is None:
        return NONE
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)


def ours(value: Any) -> list[Parameter]:
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [(marks.get(p.kind, "") + p.name, p.default) for p in inspect.signature(value).parameters.values()]


def conform(mine: list[Parameter], entry: Entry) -> bool:
    """Whether each of MXNet's parameters is there, in its place, with its default.

    What MXNet takes as ``**kwargs`` may have names here.
    """
    wanted = theirs(entry)
    open_end = wanted[-1:] and wanted[-1][0].startswith("**")
    if open_end:
        wanted.pop()
        mine = mine[: len(wanted)]
    if entry.kind == "operator":
        wanted = [(name, NONE if name.startswith("*") else ANY) for name, _ in wanted]
    first = entry.kind == "method"  # whatever it is called there, it is the array or block itself
    mine, wanted = mine[first:], wanted[first:]
    same_names = [name for name, _ in mine] == [name for name, _ in wanted]
    return same_names and all(equal(a, b) for (_, a), (_, b) in zip(mine, wanted, strict=True))


def equal(mine: Any, wanted: Any) -> bool:
    """Whether two defaults are the same: by value, or by name for what is no literal.

    An object that MXNet makes for all calls together, such as Uniform(), may be made at each call here.
    """
    if isinstance(wanted, str) and wanted.startswith("~"):
        return mine in (wanted, str(Path(wanted).expanduser()))
    if wanted == "cpu()":
        return str(mine) == "cpu(0)"
    if isinstance(mine, np.dtype):
        return bool(wanted == f"dtype[{mine.name}]()")
    if isinstance(wanted, str) and wanted != mine:
        made = wanted.endswith("()") and mine is None
        names = (getattr(mine, "__name__", None), str(mine), f"{type(mine).__name__}()")
        return wanted == ANY or made or wanted in names
    return mine is wanted or (type(mine) is type(wanted) and mine == wanted)


@pytest.mark.parametrize("name", compared())
def test_parameters(name: str) -> None:
    mine = ours(find(name))
    deviates = standing(name).state != "there"
    text = f"{name}{inspect.signature(find(name))}, MXNet's {signature_text(entries()[name])}"
    assert conform(mine, entries()[name]) or deviates, text


@pytest.mark.parametrize(
    ("function", "conforms"),
    [
        (lambda shape, ctx=None, dtype=None: 0, True),
        (lambda shape, ctx=None, dtype=None, more=0: 0, True),
        (lambda shape, dtype=None, ctx=None: 0, False),
        (lambda shape, ctx=None: 0, False),
        (lambda shape, ctx=None, dtype="float32": 0, False),
        (lambda size, ctx=None, dtype=None: 0, False),
    ],
)
def test_a_difference_is_seen(function: Any, conforms: bool) -> None:
    assert conform(ours(function), Entry("function", "(shape, ctx=None, dtype=None, **kwargs)")) is conforms
