"""The command ``regluon check``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from regluon.check.findings import Finding, Report, check_file
from regluon.check.sources import files
from regluon.usage import UsageError

__all__ = ["check"]

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE_OR_FOLDER", help="Programs (.py), notebooks (.ipynb, .md), folders of them."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")]

_COLOURS = {"missing": "red", "gap": "red", "senseless": "red", "unknown": "magenta", "deviates": "yellow"}
_WORDS = {"senseless": "no sense here", "unknown": "not in MXNet"}


def check(paths: Paths, *, as_json: Json = False) -> None:
    """Tell which of the MXNet names in programs are not there, or deviate, without running them.

    The exit code is 0 if everything is there, 1 if something is not, and 2 if a file could not be read.
    """
    reports: list[Report] = []
    unread: list[str] = []
    for path in [file for given in paths for file in files(given)]:
        try:
            reports.append(check_file(path))
        except UsageError as error:
            unread.append(str(error))
    if as_json:
        _print_json(reports, unread)
    else:
        _print_text(Console(), reports)
    for message in unread:
        print(f"regluon: {message}", file=sys.stderr)
    absent = any(finding.absent for report in reports for finding in report.findings)
    if unread or absent:
        raise typer.Exit(2 if unread else 1)


def _print_json(reports: list[Report], unread: list[str]) -> None:
    found = [asdict(finding) for report in reports for finding in report.findings]
    uses = sum(report.uses for report in reports)
    names = len({name for report in reports for name in report.names})
    text = {"files": len(reports), "uses": uses, "names": names, "findings": found, "unread": unread}
    print(json.dumps(text, ensure_ascii=False, indent=2))


def _print_text(console: Console, reports: list[Report]) -> None:
    findings = [finding for report in reports for finding in report.findings]
    if console.is_terminal:
        for file, group in groupby(findings, key=lambda finding: finding.file):
            console.print(_table(file, list(group)))
    else:
        for finding in findings:
            console.print(_line(finding), markup=False, highlight=False, soft_wrap=True)
    console.print(_summary(reports, findings), soft_wrap=True)


def _place(finding: Finding) -> str:
    """The line; of a ``.ipynb``, the cell and the line in it."""
    inside = finding.file.endswith(".ipynb")
    return f"cell {finding.cell}:{finding.line}" if inside else str(finding.line)


def _words(finding: Finding) -> str:
    return _WORDS.get(finding.state, finding.state)


def _line(finding: Finding) -> str:
    alternative = f"; {_offer(finding)}" if finding.alternative else ""
    return (
        f"{finding.file}:{_place(finding)}: {finding.name}: {_words(finding)}: {finding.reason}{alternative}"
    )


def _offer(finding: Finding) -> str:
    verb = "is it" if finding.state == "unknown" else "use"
    return f"{verb} {finding.alternative}" + "?" * (finding.state == "unknown")


def _table(file: str, findings: list[Finding]) -> Table:
    table = Table(title=file, title_justify="left", title_style="bold")
    for heading in ("line", "name", "", "reason", "alternative"):
        table.add_column(heading, justify="right" if heading == "line" else "left", overflow="fold")
    for finding in findings:
        state = Text(_words(finding), style=_COLOURS[finding.state])
        table.add_row(_place(finding), finding.name, state, finding.reason, finding.alternative)
    return table


def _summary(reports: list[Report], findings: list[Finding]) -> Text:
    names = {name for report in reports for name in report.names}
    total = sum(report.uses for report in reports)
    what = f"{_count(len(reports), 'file')}, {_count(total, 'use')} of {_count(len(names), 'name')}"
    by_state = {state: {f.name for f in findings if f.state == state} for state in _COLOURS}
    parts = [_named(len(n), s) for s, n in by_state.items() if n]
    absent = any(finding.absent for finding in findings)
    text = f"{what}: {', '.join(parts) if parts else 'everything is there'}"
    return Text(text, style="bold red" if absent else "bold green")


def _named(number: int, state: str) -> str:
    verb = "deviate" if state == "deviates" and number > 1 else _WORDS.get(state, state)
    return f"{_count(number, 'name')} {verb}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
