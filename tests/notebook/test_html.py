from __future__ import annotations

import base64
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from regluon.notebook import page, read_notebook

CHAPTER = Path(__file__).parent / "chapter" / "chapter.md"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
PNG = base64.b64encode(b"\x89PNG").decode()
LOADING = {"img": "src", "script": "src", "iframe": "src", "link": "href", "source": "src", "video": "src"}


def soup_of(*cells: NotebookNode, folder: Path = CHAPTER.parent, stopped: str = "") -> BeautifulSoup:
    html = page(new_notebook(cells=list(cells)), "name", folder, stopped)
    return BeautifulSoup(html, "html.parser")


def shown(**data: object) -> NotebookNode:
    output = new_output("display_data", {kind.replace("_", "/"): value for kind, value in data.items()})
    return new_code_cell("show()", execution_count=4, outputs=[output])


def loaded(soup: BeautifulSoup) -> list[str]:
    """Addresses that a browser would load, other than those that hold their own content."""
    found = [
        str(tag.get(key)) for name, key in LOADING.items() for tag in soup.find_all(name) if tag.get(key)
    ]
    return [address for address in found if not address.startswith("data:")]


@pytest.fixture(scope="module")
def chapter() -> BeautifulSoup:
    html = page(read_notebook(CHAPTER), "chapter", CHAPTER.parent)
    return BeautifulSoup(html, "html.parser")


def test_page_of_a_chapter(chapter: BeautifulSoup) -> None:
    assert chapter.title is not None
    assert chapter.title.text == "抛硬币的频率"
    assert chapter.html is not None
    assert chapter.html["lang"] == "zh"
    assert [heading.text for heading in chapter.find_all(["h1", "h2"])] == ["抛硬币的频率", "设定", "小结"]
    assert "toss = coin.throw()" in chapter.text
    assert "%matplotlib inline" in chapter.text
    assert [link["href"] for link in chapter.find_all("a")] == ["https://example.com/law"]


def test_nothing_is_loaded(chapter: BeautifulSoup) -> None:
    assert loaded(chapter) == []
    assert chapter.find_all("script") == []
    policy = chapter.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy is not None
    assert str(policy["content"]).startswith("default-src 'none'; img-src data:;")


def test_images_of_the_prose(chapter: BeautifulSoup) -> None:
    (image,) = chapter.find_all("img")
    content = base64.b64decode(str(image["src"]).partition("base64,")[2])
    assert content == (CHAPTER.parent / "img" / "dot.svg").read_bytes()
    (missing,) = chapter.find_all(class_="missing")
    assert missing.text == "img: 没有这个文件 (../img/none.svg)"


def test_formulas_are_mathml(chapter: BeautifulSoup) -> None:
    displays = [formula["display"] for formula in chapter.find_all("math")]
    assert displays == ["inline", "inline", "block"]
    assert "$" not in chapter.text


def test_figures_are_inside() -> None:
    cells = [shown(**{"image_svg+xml": SVG}), shown(image_png=PNG), shown(image_jpeg=PNG)]
    images = soup_of(*cells).find_all("img")
    assert [image["alt"] for image in images] == ["figure of cell 4"] * 3
    kinds, contents = zip(*(str(image["src"]).split(";base64,") for image in images), strict=True)
    assert kinds == ("data:image/svg+xml", "data:image/png", "data:image/jpeg")
    assert base64.b64decode(contents[0]).decode() == SVG
    assert contents[1] == PNG


def test_outputs_of_every_kind() -> None:
    streams = [
        new_output("stream", name="stdout", text="a < b\n"),
        new_output("stream", name="stderr", text="w"),
    ]
    trace = new_output("error", ename="E", evalue="v", traceback=["\x1b[31mE\x1b[39m: v"])
    soup = soup_of(
        new_code_cell("x", outputs=[*streams, trace]),
        shown(text_html="<b id='rich'>rich</b>", text_plain="plain"),
        shown(text_latex=r"$\displaystyle x^2$"),
        shown(**{"application_vnd.jupyter.widget-view+json": {}, "text_plain": "widget"}),
    )
    assert [pre.text.strip() for pre in soup.find_all("pre")[1:4]] == ["a < b", "w", "E: v"]
    assert soup.find(class_="ansi-red-fg") is not None
    assert soup.find(id="rich") is not None
    assert len(soup.find_all("math")) == 1
    assert "widget" in soup.text
    assert "plain" not in soup.text


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://example.com/a.png">',
        '<script src="//example.com/a.js"></script>',
        '<link rel="stylesheet" href="http://example.com/a.css">',
        '<iframe src="https://example.com/"></iframe>',
        '<video><source src="a.mp4"></video>',
        '<img src="secret.txt">',
    ],
)
def test_what_would_be_loaded_is_named_instead(html: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("no image")
    for cell in (new_markdown_cell(html), shown(text_html=html)):
        soup = soup_of(cell, folder=tmp_path)
        assert loaded(soup) == []
        assert len(soup.find_all(class_="missing")) == 1


def test_attachments_of_a_cell() -> None:
    cell = new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": {"image/png": PNG}})
    (image,) = soup_of(cell).find_all("img")
    assert image["src"] == f"data:image/png;base64,{PNG}"


def test_title_and_language_without_prose() -> None:
    soup = soup_of(new_code_cell("# 注释"), stopped="Cell 1 failed: <x>")
    assert soup.title is not None
    assert soup.title.text == "name"
    assert soup.html is not None
    assert soup.html["lang"] == "en"
    assert [mark.text for mark in soup.find_all(class_="stopped")] == ["Cell 1 failed: <x>"]
