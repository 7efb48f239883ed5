"""The book on paper: one document in the order of the contents, and the PDF that a browser prints of it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from browser import HOW_TO_GET_IT, find_browser
from bs4 import BeautifulSoup
from pypdf import PdfReader

from smallcaps.book import paths, printing
from smallcaps.claims import load_register
from smallcaps.errors import BuildError

ROOT = Path(__file__).resolve().parent.parent.parent
TOC = "root: index\nparts:\n  - caption: Tested\n    chapters: [{file: rates}, {file: 'ledger'}]\n"
FIGURE = "".join(
    f'<img alt="A bar" class="only-{theme} sc-{width}" loading="lazy" src="_images/bar-{theme}-{width}.svg">'
    for theme in ("light", "dark")
    for width in ("wide", "narrow")
)
PAGES = {
    "index": '<h1 id="top">The book#</h1><a href="rates.html#claim">claim</a><a href="search.html">search</a>',
    "rates": f'<h1 id="top">Rates “up”</h1><p id="claim">It rose.</p><div class="sc-figure">{FIGURE}</div>'
    '<a href="#claim">here</a><a href="ledger.html">all</a><a href="downloads/x.csv">data</a>',
    "ledger": '<h1 id="top">Ledger</h1><table aria-describedby="top"></table><a href="https://example.org/">out</a>',
}

MARKS = (
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.xdist_group("site"),
    pytest.mark.skipif(find_browser() is None and not os.environ.get("CI"), reason=HOW_TO_GET_IT),
)


def slow_in_browser(test):
    """The marks of a test that prints the built book."""
    for mark in MARKS:
        test = mark(test)
    return test


@pytest.fixture
def small_site(tmp_path) -> Path:
    """A site of three pages with the style sheets that a printed book takes in."""
    site = tmp_path / "html"
    (site / "_static").mkdir(parents=True)
    for name in ("pygments.css", "smallcaps.css", "print.css"):
        (site / "_static" / name).write_text('@font-face { font-display: optional; src: url("fonts/a.woff2"); }')
    for name, body in PAGES.items():
        (site / f"{name}.html").write_text(f"<html><nav>menu</nav><article>{body}</article></html>", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(TOC)
    return site


@pytest.fixture
def printed(small_site) -> BeautifulSoup:
    chapters = printing.read_chapters(small_site, toc=small_site.parent / "_toc.yml")
    folder = small_site.parent / "print"
    html = printing.document(chapters, small_site, folder, numbers={"rates": 3, "ledger": 12})
    return BeautifulSoup(html, "html.parser")


def test_the_chapters_come_in_the_order_of_the_contents_with_their_pages(printed):
    assert [article["id"] for article in printed.select("article")] == ["index", "rates", "ledger"]
    rows = [" ".join(row.get_text(" ").split()) for row in printed.select("#contents li")]
    assert rows == ["Tested", "Rates “up” 3", "Ledger 12"]
    assert "menu" not in printed.get_text()


def test_only_the_light_drawing_for_wide_columns_is_printed(printed):
    assert [image["src"] for image in printed.select("img")] == ["../html/_images/bar-light-wide.svg"]


def test_no_id_stands_twice_and_every_link_leads_to_one_or_to_another_host(printed):
    ids = [tag["id"] for tag in printed.select("[id]")]
    assert len(ids) == len(set(ids))
    links = [link["href"] for link in printed.select("article a[href]")]
    assert links == ["#rates--claim", "#rates--claim", "#ledger", "https://example.org/"]
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= set(ids)
    assert printed.table["aria-describedby"] in ids


def test_the_document_loads_nothing_from_another_host_and_waits_for_its_fonts(printed):
    assert not printed.select("script, link, iframe")
    assert not [tag["src"] for tag in printed.select("[src]") if "//" in tag["src"].replace("../", "")]
    style = printed.style.get_text()
    assert "optional" not in style
    assert set(re.findall(r'url\("([^"]+)"\)', style)) == {"../html/_static/fonts/a.woff2"}


def test_a_page_that_is_missing_is_named(small_site):
    (small_site / "rates.html").unlink()
    with pytest.raises(BuildError, match=r"^rates\.html is not in _build/html: make book"):
        printing.read_chapters(small_site, toc=small_site.parent / "_toc.yml")


def test_without_a_browser_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BuildError, match=r"^a PDF needs a browser: none of chromium, .* install Debian's chromium$"):
        printing.make_pdf()


@pytest.mark.parametrize("stamp", [None, "made from other inputs"])
def test_a_site_that_is_missing_or_older_than_its_inputs_is_not_printed(tmp_path, monkeypatch, stamp):
    monkeypatch.setattr(printing, "find_browser", lambda: "unused")
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    if stamp:
        (tmp_path / "html").mkdir()
        (tmp_path / "html" / "index.html").write_text("<html></html>")
        (tmp_path / "html" / ".built").write_text(stamp)
    with pytest.raises(BuildError, match="holds no site made from what lies here now; make book builds it"):
        printing.make_pdf()
    assert not list(tmp_path.glob("*.pdf"))


def test_a_browser_that_prints_nothing_is_an_error_and_the_old_pdf_stays(tmp_path, monkeypatch, small_site):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(printing, "find_browser", lambda: str(broken))
    monkeypatch.setattr(printing, "built_site", lambda edition: small_site)
    monkeypatch.setattr(printing, "read_chapters", lambda site: [])
    monkeypatch.setattr(printing, "document", lambda *parts, **numbers: "<p>book</p>")
    (tmp_path / "small-caps-tested.pdf").write_bytes(b"the old one")
    with pytest.raises(BuildError, match="^the browser wrote no PDF: no display$"):
        printing.make_pdf()
    assert (tmp_path / "small-caps-tested.pdf").read_bytes() == b"the old one"


def test_page_numbers_follow_the_tree_of_pages_not_the_order_of_the_objects():
    pdf = b"\n".join([
        b"%PDF-1.4", b"9 0 obj\n<</Type /Page>>\nendobj", b"2 0 obj\n<</Type /Page>>\nendobj",
        b"3 0 obj\n<</Type /Page>>\nendobj", b"4 0 obj\n<</Type /Pages\n/Kids [3 0 R 9 0 R]>>\nendobj",
        b"5 0 obj\n<</Type /Pages\n/Kids [4 0 R 2 0 R]>>\nendobj",
        b"6 0 obj\n<</rates [9 0 R /XYZ 0 0 0]\n/ledger [2 0 R /XYZ 0 0 0]>>\nendobj",
        b"7 0 obj\n<</Type /Catalog\n/Pages 5 0 R\n/Dests 6 0 R>>\nendobj", b"",
    ])  # fmt: skip
    assert printing.page_numbers(pdf) == {"rates": 2, "ledger": 3}


def test_a_pdf_without_named_places_is_refused():
    with pytest.raises(BuildError, match="does not say where its pages are"):
        printing.page_numbers(b"1 0 obj\n<</Type /Catalog>>\nendobj\n")


def test_what_differs_from_print_to_print_is_settled_and_nothing_moves():
    def pdf(hour: bytes, nodes: tuple[bytes, ...]) -> bytes:
        kids = b"".join(b"<</ID (node%s)>>\n" % node for node in nodes)
        return b"/CreationDate (D:20261121%s+00'00')\n" % hour + kids + b"/Names [(node%s) 7 0 R]" % nodes[-1]

    one = printing.settled(pdf(b"205002", (b"00000557", b"00000102", b"00000558")), day="2026-11-21")
    other = printing.settled(pdf(b"235959", (b"00001557", b"00001102", b"00001558")), day="2026-11-21")
    assert one == other == pdf(b"000000", (b"00000001", b"00000000", b"00000002"))


@pytest.fixture(scope="module")
def pdf(site) -> bytes:
    """The PDF of the built book, made twice: the same bytes; the site stays as it was, to the byte."""
    before = _sums(site)
    made = []
    for _ in range(2):
        answer = subprocess.run([sys.executable, "-m", "smallcaps", "pdf"], cwd=ROOT, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout == "open _build/small-caps-tested.pdf\n"
        made.append((ROOT / "_build" / "small-caps-tested.pdf").read_bytes())
    assert made[0] == made[1]
    assert _sums(site) == before
    return made[0]


def _sums(site: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in site.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def sheets(pdf) -> list[str]:
    """The text of each page, in the order of reading, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


