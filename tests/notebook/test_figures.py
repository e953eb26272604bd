from __future__ import annotations

import base64

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from regluon.notebook.figures import figures


def picture(**data: str) -> NotebookNode:
    return new_output("display_data", {f"image/{kind}": value for kind, value in data.items()})


def test_every_figure_by_cell_and_place() -> None:
    png, jpeg = (base64.b64encode(content).decode() for content in (b"png", b"jpeg"))
    text = new_output("stream", name="stdout", text="x")
    plain = new_output("display_data", {"text/plain": "x"})
    cells = [
        new_code_cell("a", outputs=[text, picture(png=png), plain, picture(jpeg=jpeg)]),
        new_markdown_cell("b"),
        new_code_cell("c", outputs=[plain]),
        new_code_cell(""),
        new_code_cell("d", outputs=[picture(**{"png": png, "svg+xml": "<svg>图</svg>"})]),
    ]
    assert list(figures(new_notebook(cells=cells))) == [
        ("cell1-1.png", b"png"),
        ("cell1-2.jpg", b"jpeg"),
        ("cell3-1.svg", "<svg>图</svg>".encode()),
    ]
