"""One sheet for all of the theme's, and its options in the page."""

from __future__ import annotations

import re

import pytest

from smallcaps.book.fewer import BUNDLE, bundle

HEAD = """<head><link href="_static/styles/theme.css?digest=1" rel="stylesheet"/>
<link href="_static/pygments.css?v=2" rel="stylesheet" type="text/css"/>
{more}<link href="_static/smallcaps.css?v=3" rel="stylesheet" type="text/css"/>
<link href="_static/print.css?v=4" media="print" rel="stylesheet" type="text/css"/>
<script src="_static/documentation_options.js?v=5"></script>
<script defer="" src="_static/doctools.js?v=6"></script></head>"""
COPY = '<link href="_static/copybutton.css?v=7" rel="stylesheet" type="text/css"/>\n'


@pytest.fixture
def site(tmp_path):
    static = tmp_path / "_static"
    (static / "styles").mkdir(parents=True)
    for name in ("pygments", "smallcaps", "print", "copybutton", "basic"):
        (static / f"{name}.css").write_text(f".{name}{{a:b}}\n", encoding="utf-8")
    (static / "styles" / "theme.css").write_text('@import "../basic.css";\n', encoding="utf-8")
    (static / "documentation_options.js").write_text("const OPTIONS = {};\n", encoding="utf-8")
    (tmp_path / "index.html").write_text(HEAD.format(more=""), encoding="utf-8")
    (tmp_path / "rates.html").write_text(HEAD.format(more=COPY), encoding="utf-8")
    bundle(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", ["index.html", "rates.html"])
def test_a_page_loads_the_theme_at_once_then_our_sheets(site, page):
    html = (site / page).read_text(encoding="utf-8")
    assert re.findall(r'href="_static/([^"?]+)', html) == [BUNDLE, "smallcaps.css", "print.css"]
    assert 'media="print"' in html
    assert re.findall(r"<script[^>]*>", html) == ["<script>", '<script defer="" src="_static/doctools.js?v=6">']
    assert "<script>const OPTIONS = {};</script>" in html


def test_the_sheet_holds_all_in_their_order_and_what_they_import(site):
    text = (site / "_static" / BUNDLE).read_text(encoding="utf-8")
    assert text.split() == [".basic{a:b}", ".pygments{a:b}", ".copybutton{a:b}"]


def test_what_no_page_asks_for_is_gone_but_not_what_the_printed_book_takes(site):
    left = sorted(path.name for path in (site / "_static").rglob("*.*"))
    assert left == ["print.css", "pygments.css", "smallcaps.css", BUNDLE]


def test_a_page_without_sheets_stays(tmp_path):
    (tmp_path / "index.html").write_text("<p>moved</p>", encoding="utf-8")
    bundle(tmp_path)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "<p>moved</p>"
