from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from regluon.notebook.mathml import formula

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


def text(tex: str) -> str:
    return "".join(ET.fromstring(formula(tex, display=False)).itertext())


def test_inline_and_display() -> None:
    assert ET.fromstring(formula("x", display=False)).get("display") == "inline"
    assert ET.fromstring(formula("x", display=True)).get("display") == "block"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\boldsymbol{w}", "𝒘"),
        (r"\boldsymbol{X}\boldsymbol{\theta}\boldsymbol{1}", "𝑿𝜽𝟏"),
        (r"\mathbf{x}^\top", "𝐱⊤"),
        (r"\mathbf{\Sigma}", "𝚺"),
        (r"\mathbb{R}", "ℝ"),
        (r"\text{权重} < 5", "权重<5"),
        (r"a \& b", "a&b"),
        (r"x \label{eq:x}", "x"),
    ],
)
def test_letters(tex: str, expected: str) -> None:
    assert text(tex) == expected


@pytest.mark.parametrize("name", ["aligned", "align*", "eqnarray", "split", "gathered", "bmatrix", "cases"])
def test_rows_of_an_environment(name: str) -> None:
    tree = ET.fromstring(formula(rf"\begin{{{name}}} a &= b \\ c &= d \end{{{name}}}", display=True))
    assert len(tree.findall(f".//{NAMESPACE}mtr")) == 2


@pytest.mark.parametrize("tex", [r"\unknown{x} < 1", r"\left( x", "", r"\frac"])
def test_what_cannot_be_translated_is_shown_as_it_is(tex: str) -> None:
    escaped = tex.replace("<", "&lt;")
    assert formula(tex, display=True) == f'<code class="tex">{escaped}</code>'
