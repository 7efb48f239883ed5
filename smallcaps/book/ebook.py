"""The book in a reader for books: an ePub by Sphinx, each page then reduced to what such a reader can show."""

from __future__ import annotations

import uuid
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import yaml
from bs4 import BeautifulSoup
from lxml import etree

from smallcaps.book import bare, paths
from smallcaps.book.plan import Edition, plan_edition
from smallcaps.book.printing import NAME
from smallcaps.book.reach import TITLE, newest_day, newest_release
from smallcaps.book.site import built_site, compute
from smallcaps.book.social import cover
from smallcaps.book.typeset import jupyter_book
from smallcaps.errors import BuildError

_SHEET = "_static/ebook.css"
_COVER = "cover.png"
_PACKAGE, _CONTENTS = "content.opf", "toc.ncx"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
# What a reader who cannot see, or who needs large type, may count on; tests of the pages hold it (schema.org's words).
_ACCESS = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual",),
    "accessibilityFeature": ("alternativeText", "MathML", "readingOrder", "structuralNavigation", "tableOfContents"),
    "accessibilityHazard": ("none",),
    "accessibilitySummary": ("Every figure has a text alternative with its numbers; tables have headers.",),
}
_WHEN = (1980, 1, 1, 0, 0, 0)  # the archive's content decides its bytes, the hour does not
_NO_BUTTONS = {"thebe": False, "binderhub_url": "", "jupyterhub_url": "", "colab_url": ""}
_NO_REPOSITORY = dict.fromkeys(("use_repository_button", "use_issues_button", "use_edit_page_button"), False)


def make_epub() -> Path:
    """The book as an ePub 3, from the runs that the last build executed; the file. The same content, the same bytes.

    BuildError if the site was not built from these inputs or a page is no XHTML; the ePub that stood there stays.
    """
    edition = plan_edition()
    site = built_site(edition)
    files = {path: content for path, content in _sphinx_files(edition).items() if not path.startswith("_static/")}
    files[_SHEET] = (paths.CHAPTERS / "theme" / "ebook.css").read_bytes()
    files |= {_COVER: picture} if (picture := cover(site)) else {}
    names = {path for path in files if path.endswith(".xhtml")}
    for name in sorted(names - {"nav.xhtml"}):
        files[name] = page(files[name].decode(), name, names).encode()
    content = packed(only_used(files))
    target = paths.BUILD / f"{NAME}.epub"
    aside = paths.BUILD / "print" / target.name
    aside.write_bytes(content)
    aside.replace(target)
    print(f"open {target.relative_to(paths.ROOT).as_posix()}")
    return target


def _sphinx_files(edition: Edition) -> dict[str, bytes]:
    """What Sphinx writes for an ePub of `edition`, by the path inside the ePub."""
    from smallcaps.book.assemble import assemble

    work = paths.BUILD / "print"
    assemble(edition, compute(edition), into=work / "source")
    config = work / "_config.yml"
    config.write_text(yaml.safe_dump(settings()), encoding="utf-8")
    folder = work / "_build" / "epub"
    options = ("--builder", "custom", "--custom-builder", "epub")
    with jupyter_book(work, *options, config=config, toc=paths.ROOT / "_toc.yml", page=folder / "index.xhtml") as build:
        build()
    inside = ("*.xhtml", "_images/*", "META-INF/container.xml", _CONTENTS, _PACKAGE)
    found = sorted(path for pattern in inside for path in folder.glob(pattern))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def settings() -> dict[str, Any]:
    """Jupyter Book's settings for the ePub: the book's own, without buttons, and what an ePub says of itself."""
    found = yaml.safe_load((paths.ROOT / "_config.yml").read_text(encoding="utf-8"))
    found["launch_buttons"] = _NO_BUTTONS
    found["html"] = found["html"] | _NO_REPOSITORY
    found["sphinx"]["config"] |= {
        "project": TITLE,
        "version": newest_release()[0],
        "html_static_path": [],
        "html_css_files": [],
        "epub_title": TITLE,
        "epub_basename": NAME,
        "epub_description": "Claims about the resurgence of the Russell 2000, tested on public data",
        "epub_contributor": found["author"],
        "epub_copyright": "Text and figures: CC BY 4.0. Each table keeps the terms of its publisher.",
        "epub_identifier": uuid.uuid5(uuid.NAMESPACE_DNS, NAME).urn,
        "epub_scheme": "UUID",
        "epub_uid": NAME,
        "epub_show_urls": "no",
        "epub_tocscope": "includehidden",
        "epub_tocdepth": 2,
    }
    return found


