"""Every page by axe-core's rules, in light and dark, and what rules do not see: the way of the keyboard."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from browser import HOW_TO_GET_IT, find_browser
from bs4 import BeautifulSoup

from smallcaps.book.mend import describe, mend

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
AXE = ROOT / "tests" / "web" / "node_modules" / "axe-core" / "axe.min.js"
HOW_TO_GET_AXE = "axe-core is not there: `make web` installs it from npm (tests/web/package.json)"
QUICK = {("index", "light"), ("rate_sensitivity", "dark")}
WIDTHS = {"light": 1280, "dark": 390}

in_browser = [
    pytest.mark.browser,
    pytest.mark.xdist_group("site"),
    pytest.mark.skipif(find_browser() is None and not os.environ.get("CI"), reason=HOW_TO_GET_IT),
]


def pages() -> list[str]:
    """The pages of the contents and the search page, without a built site at hand."""
    import yaml

    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [
        contents["root"],
        *(page["file"] for part in contents["parts"] for page in part["chapters"]),
        "search",
        "404",
    ]


CASES = [
    pytest.param(page, mode, id=f"{page}, {mode}", marks=[] if (page, mode) in QUICK else [pytest.mark.slow])
    for page in pages()
    for mode in WIDTHS
]


class TestInABrowser:
    pytestmark = in_browser

    @pytest.mark.skipif(not AXE.exists() and not os.environ.get("CI"), reason=HOW_TO_GET_AXE)
    @pytest.mark.parametrize(("page", "mode"), CASES)
    def test_axe_finds_no_violation(self, browser, page, mode):
        assert AXE.exists(), HOW_TO_GET_AXE
        tab = browser.new_page(viewport={"width": WIDTHS[mode], "height": 900}, color_scheme=mode)
        try:
            tab.goto((SITE / f"{page}.html").as_uri())
            tab.evaluate("() => { for (const folded of document.querySelectorAll('details')) folded.open = true }")
            tab.evaluate(AXE.read_text(encoding="utf-8"))
            found = tab.evaluate("() => axe.run(document)")["violations"]
            assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == []
        finally:
            tab.close()

    def test_the_first_tab_stop_skips_to_the_text(self, browser):
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        try:
            tab.goto((SITE / "rate_sensitivity.html").as_uri())
            tab.keyboard.press("Tab")
            assert tab.evaluate("document.activeElement.textContent") == "Skip to main content"
            box = tab.evaluate(
                "(() => { const b = document.activeElement.getBoundingClientRect(); return [b.top, b.width] })()"
            )
            assert box[0] > -1 and box[1] > 50, "the skip link shows when it has the focus"
            tab.keyboard.press("Enter")
            assert tab.evaluate("document.activeElement.id") == "main-content"
        finally:
            tab.close()

    def test_the_focus_is_seen_on_every_stop(self, browser):
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        try:
            tab.goto((SITE / "index.html").as_uri())
            for _ in range(25):
                tab.keyboard.press("Tab")
                style = tab.evaluate(
                    "(() => { const s = getComputedStyle(document.activeElement);"
                    "return [document.activeElement.tagName, s.outlineStyle, parseFloat(s.outlineWidth)] })()"
                )
                assert style[0] == "BODY" or (style[1] != "none" and style[2] >= 2), style
        finally:
            tab.close()

    def test_who_wants_no_motion_gets_none(self, browser):
        tab = browser.new_page(reduced_motion="reduce")
        try:
            tab.goto((SITE / "index.html").as_uri())
            moving = tab.evaluate(
                "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
                "return s.transitionDuration.split(', ').some(t => parseFloat(t) > 0)"
                "|| s.scrollBehavior === 'smooth' }).length"
            )
            assert moving == 0
        finally:
            tab.close()


# The mending itself, on small pages


def mended(body: str, head: str = "") -> BeautifulSoup:
    html = f"<html lang='en'><head>{head}</head><body>{body}</body></html>"
    return BeautifulSoup(mend(html), "html.parser")


def test_a_table_from_markdown_gets_scopes_and_a_box():
    table = "<table><thead><tr><th></th><th>High</th></tr></thead><tbody><tr><td>x</td><td>1</td></tr></tbody></table>"
    page = mended(f"<article><h2>How sure#</h2>{table}</article>")
    assert [head.get("scope") for head in page.select("th")] == ["col", "row"]
    box = page.select_one(".sc-scroll")
    assert (box["role"], box["tabindex"], box["aria-label"]) == ("region", "0", "Table: How sure")


def test_two_tables_of_one_section_have_names_of_their_own():
    table = "<table><tbody><tr><td>x</td></tr></tbody></table>"
    page = mended(f"<article><h2>Spans</h2><p>{table}</p><p>{table}</p></article>")
    assert [box["aria-label"] for box in page.select(".sc-scroll")] == ["Table: Spans (1)", "Table: Spans (2)"]


def test_a_page_is_described_by_its_answer():
    page = "<article><p>Something that comes first and is long enough to count.</p>"
    answer = "Small caps fell behind after five of eight cuts in the sample."
    page += f"<section id='the-answer'><p>{answer}</p></section></article>"
    said = mended(page).find("meta", attrs={"name": "description"})["content"]
    assert said == answer


def test_a_long_description_ends_with_a_sentence_or_a_word():
    def text(words: str) -> str:
        return describe(BeautifulSoup(f"<article><p>{words}</p></article>", "html.parser"))

    sentences = "This is a sentence that has some sixty letters, or a few more. " * 4
    assert text(sentences).endswith("more.") and len(text(sentences)) <= 155
    assert text("word " * 80).endswith("word…") and len(text("word " * 80)) <= 155


def test_no_mended_page_has_two_search_scripts_or_a_second_title(site):
    for path in site.glob("*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert len(page.find_all("h1")) == 1, path.name
        assert len(page.select("meta[name=viewport]")) == 1, path.name
        assert not page.select("script[src*=fontawesome]"), path.name
        levels = [int(heading.name[1]) for heading in page.select("article :is(h1, h2, h3, h4, h5)")]
        assert all(b - a <= 1 for a, b in pairwise(levels)), (path.name, levels)
        if path.name not in ("404.html", "search.html"):
            assert 40 <= len(page.find("meta", attrs={"name": "description"})["content"]) <= 155, path.name
