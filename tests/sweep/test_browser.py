"""The page of a sweep in Chromium: a file, without a network."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from regluon.sweep.page import page
from sweep.browser import CHROMIUM, Page
from sweep.runs import diverging, results

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found")
KEPT = Path(__file__).parents[2] / "build" / "pictures"
CURVE = "document.querySelector('#curves [data-curve=test_loss]').getAttribute('d')"
BARS = (
    "[...document.querySelectorAll('#weights [data-weight]')].map((bar) => bar.getAttribute('height')).join()"
)
SHOWN = "document.getElementById('shown-0').value"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "sweep.html"
    path.write_text(page(results(), "A net & <its> weights over wd"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def wide(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("chromium"), file.as_uri(), 1100, 800) as opened:
        yield opened
        assert opened.messages == []


def test_it_begins_with_the_best_value_and_says_so(wide: Page) -> None:
    assert wide.run(SHOWN) == "1"
    assert wide.run("document.getElementById('best').textContent").startswith(
        "Best wd = 1 · median test_loss 0.1"
    )
    assert wide.run("document.querySelector('h1').textContent") == "A net & <its> weights over wd"
    assert wide.run("document.querySelectorAll('#final circle').length") == 4 * 4


def test_the_slider_moves_curves_weights_and_table_by_keys(wide: Page) -> None:
    def state() -> tuple[str, ...]:
        row = "document.querySelector('tr[aria-current] td').textContent"
        return tuple(wide.run(script) for script in (SHOWN, CURVE, BARS, row))

    wide.run("document.getElementById('value-0').focus()")
    wide.press("Home", 36)
    before = state()
    assert before[0] == before[3] == "0"
    wide.press("ArrowRight", 39)
    after = state()
    assert after[0] == after[3] == "0.3"
    assert before[1] != after[1]
    assert before[2] != after[2]
    assert re.fullmatch(r"M[\d.]+ [\d.]+(L[\d.]+ [\d.]+){4}", after[1])
    assert wide.run("location.hash") == "#wd=0.3"
    assert wide.run("document.getElementById('value-0').getAttribute('aria-valuetext')") == "wd = 0.3"
    wide.press("ArrowLeft", 37)
    assert state() == before


def test_one_seed_is_shown_alone(wide: Page) -> None:
    before = wide.run(CURVE)
    choose = "document.getElementById('seed').value = '2'"
    tell = "document.getElementById('seed').dispatchEvent(new Event('change'))"
    wide.run(f"{choose}; {tell}")
    assert wide.run(CURVE) != before
    assert "seed=20" in wide.run("location.hash")
    wide.run(f"{choose.replace('2', '-1')}; {tell}")
    assert wide.run(CURVE) == before


def test_the_address_says_what_is_shown(wide: Page) -> None:
    before = wide.run(CURVE)
    change = "addEventListener('hashchange', done, { once: true }); location.hash = 'wd=3'"
    wide.run(f"new Promise((done) => {{ {change} }})")
    assert wide.run(SHOWN) == "3"
    assert wide.run(CURVE) != before


@pytest.mark.parametrize(("name", "width", "dark"), [("wide", 1100, False), ("phone", 390, True)])
def test_a_picture_is_kept_and_nothing_is_cut_off(
    file: Path, tmp_path: Path, name: str, width: int, dark: bool
) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    with Page(tmp_path, file.as_uri() + "#wd=0.3", width, 800, dark) as opened:
        assert opened.run(OVERFLOW) <= 0
        texts = "[...document.querySelectorAll('svg text')].map((t) => [t.getBoundingClientRect().left, "
        edges = opened.run(texts + "t.getBoundingClientRect().right]).flat()")
        assert min(edges) >= 0
        assert max(edges) <= width
        sizes = opened.run(
            "[...document.querySelectorAll('input, select')].map((e) => e.getBoundingClientRect().height)"
        )
        assert min(sizes) >= 12
        picture = tmp_path / f"sweep-{name}.png"
        opened.picture(picture)
        assert opened.messages == []
        opened.run("console.error('this is seen')")
        assert opened.messages == ["this is seen"]
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture.stat().st_size > 10_000
    shutil.copyfile(picture, KEPT / picture.name)


def test_runs_that_diverged_are_seen(tmp_path: Path) -> None:
    file = tmp_path / "sweep.html"
    file.write_text(page(diverging(), "Runs that diverged"), encoding="utf-8")
    rows = (
        "[...document.querySelectorAll('#table tbody tr')].map((r) => [...r.cells].map((c) => c.textContent))"
    )
    arrows = "[...document.querySelectorAll('#final .diverged title')].map((t) => t.textContent)"
    with Page(tmp_path / "profile", f"{file.as_uri()}#wd=10", 1100, 800) as opened:
        table = opened.run(rows)
        assert [row[1] for row in table] == ["5", "5", "5", "4", "5"]
        assert table[4][2:4] == ["diverged", "diverged"]
        assert opened.run(arrows) == [
            f"wd = 10: {name} diverged" for name in ("train_loss", "test_loss", "‖w‖")
        ]
        assert re.fullmatch(r"M[\d.]+ [\d.]+L[\d.]+ [\d.]+", opened.run(CURVE))  # two of five epochs
        shades = opened.run("[...document.querySelectorAll('#curves .band')].map((b) => b.getAttribute('d'))")
        assert all(f" {edge}" in shade for shade in shades for edge in ("12.0",))  # up to the edge
        opened.run("document.getElementById('seed').value = '0'")
        opened.run("document.getElementById('seed').dispatchEvent(new Event('change'))")
        assert "diverged" in opened.run("document.getElementById('table').textContent")
        assert opened.messages == []
