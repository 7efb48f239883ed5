"""What leads to the pages: with and without an address of the site."""

from __future__ import annotations

import re
import shutil
from xml.etree import ElementTree

import pytest
from matplotlib import image
from matplotlib.colors import to_rgb

from smallcaps.book import reach
from smallcaps.errors import InputError
from smallcaps.figures import look

PAGE = """<html lang="en"><head><title>{title} — Small Caps, Tested</title>
<meta name="description" content="What {title} says."/></head>
<body><div class="bd-links"><a href="b.html">B</a><a href="a.html">A</a></div></body></html>"""


@pytest.fixture
def small_site(tmp_path):
    for name in ("index", "a", "b", "search"):
        (tmp_path / f"{name}.html").write_text(PAGE.format(title=name.upper()), encoding="utf-8")
    return tmp_path


def test_without_an_address_nothing_is_made_up(small_site, monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    reach.write_reach(small_site)
    assert not (small_site / "sitemap.xml").exists()
    assert not (small_site / "feed.xml").exists()
    assert not (small_site / "card.png").exists()
    assert "canonical" not in (small_site / "a.html").read_text(encoding="utf-8")
    assert "- [B](b.html): What B says." in (small_site / "llms.txt").read_text(encoding="utf-8")


def test_with_an_address_every_page_says_where_it_stands(small_site, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/book")
    reach.write_reach(small_site)
    page = (small_site / "a.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://example.org/book/a.html"/>' in page
    assert '<meta property="og:description" content="What A says."/>' in page
    sitemap = ElementTree.parse(small_site / "sitemap.xml").getroot()
    places = [node.text for node in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert places == [f"https://example.org/book/{name}" for name in ("", "b.html", "a.html")]
    feed = ElementTree.parse(small_site / "feed.xml").getroot()
    assert feed.find("{http://www.w3.org/2005/Atom}entry") is not None
    assert 'href="/book/index.html"' in (small_site / "404.html").read_text(encoding="utf-8")


ROW = """<div class="sc-score-row sc-{slug}"><span class="sc-score-name">{name}</span>
<span class="sc-score-count">{count}</span></div>"""
SCORE = (
    "<h1>Small Caps, Tested</h1>"
    + ROW.format(slug="supported", name="Supported", count=9)
    + ROW.format(slug="not-testable", name="Not testable", count=30)
    + '<span class="sc-dates">Data to September 2026.</span></body>'
)


def test_with_an_address_the_score_is_drawn_as_the_picture_of_every_page(small_site, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/book")
    index = small_site / "index.html"
    index.write_text(index.read_text(encoding="utf-8").replace("</body>", SCORE), encoding="utf-8")
    reach.write_reach(small_site)
    page = (small_site / "a.html").read_text(encoding="utf-8")
    assert '<meta property="og:image" content="https://example.org/book/card.png"/>' in page
    assert "supported 9, not testable 30" in page
    assert 'content="summary_large_image"' in page
    pixels = image.imread(small_site / "card.png")
    assert pixels.shape[:2] == (630, 1200)
    green = (abs(pixels[..., :3] - to_rgb(look().value)) < 0.01).all(axis=2)
    assert green[:, 450:].sum() > 9 * 300, "nine filled squares"
    assert (pixels[:, -20:, :3] == 1).all(axis=2)[20:].all(), "thirty squares do not run over the edge"


def test_a_site_without_a_score_has_no_picture(small_site, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/book")
    reach.write_reach(small_site)
    assert not (small_site / "card.png").exists()
    assert "og:image" not in (small_site / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org/", "https://example.org/?a=b"])
def test_an_address_that_is_none_gets_one_message(address, monkeypatch):
    monkeypatch.setenv("SITE_URL", address)
    with pytest.raises(InputError, match=re.escape(address)):
        reach.site_url()


def test_the_page_that_is_shown_for_a_wrong_address_needs_no_other_file():
    page = reach.not_found("")
    assert "src=" not in page and "stylesheet" not in page


def test_every_page_of_the_book_is_in_its_list(site):
    text = (site / "llms.txt").read_text(encoding="utf-8")
    for page in site.glob("*.html"):
        assert page.name in ("search.html", "404.html") or f"({page.name})" in text


def test_the_finished_site_takes_an_address(site, tmp_path, monkeypatch):
    copy = tmp_path / "site"
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("_static", "_images", "downloads"))
    monkeypatch.setenv("SITE_URL", "https://example.org/")
    reach.write_reach(copy)
    for page in copy.glob("*.html"):
        if page.name not in ("search.html", "404.html"):
            assert page.read_text(encoding="utf-8").count('rel="canonical"') == 1, page.name


def test_the_newest_release_is_the_changelogs_first(tmp_path):
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## 0.2.0 (2027-01-31)\n\nNew.\n\n## 0.1.0 (2026-11-21)\n\nOld.\n")
    assert reach.newest_release(changelog=changelog) == ("0.2.0", "2027-01-31")
