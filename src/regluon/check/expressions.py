"""A program's expressions: which names of MXNet they use, and what is known of their values."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from regluon.check.scope import Scope
from regluon.check.values import ARRAY, MX, Instance, Path, Value, attribute, called
from regluon.reference import entries, members

__all__ = ["Expressions", "Use"]

# Where a class is named by a text: the function, the position and name of that argument, the classes' module.
_BY_TEXT = {
    "gluon.Trainer": (1, "optimizer", "optimizer"),
    "optimizer.create": (0, "name", "optimizer"),
}


@dataclass(frozen=True)
class Use:
    """A name of MXNet's, or of a book's package, in a program."""

    line: int
    name: str
    package: str = "mx"
    member: bool = False
    """Whether it is a member of an object, whose class may have more than the frozen list knows."""


class Expressions(ast.NodeVisitor):
    """Collects the uses in `uses`."""

    def __init__(self) -> None:
        self.scope = Scope()
        self.uses: list[Use] = []

    def value(self, node: ast.expr | None) -> Value:
        """What an expression is; the uses inside it are noted."""
        if isinstance(node, ast.Name):
            return self.scope.get(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.BinOp):
            sides = (self.value(node.left), self.value(node.right))
            return Instance(ARRAY) if Instance(ARRAY) in sides else None
        if isinstance(node, (ast.UnaryOp, ast.Subscript)):
            inner = self.value(node.operand if isinstance(node, ast.UnaryOp) else node.value)
            if isinstance(node, ast.Subscript):
                self.value(node.slice)
            return inner if inner == Instance(ARRAY) else None
        if isinstance(node, ast.IfExp):
            self.value(node.test)
            ways = {self.value(node.body), self.value(node.orelse)}
            return ways.pop() if len(ways) == 1 else None
        if node is not None:
            super().visit(node)
        return None

    def visit(self, node: ast.AST) -> None:
        """Statements by their own methods; expressions for the uses inside."""
        if isinstance(
            node, (ast.Name, ast.Attribute, ast.Call, ast.BinOp, ast.UnaryOp, ast.Subscript, ast.IfExp)
        ):
            self.value(node)
        else:
            super().visit(node)

    def attribute(self, node: ast.Attribute) -> Value:
        """``a.b.c``: noted once, as a whole."""
        owner = self.chain(node.value)
        self.note(owner, node.attr, node.end_lineno or node.lineno)
        return attribute(owner, node.attr)

    def chain(self, node: ast.expr) -> Value:
        """What is before the last point, not noted by itself if it is only a part of the longer name."""
        if not isinstance(node, ast.Attribute):
            return self.value(node)
        owner = self.chain(node.value)
        found = attribute(owner, node.attr)
        if not isinstance(found, Path):
            self.note(owner, node.attr, node.end_lineno or node.lineno)
        return found

    def note(self, owner: Value, name: str, line: int) -> None:
        """A use of ``owner.name``."""
        if isinstance(owner, Path):
            full = f"{owner.name}.{name}" if owner.name else name
            self.uses.append(Use(line, full, owner.package))
        elif isinstance(owner, Instance):
            self.uses.append(Use(line, f"{owner.kind}.{name}", member=True))

    def call(self, node: ast.Call) -> Value:
        """A call: its function, its arguments, what it gives."""
        named = _text(node.args[1]) if len(node.args) == 2 else None
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and named is not None:
            owner = self.chain(node.args[0])
            self.note(owner, named, node.lineno)
            return attribute(owner, named)
        for argument in [*node.args, *[k.value for k in node.keywords]]:
            self.value(argument)
        if isinstance(node.func, ast.Attribute):
            owner = self.chain(node.func.value)
            self.note(owner, node.func.attr, node.func.end_lineno or node.lineno)
            function = attribute(owner, node.func.attr)
            if isinstance(owner, Instance):
                return called(owner, node.func.attr)
        else:
            function = self.value(node.func)
        if isinstance(function, Path):
            self.note_text(function, node)
        return called(function)

    def quiet(self, node: ast.expr) -> Value:
        """What an expression is, without noting its uses a second time."""
        noted = len(self.uses)
        found = self.value(node)
        del self.uses[noted:]
        return found

    def note_text(self, function: Path, node: ast.Call) -> None:
        """A class that is named by a text: ``Trainer(parameters, "ftrl")``."""
        if function.package not in MX or function.name not in _BY_TEXT:
            return
        position, keyword, module = _BY_TEXT[function.name]
        given = [k.value for k in node.keywords if k.arg == keyword] + node.args[position : position + 1]
        text = _text(given[0]) if given else None
        names = {n.rpartition(".")[2].lower(): n for n in members(module) if entries()[n].kind == "class"}
        if text is not None and text.lower() in names:
            self.uses.append(Use(node.lineno, names[text.lower()]))

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """``lambda x: ...``"""
        self.inner(
            [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]], [node.body]
        )

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        """``[f(x) for x in y]``"""
        for generator in node.generators:
            self.value(generator.iter)
        targets = [n for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)]
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self.inner([t.id for t in targets], [*parts, *[test for g in node.generators for test in g.ifs]])

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = comprehension  # noqa: N815

    def inner(self, names: Iterable[str], expressions: Iterable[ast.expr]) -> None:
        """Expressions in a scope of their own, whose names are not known."""
        before = self.scope
        self.scope = Scope(before)
        for name in names:
            self.scope.bind(name, None)
        for expression in expressions:
            self.value(expression)
        self.scope = before


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