@slow_in_browser
def test_every_chapter_begins_on_a_later_page_than_the_one_before(pdf, site):
    numbers = printing.page_numbers(pdf)
    begins = [numbers[chapter.name] for chapter in printing.read_chapters(site)[1:]]
    assert begins == sorted(set(begins))
    assert begins[0] > 1
    assert begins[-1] <= len(re.findall(rb"/Type /Page\b", pdf))
    assert b"SourceSerif4" in pdf, "the book's own face, not one that stands in"


@slow_in_browser
def test_every_page_has_its_number_and_the_contents_tell_the_right_ones(pdf, sheets, site):
    assert len(sheets) == len(re.findall(rb"/Type /Page\b", pdf))
    for number, sheet in enumerate(sheets, 1):
        assert re.search(rf"(^|\s){number}(\s|$)", sheet), number
    contents = next(sheet for sheet in sheets if re.match(r"\d+ Contents ", sheet))  # the page's number comes first
    numbers = printing.page_numbers(pdf)
    for chapter in printing.read_chapters(site)[1:]:
        assert f"{chapter.title} {numbers[chapter.name]}" in contents
        assert chapter.title in sheets[numbers[chapter.name] - 1]


@slow_in_browser
def test_every_claim_is_in_print_and_no_code(sheets):
    text = _plain(" ".join(sheets))
    for claim in load_register().claims:
        assert _plain(claim.claim) in text, claim.id
    for code in ("Showthecode", "ch.section", "papermill.default"):
        assert code not in text


def _plain(text: str) -> str:
    """Letters and figures alone: the printer joins and splits words where lines end."""
    return re.sub(r"[\s'’\-‐]", "", text)


@slow_in_browser
def test_a_single_page_prints_as_text_and_light_figures_also_in_the_dark_theme(browser, site):
    tab = browser.new_page(viewport={"width": 794, "height": 1123}, color_scheme="dark")
    try:
        tab.goto((site / "rate_sensitivity.html").as_uri())
        tab.emulate_media(media="print")
        shown = "selector => [...document.querySelectorAll(selector)].filter(e => e.getClientRects().length > 0)"
        drawings = tab.evaluate(f"({shown})('.sc-figure img').map(e => e.src)")
        assert len(drawings) == tab.locator(".sc-figure").count() > 0
        assert all(name.endswith("-light.svg") for name in drawings)
        for gone in (".bd-sidebar", "button", "div.cell", ".headerlink", ".prev-next-footer", ".sc-links"):
            assert tab.evaluate(f"({shown})('{gone}').length") == 0, gone
        assert tab.evaluate(f"({shown})('article h1').length") == 1
        evidence = "e => e.checkVisibility({contentVisibilityAuto: true})"
        assert tab.locator(".sc-claim .sd-summary-content").first.evaluate(evidence), "what folds out lies open"
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert tab.evaluate("getComputedStyle(document.querySelector('article p')).color") == "rgb(29, 39, 51)"
    finally:
        tab.close()
