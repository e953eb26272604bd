from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from regluon.notebook import NotebookError, reads, writes

CHAPTER = (Path(__file__).parent / "chapter" / "chapter.md").read_text(encoding="utf-8")
FRAGMENTS = """\
```|````|~~~|~|`|{.python .input}|{.raw .input}|```{.python .input n=2 tags=a,b}|```python|<!--|-->|x = 1
权重|"|'|{|}|    | ||```{.python .input  caption="a b"}|{.python .input  n=1}|$$""".replace("\n", "|").split(
    "|"
)


def kinds(text: str) -> list[str]:
    return [cell.cell_type for cell in reads(text).cells]


def test_chapter_in_the_books_form() -> None:
    notebook = reads(CHAPTER)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert kinds(CHAPTER) == ["markdown", "code", "markdown", "code", "code", "markdown", "code", "markdown"]
    assert code[0].source.startswith("import sys\nsys.path.insert(0, '..')\n\n%matplotlib inline\n")
    assert code[0].source.endswith("import numpy as np")
    assert [cell.metadata.get("tags", []) for cell in code] == [[], [], [], ["summary"]]
    assert "```python\ntoss = coin.throw()\n```" in notebook.cells[2].source
    assert writes(notebook) == CHAPTER


def test_round_trip_through_an_ipynb_file() -> None:
    stored = nbformat.writes(reads(CHAPTER))
    assert writes(nbformat.reads(stored, as_version=4)) == CHAPTER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "  \n\n",
        "no newline at the end",
        "```{.python .input}\n```",
        "```{.python .input}\n\n```\n",
        "````{.python .input   n=7 .extra #id}\na\n\n\n`````  \n\n\n\n\ntext\n \n",
        "a\r\n\r\n```{.python .input  n=1}\r\n1\r\n```\r\n",
        "a\n```{.python .input  n=1}\n1\n```\n```{.python .input  n=9}\n2\n```\nb\n",
        "```{.raw .input}\nraw\n```\n",
    ],
)
def test_what_markdown_can_say_in_several_ways_is_kept(text: str) -> None:
    assert writes(reads(text)) == text


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from([*FRAGMENTS, "\n", "\n\n"]), max_size=16).map("".join))
def test_any_text_comes_back_or_is_refused(text: str) -> None:
    try:
        notebook = reads(text)
    except NotebookError:
        return
    nbformat.validate(notebook)
    assert writes(notebook) == text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("ab `\n#权~{}.\"'", max_size=20), st.sampled_from([[], ["a", "b"]])), max_size=4
    )
)
def test_any_source_and_tags_come_back(cells: list[tuple[str, list[str]]]) -> None:
    notebook = new_notebook()
    for source, tags in cells:
        code = new_code_cell(source, metadata={"tags": tags} if tags else {})
        notebook.cells += [code, new_markdown_cell("*text*"), new_raw_cell(source)]
    back = reads(writes(notebook))
    assert [(cell.cell_type, cell.source) for cell in back.cells] == [
        (cell.cell_type, cell.source) for cell in notebook.cells
    ]
    assert [cell.metadata.get("tags", []) for cell in back.cells[::3]] == [tags for _, tags in cells]


def test_edited_cells_keep_their_fence() -> None:
    notebook = reads("```{.python .input  n=5 tags=old}\nx\n```\n")
    notebook.cells[0].source = "y"
    notebook.cells[0].metadata["tags"] = ["new", "other"]
    assert writes(notebook) == "```{.python .input  n=5 tags=new,other}\ny\n```\n"
    notebook.cells[0].metadata["tags"] = []
    assert writes(notebook) == "```{.python .input  n=5}\ny\n```\n"


def test_new_cells_get_the_books_fence() -> None:
    notebook = new_notebook(
        cells=[new_code_cell("1"), new_markdown_cell("a"), new_markdown_cell("b"), new_code_cell("2")]
    )
    first, second = "```{.python .input  n=1}\n1\n```\n", "```{.python .input  n=2}\n2\n```\n"
    assert writes(notebook) == f"{first}\na\n\nb\n\n{second}"


def test_what_is_no_cell() -> None:
    assert kinds("<!-- off\n```{.python .input}\n1\n```\n-->\n") == ["markdown"]
    assert kinds("````\n```{.python .input}\n1\n```\n````\n") == ["markdown"]
    assert kinds("```{.r .input}\n1\n```\n\n```{.python}\n1\n```\n") == ["markdown"]
    assert kinds("see ```{.python .input}``` there\n") == ["markdown"]


def test_output_blocks_become_outputs() -> None:
    block = '```{.json .output n=1}\n[{"output_type": "stream", "name": "stdout", "text": "1\\n"}]\n```\n'
    code = "```{.python .input  n=1}\nprint(1)\n```\n"
    notebook = reads(f"{code}\n{block}\ntext\n")
    nbformat.validate(notebook)
    assert notebook.cells[0].outputs[0].text == "1\n"
    assert writes(notebook) == f"{code}\ntext\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n```{.python .input}\nx\n", "line 2: .* is never closed"),
        ("```{.python .input}\nx\n\n```{.python .input}\ny\n```\n", "line 1: .* before the cell .* line 4"),
        ("```python\nx\n\n```{.python .input}\ny\n```\n", "line 1: .* before the cell .* line 4"),
        ("```{.json .output}\n[]\n```\n", "line 1: an output block comes before any code cell"),
        (
            "```{.python .input}\n```\n```{.json .output}\n[{]\n```\n",
            "line 3: not a list of notebook outputs",
        ),
        (
            "```{.python .input}\n```\n```{.json .output}\n[{}]\n```\n",
            "line 3: not a list of notebook outputs",
        ),
        ("```{.python .input}\n```\n```{.json .output}\n3\n```\n", "line 3: not a list of notebook outputs"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(NotebookError, match=message):
        reads(text)
