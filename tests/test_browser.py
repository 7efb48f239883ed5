"""The built site in a real browser: no error, no request to another host, no sideways scroll, the right drawings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser import HOW_TO_GET_IT, find_browser

from smallcaps.book.parameters import CHAPTERS

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
BROWSER = find_browser()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("site"),
    pytest.mark.skipif(BROWSER is None and not os.environ.get("CI"), reason=HOW_TO_GET_IT),
]

MODES = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 390), "dark phone": ("dark", 390)}
PAGES = ("index", *CHAPTERS, "claims", "robustness", "methods", "data", "about", "references", "search", "404")
QUICK = {("index", "light"), ("index", "dark phone"), (next(iter(CHAPTERS)), "dark"), (next(iter(CHAPTERS)), "phone")}
CASES = [
    pytest.param(page, mode, id=f"{page}, {mode}", marks=[] if (page, mode) in QUICK else [pytest.mark.slow])
    for page in PAGES
    for mode in MODES
]


@pytest.mark.parametrize(("page", "mode"), CASES)
def test_page_in_mode(browser, page, mode):
    scheme, width = MODES[mode]
    complaints, foreign = [], []
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else foreign.append(asked.url))
    try:
        tab.goto((SITE / f"{page}.html").as_uri())
        tab.wait_for_load_state("networkidle")
        assert complaints == []
        assert foreign == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
        assert page == "404" or tab.evaluate("document.documentElement.dataset.theme") == scheme
        shown = tab.evaluate(
            """() => [...document.querySelectorAll('.sc-figure')].map(figure =>
                [...figure.querySelectorAll('img')].filter(image => image.offsetParent !== null)
                    .map(image => ({name: image.src.split('/').pop(), loaded: image.naturalWidth > 0})))"""
        )
        variant = f"-{scheme}-narrow.svg" if width < 560 else f"-{scheme}.svg"
        for images in shown:
            assert len(images) == 1, "one drawing of four is shown"
            assert images[0]["name"].endswith(variant)
        loaded = tab.evaluate(
            """async () => { for (const image of document.images) image.loading = 'eager';
                await Promise.all([...document.images].filter(i => i.offsetParent).map(i => i.decode()));
                return true; }"""
        )
        assert loaded
    finally:
        tab.close()


def test_lines_have_60_to_75_characters(browser):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        for page in ("value_rotation", "methods", "about"):
            tab.goto((SITE / f"{page}.html").as_uri())
            found = tab.evaluate(
                """() => [...document.querySelectorAll('.bd-article section > p')].map(p => {
                    const lines = Math.round(p.offsetHeight / parseFloat(getComputedStyle(p).lineHeight));
                    return [p.innerText.length, lines]; }).filter(([, lines]) => lines > 3)"""
            )
            assert found, page
            # The last line of a paragraph is half full, more or less.
            assert 60 <= sum(n for n, _ in found) / sum(lines - 0.5 for _, lines in found) <= 75, page
    finally:
        tab.close()


SHIFTS = """window.shifted = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shifted += entry.value })
    .observe({type: 'layout-shift', buffered: true})"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", ["index", "value_rotation"])
def test_nothing_moves_once_it_is_shown(browser, page, width):
    tab = browser.new_page(viewport={"width": width, "height": 900})
    try:
        tab.add_init_script(SHIFTS)
        tab.goto((SITE / f"{page}.html").as_uri())
        tab.wait_for_load_state("networkidle")
        for _ in range(6):  # drawings that come as one reads on have their place
            tab.evaluate("window.scrollBy({top: 800, behavior: 'instant'})")
            tab.wait_for_timeout(60)
        assert tab.evaluate("window.shifted") < 0.02
    finally:
        tab.close()


def test_a_link_to_the_code_of_a_figure_opens_its_fold(browser):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        tab.goto((SITE / "rate_sensitivity.html").as_uri())
        link = tab.locator(".sc-figure a", has_text="Code").first
        cell = tab.locator(link.get_attribute("href"))
        assert not cell.is_visible()
        link.click()
        cell.wait_for(state="visible", timeout=3000)
        assert 0 <= cell.bounding_box()["y"] < 900
    finally:
        tab.close()


def test_a_note_stands_in_the_margin_of_a_wide_screen_and_nowhere_else(browser):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        tab.goto((SITE / "rate_sensitivity.html").as_uri())
        boxes = "() => [...document.querySelectorAll('.sc-note')].map(n => n.getBoundingClientRect().toJSON())"
        notes = tab.evaluate(boxes)
        assert 1 <= len(notes) <= 3
        right = tab.evaluate("Math.max(...[...document.querySelectorAll('section > p')].map(p => p.offsetWidth + 272))")
        assert min(note["left"] for note in notes) >= right
        assert max(note["right"] for note in notes) <= tab.locator("#pst-secondary-sidebar").bounding_box()["x"]
        tab.set_viewport_size({"width": 1000, "height": 900})
        assert {note["width"] for note in tab.evaluate(boxes)} == {0}
    finally:
        tab.close()


def test_a_claim_has_the_colour_of_its_verdict(browser):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        tab.goto((SITE / "rate_sensitivity.html").as_uri())
        cards = tab.evaluate(
            """() => [...document.querySelectorAll('details.sc-claim')].map(card => [
                getComputedStyle(card).borderLeftColor, parseFloat(getComputedStyle(card).borderLeftWidth),
                getComputedStyle(card.querySelector('.sc-verdict')).color])"""
        )
        assert len({border for border, _, _ in cards}) > 2
        assert all(border == text and wide >= 3 for border, wide, text in cards)
    finally:
        tab.close()
