"""What is left of a page on paper and in an e-reader: text, tables, and one drawing of each figure."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from smallcaps.book import bare

PAGE = """
<article><h1 id="rates">Rates<a class="headerlink" href="#rates">#</a></h1>
<p class="sc-launch d-print-none"><a href="https://example.org/run">Open</a></p>
<p>See the <a href="methods.html#rule" title="hover">rule</a>, <a href="downloads/x.csv" download>the data</a>
and <a href="https://example.org/">the publisher</a>.</p>
<details class="sc-claim" id="claim"><summary>Said<span class="sd-summary-state-marker">v</span></summary>
Found</details>
<div class="sc-figure"><img alt="a" class="only-dark sc-wide" src="d.svg"><img alt="a" class="only-dark sc-narrow"
src="dn.svg"><img alt="a" class="only-light sc-wide" loading="lazy" src="l.svg"><img alt="a"
class="only-light sc-narrow" src="ln.svg"><p>Source: them. <span class="sc-links"><a href="x.csv">Data</a></span></p>
</div><div class="cell"><pre>code()</pre></div>
<p>Editions that lie beside each other:</p><nav class="sc-editions"></nav>
<section id="the-code-of-this-page"><h2>The code of this page</h2><div class="cell"><pre>more()</pre></div></section>
<script>alert()</script></article>
"""


def article():
    return BeautifulSoup(PAGE, "html.parser").article


@pytest.mark.parametrize(("drawing", "left"), [(bare.WIDE, "l.svg"), (bare.NARROW, "ln.svg")])
def test_one_drawing_of_four_is_left_and_it_is_a_light_one(drawing, left):
    page = article()
    bare.reduce(page, drawing=drawing)
    assert [image["src"] for image in page.select("img")] == [left]
    assert "loading" not in page.img.attrs


def test_code_buttons_and_the_switch_between_editions_go_and_the_text_stays():
    page = article()
    bare.reduce(page, drawing=bare.WIDE)
    text = page.get_text()
    for gone in ("code()", "more()", "The code of this page", "Open", "Data", "alert", "#", "beside each other"):
        assert gone not in text, gone
    for kept in ("Rates", "See the rule, the data", "Said", "Found", "Source: them."):
        assert kept in text, kept


def test_what_folds_out_lies_open():
    page = article()
    bare.reduce(page, drawing=bare.WIDE)
    assert page.details.has_attr("open")


def test_a_link_leads_on_within_the_book_or_to_its_host_and_otherwise_leaves_its_words():
    page = article()
    bare.reduce(page, drawing=bare.WIDE)
    bare.lead(page, {"methods.html#rule": "#methods--rule"}.get)
    assert {link["href"]: link.get_text() for link in page.select("a")} == {
        "#methods--rule": "rule",
        "https://example.org/": "the publisher",
    }
    assert "the data" in page.get_text()
    assert not page.select("[download], [title]")
