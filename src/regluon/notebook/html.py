"""A notebook as one HTML page that needs nothing else: figures inside, formulas as MathML, no network.

The page's Content-Security-Policy keeps a browser from loading anything, whatever the outputs hold.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from regluon.notebook.mathml import formula

__all__ = ["page"]

_TEMPLATES = Path(__file__).with_name("templates")
_SHOWN = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
)
_LOADING = (
    "img",
    "script",
    "iframe",
    "link",
    "source",
    "video",
    "audio",
    "embed",
    "object",
    "track",
    "input",
)
_ADDRESSES = ("src", "href", "data", "srcset", "poster")


def page(notebook: NotebookNode, name: str, folder: Path, stopped: str = "") -> str:
    """HTML text of a notebook.

    Parameters
    ----------
    name: the title where the notebook has no heading.
    folder: where the notebook's relative image paths start.
    stopped: shown at the top, for a run that did not reach the end.
    """
    facts = {"title": _title(notebook) or name, "language": _language(notebook), "stopped": stopped}
    html, _ = _Exporter().from_notebook_node(notebook, resources={"regluon": facts})
    return _without_references(html, folder)


class _Renderer(IPythonRenderer):
    """Markdown's formulas as MathML."""

    def block_math(self, body: str) -> str:
        return formula(body, display=True)

    def inline_math(self, body: str) -> str:
        return formula(body, display=False)

    def latex_environment(self, name: str, body: str) -> str:
        return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)


class _Exporter(HTMLExporter):
    def __init__(self) -> None:
        priority = {"NbConvertBase": {"display_data_priority": list(_SHOWN)}}
        super().__init__(
            config=Config(priority), template_name="regluon", extra_template_basedirs=[str(_TEMPLATES)]
        )
        self.register_filter("figure_title", _figure_title)

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        cell = context.get("cell", {})
        renderer = _Renderer(escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True)
        return MarkdownWithMath(renderer=renderer).render(source)


def _figure_title(output: NotebookNode, cell: NotebookNode) -> str:
    return f"figure of cell {cell.execution_count}"


def _title(notebook: NotebookNode) -> str:
    sources = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = (re.search(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", source, re.MULTILINE) for source in sources)
    return next((match[1] for match in headings if match), "")


def _language(notebook: NotebookNode) -> str:
    """``zh`` for Chinese prose, so that browsers choose Chinese letter forms, else ``en``."""
    prose = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    letters = re.findall(r"[^\W\d_]", prose)
    han = sum("一" <= letter <= "鿿" for letter in letters)
    return "zh" if han > len(letters) / 4 else "en"


def _without_references(html: str, folder: Path) -> str:
    """Page whose images are inside, and that names what it cannot hold instead of loading it."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(_LOADING):
        address = next((str(element[key]) for key in _ADDRESSES if element.get(key)), "data:")
        if address.startswith(("data:", "#")):
            continue
        embedded = _embedded(address, folder) if element.name == "img" else None
        if embedded:
            element["src"] = embedded
        else:
            element.replace_with(_note(soup, element, address))
    return str(soup)


def _embedded(address: str, folder: Path) -> str | None:
    kind, _ = mimetypes.guess_type(address)
    try:
        content = (folder / unquote(address)).read_bytes()
    except (OSError, ValueError):
        return None
    if not kind or not kind.startswith("image/"):
        return None
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _note(soup: BeautifulSoup, element: Tag, address: str) -> Tag:
    remote = address.startswith(("http:", "https:", "//"))
    label = str(element.get("alt") or ("not loaded" if remote else "not found"))
    attributes: dict[str, Any] = {"class": "missing"}
    if remote:
        attributes["href"] = address
    note = soup.new_tag("a" if remote else "span", attrs=attributes)
    note.string = f"{element.name}: {label} ({address})"
    return note
