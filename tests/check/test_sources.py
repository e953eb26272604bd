from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from regluon.check import files, pieces
from regluon.usage import UsageError

MARKDOWN = """# 标题

```{.python .input  n=1}
%matplotlib inline
x = 1
```

```python
no code
```

````{.python .input}
!ls
y = f(
    x)
```
````

```{.json .output n=1}
[]
```
"""


def names(text: str, suffix: str) -> list[tuple[int, int, str]]:
    """Cell, line and name of every name that is assigned."""
    return [
        (piece.cell, node.lineno, node.id)
        for piece in pieces(text, suffix)
        for node in ast.walk(piece.tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]


def test_markdown_cells_have_the_lines_of_the_file() -> None:
    text = MARKDOWN.replace("```\n````", "````")
    assert names(text, ".md") == [(1, 5, "x"), (2, 14, "y")]


def notebook(*sources: object) -> str:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "x = "}, *cells]})


def test_cells_of_a_notebook() -> None:
    text = notebook(["a = 1\n", "b = 2"], "%%bash\nc = (", "%%time\nd = 4", "  \n?e\ne?\nf = 5")
    assert names(text, ".ipynb") == [(1, 1, "a"), (1, 2, "b"), (3, 2, "d"), (4, 4, "f")]


def test_notebooks_of_version_3() -> None:
    text = json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": "a = 1"}]}]})
    assert names(text, ".ipynb") == [(1, 1, "a")]


@pytest.mark.parametrize(
    ("text", "suffix", "message"),
    [
        ("x = 1\nprint 'x'\n", ".py", "^line 2: no Python 3: Missing parentheses"),
        (notebook("a = 1", "x = (\n"), ".ipynb", "^cell 2, line 1: no Python 3: "),
        ("text\n```{.python .input}\n\nif x\n```\n", ".md", "^cell 1, line 4: no Python 3: "),
        ("{", ".ipynb", "^not a notebook: "),
        ("[]", ".ipynb", "^not a notebook: "),
        ('{"cells": [3]}', ".ipynb", "^not a notebook: "),
    ],
)
def test_what_is_no_code(text: str, suffix: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        pieces(text, suffix)


def test_files_of_a_folder(tmp_path: Path) -> None:
    kept = ["a.py", "b/c.ipynb", "b/d.md"]
    for name in [*kept, "e.txt", ".git/f.py", "b/.ipynb_checkpoints/c.ipynb", "__pycache__/a.py"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.touch()
    assert files(tmp_path) == [tmp_path / name for name in kept]
    assert files(tmp_path / "a.py") == [tmp_path / "a.py"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.py", "cannot be read"),
        ("e.txt", "not a program or a notebook"),
        ("empty", "no .py, .ipynb, .md"),
    ],
)
def test_what_cannot_be_checked(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "e.txt").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=message):
        files(tmp_path / name)
