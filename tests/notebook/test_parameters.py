from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from regluon.notebook import NotebookError
from regluon.notebook.parameters import apply, settable


def notebook_of(*sources: str, parameters: int | None = None) -> NotebookNode:
    notebook = new_notebook(cells=[new_markdown_cell("lr = 9"), *map(new_code_cell, sources)])
    if parameters is not None:
        notebook.cells[parameters + 1].metadata["tags"] = ["parameters"]
    return notebook


def result(source: str, *settings: str) -> str:
    notebook = notebook_of(source)
    apply(notebook, settings)
    return str(notebook.cells[1].source)


@pytest.mark.parametrize(
    ("source", "setting", "expected"),
    [
        ("lr = 0.1  # 学习率", "lr=3e-3", "lr = 0.003  # 学习率"),
        ("学习率 = 1; lr = 0.1", "lr=2", "学习率 = 1; lr = 2"),
        ("epochs, (lr, wd) = 5, (0.1, 0)", "wd=5", "epochs, (lr, wd) = 5, (0.1, 5)"),
        ("lr: float = 0.1", "lr=1", "lr: float = 1"),
        ("shape = (2,\n         3)\nx = 1", "shape=4, 5", "shape = (4, 5)\nx = 1"),
        ("a, b = 1, 2", "a=3, 4", "a, b = (3, 4), 2"),
        ("%matplotlib inline\n!ls\nnd.array?\nlr = 1", "lr=2", "%matplotlib inline\n!ls\nnd.array?\nlr = 2"),
        ("%%time\nlr = 1", "lr=2", "%%time\nlr = 2"),
        ("ctx = try_gpu()", "ctx=mx.cpu()", "ctx = mx.cpu()"),
        ("name = 'sgd'", "name=adam", "name = 'adam'"),
        ("path = 'a'", "path=../b c", "path = '../b c'"),
        ("name = 'sgd'", "name='adam'", "name = 'adam'"),
        ("lr = 1", "lr=2  # faster", "lr = 2"),
        ("lr = 1\nlr = lr * 2\nlr = 3", "lr=5", "lr = 5\nlr = lr * 2\nlr = 5"),
        ("lr = 1\ndef f():\n    lr = 2", "lr=5", "lr = 5\ndef f():\n    lr = 2"),
    ],
)
def test_right_hand_side_is_replaced(source: str, setting: str, expected: str) -> None:
    assert result(source, setting) == expected


def test_every_cell_that_assigns_the_name() -> None:
    notebook = notebook_of("lr = 1", "print(lr)", "lr = 2")
    assert apply(notebook, ["lr=7"]) == {"lr": "7"}
    assert [cell.source for cell in notebook.cells] == ["lr = 9", "lr = 7", "print(lr)", "lr = 7"]


def test_only_cells_tagged_parameters_where_there_are_any() -> None:
    notebook = notebook_of("lr = 1", "lr = 2\nwd = 3", parameters=1)
    apply(notebook, ["lr=7"])
    assert [cell.source for cell in notebook.cells[1:]] == ["lr = 1", "lr = 7\nwd = 3"]


def test_settable_names() -> None:
    code = (
        "a = b = 1\nc = 2\nd += 1\ne[0] = 1\nf.g = 2\nh, *i = 1, 2\nj = j + 1",
        "c = 3\nk: int\nl = 4",
        "1 +",
        "%%bash\nm=5",
    )
    assert settable(notebook_of(*code)) == ["c", "l"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("lr", "expected name=value"),
        ("=3", "expected name=value"),
        ("a.b=3", "expected name=value"),
        ("rate=3", "assigns no 'rate'; it assigns: lr, name$"),
        ("lr=", "'' is not a Python expression"),
        ("lr=1 +", "'1 \\+' is not a Python expression"),
        ("lr=import os", "is not a Python expression"),
        ("lr=*a", "is not a Python expression"),
    ],
)
def test_refused(setting: str, message: str) -> None:
    with pytest.raises(NotebookError, match=message):
        apply(notebook_of("lr = 0.1\nname = 'sgd'"), [setting])


def test_nothing_to_set() -> None:
    with pytest.raises(NotebookError, match="it assigns: none"):
        apply(notebook_of("print(1)"), ["lr=1"])
