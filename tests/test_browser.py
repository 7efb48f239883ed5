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