def page(html: str, name: str, names: set[str]) -> str:
    """The XHTML of one page that Sphinx wrote, reduced; links lead to the pages `names` or to other hosts alone."""
    soup = BeautifulSoup(html, "html.parser")
    soup.html["lang"] = soup.html["xml:lang"] = "en"
    for tag in soup.select("head :is(link, meta[name], script)"):
        tag.decompose()
    soup.head.append(soup.new_tag("link", attrs={"rel": "stylesheet", "type": "text/css", "href": _SHEET}))
    body = soup.select_one("div.body")
    bare.reduce(body, drawing=bare.NARROW)
    for part, plain in (("details", "div"), ("summary", "p")):  # readers for books know no folding
        for tag in body.select(part):
            tag.name = plain
            tag.attrs.pop("open", None)
    for table in body.select(".sc-ledger table"):  # too wide for a hand: the sheet stacks its cells, each with its head
        heads = [head.get_text() for head in table.select("thead th")]
        for row in table.select("tbody tr"):
            for head, cell in zip(heads, row.find_all(["td", "th"], recursive=False), strict=True):
                cell["data-head"] = head
    for entry in body.select("[role=doc-biblioentry]"):  # docutils still writes the role, the standard dropped it
        del entry["role"]
    for box in body.select(".gt_table"):
        box.parent.attrs.pop("style", None)

    def target(address: str) -> str | None:
        file, anchor = urldefrag(address)
        inside = f"{file.removesuffix('.html')}.xhtml" if file.endswith(".html") else file  # raw HTML means the site
        known = inside in names or (anchor and not file)
        return f"{inside}#{anchor}" if known and anchor else inside if known else None

    bare.lead(body, target)
    if name == "index.xhtml":
        note = soup.new_tag("p")
        note.string = bare.WHERE_THE_CODE_IS
        body.section.append(note)
    body.name, body.attrs = "main", {}
    soup.body.clear()
    soup.body.append(body)
    return str(soup)


def only_used(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files without pictures that no page shows, and the package's list of them set right.

    BuildError names the first file that is not well formed.
    """
    trees = {name: _tree(name, content) for name, content in files.items() if name.endswith((".xhtml", ".opf", ".ncx"))}
    shown = {image.get("src") for tree in trees.values() for image in tree.iter("{*}img")}
    kept = {name: content for name, content in files.items() if not name.startswith("_images/") or name in shown}
    package = trees[_PACKAGE]
    manifest = package.find(f"{_OPF}manifest")
    for item in list(manifest):
        name = item.get("href")
        if name not in kept:
            manifest.remove(item)
        elif name in trees and next(trees[name].iter("{*}math"), None) is not None:
            item.set("properties", "mathml")
    etree.SubElement(manifest, f"{_OPF}item", {"id": "sheet", "href": _SHEET, "media-type": "text/css"})
    metadata = package.find(f"{_OPF}metadata")
    if _COVER in kept:
        picture = {"id": "cover", "href": _COVER, "media-type": "image/png", "properties": "cover-image"}
        etree.SubElement(manifest, f"{_OPF}item", picture)
        etree.SubElement(metadata, f"{_OPF}meta", {"name": "cover", "content": "cover"})  # where old readers look
    for name, values in _ACCESS.items():
        for value in values:
            etree.SubElement(metadata, f"{_OPF}meta", {"property": f"schema:{name}"}).text = value
    if _CONTENTS in trees:  # Sphinx writes another name there than the package's
        identifier = next(package.iter(f"{_DC}identifier")).text
        next(tag for tag in trees[_CONTENTS].iter("{*}meta") if tag.get("name") == "dtb:uid").set("content", identifier)
        kept[_CONTENTS] = etree.tostring(trees[_CONTENTS], xml_declaration=True, encoding="utf-8")
    for stamp in (*package.iter(f"{_DC}date"), *package.iterfind(f".//{_OPF}meta[@property='dcterms:modified']")):
        stamp.text = f"{newest_day()}T00:00:00Z"  # Sphinx would give the hour of the build
    return kept | {_PACKAGE: etree.tostring(package, xml_declaration=True, encoding="utf-8")}


def _tree(name: str, content: bytes) -> Any:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise BuildError(f"{name} of the ePub is not well formed: {error}") from None


def packed(files: dict[str, bytes]) -> bytes:
    """The bytes of an ePub of `files`: first what it is, uncompressed, then everything in order."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in [("mimetype", b"application/epub+zip"), *sorted(files.items())]:
            entry = zipfile.ZipInfo(name, date_time=_WHEN)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            archive.writestr(entry, content)
    return buffer.getvalue()
