from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from regluon.notebook import NotebookError, leave, read_notebook
from regluon.notebook.report import check_tag, prepare_folder, spare_source, tagged_text


def executed(*pictures: str) -> NotebookNode:
    outputs = [new_output("display_data", {"image/svg+xml": picture}) for picture in pictures]
    return new_notebook(cells=[new_code_cell("draw()", execution_count=1, outputs=outputs)])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_of_a_run(tmp_path: Path) -> None:
    report = leave(executed("<svg>1</svg>", "<svg>2</svg>"), Path("a.md"), tmp_path, html=True)
    assert names(tmp_path) == ["a-cell1-1.svg", "a-cell1-2.svg", "a.html", "a.ipynb"]
    assert report.notebook == tmp_path / "a.ipynb"
    assert report.page == tmp_path / "a.html"
    assert report.figures == (tmp_path / "a-cell1-1.svg", tmp_path / "a-cell1-2.svg")
    assert report.figures[1].read_text() == "<svg>2</svg>"
    assert read_notebook(report.notebook).cells[0].outputs[0].data["image/svg+xml"] == "<svg>1</svg>"


def test_figures_of_an_earlier_run_go(tmp_path: Path) -> None:
    others = ["a-cell1-2.svg.txt", "b-cell1-2.svg", "a-cell-2.svg"]
    for other in others:
        (tmp_path / other).touch()
    leave(executed("<svg/>", "<svg/>"), Path("a.md"), tmp_path, html=False)
    leave(executed("<svg/>"), Path("a.md"), tmp_path, html=False)
    assert names(tmp_path) == sorted(["a-cell1-1.svg", "a.ipynb", *others])


def test_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotebookError, match="no folder that files can be written to"):
            prepare_folder(folder)
    prepare_folder(tmp_path / "new" / "deep")
    assert names(tmp_path / "new" / "deep") == []


def test_source_is_not_replaced(tmp_path: Path) -> None:
    source = tmp_path / "a.ipynb"
    for path in (source, source.with_suffix(".md")):
        path.touch()
    (tmp_path / "other").mkdir()
    spare_source(source, tmp_path / "other")
    spare_source(source.with_suffix(".md"), tmp_path)
    with pytest.raises(NotebookError, match="choose another --out folder"):
        spare_source(source, tmp_path / "other" / "..")


def test_text_of_tagged_cells() -> None:
    outputs = [
        new_output("stream", name="stdout", text="1 2\n3 4\n"),
        new_output("stream", name="stderr", text="warning"),
        new_output("display_data", {"text/plain": "<Figure size 1x1>", "image/png": "eA=="}),
        new_output("execute_result", {"text/plain": "<object>"}),
    ]
    tagged, other = new_code_cell("a", outputs=outputs), new_code_cell("b", outputs=outputs[:1])
    tagged.metadata["tags"] = ["x", "summary"]
    notebook = new_notebook(cells=[tagged, other])
    assert tagged_text(notebook, "summary") == "1 2\n3 4\n<object>"
    check_tag(notebook, "summary")
    with pytest.raises(NotebookError, match="--show y: no code cell has this tag; tags: summary, x"):
        check_tag(notebook, "y")
