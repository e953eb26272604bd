"""How Sphinx makes the site: ``make docs``. Nothing on it is loaded from elsewhere."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import regluon

project = "regluon"
copyright = "the authors of regluon, Apache-2.0"
version = release = regluon.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
suppress_warnings = ["ref.python"]  # a word of a type that several things are called

add_module_names = False
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Inputs", "params_style"), ("Outputs", "params_style"), "Errors"]

html_theme = "furo"
html_title = f"regluon {release}"
html_copy_source = False
html_show_sphinx = False


class Functions(SphinxDirective):
    """``functions:: regluon.ndarray``: the public functions of a namespace, which has most of them made."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        module = import_module(name)
        public = [n for n in dir(module) if not n.startswith("_")]
        found = [n for n in public if inspect.isfunction(getattr(module, n))]
        text = "\n".join(f".. autofunction:: {name}.{n}" for n in sorted(found, key=str.lower))
        return self.parse_text_to_nodes(text)


_LITERAL = re.compile(r"``.+?``|:\w+:`.+?`|`[^`]+`")
_MARKUP = re.compile(r"(?<!\\)[*|]|_(?!\w)")


def escape(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Docstrings are plain text but for literals and roles: formulas such as ``|x|`` stay what they are."""
    for i, line in enumerate(lines):
        pieces, end = [], 0
        for literal in _LITERAL.finditer(line):
            pieces += [_MARKUP.sub(r"\\\g<0>", line[end : literal.start()]), literal.group()]
            end = literal.end()
        lines[i] = "".join([*pieces, _MARKUP.sub(r"\\\g<0>", line[end:])])


def shorten(app: Sphinx, what: str, name: str, obj: object, options: object, text: str, returns: str) -> Any:
    """Defaults that are modules by their names: ``logger=logging``, not where this Python has it."""
    return text and re.sub(r"<module '([\w.]+)' from '[^']*'>", r"\1", text), returns


def setup(app: Sphinx) -> None:
    """What Sphinx calls."""
    app.connect("autodoc-process-docstring", escape, priority=100)  # before napoleon
    app.connect("autodoc-process-signature", shorten)
    app.add_directive("functions", Functions)
