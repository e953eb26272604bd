"""A program's statements, walked once in their order: what its names are bound to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from regluon.check.expressions import Expressions, Use
from regluon.check.scope import Scope, merged
from regluon.check.values import MX, Instance, Own, Path, Value
from regluon.reference import canonical, entries, members

__all__ = ["BOOKS", "Reader"]

BOOKS = ("gluonbook", "d2lzh")
PACKAGES = {"mxnet": "mx", "regluon": "regluon", **{name: name for name in BOOKS}}


class Reader(Expressions):
    """Collects the uses in one program, or in the cells of one notebook."""

    def __init__(self) -> None:
        super().__init__()
        self.later: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, Scope, str | None]] = []
        self.class_base: str | None = None

    def read(self, tree: ast.Module) -> list[Use]:
        """The uses in a piece of code; names bound by earlier pieces are known."""
        start = len(self.uses)
        self.visit(tree)
        while self.later:
            function, outer, base = self.later.pop(0)
            self.read_function(function, outer, base)
        return self.uses[start:]

    # Imports.

    def visit_Import(self, node: ast.Import) -> None:
        """``import mxnet.gluon.nn as nn``"""
        for alias in node.names:
            root, _, rest = alias.name.partition(".")
            if root not in PACKAGES:
                self.scope.bind(alias.asname or root, None)
                continue
            package = PACKAGES[root]
            if rest:
                self.uses.append(Use(node.lineno, rest, package))
            inside = (canonical(rest) or rest) if alias.asname and package in MX else ""
            self.scope.bind(alias.asname or root, Path(inside, package))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """``from mxnet.gluon import nn, data as gdata``"""
        root, _, rest = (node.module or "").partition(".")
        known = not node.level and root in PACKAGES
        package = PACKAGES.get(root, "")
        for alias in node.names:
            if not known:
                self.scope.bind(alias.asname or alias.name, None)
            elif alias.name == "*":
                self.star(rest, package)
            else:
                full = f"{rest}.{alias.name}" if rest else alias.name
                self.uses.append(Use(node.lineno, full, package))
                home = (canonical(full) or full) if package in MX else full
                self.scope.bind(alias.asname or alias.name, Path(home, package))

    def star(self, module: str, package: str) -> None:
        """``from mxnet.gluon.nn import *``"""
        home = canonical(module) if package in MX else None
        for name in members(home) if home is not None else ():
            self.scope.bind(name.rpartition(".")[2], Path(canonical(name) or name, package))

    # Bindings.

    def visit_Assign(self, node: ast.Assign) -> None:
        """``a = b = value``"""
        value = self.value(node.value)
        for target in node.targets:
            self.bind(target, value, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """``a: NDArray = value``"""
        annotated = called_type(self.value(node.annotation))
        self.bind(node.target, self.value(node.value) or annotated)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """``a += value``; an array stays one"""
        self.value(node.target)
        self.value(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """``(a := value)``"""
        self.bind(node.target, self.value(node.value))

    def bind(self, target: ast.expr, value: Value, source: ast.expr | None = None) -> None:
        """Bind a name, or the names of a tuple; in other targets, note the uses."""
        if isinstance(target, ast.Name):
            self.scope.bind(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts: Sequence[ast.expr | None] = [None] * len(target.elts)
            if isinstance(source, (ast.Tuple, ast.List)) and len(source.elts) == len(target.elts):
                parts = source.elts
            for element, part in zip(target.elts, parts, strict=True):
                self.bind(element, self.quiet(part) if part is not None else None)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, None)
        else:
            self.value(target)

    # Ways that a program may take.

    def branch(self, *bodies: Iterable[ast.stmt]) -> None:
        """Statements of which one body runs."""
        before, ways = self.scope.bound, []
        for body in bodies:
            self.scope.bound = dict(before)
            for statement in body:
                self.visit(statement)
            ways.append(self.scope.bound)
        self.scope.bound = merged(ways)

    def visit_If(self, node: ast.If) -> None:
        """``if``"""
        self.value(node.test)
        self.branch(node.body, node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        """``try``: as if either all of its body ran, or a handler alone."""
        self.branch([*node.body, *node.orelse], *[handler.body for handler in node.handlers])
        for statement in node.finalbody:
            self.visit(statement)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """``for``: what its body binds is not known at its start."""
        self.value(node.iter)
        self.forget([node.target, *node.body])
        self.branch(node.body, [])
        self.branch(node.orelse, [])

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_While(self, node: ast.While) -> None:
        """``while``"""
        self.forget(node.body)
        self.value(node.test)
        self.branch(node.body, [])
        self.branch(node.orelse, [])

    def forget(self, nodes: Iterable[ast.AST]) -> None:
        """What is bound inside, objects above all, may have changed when the body runs again."""
        for node in nodes:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    self.scope.bind(inner.id, None)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        """``with value as name``"""
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        for statement in node.body:
            self.visit(statement)

    visit_AsyncWith = visit_With  # noqa: N815

    # Scopes.

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A function runs later, when the names around it have their last values."""
        for decorator in node.decorator_list:
            self.value(decorator)
        for default in [*node.args.defaults, *[d for d in node.args.kw_defaults if d is not None]]:
            self.value(default)
        self.scope.bind(node.name, None)
        around = self.scope.outer if isinstance(self.scope, ClassScope) else self.scope
        self.later.append((node, around or self.scope, self.class_base))

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def read_function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, outer: Scope, base: str | None
    ) -> None:
        """The body of a function: ``self`` is an object of the class's base, hybrid_forward's ``F`` is nd."""
        before, base_before = self.scope, self.class_base
        self.scope, self.class_base = Scope(outer), None
        arguments = node.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for argument in [*named, *filter(None, [arguments.vararg, arguments.kwarg])]:
            self.scope.bind(argument.arg, called_type(self.value(argument.annotation)))
        self.value(node.returns)
        if base is not None and named:
            self.scope.bind(named[0].arg, Instance(base))
        if node.name == "hybrid_forward" and len(named) > 1:
            self.scope.bind(named[1].arg, Path("nd"))
        for statement in node.body:
            self.visit(statement)
        self.scope, self.class_base = before, base_before

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class: its methods see the scope around it, and know the class of MXNet that it is made of."""
        for expression in [*node.decorator_list, *[k.value for k in node.keywords]]:
            self.value(expression)
        base = next(filter(None, [base_class(self.value(b)) for b in node.bases]), None)
        before, base_before = self.scope, self.class_base
        self.scope.bind(node.name, Own(base) if base else None)
        self.scope, self.class_base = ClassScope(before), base
        for statement in node.body:
            self.visit(statement)
        self.scope, self.class_base = before, base_before


class ClassScope(Scope):
    """The names of a class's body, which its methods do not see."""


def base_class(value: Value) -> str | None:
    """The class of MXNet that a class is made of."""
    if isinstance(value, Own):
        return value.base
    is_class = isinstance(value, Path) and value.package in MX and value.name in entries()
    return value.name if is_class and entries()[value.name].kind == "class" else None  # type: ignore[union-attr]


def called_type(value: Value) -> Value:
    """An object of a class by which something is annotated."""
    base = base_class(value)
    return Instance(base) if base else None
