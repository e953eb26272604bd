"""The import rule: a file imports from the rows above its own, never from below or inside a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"
ROOT = "regluon"

# Top to bottom. Within a row, a name may import those to its left. ROOT itself is regluon/__init__.py, the
# index page of everything above it.
ROWS = [
    tuple("usage fileio base heap context registry error libinfo engine misc runtime profiler".split()),
    ("lazy", "alias", "shims", "reference", "util"),
    ("ops",),
    ("random",),
    ("tape",),
    ("ndarray",),
    ("autograd", "operator"),
    ("name", "attribute", "symbol", "executor", "visualization"),
    (
        *("initializer", "lr_scheduler", "log", "metric", "checkpoint", "callback", "monitor"),
        *("recordio", "io", "image", "optimizer", "kvstore", "executor_manager", "model", "module", "rnn"),
    ),
    ("gluon", "onnx", "contrib"),
    ("test_utils",),
    ("interop",),
    (ROOT,),
    ("toolbox",),
    ("lab",),
    ("notebook", "check", "files", "im2rec", "sweep"),
    ("cli",),
]
RANK = {name: (row, column) for row, names in enumerate(ROWS) for column, name in enumerate(names)}

# Reviewed exceptions, as "module: what it imports" -> the reason. Meant to stay empty.
ALLOWED: dict[str, str] = {}


def modules() -> dict[str, Path]:
    """The files by module name; a stub counts where it stands alone, for types that are generated."""
    paths: dict[str, Path] = {}
    for path in sorted((SRC / ROOT).rglob("*.py*")):
        if path.suffix in (".py", ".pyi"):
            parts = path.relative_to(SRC).with_suffix("").parts
            paths.setdefault(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path)
    return paths


MODULES = modules()


def unit(module: str) -> str:
    """The name in ROWS that a module belongs to: regluon.ndarray.sparse -> ndarray."""
    return module.split(".")[1] if "." in module else ROOT


def resolve(name: str, known: dict[str, Path]) -> str:
    """The longest prefix of a dotted name that is a module: what is behind it is an attribute."""
    while name not in known and "." in name:
        name = name.rpartition(".")[0]
    return name


def base_package(module: str, path: Path, level: int) -> str:
    parts = module.split(".")
    return ".".join(parts[: len(parts) - level + (path.stem == "__init__")])


def targets(node: ast.stmt, module: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The project's modules that an import statement names."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        package = base_package(module, path, node.level) if node.level else ""
        start = ".".join(filter(None, [package, node.module or ""]))
        names = [f"{start}.{alias.name}" for alias in node.names]
    yield from (resolve(name, known) for name in names if name.split(".")[0] == ROOT)


def imports(module: str, source: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from targets(node, module, path, known)


def upward(module: str, source: str, path: Path, known: dict[str, Path]) -> list[str]:
    """Imports of units that stand below the module's own row, or to its right."""
    own = unit(module)
    found = [t for t in imports(module, source, path, known) if unit(t) != own]
    return [f"{module}: {t}" for t in found if RANK[unit(t)] > RANK[own]]


def hidden(module: str, source: str) -> list[str]:
    """Star imports, and imports inside functions, written as a statement or as a call that names a module."""
    tree = ast.parse(source)
    functions = [
        n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    ]
    inner = {n for f in functions for n in ast.walk(f) if is_import(n)}
    stars = {n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.names[0].name == "*"}
    return [f"{module}: {ast.unparse(n)}" for n in inner | stars]


def is_import(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return isinstance(node, (ast.Import, ast.ImportFrom))
    called = ast.unparse(node.func).rpartition(".")[2]
    literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
    return called in ("import_module", "__import__") and literal


def test_every_module_has_a_row() -> None:
    missing = sorted({unit(module) for module in MODULES} - set(RANK))
    assert not missing, f"give these a row in ROWS: {missing}"


def test_imports_point_downward() -> None:
    found = [v for m, p in MODULES.items() for v in upward(m, p.read_text(encoding="utf-8"), p, MODULES)]
    assert [v for v in found if v not in ALLOWED] == []


def test_no_import_hides_and_none_is_a_star() -> None:
    found = [v for m, p in MODULES.items() for v in hidden(m, p.read_text(encoding="utf-8"))]
    assert [v for v in found if v not in ALLOWED] == []


def test_no_files_import_each_other() -> None:
    run = {module: path for module, path in MODULES.items() if path.suffix == ".py"}
    graph = {m: set(imports(m, p.read_text(encoding="utf-8"), p, MODULES)) - {m} for m, p in run.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' <- '.join(error.args[1])}")


KNOWN = {f"regluon{name}": Path("x.py") for name in ("", ".base", ".tape", ".ndarray", ".gluon")}


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("regluon.tape", "from regluon.base import MXNetError", []),
        ("regluon.tape", "from regluon import base", []),
        ("regluon.tape", "import regluon.gluon", ["regluon.tape: regluon.gluon"]),
        ("regluon.tape", "from regluon.gluon import Block", ["regluon.tape: regluon.gluon"]),
        ("regluon.tape", "from regluon import nd", ["regluon.tape: regluon"]),
        ("regluon.tape", "from .gluon import Block", ["regluon.tape: regluon.gluon"]),
        ("regluon.ndarray.x", "if T:\n    from .. import gluon", ["regluon.ndarray.x: regluon.gluon"]),
    ],
)
def test_an_upward_import_is_seen(module: str, source: str, expected: list[str]) -> None:
    assert upward(module, source, Path("x.py"), KNOWN) == expected


@pytest.mark.parametrize(
    "source",
    [
        "from math import *",
        "def f():\n    import math",
        "class A:\n    def f(self):\n        if self:\n            from math import pi",
        "def f():\n    return importlib.import_module('math')",
        "f = lambda: __import__('math')",
    ],
)
def test_a_hidden_import_is_seen(source: str) -> None:
    assert len(hidden("m", source)) == 1
    assert hidden("m", "import math\nfrom math import pi\nload = lambda name: import_module(name)") == []
