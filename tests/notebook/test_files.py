from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from regluon.notebook import NotebookError, dumps, read_notebook, write_atomic

OLD = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": "old"},
    "worksheets": [
        {
            "metadata": {},
            "cells": [
                {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Old"]},
                {
                    "cell_type": "code",
                    "collapsed": False,
                    "input": ["print(1)"],
                    "language": "python",
                    "metadata": {},
                    "outputs": [],
                },
            ],
        }
    ],
}
# As Jupyter wrote it before cells had ids, and as some tools still do under the newest version number.
NO_IDS = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "conda_mxnet_p36", "display_name": "mx", "language": "python"}},
    "cells": [
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": ["a\n", "b"]}
    ],
}


def sources(path: Path, content: str) -> list[tuple[str, str]]:
    path.write_text(content, encoding="utf-8")
    notebook = read_notebook(path)
    nbformat.validate(notebook)
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def test_ipynb_of_any_age(tmp_path: Path) -> None:
    assert sources(tmp_path / "a.ipynb", json.dumps(OLD)) == [("markdown", "## Old"), ("code", "print(1)")]
    assert sources(tmp_path / "b.ipynb", json.dumps(NO_IDS)) == [("code", "a\nb")]
    notebook = new_notebook(cells=[new_code_cell("1"), new_markdown_cell("权")])
    assert sources(tmp_path / "c.ipynb", dumps(notebook, ".ipynb")) == [("code", "1"), ("markdown", "权")]


def test_script_is_one_cell(tmp_path: Path) -> None:
    script = "import os\n\n\ndef f():\n    return 1\n\n\nprint(f())"
    assert sources(tmp_path / "a.py", script + "\n") == [("code", script)]


def test_percent_script(tmp_path: Path) -> None:
    script = '# %% [markdown]\n# # 题\n\n# %% tags=["parameters"]\n# %matplotlib inline\nx = 1\n\n# %%\nx\n'
    cells = [("markdown", "# 题"), ("code", "%matplotlib inline\nx = 1"), ("code", "x")]
    assert sources(tmp_path / "a.py", script) == cells
    notebook = read_notebook(tmp_path / "a.py")
    assert notebook.cells[1].metadata["tags"] == ["parameters"]
    assert dumps(notebook, ".py") == script


def test_markdown_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert sources(tmp_path / "a.md", "\ufeff# T\n\n```{.python .input}\n1\n```\n") == [
        ("markdown", "# T"),
        ("code", "1"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"x", r"a.txt: not a notebook; a notebook ends in .md, .ipynb, .py"),
        ("a.md", b"\xff\xfe\x00", "a.md: not a notebook: no UTF-8 text at byte 0"),
        ("a.md", b"```{.python .input}\n", "a.md: line 1: .* is never closed"),
        ("a.ipynb", b"", "not a notebook: the file does not hold JSON"),
        ("a.ipynb", b"{", "not a notebook: the file does not hold JSON"),
        ("a.ipynb", b"[]", "a.ipynb: not a notebook"),
        ("a.ipynb", b"null", "a.ipynb: not a notebook"),
        ("a.ipynb", b"{}", "a.ipynb: not a notebook"),
        ("a.ipynb", b'{"nbformat": 99}', "a.ipynb: not a notebook"),
        ("a.ipynb", b'{"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [3]}', "not a notebook"),
        ("a.ipynb", b'{"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [{}]}', "not a notebook"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotebookError, match=message):
        read_notebook(tmp_path / name)


def test_another_language_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(dumps(new_notebook(metadata={"language_info": {"name": "R"}}), ".ipynb"))
    with pytest.raises(NotebookError, match="a notebook in R; regluon runs Python"):
        read_notebook(path)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match=r"none.md: cannot be read: No such file"):
        read_notebook(tmp_path / "none.md")
    with pytest.raises(NotebookError, match="cannot be read: Is a directory"):
        read_notebook(tmp_path)


def test_write_atomic_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    write_atomic(path, "权重")
    write_atomic(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.md"]
    assert path.read_bytes() == b"new"
    with pytest.raises(NotebookError, match=r"b\.md"):
        write_atomic(path / "b.md", "x")
