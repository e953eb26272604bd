from __future__ import annotations

import io

from rich.console import Console

from regluon.notebook.progress import watcher

LONG = "value = [" + "x" * 100 + "]"


def shown(terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120, legacy_windows=False)
    with watcher(console, 2) as display:
        for number, line in enumerate(["plt.plot([red])", LONG], start=1):
            display.started(number, line)
            display.finished(number, 1.26)
            if terminal:
                display.progress.refresh()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_plain_lines_elsewhere() -> None:
    assert shown(terminal=False).splitlines() == [
        "cell 1/2     1.3 s  plt.plot([red])",
        f"cell 2/2     1.3 s  {LONG}",
    ]


def test_bar_in_a_terminal() -> None:
    text = shown(terminal=True)
    assert "cell 1/2" in text
    assert "plt.plot([red])" in text
    assert "x…" in text
    assert LONG not in text
