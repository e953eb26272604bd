"""TeX formulas as MathML, which browsers show by themselves: no script, no font, no network."""

from __future__ import annotations

import re
from html import escape, unescape

from latex2mathml.converter import convert

__all__ = ["formula"]

_ENVIRONMENTS = {
    "aligned": "split",
    "alignedat": "split",
    **dict.fromkeys(("eqnarray", "gather", "gathered"), "align"),
}
_VARIANT = re.compile(r'<(mi|mn) mathvariant="(bold|bold-italic)">(&#x[0-9A-Fa-f]+;|.)</')
_UNKNOWN = re.compile(r"<m[io][^>]*>\\")
# Where the bold (upright, italic) forms of a run of characters begin in Unicode.
_RUNS = (
    ("A", "Z", 0x1D400, 0x1D468),
    ("a", "z", 0x1D41A, 0x1D482),
    ("0", "9", 0x1D7CE, 0x1D7CE),
    ("Α", "Ω", 0x1D6A8, 0x1D71C),
    ("α", "ω", 0x1D6C2, 0x1D736),
)


def formula(tex: str, display: bool) -> str:
    """``<math>`` element of a formula; its source, marked as such, where it cannot be translated."""
    plain = re.sub(r"\\(begin|end)\{(\w+)(\*?)\}", _known_environment, tex.strip())
    plain = re.sub(r"\\(label|nonumber|notag)(\{[^}]*\})?", "", plain)
    try:
        mathml = convert(plain, display="block" if display else "inline")
    except Exception:  # the library's errors share no class of their own
        mathml = ""
    if not mathml or _UNKNOWN.search(mathml):
        return f'<code class="tex">{escape(tex.strip())}</code>'
    mathml = mathml.replace("<mi>&</mi>", "<mi>&amp;</mi>")
    mathml = mathml.replace('width="negativethinmathspace"', 'width="-0.167em"')
    return _VARIANT.sub(lambda match: f"<{match[1]}>{_bold(unescape(match[3]), match[2])}</", mathml)


def _known_environment(match: re.Match[str]) -> str:
    name = _ENVIRONMENTS.get(match[2], match[2])
    return f"\\{match[1]}{{{name}{match[3]}}}"


def _bold(letter: str, variant: str) -> str:
    """MathML Core has no variant but "normal": bold letters are characters of their own."""
    for first, last, upright, italic in _RUNS:
        if first <= letter <= last:
            return chr((italic if variant == "bold-italic" else upright) + ord(letter) - ord(first))
    return letter
