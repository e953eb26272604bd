"""The pages for readers: their examples come out as shown, and their links lead somewhere."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mxnet as mx
from regluon.ops.registry import OPERATORS
from test_layers import MODULES, ROWS, unit

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])
WITH_EXAMPLES = [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")]
LINK = re.compile(r"""\]\(([^)\s]+)\)|<img [^>]*src="([^"]+)\"""")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture
def _operators() -> Iterator[None]:
    """Takes away what an example registers."""
    before = dict(OPERATORS)
    yield
    OPERATORS.clear()
    OPERATORS.update(before)


@pytest.mark.usefixtures("_operators")
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name)
def test_examples(page: Path) -> None:
    mx.random.seed(0)
    text = re.sub("^```.*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    example = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(example, out=report.append)
    assert runner.failures == 0, "".join(report)
    assert runner.tries > 0


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links(page: Path) -> None:
    text = re.sub("^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = [a or b for a, b in LINK.findall(text)]
    inside = [link.partition("#")[0] for link in found if not re.match(r"https?:|#", link)]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_there_are_examples() -> None:
    found = set(map(name, WITH_EXAMPLES))
    assert found >= {f"docs/{n}.md" for n in ("deviations", "getting-started", "adding-an-operator")}


def test_the_layers_are_those_of_the_import_rule() -> None:
    section = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("\n## ")[1]
    rows = re.findall(r"^\| ([^|]*`[^|]*) \|", section, re.MULTILINE)
    assert [tuple(re.findall(r"`(\w+)`", row)) for row in rows] == ROWS
    known = {unit(module) for module in MODULES}
    later = set(re.findall(r"\(`(\w+)`\)", section))
    assert later == {name for row in ROWS for name in row} - known


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info < (3, 11), reason="Sphinx is for Python 3.11 or newer")
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    options = ["-b", "html", "-W", "--keep-going", "-q"]
    command = [sys.executable, "-m", "sphinx", *options, str(ROOT / "docs"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (
        "Σ_{c, k} data[n, c, p stride + k dilate - pad]" in (tmp_path / "reference/ndarray.html").read_text()
    )
    loaded = re.compile(r"""<(?:script|img|link)[^>]*(?:src|href)="https?:""")
    assert [page for page in tmp_path.rglob("*.html") if loaded.search(page.read_text())] == []
